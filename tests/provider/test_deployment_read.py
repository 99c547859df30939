"""The life of a deployment against a simulated installation: imports and reads."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_client import ApiError, Forbidden
from ece_provider.provider import EceProvider
from ece_simulator import Simulator
from terraform_plugin.values import Values
from tests.provider.deployments import CONFIG, failing
from tests.provider.support import Run, configured, tier


async def test_a_system_deployment_is_not_imported(run: Run, simulator: Simulator) -> None:
    """The platform's own deployments are none of Terraform's."""
    seeded = simulator.control.seed(name="platform", system_owned=True)
    assert "System-owned" in await failing(run.imported(seeded["id"]))


@pytest.mark.parametrize("identifier", ["", "short", "F" * 32, f"{'f' * 31}/x"])
async def test_a_wrong_import_id_says_what_is_needed(run: Run, identifier: str) -> None:
    """A cluster name or a URL is what people try first."""
    assert "deployment id" in await failing(run.imported(identifier))


async def test_an_import_may_name_the_ref_id(run: Run) -> None:
    """Ids of other objects carry it, so people paste it here too."""
    state = await run.create(CONFIG)
    imported = await run.imported(f"{state['id']}/main-elasticsearch")
    assert imported is not None
    assert imported["cluster_id"] == state["cluster_id"]
    assert "No such ref_id" in await failing(run.imported(f"{state['id']}/other"))


async def test_a_deployment_that_is_gone_is_gone(run: Run, simulator: Simulator) -> None:
    """Only a 404 of the API means that."""
    state = await run.create(CONFIG)
    simulator.control.take_away("deployment", state["id"])
    assert await run.read(state) is None
    await run.delete(state)


async def test_a_refused_read_is_no_proof(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    """403 is a rights problem: an object taken for gone would be made a second time."""
    state = await run.create(CONFIG)
    simulator.control.fail_next(operation_id="get-deployment", status=403, code="root.unauthorized.rbac")
    with pytest.raises(Forbidden):
        await run.read(state)


async def test_secrets_of_the_reply_go_nowhere(run: Run, simulator: Simulator, tmp_path: Path) -> None:
    """The first reply to a create holds the password of the superuser."""
    state = await run.create({**CONFIG, "integrations_server": tier("1g")})
    passwords = [r.password for r in simulator.installations[0].world.deployments[state["id"]].resources if r.password]
    assert passwords
    written = str(state) + str(run.private) + "".join(f.read_text() for f in tmp_path.rglob("*.json"))
    assert not [secret for secret in passwords if secret in written]


async def test_errors_name_the_source_of_the_credentials(simulator: Simulator, tmp_path: Path) -> None:
    """The provider explains with the settings of its own block."""
    from terraform_plugin.provider import ConfigureContext

    provider = EceProvider()
    one = simulator.installations[0]
    config: Values = {**provider.schema.null(), "endpoint": one.endpoint, "api_key": "wrong", "ca_pem": one.ca_pem}
    configured_provider = await provider.configure(ConfigureContext(config=config))
    with pytest.raises(ApiError) as caught:
        await Run(configured_provider).read(configured(id="f" * 32))
    await provider.close(configured_provider)
    diagnostics = provider.explain(caught.value)
    assert diagnostics is not None
    assert "the argument api_key" in diagnostics[0].detail
