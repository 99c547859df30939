"""What cannot be is said at plan: the argument, the value, what is allowed; and nothing is written."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ece import Ece, one_deployment, small_deployment

A = "ece_deployment.a"

OFFLINE: dict[str, tuple[dict[str, Any], str, str]] = {
    "a version that is none": ({"version": "nine"}, "version", "9.2.0"),
    "a size that is none": ({"tiers": {"hot": {"size": "large"}}}, "size", "8g"),
    "a tier that does not exist": ({"tiers": {"hot": {"size": "4g"}, "lukewarm": {"size": "4g"}}}, "tier", "frozen"),
    "no hot tier": ({"tiers": {"warm": {"size": "4g"}}}, "tiers", "hot"),
    "no zone": ({"tiers": {"hot": {"size": "4g", "zone_count": 0}}}, "zone_count", "1"),
    "a name of nothing": ({"name": ""}, "name", "name"),
    "a timeout that is none": ({"timeouts": {"create": "soon"}}, "create", "30m"),
    "a request id that is too short": ({"request_id": "x"}, "request_id", "32"),
}
"""What needs no installation to be seen."""

OFFERED: dict[str, tuple[dict[str, Any], str, str]] = {
    "a version that is not offered": ({"version": "9.9.9"}, "version", "9.2.0"),
    "a template that does not exist": ({"template_id": "huge"}, "template_id", "storage-heavy"),
    "a size that is not offered": ({"tiers": {"hot": {"size": "3g"}}}, "size", "4g"),
    "a size of kibana that is not offered": ({"kibana": {"size": "3g"}}, "kibana", "2g"),
}
"""What depends on the installation."""


@pytest.mark.parametrize("cases", [OFFLINE, OFFERED], ids=["offline", "offered"])
def test_bad_arguments_of_a_deployment(ece: Ece, cases: dict[str, tuple[dict[str, Any], str, str]]):
    """Each error points into the configuration, names the argument and what is allowed; all of them at once."""
    names = {case: case.replace(" ", "_") for case in cases}
    wrong = {names[case]: small_deployment(**arguments) for case, (arguments, _, _) in cases.items()}
    ece.write({"ece_deployment": wrong})
    with ece.expect_writes():
        errors = ece.ws.plan(fails=True).result.errors
    assert all(error.line for error in errors)
    for case, (_, argument, allowed) in cases.items():
        told = [f"{error.text} {error.code}" for error in errors if error.address.endswith(f".{names[case]}")]
        assert any(argument in text and allowed in text for text in told), (case, told)


def test_an_argument_that_does_not_exist(ece: Ece):
    """Terraform itself refuses what the schema does not know."""
    ece.write(one_deployment(colour="red"))
    assert "colour" in ece.ws.plan(fails=True).result.error_text


def test_all_mistakes_of_one_object_are_told_at_once(ece: Ece):
    """Nobody wants to run three plans for three typos."""
    ece.write(one_deployment(version="nine", tiers={"hot": {"size": "large"}}, timeouts={"create": "soon"}))
    errors = ece.ws.plan(fails=True).result.errors
    assert len(errors) >= 3, [error.text for error in errors]


def test_a_downgrade_and_a_skipped_upgrade_fail_the_plan(ece: Ece):
    """Versions go forward, along the paths that the stack allows."""
    ece.apply(one_deployment(version="8.18.8"))
    ece.write(one_deployment(version="8.17.0"))
    assert "downgraded" in ece.ws.plan(fails=True).result.error_text
    ece.write(one_deployment(version="9.4.0"))
    error = ece.ws.plan(fails=True).result.errors[0]
    assert "Upgrade to 9.0.8 first" in error.text
    assert "version" in f"{error.text} {error.code}"


@pytest.mark.parametrize("verb", ["import", "update", "destroy"])
def test_a_system_owned_deployment_is_refused(ece: Ece, verb: str):
    """The platform's own deployments are not ours to change, also not when one becomes the platform's."""
    if verb == "import":
        ece.write(one_deployment())
        seeded = ece.control.seed(name="logs", system_owned=True)
        assert "System-owned" in ece.ws.import_(A, seeded["id"], fails=True).text
        return
    ece.apply(one_deployment())
    ece.control.mark(ece.resource(A)["id"], system_owned=True)
    ece.write(one_deployment(tags={"a": "b"}))
    result = ece.ws.apply(fails=True) if verb == "update" else ece.ws.destroy(fails=True)
    assert "System-owned" in result.error_text
    assert A in ece.ws.resources()


def test_bad_arguments_of_the_provider_block(ece: Ece):
    """An endpoint that is none, a prefix that is none, a time that is none."""
    cases = {"endpoint": "ece.example.com", "env_prefix": "my prefix", "poll_interval": "often", "max_retries": "lots"}
    for argument, value in cases.items():
        ece.write(one_deployment(), provider={"ece": {argument: value}})
        errors = ece.ws.plan(fails=True).result.errors
        assert any(argument in f"{error.text} {error.code}" for error in errors), argument
