"""Several runs, and several entries of one run, on one deployment: nothing is lost, and plans are few."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from terraform_plugin.testing.process import wait_until
from tests.support.certificates import certificate
from tests.support.ece import Ece
from tests.support.trust import DIRECT, MEMBER, UPDATE, attempts, direct, seed_foreign, trust

QUIET = ("-auto-approve", "-no-color", "-input=false")
PARTS = 5
ROUNDS = 10
"""Fifty runs in all."""


def user(ece: Ece, folder: Path, mirror: Mirror) -> Ece:
    """Somebody else with a state, HOME and temporary folder of his own, so that no lock file is shared."""
    other = Ece(folder / "work", ece.ws.binary, mirror, ece.simulator)
    for name in ("HOME", "TMPDIR"):
        place = folder / name.lower()
        place.mkdir(parents=True)
        other.ws.env[name] = str(place)
    other.ws.init()
    return other


@pytest.mark.own_process
@pytest.mark.slow
@pytest.mark.parametrize("part", range(PARTS))
def test_two_applies_from_two_states_lose_nothing(
    ece: Ece, tmp_path: Path, mirror: Mirror, terraform: TerraformBinary, simulator: Simulator, part: int
):
    """Both read, one writes, then the other: only the version that goes along keeps the first one's change."""
    logs = seed_foreign(ece)
    users = [user(ece, tmp_path / name, mirror) for name in ("ada", "bob")]
    pems = [certificate(name).pem for name in ("ada", "bob")]
    for turn in range(ROUNDS):
        names = [f"{name} {part} {turn}" for name in ("ada", "bob")]
        for each, name, pem in zip(users, names, pems, strict=True):
            each.write({DIRECT: {"t": direct(logs, pem, name=name)}})
        since = ece.last_call()
        fault = ece.control.fail_next(operation_id=UPDATE, hold=True)  # whoever writes first is held before the effect
        first, second = (each.ws.start("apply", *QUIET) for each in users)
        with first, second:
            wait_until(lambda since=since: any(answered(call) for call in ece.calls(since)), "the other one's write")
            ece.control.release(fault)
            results = [first.wait(), second.wait()]
        assert [result.exit_code for result in results] == [0, 0], [result.text for result in results]
        assert {entry["name"] for entry in trust(ece)["direct"]} == {"theirs", *names}, f"run {turn}"
    for each in users:
        each.assert_clean()
        each.ws.destroy()
    assert [entry["name"] for entry in trust(ece)["direct"]] == ["theirs"]


def answered(call: dict[str, Any]) -> bool:
    """A write of trust that took effect."""
    return bool(call["operation_id"] == UPDATE and call["took_effect"])


def test_twenty_entries_of_one_deployment_make_two_plans_at_most(ece: Ece):
    """Terraform works at ten at a time; those that come together are written together."""
    logs = seed_foreign(ece)
    uid = trust(ece)["direct"][0]["uid"]
    members = {
        f"m{number}": {"deployment_id": logs["id"], "trust": f"direct/{uid}", "cluster_id": f"{number:032x}"}
        for number in range(20)
    }
    count = attempts(ece)
    ece.apply({MEMBER: members})
    assert attempts(ece) - count <= 2
    assert len(trust(ece)["direct"][0]["trust_allowlist"]) == 21
    ece.assert_clean()
    count = attempts(ece)
    ece.ws.destroy()
    assert attempts(ece) - count <= 2
    assert len(trust(ece)["direct"][0]["trust_allowlist"]) == 1


def test_one_at_a_time_works_too(ece: Ece):
    """``-parallelism=1``: nobody waits for company that never comes."""
    logs = ece.control.seed(name="logs")
    pems = {name: certificate(name).pem for name in "abc"}
    ece.write({DIRECT: {name: direct(logs, pem, name=name) for name, pem in pems.items()}})
    ece.ws.apply("-parallelism=1")
    assert {entry["name"] for entry in trust(ece)["direct"]} == {"a", "b", "c"}
    ece.assert_clean()
    ece.ws.destroy("-parallelism=1")
    assert trust(ece)["direct"] == []


def test_refresh_of_many_entries_asks_once_for_a_deployment(ece: Ece):
    """Twenty entries of two deployments are two reads."""
    deployments = [seed_foreign(ece, "logs"), ece.control.seed(name="shop")]
    uid = trust(ece)["direct"][0]["uid"]
    ece.apply(
        {
            DIRECT: {"t": direct(deployments[1])},
            MEMBER: {
                f"m{number}": {
                    "deployment_id": deployments[0]["id"],
                    "trust": f"direct/{uid}",
                    "cluster_id": f"{number:032x}",
                }
                for number in range(19)
            },
        }
    )
    ece.assert_clean_with(at_most=4)
