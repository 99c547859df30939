"""What a plan of a deployment refuses, warns of and leaves alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ece_client import Unauthenticated
from ece_provider.configured import ConfiguredProvider
from ece_simulator import Simulator
from terraform_plugin.diagnostics import Severity
from terraform_plugin.values import UNKNOWN, Values
from tests.provider.support import DEPLOYMENT, Run, configured, environ_of, provider_of, tier, validated

STATE: Values = {
    **configured(),
    "tiers": {"hot": tier("4g"), "warm": tier("2g")},
    "effective_tiers": {
        "hot": {**tier("4g"), "instance_configuration_id": "data.default"},
        "warm": {**tier("2g"), "instance_configuration_id": "data.highstorage"},
    },
    "kibana": tier("1g"),
    "template_id": "default",
    "ref_id": "main-elasticsearch",
    "id": "f" * 32,
    "cloud_id": "logs:x",
    "kibana_url": "https://k",
}
CONFIG: Values = {**configured(), "tiers": STATE["tiers"], "kibana": tier("1g")}


def offline() -> Run:
    """A run whose provider is configured from values that are known after apply only: it never calls."""
    return Run(ConfiguredProvider(None, {}, environ={}))


@pytest.mark.parametrize(
    ("tiers", "expected"),
    [
        ({"hot": tier("1g")}, ""),
        ({"hot": tier("1g"), "lukewarm": tier("1g")}, 'tiers["lukewarm"]'),
        ({"warm": tier("1g")}, "The hot tier is missing"),
        ({"hot": tier("0g")}, "The hot tier is missing"),
        ({}, "The hot tier is missing"),
        (UNKNOWN, ""),
        (None, ""),
        ({"hot": UNKNOWN}, ""),
        ({"hot": tier(UNKNOWN)}, ""),  # type: ignore[arg-type]
    ],
)
def test_tiers_are_checked_without_the_api(tiers: Any, expected: str) -> None:
    """`terraform validate` knows the tiers, and lets unknown values through."""
    text = "\n".join(f"{item.summary} {item.detail} {item.path}" for item in validated(configured(tiers=tiers)))
    assert expected in text
    assert bool(text) == bool(expected)


async def test_a_plan_without_the_api_is_silent() -> None:
    """A provider configured from a resource of the same apply plans without it."""
    run = offline()
    planned = await run.plan(configured(tiers={"hot": tier("3g")}))
    assert planned is not None
    assert (list(run.diagnostics), planned["ref_id"], planned["id"]) == ([], "main-elasticsearch", UNKNOWN)


@pytest.mark.parametrize("config", [None, {**CONFIG, "ref_id": "other"}])
async def test_protection_refuses_destroy_and_replacement(config: Values | None) -> None:
    """It is judged on prior state: a value only in the configuration protects nothing yet, and frees nothing yet."""
    run = offline()
    prior = {**STATE, "deletion_protection": True}
    await run.plan(config, prior)
    assert run.diagnostics.has_errors == (config is None)  # the engine tells the hook what replaces
    if config is not None:
        await _plan_replacement(run, config, prior)
    assert "deletion_protection" in run.texts()


async def _plan_replacement(run: Run, config: Values, prior: Values) -> None:
    from terraform_plugin.diagnostics import Path as Place
    from terraform_plugin.resource import PlanContext

    context = PlanContext(
        provider=run.provider, diagnostics=run.diagnostics, config=config, prior=prior, planned=dict(config)
    )
    context.replace_paths = [Place("ref_id")]
    await DEPLOYMENT.plan(context)


async def test_protection_spares_what_never_came_up() -> None:
    """A deployment whose creation failed must be replaceable without an extra apply."""
    run = offline()
    run.private["creating"] = True
    await run.plan(None, {**STATE, "deletion_protection": True})
    assert list(run.diagnostics) == []


async def test_a_downgrade_fails_the_plan() -> None:
    """The stack cannot go back, and the platform would say so only in the middle of an apply."""
    run = offline()
    await run.plan({**CONFIG, "version": "9.1.0"}, STATE)
    assert "[version]" in run.texts()
    assert "9.2.0" in run.texts()


async def test_a_tier_that_goes_is_warned_of() -> None:
    """Its nodes are removed; that nobody wrote a size of 0 must not hide it."""
    run = offline()
    await run.plan({**CONFIG, "tiers": {"hot": tier("4g")}}, STATE)
    [warning] = run.diagnostics
    assert warning.severity is Severity.WARNING
    assert "Tier warm will have size 0" in warning.summary


async def test_tiers_left_out_are_not_managed() -> None:
    """A configuration without tiers never shows the platform's sizes as a change."""
    run = offline()
    planned = await run.plan({**CONFIG, "tiers": None}, STATE)
    assert (planned, list(run.diagnostics)) == ({**STATE}, [])


