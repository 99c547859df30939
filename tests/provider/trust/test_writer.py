"""The one writer of a deployment's trust: what others write at the same time is never lost, and plans are few."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from tests.provider.remote_clusters.support import Refused, Stored
from tests.provider.trust.support import (
    ACCOUNT,
    CA,
    DIRECT,
    FOREIGN_CA,
    MEMBER,
    SOMEBODY,
    TrustWorld,
    direct,
    stored,
    until,
)


def members(deployment: dict[str, Any], uid: str, count: int) -> list[tuple[str, dict[str, Any]]]:
    """So many members of one direct entry."""
    return [
        (MEMBER, {"deployment_id": deployment["id"], "trust": f"direct/{uid}", "cluster_id": f"{number:032x}"})
        for number in range(count)
    ]


async def test_twenty_entries_at_once_are_one_write(world: TrustWorld):
    """Each write is a plan of the whole cluster, so writers that wait are merged."""
    logs = world.seed_foreign()
    uid = world.trust()["direct"][0]["uid"]
    since = world.mark()
    stored(await world.together(members(logs, uid, 20)))
    assert len(world.updates(since)) == 1
    wanted = {SOMEBODY, *(f"{number:032x}" for number in range(20))}
    assert set(world.trust()["direct"][0]["trust_allowlist"]) == wanted


async def test_a_write_changes_nothing_else(world: TrustWorld):
    """Entries of others, their uid, the plan, tags and keystore are as they were."""
    logs = world.seed_foreign()
    before = world.deployment()
    made = await world.apply(DIRECT, direct(logs))
    after = world.trust()
    assert after["accounts"] == before["resources"]["main-elasticsearch"]["trust"]["accounts"]
    assert after["external"] == before["resources"]["main-elasticsearch"]["trust"]["external"]
    assert after["direct"][0] == before["resources"]["main-elasticsearch"]["trust"]["direct"][0]
    assert [entry["name"] for entry in after["direct"]] == ["theirs", "orders"]
    await world.destroy(DIRECT, made)
    back = world.deployment()
    for found in (before, back):
        found.pop("version")
    assert back == before


async def test_somebody_else_writes_in_between(world: TrustWorld):
    """The version that was read goes along, so a stale write is refused and merged anew; nothing is lost."""
    logs, shop = world.seed("logs"), world.seed("shop")
    world.control.fail_next(operation_id="update-deployment", hold=True)
    since = world.mark()
    arguments = {"deployment_id": logs["id"], "cluster_ids": [shop["cluster_id"]]}
    ours = asyncio.ensure_future(world.apply(ACCOUNT, arguments))
    await until(lambda: any(call["fault"] for call in world.updates(since)))
    theirs = {
        "name": "console", "type": "proxy", "trust_all": False, "certificates": [{"pem": FOREIGN_CA}],
    }  # fmt: skip
    world.set_trust(logs["id"], direct=[theirs])
    world.control.release()
    await ours
    assert [entry["name"] for entry in world.trust()["direct"]] == ["console"]
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]
    sent = [call for call in world.updates(since) if call["user"] is not None and "version=" in call["query"]]
    assert [call["status"] for call in sent] == [409, 200]


async def test_every_write_carries_the_version(world: TrustWorld):
    """Without it ECE takes the last writer's word for the whole."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs))
    await world.destroy(DIRECT, made)
    assert len(world.updates()) == 2
    assert all("version=" in call["query"] for call in world.updates())


async def test_a_running_plan_is_awaited(world: TrustWorld):
    """ECE refuses a change of a deployment whose plan is pending."""
    logs, shop = world.seed("logs"), world.seed("shop")
    world.control.set_plan_speed("infinite", "logs")
    world.set_trust(logs["id"], accounts=[])
    since = world.mark()
    arguments = {"deployment_id": logs["id"], "cluster_ids": [shop["cluster_id"]]}
    ours = asyncio.ensure_future(world.apply(ACCOUNT, arguments))
    await until(lambda: len(world.control.calls(since)) >= 6)
    assert world.updates(since) == []
    world.control.set_plan_speed(0)
    await ours
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]


