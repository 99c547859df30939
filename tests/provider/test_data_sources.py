"""Data sources of the deployment and of the environment."""

from __future__ import annotations

from typing import Any

import pytest

from ece_provider.data_sources.deployment import DeploymentData
from ece_provider.data_sources.environment import EnvironmentData
from ece_provider.environment_ids import scope_of
from ece_simulator import Simulator
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import DataContext, ValidateContext
from terraform_plugin.values import Values
from tests.provider.support import Run

DATA = DeploymentData()


async def found(run: Run, **config: Any) -> Values:
    """The deployment that a configuration finds."""
    return await DATA.read(DataContext(provider=run.provider, config={"id": None, "name": None, **config}))


async def test_a_deployment_is_found_by_id_and_by_exact_name(run: Run, simulator: Simulator) -> None:
    """A name that another one begins with must not be taken for it."""
    seeded = simulator.control.seed(name="logs", tags={"a": "b"})
    simulator.control.seed(name="logs-2")
    by_id, by_name = await found(run, id=seeded["id"]), await found(run, name="logs")
    assert by_id == by_name
    assert by_id.keys() == DATA.schema.attributes.keys()
    assert (by_id["cluster_id"], by_id["status"], by_id["tags"]) == (seeded["cluster_id"], "started", {"a": "b"})


async def test_several_of_one_name_are_an_error_that_names_them(run: Run, simulator: Simulator) -> None:
    """Taking the first would change other people's deployments from one day to the next."""
    ids = [simulator.control.seed(name="twin")["id"] for _ in range(2)]
    with pytest.raises(DiagnosticError) as caught:
        await found(run, name="twin")
    assert all(identifier in str(caught.value) for identifier in ids)


@pytest.mark.parametrize("config", [{"id": "f" * 32}, {"name": "nobody"}])
async def test_none_is_an_error(run: Run, config: dict[str, str]) -> None:
    """An empty answer would reach other objects as null."""
    with pytest.raises(DiagnosticError, match="No such deployment"):
        await found(run, **config)


@pytest.mark.parametrize(
    ("config", "is_fine"), [({"id": "x"}, True), ({"name": "x"}, True), ({}, False), ({"id": "x", "name": "y"}, False)]
)
def test_exactly_one_way_to_find(config: dict[str, str], is_fine: bool) -> None:
    """Two answers to one question cannot both be right."""
    context = ValidateContext(config={"id": None, "name": None, **config})
    DATA.validate(context)
    assert context.diagnostics.has_errors is not is_fine


async def test_the_environment_tells_who_it_is(run: Run, simulator: Simulator) -> None:
    """Other installations need these ids; what cannot be found out is null and not guessed."""
    values = await EnvironmentData().read(DataContext(provider=run.provider, config={}))
    one = simulator.installations[0]
    assert (values["account_id"], values["region"]) == (one.account_id, "ece-region")
    assert values["environment_id"] == one.environment_id
    assert values["version"]
    assert values.keys() == EnvironmentData.schema.attributes.keys()


@pytest.mark.parametrize("status", [403, 404, 501])
async def test_what_may_not_be_asked_is_null(run: Run, simulator: Simulator, status: int) -> None:
    """A viewer may not see trust relationships; the rest is still worth having."""
    for operation in ("get-trust-relationships", "get-current-account", "get-deployment-certificate-authority"):
        simulator.control.fail_next(operation_id=operation, status=status, count=None)
    values = await EnvironmentData().read(DataContext(provider=run.provider, config={}))
    assert (values["account_id"], values["environment_id"], values["ca_pem"]) == (None, None, None)
    assert values["version"]


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.node.*.cluster.1053523734.account", "1053523734"),
        ('trust.subject_name:\n  - "*.node.abc.cluster.42.account"', "42"),
        ("", None),
        ("something else", None),
        ("*.node.*.cluster..account", None),
    ],
)
def test_the_scope_of_a_trust_pattern(pattern: str, expected: str | None) -> None:
    """The environment id stands in the names of node certificates."""
    assert scope_of(pattern) == expected
