"""``ece_deployment_trust_account``: the entry that every deployment has is taken over, and put back as it was."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from ece_provider.trust.ids import EntryId
from tests.provider.remote_clusters.support import Refused
from tests.provider.trust.support import ACCOUNT, MEMBER, SOMEBODY, TrustWorld, validated


def account(deployment: dict[str, Any], *cluster_ids: str, **more: Any) -> dict[str, Any]:
    """Arguments: a list of clusters, or what is given."""
    return {"deployment_id": deployment["id"], **({"cluster_ids": list(cluster_ids)} if not more else {}), **more}


def odd_trust(world: TrustWorld, *cluster_ids: str) -> list[dict[str, Any]]:
    """An account entry with a name and an order of its own."""
    account_id = world.control.state()["a"]["account"]["id"]
    return [
        {"account_id": account_id, "name": "Odd", "trust_all": False, "trust_allowlist": list(cluster_ids)},
    ]


async def test_the_whole_life(world: TrustWorld):
    """Taken over, changed, and put back with name and order as they were."""
    shop, bank = world.seed("shop"), world.seed("bank")
    former = odd_trust(world, shop["cluster_id"], SOMEBODY)
    logs = world.seed("logs", trust={"accounts": former})
    made = await world.apply(ACCOUNT, account(logs, bank["cluster_id"]))
    assert world.trust()["accounts"][0]["trust_allowlist"] == [bank["cluster_id"]]
    assert made["ref_id"] == "main-elasticsearch"
    assert made["id"] == f"{logs['id']}/main-elasticsearch/account/{made['account_id']}"
    assert (await world.plan(ACCOUNT, account(logs, bank["cluster_id"]), made)).changed == set()
    planned = await world.plan(ACCOUNT, account(logs, trust_all=True), made)
    assert planned.changed == {"trust_all", "cluster_ids"}
    made = await world.apply(ACCOUNT, account(logs, trust_all=True), made)
    assert world.trust()["accounts"][0]["trust_all"] is True
    made = await world.apply(ACCOUNT, account(logs), made)
    assert world.trust()["accounts"][0]["trust_all"] is False
    assert made["cluster_ids"] == []
    await world.destroy(ACCOUNT, made)
    assert world.trust()["accounts"] == former


async def test_a_deployment_without_the_entry_has_none_afterwards(world: TrustWorld):
    """An entry that was left out means that nobody is trusted; the account is asked for then."""
    logs, shop = world.seed("logs"), world.seed("shop")
    world.set_trust(logs["id"], accounts=[])
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]
    await world.destroy(ACCOUNT, made)
    assert world.trust()["accounts"] == []


async def test_a_replacement_never_changes_trust_and_remembers_what_was_there(world: TrustWorld):
    """``-replace`` would else cut the connection in between, or forget the former value."""
    logs, shop = world.seed("logs"), world.seed("shop")
    former = world.trust()["accounts"]
    arguments = account(logs, shop["cluster_id"])
    made = await world.apply(ACCOUNT, arguments)
    since = world.mark()
    made = await world.apply(ACCOUNT, arguments, made, replace=True)
    assert world.updates(since) == []
    await world.destroy(ACCOUNT, made)
    assert world.trust()["accounts"] == former


async def test_create_before_destroy_never_changes_trust_and_says_what_stays(world: TrustWorld):
    """The new object comes first and cannot know the former value; the destroy tells that nothing was put back."""
    logs, shop = world.seed("logs"), world.seed("shop")
    arguments = account(logs, shop["cluster_id"])
    made = await world.apply(ACCOUNT, arguments)
    since = world.mark()
    made = await world.apply(ACCOUNT, arguments, made, replace=True, create_first=True)
    await world.destroy(ACCOUNT, made)
    assert world.updates(since) == []
    assert any("trusted still" in warning for warning in world.warnings)


async def test_another_deployment_replaces_and_each_gets_its_own_former_value(world: TrustWorld):
    """The value of one deployment is never written to another."""
    shop = world.seed("shop")
    logs = world.seed("logs", trust={"accounts": odd_trust(world, SOMEBODY)})
    bank = world.seed("bank")
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    planned = await world.plan(ACCOUNT, account(bank, shop["cluster_id"]), made)
    assert [str(path) for path in planned.reply.replace_paths] == ["deployment_id"]
    made = await world.apply(ACCOUNT, account(bank, shop["cluster_id"]), made)
    assert world.trust("logs")["accounts"] == odd_trust(world, SOMEBODY)
    await world.destroy(ACCOUNT, made)
    assert world.trust("bank")["accounts"][0]["trust_all"] is True


async def test_a_kill_after_the_write_does_not_forget_what_was_there(world: TrustWorld):
    """The journal holds the former value from before the write on."""
    shop = world.seed("shop")
    logs = world.seed("logs", trust={"accounts": odd_trust(world, SOMEBODY)})
    killed = TrustWorld(world.simulator, max_retries=0)
    world.control.fail_next(operation_id="update-deployment", drop=True, after_effect=True)
    world.control.fail_next(operation_id="get-deployment", skip=4, count=None, status=500)
    with pytest.raises(Refused):
        await killed.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    world.control.clear_faults()
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    await world.destroy(ACCOUNT, made)
    assert world.trust()["accounts"] == odd_trust(world, SOMEBODY)


@pytest.mark.parametrize("form", ["{0}/main-elasticsearch/account/{1}", "{0}/account/{1}", "identity"])
async def test_import_and_what_a_destroy_puts_back(world: TrustWorld, form: str):
    """The plan is empty, and the imported value is the one that was there before Terraform."""
    shop, bank = world.seed("shop"), world.seed("bank")
    former = odd_trust(world, shop["cluster_id"])
    logs = world.seed("logs", trust={"accounts": former})
    account_id = former[0]["account_id"]
    if form == "identity":
        identity = {"deployment_id": logs["id"], "ref_id": None, "account_id": account_id}
        made = await world.import_(ACCOUNT, identity=identity)
    else:
        made = await world.import_(ACCOUNT, form.format(logs["id"], account_id))
    assert (await world.plan(ACCOUNT, account(logs, shop["cluster_id"]), made)).changed == set()
    made = await world.apply(ACCOUNT, account(logs, bank["cluster_id"]), made)
    await world.destroy(ACCOUNT, made)
    assert world.trust()["accounts"] == former


@pytest.mark.parametrize("text", ["nonsense", "a/b/c", f"{'0' * 32}/external/x", f"{'0' * 32}/r/account/", "/account/"])
async def test_a_wrong_import_id_names_the_form(world: TrustWorld, text: str):
    """The person who imports sees what is needed."""
    with pytest.raises(Refused, match="Invalid import id"):
        await world.import_(ACCOUNT, text)


async def test_a_wrong_ref_id_is_refused(world: TrustWorld):
    """On create and on import: a deployment has one Elasticsearch."""
    logs = world.seed("logs")
    account_id = world.trust()["accounts"][0]["account_id"]
    with pytest.raises(Refused, match="has the ref_id main-elasticsearch"):
        await world.apply(ACCOUNT, account(logs, ref_id="other", trust_all=True))
    with pytest.raises(Refused, match="has the ref_id main-elasticsearch"):
        await world.import_(ACCOUNT, f"{logs['id']}/other/account/{account_id}")
    assert str(EntryId.parse(f"{logs['id']}/x/account/y", "account")) == f"{logs['id']}/x/account/y"


async def test_drift_is_shown_and_repaired(world: TrustWorld):
    """Somebody trusted all again: one object changes, one write repairs it."""
    logs, shop = world.seed("logs"), world.seed("shop")
    arguments = account(logs, shop["cluster_id"])
    made = await world.apply(ACCOUNT, arguments)
    account_id = made["account_id"]
    world.set_trust(logs["id"], accounts=[{"account_id": account_id, "trust_all": True}])
    planned = await world.plan(ACCOUNT, arguments, made)
    assert planned.changed == {"trust_all", "cluster_ids"}
    since = world.mark()
    await world.apply(ACCOUNT, arguments, made)
    assert world.writes(since) == ["update-deployment"]
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]


async def test_an_entry_that_disappeared_is_made_again(world: TrustWorld):
    """Gone is gone; the plan makes it anew."""
    logs, shop = world.seed("logs"), world.seed("shop")
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    world.set_trust(logs["id"], accounts=[])
    planned = await world.plan(ACCOUNT, account(logs, shop["cluster_id"]), made)
    assert planned.prior is None


async def test_a_deployment_id_in_the_list_is_refused_with_the_id_that_is_meant(world: TrustWorld):
    """In the plan; and before the write for an id that became known in the apply only."""
    logs, shop = world.seed("logs"), world.seed("shop")
    with pytest.raises(Refused, match=shop["cluster_id"]) as refused:
        await world.plan(ACCOUNT, account(logs, shop["id"]))
    assert refused.value.paths == {"cluster_ids"}
    async with world.process() as process:
        config = world.given(ACCOUNT, account(logs, shop["cluster_id"]))
        reply = await process.plan(ACCOUNT, config, None)
        assert reply.planned is not None
        planned = {**reply.planned, "cluster_ids": [shop["id"]]}
        result = await process.apply(ACCOUNT, config, None, planned, reply.private)
    assert any(shop["cluster_id"] in item.detail for item in result.diagnostics)
    assert world.updates() == []


async def test_an_id_of_no_cluster_is_refused_when_it_is_new(world: TrustWorld):
    """A peer that was rebuilt later does not block every plan."""
    logs, shop = world.seed("logs"), world.seed("shop")
    with pytest.raises(Refused, match="not the id of an Elasticsearch cluster of this environment"):
        await world.plan(ACCOUNT, account(logs, SOMEBODY))
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    world.control.take_away("deployment", shop["id"])
    assert (await world.plan(ACCOUNT, account(logs, shop["cluster_id"]), made)).changed == set()


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        ({}, "trust_all"),
        ({"trust_all": True, "cluster_ids": []}, "cluster_ids"),
        ({"trust_all": False}, "trust_all"),
        ({"cluster_ids": ["nonsense"]}, "cluster_ids[0]"),
        ({"cluster_ids": [], "deployment_id": "logs"}, "deployment_id"),
    ],
)
def test_bad_input_is_named(arguments: dict[str, Any], path: str):
    """Without the API."""
    diagnostics = validated(ACCOUNT, {"deployment_id": "0" * 32, **arguments})
    assert [str(item.path) for item in diagnostics] == [path]


async def test_two_owners_of_one_entry_are_refused(world: TrustWorld):
    """Two whole lists, and a whole list beside single members."""
    logs, shop = world.seed("logs"), world.seed("shop")
    whole = (ACCOUNT, account(logs, shop["cluster_id"]))
    single = (MEMBER, {"deployment_id": logs["id"], "trust": "account", "cluster_id": shop["cluster_id"]})
    for pair in ((whole, whole), (whole, single), (single, whole)):
        async with world.process() as process:
            results = [await _planned(world, process, *each) for each in pair]
        assert "owner" in results[1]
    async with world.process() as process:
        everybody = (ACCOUNT, account(logs, trust_all=True))
        assert await _planned(world, process, *everybody) == await _planned(world, process, *single) == ""


async def _planned(world: TrustWorld, process: Any, kind: str, arguments: dict[str, Any]) -> str:
    try:
        await process.plan(kind, world.given(kind, arguments), None)
    except Refused as refused:
        return str(refused)
    return ""


async def test_reads_of_one_deployment_share_a_call(world: TrustWorld):
    """A refresh of many entries asks once."""
    logs, shop = world.seed("logs"), world.seed("shop")
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    since = world.mark()
    async with world.process() as process:
        await asyncio.gather(*(process.refresh(ACCOUNT, made) for _ in range(20)))
    assert [call["operation_id"] for call in world.control.calls(since)] == ["get-deployment"]


@pytest.mark.parametrize("status", [401, 403, 500])
async def test_a_read_that_is_refused_keeps_the_state(world: TrustWorld, status: int):
    """Only 404 means gone."""
    logs, shop = world.seed("logs"), world.seed("shop")
    made = await world.apply(ACCOUNT, account(logs, shop["cluster_id"]))
    world.control.fail_next(operation_id="get-deployment", status=status, count=None)
    with pytest.raises(Refused) as refused:
        await world.plan(ACCOUNT, account(logs, shop["cluster_id"]), made)
    assert refused.value.left == made
