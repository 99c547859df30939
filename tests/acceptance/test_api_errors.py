"""Errors of the API in every verb of every resource: told, state kept, and the next apply ends where it should."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ece import OFFICE, Ece, one_deployment

FILTER = "ece_traffic_filter.a"
DEPLOYMENT = "ece_deployment.a"
ASSOCIATION = "ece_traffic_filter_association.a"
RETRIED = {429, 502, 503, 504}


def everything(**more: Any) -> dict[str, Any]:
    """One object of each kind."""
    return {
        "ece_traffic_filter": {"a": {**OFFICE, **more}},
        "ece_traffic_filter_association": {
            "a": {"deployment_id": "${ece_deployment.a.id}", "traffic_filter_id": "${ece_traffic_filter.a.id}"}
        },
        **one_deployment(tags=more or None),
    }


def assert_one_of_each(ece: Ece) -> None:
    """Nothing is lost and nothing double."""
    assert len(ece.deployments()) == 1
    assert set(ece.rulesets()) == {"office"}
    assert len(ece.associations()) == 1
    ece.assert_clean()


CREATES = {
    FILTER: "create-traffic-filter-ruleset",
    DEPLOYMENT: "create-deployment",
    ASSOCIATION: "create-traffic-filter-ruleset-association",
}
"""Each object and the call that makes it, those that others depend on first."""
FAULTS: dict[str, dict[str, Any]] = {
    "400": {"status": 400, "code": "root.invalid_data"},
    "404": {"status": 404, "code": "root.resource_not_found"},
    "409": {"status": 409, "code": "root.conflict"},
    "500": {"status": 500},
    "500 after the write": {"status": 500, "after_effect": True},
    "dropped before": {"drop": True},
    "dropped after the write": {"drop": True, "after_effect": True},
    "malformed": {"body": "malformed"},
}


@pytest.mark.own_process
@pytest.mark.parametrize("fault", FAULTS)
def test_a_create_that_fails_for_good(ece: Ece, fault: str):
    """Every create of a run fails again and again; afterwards one apply makes each object once."""
    ece.ws.env["ECE_MAX_RETRIES"] = "1"
    ece.write(everything())
    for address, operation in CREATES.items():
        ece.control.fail_next(operation_id=operation, count=None, **FAULTS[fault])
        result = ece.ws.apply(f"-target={address}", fails=None)
        if result.exit_code == 0:
            assert FAULTS[fault].keys() & {"after_effect", "body"}, f"{operation} failed and nobody noticed"
        ece.control.clear_faults()
    ece.ws.apply()
    assert_one_of_each(ece)


@pytest.mark.parametrize("status", sorted(RETRIED))
def test_a_passing_error_is_repeated(ece: Ece, status: int):
    """Once is no error for what may be repeated; reads always may."""
    ece.write(everything())
    ece.control.fail_next(method="GET", status=status, retry_after=0)
    ece.control.fail_next(operation_id="create-deployment", status=status, retry_after=0)
    ece.ws.apply()
    assert_one_of_each(ece)


@pytest.mark.parametrize("fault", ["400", "409", "500 after the write", "dropped after the write"])
def test_an_update_that_fails(ece: Ece, fault: str):
    """Told, or repaired; the state says what took effect, and the next apply ends it."""
    ece.ws.env["ECE_MAX_RETRIES"] = "1"
    ece.apply(everything())
    ece.write(everything(description="changed"))
    for operation in ("update-deployment", "update-traffic-filter-ruleset"):
        ece.control.fail_next(operation_id=operation, count=3, **FAULTS[fault])
    ece.ws.apply(fails=None)
    ece.control.clear_faults()
    assert {FILTER, DEPLOYMENT, ASSOCIATION} == set(ece.ws.resources())
    ece.ws.apply()
    assert ece.rulesets()["office"]["description"] == "changed"
    assert ece.deployment("logs")["tags"] == {"description": "changed"}
    assert_one_of_each(ece)


DELETES = ("delete-traffic-filter-ruleset-association", "delete-traffic-filter-ruleset", "shutdown-deployment",
           "delete-deployment")  # fmt: skip


@pytest.mark.parametrize("operation", DELETES)
def test_a_delete_that_fails(ece: Ece, operation: str):
    """Refused, or without an answer: what is not gone stays in the state, and the next destroy ends it."""
    ece.ws.env["ECE_MAX_RETRIES"] = "0"
    ece.apply(everything())
    for fault in ({"status": 500}, {"drop": True, "after_effect": True}):
        ece.control.fail_next(operation_id=operation, count=None, **fault)
        ece.ws.destroy(fails=None)
        ece.control.clear_faults()
    ece.ws.destroy()
    assert ece.deployments() == {}
    assert ece.rulesets() == {}
    assert ece.associations() == set()


@pytest.mark.parametrize("fault", ["403", "500", "dropped", "html", "malformed"])
def test_a_read_that_fails_keeps_the_state(ece: Ece, fault: str):
    """Only a 404 means gone."""
    faults: dict[str, dict[str, Any]] = {
        "403": {"status": 403},
        "500": {"status": 500},
        "dropped": {"drop": True},
        "html": {"body": "html"},
        "malformed": {"body": "malformed"},
    }
    ece.ws.env["ECE_MAX_RETRIES"] = "0"
    ece.apply(everything())
    before = {address: found.values for address, found in ece.ws.resources().items()}
    ece.control.fail_next(method="GET", count=None, **faults[fault])
    ece.ws.plan(fails=True)
    ece.ws.apply("-refresh-only", fails=True)
    ece.control.clear_faults()
    assert {address: found.values for address, found in ece.ws.resources().items()} == before
    ece.assert_clean()


def test_an_answer_that_never_comes(ece: Ece):
    """``request_timeout`` ends the wait, and says so."""
    ece.ws.env |= {"ECE_REQUEST_TIMEOUT": "1s", "ECE_MAX_RETRIES": "0"}
    ece.apply(everything())
    ece.control.fail_next(method="GET", hold=True, count=None)
    text = ece.ws.plan(fails=True).result.error_text
    ece.control.clear_faults()
    assert "request_timeout" in text
    ece.assert_clean()


def test_a_create_whose_reply_was_lost_is_not_repeated_as_another(ece: Ece):
    """The write took effect and the connection broke: the same apply finds what it made."""
    for operation in CREATES.values():
        ece.control.fail_next(operation_id=operation, drop=True, after_effect=True)
    ece.apply(everything())
    assert_one_of_each(ece)


def test_somebody_else_writes_at_the_same_time(ece: Ece):
    """An update that meets a pending plan, or a stale version, reads again and goes on."""
    ece.apply(one_deployment())
    ece.control.fail_next(operation_id="update-deployment", status=400, code="deployments.resource_plan_state_error")
    ece.apply(one_deployment(tiers={"hot": {"size": "8g"}}))
    assert ece.elasticsearch("logs")["sizes"]["hot_content"]["size"] == 8192
    ece.control.fail_next(operation_id="update-deployment", status=409, code="root.conflict")
    ece.apply(one_deployment(tiers={"hot": {"size": "4g"}}))
    ece.assert_clean()
