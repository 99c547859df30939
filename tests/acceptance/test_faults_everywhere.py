"""A fault, and a kill, at every single call of a whole deploy: the next apply always converges, nothing is double."""

from __future__ import annotations

import shutil
from typing import Any

import pytest

from terraform_plugin.testing.process import is_running, wait_until
from tests.support.ece import OFFICE, Ece, one_deployment

pytestmark = pytest.mark.own_process  # what a run leaves behind counts once its process is gone

SLICES = 4
"""Each kind of fault is spread over so many tests, that run beside each other."""
QUIET = ("-auto-approve", "-no-color", "-input=false")

DEPLOY: dict[str, Any] = {
    **one_deployment(kibana={"size": "1g"}),
    "ece_traffic_filter": {"a": OFFICE},
    "ece_traffic_filter_association": {
        "a": {"deployment_id": "${ece_deployment.a.id}", "traffic_filter_id": "${ece_traffic_filter.a.id}"}
    },
}


def start_anew(ece: Ece) -> None:
    """An empty simulator and an empty state, with the folder still initialised."""
    ece.control.reset()
    for name in ("terraform.tfstate", "terraform.tfstate.backup"):
        (ece.ws.folder / name).unlink(missing_ok=True)
    shutil.rmtree(ece.ws.folder / ".terraform" / "ece", ignore_errors=True)


def assert_converged(ece: Ece, call: str) -> None:
    """Exactly one of each, all in the state; after a write, whose effect may have been lost, nothing left to do."""
    result = ece.ws.apply(fails=None)
    assert result.exit_code == 0, f"after a fault at {call}: {result.describe()}"
    assert set(ece.deployments()) == {"logs"}, call
    assert set(ece.rulesets()) == {"office"}, call
    assert len(ece.associations()) == 1, call
    assert ece.resource("ece_deployment.a")["id"] == ece.deployment("logs")["id"], call
    assert ece.resource("ece_traffic_filter.a")["id"] == ece.rulesets()["office"]["id"], call
    if "create-" in call:
        plan = ece.ws.plan()
        assert plan.is_empty, f"after a fault at {call}: {plan.describe()}"


def calls_of_a_deploy(ece: Ece) -> list[str]:
    """The operations of an undisturbed deploy, in order."""
    ece.apply(DEPLOY)
    calls = [call["operation_id"] for call in ece.calls()]
    ece.assert_clean()
    start_anew(ece)
    return calls


FAULTS: dict[str, dict[str, Any]] = {
    "an error before": {"status": 500},
    "a lost reply": {"drop": True, "after_effect": True},
}


def is_write(operation: str) -> bool:
    """A read whose reply was lost, and a read that was refused, come to the same."""
    return operation.startswith("create-")


@pytest.mark.slow
@pytest.mark.parametrize("part", range(SLICES))
def test_a_fault_at_every_call(ece: Ece, part: int):
    """Refused, or done without an answer: the apply may fail, the next one must not."""
    ece.ws.env["ECE_MAX_RETRIES"] = "0"
    calls = calls_of_a_deploy(ece)
    assert len(calls) > 5
    ece.write(DEPLOY)
    for number in range(part, len(calls), SLICES):
        for fault in FAULTS if is_write(calls[number]) else ["an error before"]:
            ece.control.fail_next(skip=number, **FAULTS[fault])
            ece.ws.apply("-parallelism=1", fails=None)
            ece.control.clear_faults()
            assert_converged(ece, f"call {number + 1}, {calls[number]}")
            start_anew(ece)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(SLICES))
def test_a_kill_of_the_provider_at_every_call(ece: Ece, part: int):
    """Killed before the call took effect; at writes also right after it."""
    calls = calls_of_a_deploy(ece)
    ece.write(DEPLOY)
    for number in range(part, len(calls), SLICES):
        for moment in ("before", "after") if is_write(calls[number]) else ("before",):
            ece.control.fail_next(skip=number, hold=True, after_effect=moment == "after")
            with ece.ws.start("apply", "-parallelism=1", *QUIET) as run:
                wait_until(lambda when=moment: held(ece, when) or run.process.poll() is not None, f"call {number + 1}")
                providers = run.providers()
                run.kill_provider()
                run.wait()
                wait_until(lambda pids=providers: not any(is_running(pid) for pid in pids), "the provider's end")
            ece.control.clear_faults()
            assert_converged(ece, f"call {number + 1}, {calls[number]}")
            start_anew(ece)


@pytest.mark.slow
def test_a_kill_of_terraform_at_every_write(ece: Ece):
    """Terraform dies with everything it had not written yet."""
    writes = [name for name in calls_of_a_deploy(ece) if is_write(name)]
    ece.write(DEPLOY)
    for number, name in enumerate(writes):
        ece.control.fail_next(writes=True, skip=number, hold=True, after_effect=True)
        with ece.ws.start("apply", "-parallelism=1", *QUIET) as run:
            wait_until(lambda: held(ece, "after") or run.process.poll() is not None, f"write {number + 1}")
            run.kill_group()
        ece.control.clear_faults()
        assert_converged(ece, f"write {number + 1}, {name}")
        start_anew(ece)


def held(ece: Ece, moment: str) -> bool:
    """The call that is to be held has arrived (and has taken effect, if that was ordered)."""
    return any(
        call["fault"] is not None and (moment == "before" or call["took_effect"] or call["status"] is not None)
        for call in ece.calls()
    )
