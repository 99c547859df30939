"""``ece_deployment_trust_direct``: one CA has one uid in an installation, and certificates count by fingerprint."""

from __future__ import annotations

import asyncio

import pytest

from tests.provider.remote_clusters.support import Refused
from tests.provider.trust.support import (
    CA,
    DIRECT,
    FOREIGN_CA,
    MEMBER,
    SOMEBODY,
    TrustWorld,
    direct,
    stored,
    until,
    validated,
    without_uid,
)
from tests.support.certificates import certificate

NEXT_CA = certificate("next").pem


def names(world: TrustWorld, *deployments: str) -> set[str]:
    """The uids of the direct entries of these deployments."""
    return {entry["uid"] for name in deployments for entry in world.trust(name)["direct"]}


async def test_the_whole_life(world: TrustWorld):
    """Made, changed in place under the same uid, and gone without a trace."""
    logs = world.seed_foreign()
    before = world.trust()
    made = await world.apply(DIRECT, direct(logs))
    entry = world.trust()["direct"][1]
    assert made["uid"] == entry["uid"]
    assert made["id"] == f"{logs['id']}/main-elasticsearch/direct/{entry['uid']}"
    assert entry["trust_allowlist"] == [SOMEBODY]
    assert (await world.plan(DIRECT, direct(logs), made)).changed == set()
    changed = direct(logs, CA, NEXT_CA, name="new", scope_id="78", cluster_ids=None, trust_all=True)
    planned = await world.plan(DIRECT, changed, made)
    assert planned.changed == {"name", "scope_id", "cluster_ids", "trust_all", "certificates"}
    made = await world.apply(DIRECT, changed, made)
    assert made["uid"] == entry["uid"]
    entry = world.trust()["direct"][1]
    assert (entry["name"], entry["scope_id"], entry["trust_all"]) == ("new", "78", True)
    assert len(entry["certificates"]) == 2
    nodes = direct(logs, CA, type="generic", scope_id=None, cluster_ids=None, additional_node_names=["n1.example.com"])
    made = await world.apply(DIRECT, nodes, made)
    entry = world.trust()["direct"][1]
    assert entry["additional_node_names"] == ["n1.example.com"]
    assert "scope_id" not in entry
    assert (await world.plan(DIRECT, nodes, made)).changed == set()
    await world.destroy(DIRECT, made)
    assert world.trust() == before


async def test_spelling_and_order_of_certificates_are_no_change(world: TrustWorld):
    """Files come with comments and other line ends."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs, CA, NEXT_CA))
    other = direct(logs, f"# next\n{NEXT_CA}\n{CA}")
    since = world.mark()
    assert (await world.plan(DIRECT, other, made)).changed == set()
    await world.apply(DIRECT, other, made)
    assert world.updates(since) == []


async def test_several_deployments_with_one_ca_at_once_share_one_uid(world: TrustWorld):
    """The first one makes it, the others wait for it and use it."""
    deployments = [world.seed(name) for name in "abcde"]
    made = stored(await world.together([(DIRECT, direct(each)) for each in deployments]))
    assert len({each["uid"] for each in made}) == 1
    assert names(world, *"abcde") == {made[0]["uid"]}
    assert [call["status"] for call in world.updates()] == [200] * 5


async def test_a_ca_that_is_known_is_used_under_its_uid(world: TrustWorld):
    """Made by somebody on another deployment."""
    world.seed_foreign("theirs")
    logs = world.seed("logs")
    made = await world.apply(DIRECT, direct(logs, FOREIGN_CA))
    assert {made["uid"]} == names(world, "theirs")
    assert [call["status"] for call in world.updates()] == [200]
    await world.destroy(DIRECT, made)
    assert without_uid(world.trust("theirs")["direct"])[0]["name"] == "theirs"


async def test_the_uid_is_looked_up_again_when_ece_knows_more_than_the_search(world: TrustWorld):
    """An entry made between the look and the write: refused, looked up at every deployment, sent again."""
    other, logs = world.seed("other"), world.seed("logs")
    world.control.fail_next(operation_id="update-deployment", hold=True)
    since = world.mark()
    ours = asyncio.ensure_future(world.apply(DIRECT, direct(logs)))
    await until(lambda: any(call["fault"] for call in world.updates(since)))
    theirs = {"name": "x", "type": "proxy", "trust_all": False, "certificates": [{"pem": CA}]}
    world.set_trust(other["id"], direct=[theirs])
    world.control.release()
    made = await ours
    assert names(world, "other") == {made["uid"]} == names(world, "logs")


async def test_certificates_that_others_hold_are_never_dropped_by_a_new_entry(world: TrustWorld):
    """ECE keeps the same set everywhere, so a smaller one here would take certificates away there."""
    shop, logs = world.seed("shop"), world.seed("logs")
    await world.apply(DIRECT, direct(shop, CA, NEXT_CA))
    since = world.mark()
    with pytest.raises(Refused, match="Certificates of the trusted environment are missing") as refused:
        await world.apply(DIRECT, direct(logs, CA))
    assert "shop" in str(refused.value)
    assert refused.value.paths == {"certificates"}
    assert world.updates(since) == []
    made = await world.apply(DIRECT, direct(logs, NEXT_CA, CA))
    assert names(world, "shop") == {made["uid"]}


async def test_certificates_of_two_environments_are_refused(world: TrustWorld):
    """One entry has one uid."""
    shop, bank, logs = (world.seed(name) for name in ("shop", "bank", "logs"))
    await world.apply(DIRECT, direct(shop, CA))
    await world.apply(DIRECT, direct(bank, NEXT_CA, name="bank"))
    with pytest.raises(Refused, match="several trusted environments"):
        await world.apply(DIRECT, direct(logs, CA, NEXT_CA))


async def test_a_rotation_reaches_all_and_every_object_settles(world: TrustWorld):
    """A change of one is carried to the others by ECE; their own updates then find it done."""
    deployments = [world.seed(name) for name in "abc"]
    made = stored(await world.together([(DIRECT, direct(each)) for each in deployments]))
    for pems in ((CA, NEXT_CA), (NEXT_CA,)):
        arguments = [direct(each, *pems) for each in deployments]
        for index, given in enumerate(arguments):
            made[index] = await world.apply(DIRECT, given, made[index])
        for name in "abc":
            assert len(world.trust(name)["direct"][0]["certificates"]) == len(pems)
        for index, given in enumerate(arguments):
            assert (await world.plan(DIRECT, given, made[index])).changed == set()


async def test_a_change_that_ece_carried_over_shows_as_drift(world: TrustWorld):
    """Another deployment's certificates were changed, and so were ours."""
    shop, logs = world.seed("shop"), world.seed("logs")
    theirs = await world.apply(DIRECT, direct(shop))
    ours = await world.apply(DIRECT, direct(logs))
    await world.apply(DIRECT, direct(shop, CA, NEXT_CA), theirs)
    planned = await world.plan(DIRECT, direct(logs), ours)
    assert planned.changed == {"certificates"}


