"""Trust by a relationship of the platform, and single members of lists that several states share."""

from __future__ import annotations

from typing import Any

import pytest

from tests.provider.remote_clusters.support import Refused
from tests.provider.trust.support import EXTERNAL, MEMBER, SOMEBODY, TrustWorld, stored, validated

OTHER = "e" * 32


def external(deployment: dict[str, Any], relationship: str, **more: Any) -> dict[str, Any]:
    """Arguments of an external entry."""
    return {"deployment_id": deployment["id"], "trust_relationship_id": relationship, **more}


def member(deployment: dict[str, Any], cluster_id: str, trust: str = "account") -> dict[str, Any]:
    """Arguments of a member."""
    return {"deployment_id": deployment["id"], "trust": trust, "cluster_id": cluster_id}


def narrowed(world: TrustWorld, deployment: dict[str, Any], *cluster_ids: str) -> None:
    """Somebody sets account trust to a list."""
    account_id = world.control.state()["a"]["account"]["id"]
    entry = {"account_id": account_id, "trust_all": False, "trust_allowlist": list(cluster_ids)}
    world.set_trust(deployment["id"], accounts=[entry])


async def test_the_whole_life_of_an_external_entry(world: TrustWorld):
    """Made, changed, gone; the entries of others stay."""
    logs = world.seed_foreign()
    before = world.trust()
    relationship = world.relationship("dr")
    arguments = external(logs, relationship, cluster_ids=[SOMEBODY])
    made = await world.apply(EXTERNAL, arguments)
    assert made["id"] == f"{logs['id']}/main-elasticsearch/external/{relationship}"
    assert world.trust()["external"][1]["trust_allowlist"] == [SOMEBODY]
    assert (await world.plan(EXTERNAL, arguments, made)).changed == set()
    changed = external(logs, relationship, trust_all=True)
    made = await world.apply(EXTERNAL, changed, made)
    assert world.trust()["external"][1]["trust_all"] is True
    imported = await world.import_(EXTERNAL, made["id"])
    assert imported.state == made.state
    since = world.mark()
    made = await world.apply(EXTERNAL, changed, made, replace=True)
    assert world.updates(since) == []
    await world.destroy(EXTERNAL, made)
    assert world.trust() == before


async def test_an_external_entry_of_somebody_is_left_to_an_import(world: TrustWorld):
    """Unless it trusts the same already."""
    logs = world.seed_foreign()
    relationship = world.trust()["external"][0]["trust_relationship_id"]
    with pytest.raises(Refused, match="terraform import"):
        await world.apply(EXTERNAL, external(logs, relationship, cluster_ids=[SOMEBODY]))
    since = world.mark()
    await world.apply(EXTERNAL, external(logs, relationship, trust_all=True))
    assert world.updates(since) == []


async def test_a_relationship_that_does_not_exist_is_named_in_the_plan(world: TrustWorld):
    """With those that there are; ECE's own record is none of them."""
    logs = world.seed()
    relationship = world.relationship("paris")
    with pytest.raises(Refused, match="paris") as refused:
        await world.plan(EXTERNAL, external(logs, "f" * 32, trust_all=True))
    assert refused.value.paths == {"trust_relationship_id"}
    assert relationship in str(refused.value)


async def test_who_may_not_see_relationships_can_plan(world: TrustWorld):
    """A deployment manager's key; the write tells whether the relationship exists."""
    logs = world.seed()
    relationship = world.relationship("dr")
    world.control.fail_next(operation_id="get-trust-relationships", status=403, count=None)
    await world.apply(EXTERNAL, external(logs, relationship, trust_all=True))
    assert world.trust()["external"][0]["trust_relationship_id"] == relationship
    with pytest.raises(Refused) as refused:
        await world.apply(EXTERNAL, external(logs, "f" * 32, trust_all=True))
    assert refused.value.paths == {"trust_relationship_id"}


async def test_members_of_several_states_share_a_list(world: TrustWorld):
    """Each adds its own and takes its own away."""
    logs, shop, bank = (world.seed(name) for name in ("logs", "shop", "bank"))
    narrowed(world, logs, SOMEBODY)
    first, second = stored(
        await world.together([(MEMBER, member(logs, shop["cluster_id"])), (MEMBER, member(logs, bank["cluster_id"]))])
    )
    assert len(world.updates()) == 2  # the console's, and one for both
    assert world.trust()["accounts"][0]["trust_allowlist"][0] == SOMEBODY
    assert set(world.trust()["accounts"][0]["trust_allowlist"]) == {SOMEBODY, shop["cluster_id"], bank["cluster_id"]}
    assert first["id"] == f"{logs['id']}/main-elasticsearch/member/account/{shop['cluster_id']}"
    assert (await world.plan(MEMBER, member(logs, shop["cluster_id"]), first)).changed == set()
    await world.destroy(MEMBER, first)
    assert world.trust()["accounts"][0]["trust_allowlist"] == [SOMEBODY, bank["cluster_id"]]
    await world.destroy(MEMBER, second)
    narrowed(world, logs)
    made = await world.apply(MEMBER, member(logs, shop["cluster_id"]))
    await world.destroy(MEMBER, made)
    assert world.trust()["accounts"][0]["trust_all"] is False
    assert "trust_allowlist" not in world.trust()["accounts"][0]