@pytest.mark.parametrize(
    "change", [{"tags": {"a": "b"}}, {"version": "9.2.1"}, {"name": "other"}, {"kibana": tier("2g")}]
)
async def test_addresses_keep_their_value(change: Values) -> None:
    """What stands behind a deployment must not show a change because of a tag."""
    planned = await offline().plan({**CONFIG, **change}, STATE)
    assert planned is not None
    assert {name for name in planned if planned[name] != STATE[name]} == set(change)


async def test_kibana_that_goes_changes_its_addresses_only() -> None:
    """The cloud id names Kibana."""
    planned = await offline().plan({**CONFIG, "kibana": None}, STATE)
    assert planned is not None
    assert {name for name in planned if planned[name] is UNKNOWN} == {"cloud_id", "kibana_url"}


@pytest.mark.parametrize(
    ("values", "path", "words"),
    [
        ({"version": "9.2.9"}, "version", ["9.2.9", "9.2.0"]),
        ({"template_id": "nope"}, "template_id", ["nope", "default"]),
        ({"tiers": {"hot": tier("3g")}}, 'tiers["hot"].size', ["3g", "1g, 2g", "data.default"]),
        ({"tiers": {"hot": tier("4g", 9)}}, 'tiers["hot"].zone_count', ["9", "at most"]),
        ({"kibana": tier("3g")}, "kibana.size", ["3g", "1g"]),
        ({"integrations_server": tier("3m")}, "integrations_server.size", ["3m", "0.5g"]),
    ],
)
async def test_the_environment_is_asked(run: Run, values: Values, path: str, words: list[str]) -> None:
    """A plan that shows what cannot be had is worth nothing; each error names what can."""
    await run.plan(configured(**{"tiers": {"hot": tier("4g")}, **values}))
    [error] = run.diagnostics
    assert str(error.path) == path
    for word in words:
        assert word in error.detail


async def test_a_skipped_upgrade_step_names_the_way(run: Run) -> None:
    """From 8.17 the way to 9 leads over 8.19."""
    await run.plan({**CONFIG, "version": "9.2.0"}, {**STATE, "version": "8.17.0"})
    [error] = run.diagnostics
    assert "→" in error.detail


async def test_what_does_not_change_is_not_asked_for(run: Run, simulator: Simulator) -> None:
    """Plans without a change, or with one of a tag, must not call the API."""
    await run.plan(CONFIG, STATE)
    await run.plan({**CONFIG, "tags": {"a": "b"}}, STATE)
    assert simulator.control.calls() == []


async def test_many_deployments_ask_once(run: Run, simulator: Simulator) -> None:
    """A hundred new deployments need one list of versions and one template."""
    for number in range(20):
        await run.plan(configured(name=f"d{number}", tiers={"hot": tier("4g")}))
    names = [call["operation_id"] for call in simulator.control.calls()]
    assert sorted(names) == ["get-deployment-template-v2", "get-platform", "get-version-stacks"]


async def test_an_api_out_of_reach_is_one_warning(tmp_path: Path) -> None:
    """Plans that need no API work offline; what was not checked is said once."""
    environ = {"ECE_ENDPOINT": "http://127.0.0.1:9", "ECE_API_KEY": "k", "ECE_MAX_RETRIES": "0"}
    run = Run(provider_of({**environ, "TF_DATA_DIR": str(tmp_path)}))
    await run.plan(configured())
    await run.plan(configured(name="other"))
    [warning] = run.diagnostics
    assert warning.severity is Severity.WARNING


async def test_a_wrong_key_fails_the_plan(simulator: Simulator, tmp_path: Path) -> None:
    """It would fail the apply in any case, and then halfway."""
    run = Run(provider_of({**environ_of(simulator, tmp_path), "ECE_API_KEY": "wrong"}))
    with pytest.raises(Unauthenticated):
        await run.plan(configured())