async def test_an_equal_entry_is_taken_over_and_another_one_is_left_to_an_import(world: TrustWorld):
    """A run that was killed left it; what somebody made otherwise is never overwritten unseen."""
    logs = world.seed()
    first = await world.apply(DIRECT, direct(logs))
    since = world.mark()
    again = await world.apply(DIRECT, direct(logs))
    assert again["uid"] == first["uid"]
    assert world.updates(since) == []
    with pytest.raises(Refused, match="terraform import") as refused:
        await world.apply(DIRECT, direct(logs, cluster_ids=[]))
    assert first["id"] in str(refused.value)
    assert world.updates(since) == []


@pytest.mark.parametrize("create_first", [False, True])
async def test_a_replacement_never_takes_the_entry_away(world: TrustWorld, create_first: bool):
    """``-replace`` and taint would else cut the connection in between."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs))
    since = world.mark()
    again = await world.apply(DIRECT, direct(logs), made, replace=True, create_first=create_first)
    assert world.updates(since) == []
    assert again["uid"] == made["uid"]


@pytest.mark.parametrize("form", ["{0}/main-elasticsearch/direct/{1}", "{0}/direct/{1}", "identity"])
async def test_import_of_an_entry_with_foreign_ones_around_it(world: TrustWorld, form: str):
    """The plan is empty; the others stay as they are after a change."""
    logs = world.seed_foreign()
    others = world.trust()
    uid = others["direct"][0]["uid"]
    arguments = direct(logs, FOREIGN_CA, name="theirs", scope_id="1053523734")
    if form == "identity":
        made = await world.import_(DIRECT, identity={"deployment_id": logs["id"], "ref_id": None, "uid": uid})
    else:
        made = await world.import_(DIRECT, form.format(logs["id"], uid))
    assert (await world.plan(DIRECT, arguments, made)).changed == set()
    await world.apply(DIRECT, {**arguments, "name": "renamed"}, made)
    after = world.trust()
    assert after["direct"][0]["name"] == "renamed"
    after["direct"][0]["name"] = "theirs"
    assert after == others


async def test_an_entry_that_disappeared_is_made_again(world: TrustWorld):
    """Trust deleted behind our back: the plan makes it anew, under a new uid."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs))
    world.set_trust(logs["id"], direct=[])
    assert (await world.plan(DIRECT, direct(logs), made)).prior is None


async def test_an_entry_that_somebody_removes_at_once_is_no_bug_of_ours(world: TrustWorld):
    """The write went well, and the look after it finds nothing: said as it is."""
    logs = world.seed()
    world.control.fail_next(operation_id="update-deployment", hold=True, after_effect=True)
    since = world.mark()
    ours = asyncio.ensure_future(world.apply(DIRECT, direct(logs)))
    await until(lambda: any(call["took_effect"] for call in world.updates(since)))
    world.set_trust(logs["id"], direct=[])
    world.control.release()
    with pytest.raises(Refused, match="Somebody removed it"):
        await ours