async def test_an_entry_that_trusts_all_is_refused(world: TrustWorld):
    """A single member of it means nothing."""
    logs, shop = world.seed("logs"), world.seed("shop")
    with pytest.raises(Refused, match="trusts all") as refused:
        await world.apply(MEMBER, member(logs, shop["cluster_id"]))
    assert refused.value.paths == {"trust"}
    assert world.updates() == []


async def test_a_missing_entry_is_refused_except_the_accounts_own(world: TrustWorld):
    """No account entry means that nobody is trusted, so it is made."""
    logs, shop = world.seed("logs"), world.seed("shop")
    with pytest.raises(Refused, match='no entry "external/x"'):
        await world.apply(MEMBER, member(logs, SOMEBODY, "external/x"))
    world.set_trust(logs["id"], accounts=[])
    await world.apply(MEMBER, member(logs, shop["cluster_id"]))
    assert world.trust()["accounts"][0]["trust_allowlist"] == [shop["cluster_id"]]


async def test_a_member_that_disappeared_is_put_back(world: TrustWorld):
    """By a create of this one object; so is one whose entry was opened to all, which is then refused."""
    logs, shop = world.seed("logs"), world.seed("shop")
    narrowed(world, logs)
    arguments = member(logs, shop["cluster_id"])
    made = await world.apply(MEMBER, arguments)
    narrowed(world, logs, SOMEBODY)
    assert (await world.plan(MEMBER, arguments, made)).prior is None
    await world.apply(MEMBER, arguments, made)
    assert world.trust()["accounts"][0]["trust_allowlist"] == [SOMEBODY, shop["cluster_id"]]


@pytest.mark.parametrize("trust", ["account", "external/{0}", "direct/{1}"])
@pytest.mark.parametrize("form", ["{0}/main-elasticsearch/member/{1}/{2}", "{0}/member/{1}/{2}", "identity"])
async def test_import_of_members_of_all_kinds(world: TrustWorld, trust: str, form: str):
    """Both spellings and the identity."""
    logs, shop = world.seed_foreign("logs"), world.seed("shop")
    lists = world.trust()
    relationship, uid = lists["external"][0]["trust_relationship_id"], lists["direct"][0]["uid"]
    world.set_trust(
        logs["id"],
        accounts=[{**lists["accounts"][0], "trust_all": False, "trust_allowlist": [shop["cluster_id"]]}],
        external=[{"trust_relationship_id": relationship, "trust_all": False, "trust_allowlist": [shop["cluster_id"]]}],
        direct=[{**lists["direct"][0], "trust_allowlist": [shop["cluster_id"]]}],
    )
    arguments = member(logs, shop["cluster_id"], trust.format(relationship, uid))
    if form == "identity":
        made = await world.import_(MEMBER, identity={**arguments, "ref_id": None})
    else:
        made = await world.import_(MEMBER, form.format(*arguments.values()))
    assert (await world.plan(MEMBER, arguments, made)).changed == set()


@pytest.mark.parametrize(
    "text", ["x", f"{'0' * 32}/member/account", f"{'0' * 32}/r/member/nobody/{'1' * 32}", "a/member/account/b"]
)
async def test_a_wrong_import_id_of_a_member_names_the_form(world: TrustWorld, text: str):
    """The person who imports sees what is needed."""
    with pytest.raises(Refused, match="Invalid import id"):
        await world.import_(MEMBER, text)


@pytest.mark.parametrize(
    ("kind", "arguments", "path"),
    [
        (MEMBER, {"trust": "nobody"}, "trust"),
        (MEMBER, {"trust": "external/"}, "trust"),
        (MEMBER, {"cluster_id": "logs"}, "cluster_id"),
        (EXTERNAL, {"trust_all": True, "cluster_ids": []}, "cluster_ids"),
        (EXTERNAL, {"cluster_ids": ["1053523734"]}, "cluster_ids[0]"),
        (EXTERNAL, {"trust_relationship_id": ""}, "trust_relationship_id"),
    ],
)
def test_bad_input_is_named(kind: str, arguments: dict[str, Any], path: str):
    """Without the API."""
    base = {
        MEMBER: {"deployment_id": "0" * 32, "trust": "account", "cluster_id": OTHER},
        EXTERNAL: {"deployment_id": "0" * 32, "trust_relationship_id": "x"},
    }[kind]
    assert path in {str(item.path) for item in validated(kind, {**base, **arguments})}


async def test_a_deployment_id_as_member_is_refused_with_the_id_that_is_meant(world: TrustWorld):
    """Both have the same form."""
    logs, shop = world.seed("logs"), world.seed("shop")
    with pytest.raises(Refused, match=shop["cluster_id"]) as refused:
        await world.plan(MEMBER, member(logs, shop["id"]))
    assert refused.value.paths == {"cluster_id"}