async def test_a_plan_that_cannot_be_seen_yet_is_awaited_too(world: TrustWorld):
    """The refusal itself (resource_plan_state_error) is read as "not now"."""
    logs, shop = world.seed("logs"), world.seed("shop")
    world.control.set_switch("plan_start_gap_seconds", 1.0)
    world.set_trust(logs["id"], accounts=[])
    since = world.mark()
    await world.apply(ACCOUNT, {"deployment_id": logs["id"], "cluster_ids": [shop["cluster_id"]]})
    statuses = [call["status"] for call in world.updates(since)]
    assert statuses[0] == 400
    assert statuses[-1] == 200
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]


async def test_a_lost_answer_makes_no_second_write(world: TrustWorld):
    """The repeat is refused by its version, and what is there then is what was wanted."""
    logs = world.seed()
    world.control.fail_next(operation_id="update-deployment", drop=True, after_effect=True)
    attempts = len(world.control.plan_history(deployment="logs"))
    await world.apply(DIRECT, direct(logs))
    assert [call["took_effect"] for call in world.updates()].count(True) == 1
    assert len(world.control.plan_history(deployment="logs")) == attempts + 1
    assert len(world.trust()["direct"]) == 1


async def test_a_lost_answer_to_a_write_whose_plan_fails_is_a_failure(world: TrustWorld):
    """That the lists hold what was wanted does not mean that it is in force."""
    logs = world.seed()
    world.control.fail_next(operation_id="update-deployment", drop=True, after_effect=True)
    world.control.fail_plan("apply-plan-settings", "No room", deployment="logs")
    with pytest.raises(Refused, match="No room"):
        await world.apply(DIRECT, direct(logs))


async def test_one_that_is_refused_does_not_stop_the_others(world: TrustWorld):
    """Merged writers are separate objects to their users."""
    logs = world.seed_foreign()
    uid = world.trust()["direct"][0]["uid"]
    world.control.set_switch("scope_id_with_dots", False)
    bad = direct(logs, scope_id="a.b")
    good_first, wrong, good_last = await world.together(
        [members(logs, uid, 1)[0], (DIRECT, bad), (MEMBER, {**members(logs, uid, 1)[0][1], "cluster_id": "e" * 32})]
    )
    assert isinstance(wrong, Refused)
    assert wrong.paths == {"scope_id"}
    assert "orders" not in [entry["name"] for entry in world.trust()["direct"]]
    assert isinstance(good_first, Stored)
    assert isinstance(good_last, Stored)
    assert {"0" * 32, "e" * 32} < set(world.trust()["direct"][0]["trust_allowlist"])


async def test_an_entry_that_is_there_already_costs_no_plan(world: TrustWorld):
    """A plan of a big cluster takes long."""
    logs = world.seed()
    since = world.mark()
    await world.apply(ACCOUNT, {"deployment_id": logs["id"], "trust_all": True})
    assert world.updates(since) == []


async def test_a_failed_plan_names_step_and_message_and_keeps_the_object(world: TrustWorld):
    """Tainted, and made again without taking anything away."""
    logs = world.seed()
    world.control.fail_plan("apply-plan-settings", "No room", deployment="logs")
    with pytest.raises(Refused) as refused:
        await world.apply(DIRECT, direct(logs))
    assert "apply-plan-settings" in str(refused.value)
    assert "No room" in str(refused.value)
    left = refused.value.left
    assert left is not None
    assert left["uid"] == world.trust()["direct"][0]["uid"]
    again = await world.apply(DIRECT, direct(logs), left)
    assert again["uid"] == left["uid"]


async def test_a_time_out_tells_how_to_keep_the_object(world: TrustWorld):
    """The plan goes on; the text names untaint and the argument."""
    logs = world.seed()
    world.control.set_plan_speed("infinite")
    with pytest.raises(Refused) as refused:
        await world.apply(DIRECT, direct(logs, timeouts={"create": "1s"}))
    assert "terraform untaint" in str(refused.value)
    assert refused.value.paths == {"timeouts"}
    assert refused.value.left is not None