async def test_drift_is_repaired_by_one_write(world: TrustWorld):
    """Somebody opened the entry to all."""
    logs = world.seed()
    made = await world.apply(DIRECT, direct(logs))
    (entry,) = world.trust()["direct"]
    world.set_trust(logs["id"], direct=[{**entry, "trust_all": True}])
    planned = await world.plan(DIRECT, direct(logs), made)
    assert planned.changed == {"trust_all", "cluster_ids"}
    since = world.mark()
    await world.apply(DIRECT, direct(logs), made)
    assert world.writes(since) == ["update-deployment"]
    assert (await world.plan(DIRECT, direct(logs), made)).changed == set()


async def test_a_list_without_owner_is_left_to_its_members(world: TrustWorld):
    """Without trust_all and cluster_ids the entry goes beside ece_deployment_trust_member."""
    logs = world.seed()
    arguments = direct(logs, cluster_ids=None)
    entry = await world.apply(DIRECT, arguments)
    member = {"deployment_id": logs["id"], "trust": f"direct/{entry['uid']}", "cluster_id": SOMEBODY}
    await world.apply(MEMBER, member)
    assert world.trust()["direct"][0]["trust_allowlist"] == [SOMEBODY]
    assert (await world.plan(DIRECT, arguments, entry)).changed == set()
    await world.apply(DIRECT, {**arguments, "name": "renamed"}, entry)
    assert world.trust()["direct"][0]["trust_allowlist"] == [SOMEBODY]


async def test_the_ca_of_a_proxy(world: TrustWorld):
    """For connections by API key: a CA and nothing else."""
    logs = world.seed()
    arguments = direct(logs, type="proxy", scope_id=None, cluster_ids=None)
    made = await world.apply(DIRECT, arguments)
    (entry,) = world.trust()["direct"]
    assert entry["type"] == "proxy"
    assert not {"scope_id", "trust_allowlist", "additional_node_names"} & entry.keys()
    assert (await world.plan(DIRECT, arguments, made)).changed == set()


BAD = {
    "private key": ({"certificates": [certificate("k").key_pem]}, "certificates[0]"),
    "no certificate": ({"certificates": [CA, "nonsense"]}, "certificates[1]"),
    "none": ({"certificates": []}, "certificates"),
    "scope missing": ({"scope_id": None}, "scope_id"),
    "scope form": ({"scope_id": "A B"}, "scope_id"),
    "scope too long": ({"scope_id": "a" * 33}, "scope_id"),
    "both": ({"trust_all": True}, "cluster_ids"),
    "not all": ({"trust_all": False, "cluster_ids": None}, "trust_all"),
    "wildcard": ({"additional_node_names": ["n*"]}, "additional_node_names"),
    "type": ({"type": "ECK"}, "type"),
    "proxy with scope": ({"type": "proxy", "cluster_ids": None}, "scope_id"),
    "cluster id": ({"cluster_ids": ["123"]}, "cluster_ids"),
    "name": ({"name": " "}, "name"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input_is_named(case: str):
    """Without the API, at the argument, and never with the private key in it."""
    arguments, path = BAD[case]
    diagnostics = validated(DIRECT, {**direct({"id": "0" * 32}), **arguments})
    assert path in {str(item.path) for item in diagnostics}
    key = certificate("k").key_pem.splitlines()[1]
    assert not any(key in item.detail for item in diagnostics)


@pytest.mark.parametrize(
    ("pem", "text"),
    [(certificate("old", days=-3).pem, "has expired"), (certificate("leaf", is_ca=False).pem, "Not a CA certificate")],
)
async def test_certificates_that_cannot_be_trusted_are_refused_in_the_plan(world: TrustWorld, pem: str, text: str):
    """The error stands at the element."""
    logs = world.seed()
    with pytest.raises(Refused, match=text) as refused:
        await world.plan(DIRECT, direct(logs, CA, pem))
    assert refused.value.paths == {"certificates[1]"}


async def test_a_certificate_that_ends_soon_is_a_warning(world: TrustWorld):
    """There is still time to add the next one."""
    logs = world.seed()
    planned = await world.plan(DIRECT, direct(logs, certificate("soon", days=10).pem))
    assert any("expires on" in warning for warning in planned.warnings)


async def test_a_deployment_id_of_this_installation_is_refused(world: TrustWorld):
    """A mix-up that nobody would ever notice."""
    logs, shop = world.seed("logs"), world.seed("shop")
    with pytest.raises(Refused, match=shop["cluster_id"]):
        await world.plan(DIRECT, direct(logs, cluster_ids=[shop["id"]]))
