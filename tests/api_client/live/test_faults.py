"""When something breaks between the client and the simulator: repeated, uncertain, or told."""

from __future__ import annotations

import asyncio

import pytest

from ece_client import ConnectionFailed, NotJson, ServerError, TooManyRequests, WriteUncertain
from tests.api_client.live.calls import RULESET, calls_of, client_of, request_of


@pytest.mark.parametrize(
    "fault",
    [{"status": 503}, {"status": 429, "retry_after": 0}, {"status": 502, "body": "html"}, {"drop": True},
     {"drop": True, "after_effect": True}, {"body": "malformed"}],
    ids=str,
)  # fmt: skip
async def test_a_fault_at_a_safe_call_goes_unnoticed(simulator, ece, fault):
    """Also for a creation with a request id: one deployment, and its id is known."""
    for operation in ("list-deployments", "create-deployment"):
        simulator.control.fail_next(operation_id=operation, **fault)
    async with client_of(ece) as client:
        await client.call("list-deployments")
        reply = await client.call("create-deployment", query={"request_id": "r" * 32}, body=await request_of(client))
        deployments = (await client.call("list-deployments")).data["deployments"]
    assert [one["id"] for one in deployments if one["name"] == "logs"] == [reply.data["id"]]
    assert reply.status == (202 if fault.get("after_effect") or fault.get("body") == "malformed" else 201)


@pytest.mark.parametrize(
    "fault", [{"drop": True, "after_effect": True}, {"status": 504, "after_effect": True}], ids=str
)
async def test_a_lost_write_is_uncertain(simulator, ece, fault):
    """The rule set is there although nobody was told: written once, never twice."""
    simulator.control.fail_next(operation_id="create-traffic-filter-ruleset", **fault)
    async with client_of(ece) as client:
        with pytest.raises(WriteUncertain):
            await client.call("create-traffic-filter-ruleset", body=RULESET)
        rulesets = (await client.call("get-traffic-filter-rulesets")).data["rulesets"]
    assert [ruleset["name"] for ruleset in rulesets] == ["office"]


@pytest.mark.parametrize(
    ("fault", "kind"),
    [
        ({"status": 503}, ServerError),
        ({"status": 429, "retry_after": 0}, TooManyRequests),
        ({"body": "html"}, NotJson),
        ({"drop": True}, ConnectionFailed),
        ({"status": 500}, ServerError),
    ],
    ids=str,
)
async def test_a_fault_that_stays_is_told(simulator, ece, fault, kind):
    """After the attempts that were allowed."""
    simulator.control.fail_next(operation_id="list-deployments", count=None, **fault)
    async with client_of(ece, max_retries=1) as client:
        with pytest.raises(kind):
            await client.call("list-deployments")
    assert len(calls_of(simulator, "list-deployments")) == (1 if fault.get("status") == 500 else 2)


async def test_retry_after_is_waited_for(simulator, ece):
    """A second means a second."""
    simulator.control.fail_next(operation_id="list-deployments", status=429, retry_after=1)
    async with client_of(ece) as client:
        await client.call("list-deployments")
    first, second = calls_of(simulator, "list-deployments")
    assert second["time"] - first["time"] >= 1.0


async def test_fifty_calls_at_once(simulator, ece):
    """More would only queue; none may fail."""
    async with client_of(ece) as client:
        replies = await asyncio.gather(*(client.call("list-deployments") for _ in range(50)))
    assert [reply.status for reply in replies] == [200] * 50