async def test_a_time_out_before_the_write_leaves_nothing(world: TrustWorld):
    """Somebody else's plan did not end: no object, and nothing was sent."""
    logs, _ = world.seed("logs"), world.seed("shop")
    world.control.set_plan_speed("infinite", "logs")
    world.set_trust(logs["id"], accounts=[])
    since = world.mark()
    with pytest.raises(Refused) as refused:
        await world.apply(DIRECT, direct(logs, timeouts={"create": "1s"}))
    assert refused.value.left is None
    assert world.updates(since) == []


async def test_a_stop_while_waiting_for_the_turn_writes_nothing(world: TrustWorld):
    """Ctrl-C before the write: the object does not exist."""
    logs = world.seed()
    world.control.set_plan_speed("infinite", "logs")
    world.set_trust(logs["id"], accounts=[])
    since = world.mark()
    async with world.process() as process:
        ours = asyncio.ensure_future(world.together([(DIRECT, direct(logs))], process))
        await until(lambda: len(world.control.calls(since)) > 15)  # looks of the apply: the plan before makes few calls
        process.runtime.stop()
        (result,) = await ours
    assert isinstance(result, Refused)
    assert result.left is None
    assert world.updates(since) == []


async def test_a_stop_while_the_plan_runs_keeps_the_object_and_the_next_read_goes_on(world: TrustWorld):
    """Rule 6: untainted with a warning; the refresh waits for the same plan."""
    logs = world.seed()
    world.control.set_plan_speed("infinite")
    since = world.mark()
    async with world.process() as process:
        ours = asyncio.ensure_future(world.together([(DIRECT, direct(logs))], process))
        await until(lambda: len(world.control.calls(since)) >= 7 and world.updates(since))
        process.runtime.stop()
        (kept,) = await ours
    assert isinstance(kept, Stored)
    assert any("Stopped while trust" in warning for warning in world.warnings)
    mark = world.mark()
    async with world.process() as process:
        refresh = asyncio.ensure_future(process.refresh(DIRECT, kept))
        await until(lambda: len(world.control.calls(mark)) >= 3)
        assert not refresh.done()
        world.control.set_plan_speed(0)
        found, _ = await refresh
    assert found is not None
    assert "pending_attempt" not in found.private
    assert found["uid"] == kept["uid"]


async def test_a_stopped_deployment_is_not_started(world: TrustWorld):
    """A create is refused; a destroy warns and goes on, as the deployment may be about to go as well."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs))
    world.ask("POST", f"/deployments/{logs['id']}/_shutdown?skip_snapshot=true")
    since = world.mark()
    with pytest.raises(Refused, match="shut down"):
        await world.apply(DIRECT, direct(logs, FOREIGN_CA))
    await world.destroy(DIRECT, made)
    assert world.updates(since) == []
    assert any("stays and counts again" in warning for warning in world.warnings)


async def test_deployments_that_nobody_may_change_are_refused(world: TrustWorld):
    """The platform's own, by name in the plan and by mark before the write; and one that does not exist."""
    system = world.seed("security", system_owned=True)
    hidden = world.seed("renamed", system_owned=True)
    for deployment in (system, hidden):
        with pytest.raises(Refused, match="belongs to Elastic Cloud Enterprise itself"):
            await world.apply(DIRECT, direct(deployment))
    with pytest.raises(Refused) as refused:
        await world.apply(DIRECT, direct({"id": "9" * 32}))
    assert refused.value.paths == {"deployment_id"}
    assert world.updates() == []


async def test_a_deployment_that_went_is_no_error_on_destroy(world: TrustWorld):
    """Destroy of everything at once, in any order."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs, CA))
    world.control.take_away("deployment", logs["id"])
    await world.destroy(DIRECT, made, refresh=False)
    async with world.process() as process:
        found, _ = await process.refresh(DIRECT, made)
    assert found is None
