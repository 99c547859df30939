"""``ece_remote_cluster``: what is written, when it counts as connected, what repairs it, and the change of model."""

from __future__ import annotations

from typing import Any

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused, Stored
from tests.provider.trust.support import validated

NOBODY = "0" * 32
SETTINGS = "PUT _cluster/settings"
SHORT = {"create": "1s", "update": "1s"}
LIST = "set-deployment-es-resource-remote-clusters"
SECRET_NAME = "cluster.remote.logs.credentials"


def settings(pair: Pair, alias: str = "logs") -> dict[str, Any]:
    """The settings of an alias, by their last names."""
    found = pair.world.elasticsearch(pair.local["id"], "GET", "_cluster/settings?flat_settings=true")["persistent"]
    start = f"cluster.remote.{alias}."
    return {name.removeprefix(start): value for name, value in found.items() if name.startswith(start)}


def put_settings(pair: Pair, **values: Any) -> None:
    """Somebody changes settings of the alias by hand."""
    body = {"persistent": {f"cluster.remote.logs.{name}": value for name, value in values.items()}}
    pair.world.elasticsearch(pair.local["id"], "PUT", "_cluster/settings", body)


async def connected(pair: Pair, model: str = "api_key", **more: Any) -> tuple[Stored | None, Stored]:
    """Key (for its model) and connection, both applied."""
    key = await pair.world.apply(KEY, pair.key()) if model == "api_key" else None
    return key, await pair.world.apply(REMOTE, pair.connection(model, **more))


@pytest.mark.parametrize(("model", "port"), [("api_key", 9443), ("certificate", 9400)])
async def test_create_writes_settings_and_waits(pair: Pair, model: str, port: int):
    """One write; connected is what a handshake said; a further plan is empty."""
    if model == "api_key":
        await pair.world.apply(KEY, pair.key())
    since = pair.world.last_call()
    stored = await pair.world.apply(REMOTE, pair.connection(model))
    assert pair.world.writes(since) == [SETTINGS]
    endpoint = stored["server_name"]
    assert endpoint.startswith(pair.remote["cluster_id"])
    assert stored["proxy_address"] == f"{endpoint}:{port}"
    assert settings(pair) == {
        "mode": "proxy",
        "proxy_address": f"{endpoint}:{port}",
        "server_name": endpoint,
        "skip_unavailable": "true",
    }
    assert stored["connected"] is True
    assert stored["id"] == f"{pair.local['id']}/main-elasticsearch/logs"
    assert (await pair.world.plan(REMOTE, pair.connection(model), stored)).changed == set()


async def test_removal_takes_every_key_and_nothing_else(pair: Pair):
    """One key that stays keeps the alias alive; other aliases are none of ours."""
    _, stored = await connected(pair)
    put_settings(pair, **{"transport.compress": "true"})
    other = {"cluster.remote.other.mode": "proxy", "cluster.remote.other.proxy_address": "es.example.com:9443"}
    pair.world.elasticsearch(pair.local["id"], "PUT", "_cluster/settings", {"persistent": other})
    await pair.world.destroy(REMOTE, stored)
    assert settings(pair) == {}
    assert len(settings(pair, "other")) == 2


async def test_destroy_with_the_other_side_gone(pair: Pair):
    """The remote side is not asked."""
    _, stored = await connected(pair)
    pair.world.control.take_away("deployment", pair.remote["id"])
    await pair.world.destroy(REMOTE, stored)
    assert settings(pair) == {}


async def test_a_local_deployment_that_is_gone(pair: Pair):
    """Its settings are gone with it."""
    _, stored = await connected(pair)
    pair.world.control.take_away("deployment", pair.local["id"])
    async with pair.world.process() as process:
        found, _ = await process.refresh(REMOTE, stored)
    assert found is None


async def test_an_alias_that_disappeared_is_made_again(pair: Pair):
    """Taken away by hand: gone from state, created by the next apply."""
    _, stored = await connected(pair)
    put_settings(pair, **dict.fromkeys(("mode", "proxy_address", "server_name", "skip_unavailable")))
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.prior is None
    assert (await pair.world.apply(REMOTE, pair.connection(), stored))["connected"] is True


@pytest.mark.parametrize(
    ("drift", "changed"),
    [
        ({"proxy_address": "wrong.example.com:9443"}, {"proxy_address", "connected"}),
        ({"server_name": "wrong.example.com"}, {"server_name", "connected"}),
        ({"skip_unavailable": "false"}, {"skip_unavailable"}),
    ],
)
async def test_drift_of_settings_is_repaired(pair: Pair, drift: dict[str, str], changed: set[str]):
    """The plan shows what differs, and one write puts it right."""
    _, stored = await connected(pair)
    put_settings(pair, **drift)
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.changed == changed
    since = pair.world.last_call()
    after = await pair.world.apply(REMOTE, pair.connection(), stored)
    assert pair.world.writes(since) == [SETTINGS]
    assert after.state == stored.state


async def test_another_remote_is_written_in_place(pair: Pair):
    """The same alias leads elsewhere from then on."""
    other = pair.world.control.seed(name="archive")
    _, stored = await connected(pair, "certificate")
    moved = pair.connection("certificate", remote={"deployment_id": other["id"]})
    planned = await pair.world.plan(REMOTE, moved, stored)
    assert planned.reply.replace_paths == []
    after = await pair.world.apply(REMOTE, moved, stored)
    assert after["server_name"].startswith(other["cluster_id"])
    assert after["connected"] is True


async def test_foreign_addresses(pair: Pair):
    """proxy_address and server_name as they are given, for what is no deployment here."""
    endpoint = (await connected(pair))[1]["server_name"]
    arguments = pair.connection(
        alias="elsewhere", cross_cluster_api_key_id=None, external_secret=True, remote=None,
        proxy_address=f"{endpoint}:9443", server_name=endpoint, wait_for_connected=False,
    )  # fmt: skip
    stored = await pair.world.apply(REMOTE, arguments)
    assert stored["connected"] is False  # no secret
    assert settings(pair, "elsewhere")["proxy_address"] == f"{endpoint}:9443"
    assert (await pair.world.plan(REMOTE, arguments, stored)).changed == set()
    bare = {**arguments, "server_name": None}
    after = await pair.world.apply(REMOTE, bare, stored)
    assert after["server_name"] is None
    assert "server_name" not in settings(pair, "elsewhere")


# one owner


async def test_an_alias_of_somebody_else_is_refused(pair: Pair):
    """Nothing is overwritten; the text says how to take it over."""
    put_settings(pair, mode="proxy", proxy_address="theirs.example.com:9443", server_name="theirs.example.com")
    await pair.world.apply(KEY, pair.key())
    with pytest.raises(Refused, match="import it by") as refused:
        await pair.world.apply(REMOTE, pair.connection())
    assert refused.value.paths == {"alias"}
    assert settings(pair)["proxy_address"] == "theirs.example.com:9443"


async def test_an_alias_that_leads_to_the_same_place_is_taken_over(pair: Pair):
    """What a run that was killed left behind is found again, with a warning."""
    await connected(pair)
    stored = await pair.world.apply(REMOTE, pair.connection())
    assert stored["connected"] is True
    assert "managed here from now on" in pair.world.warnings[-1]


async def test_two_owners_of_one_alias_are_refused_in_a_plan(pair: Pair):
    """Told before either is made."""
    async with pair.world.process() as process:
        await process.plan(REMOTE, pair.world.given(REMOTE, pair.connection()), None)
        with pytest.raises(Refused, match="two owners"):
            await process.plan(REMOTE, pair.world.given(REMOTE, pair.connection("certificate")), None)


@pytest.mark.parametrize("create_first", [False, True])
@pytest.mark.parametrize("taint", [False, True])
async def test_replacement_by_itself_never_cuts_the_connection(pair: Pair, create_first: bool, taint: bool):
    """The alias is never removed in between: nothing is written at all."""
    _, stored = await connected(pair)
    stored.is_tainted = taint
    since = pair.world.last_call()
    after = await pair.world.apply(REMOTE, pair.connection(), stored, replace=True, create_first=create_first)
    assert pair.world.writes(since) == []
    assert after["connected"] is True


# connected, and the repair


async def test_not_connected_in_time_is_an_error_with_the_cause(pair: Pair):
    """The object is in state, so the next apply goes on from there."""
    with pytest.raises(Refused, match=r"no entry cluster\.remote\.logs\.credentials") as refused:
        await pair.world.apply(REMOTE, pair.connection(timeouts=SHORT))
    assert refused.value.left is not None
    assert refused.value.left["connected"] is False
    await pair.world.apply(KEY, pair.key())
    stored = await pair.world.apply(REMOTE, pair.connection(), refused.value.left)
    assert stored["connected"] is True


async def test_without_a_wait_the_state_is_told_as_it_is(pair: Pair):
    """No error, no repair planned."""
    arguments = pair.connection(wait_for_connected=False)
    stored = await pair.world.apply(REMOTE, arguments)
    assert stored["connected"] is False
    assert (await pair.world.plan(REMOTE, arguments, stored)).changed == set()
    await pair.world.apply(KEY, pair.key())
    assert (await pair.world.plan(REMOTE, arguments, stored)).prior["connected"] is True  # type: ignore[index]


async def test_a_missing_secret_is_the_keys_affair(pair: Pair):
    """The plan shows the key alone; the connection only warns with the cause."""
    key, stored = await connected(pair)
    assert key is not None
    pair.world.control.take_away("secret", f"{pair.local['id']}/{SECRET_NAME}")
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.prior is not None
    assert planned.prior["connected"] is False
    assert planned.changed == set()
    assert SECRET_NAME in planned.warnings[0]
    assert (await pair.world.plan(KEY, pair.key(), key)).changed != set()
    await pair.world.apply(KEY, pair.key(), key)
    assert (await pair.world.plan(REMOTE, pair.connection(), stored)).prior["connected"] is True  # type: ignore[index]


@pytest.mark.parametrize("side", ["local", "remote"])
async def test_missing_trust_is_the_trusts_affair(pair: Pair, side: str):
    """Named with its direction, and not repaired here."""
    _, stored = await connected(pair, "certificate")
    owner = getattr(pair, side)
    pair.world.set_trust(owner["id"], accounts=[])
    planned = await pair.world.plan(REMOTE, pair.connection("certificate"), stored)
    assert planned.changed == set()
    assert "does not trust" in planned.warnings[0]
    assert ("back" in planned.warnings[0].split(":")[0]) is (side == "remote")


async def test_a_filter_that_lets_nobody_in(pair: Pair):
    """The rule set is the filter's affair; the connection names it."""
    _, stored = await connected(pair)
    peers = {
        "name": "peers", "type": "remote_cluster", "region": "ece-region", "include_by_default": False,
        "rules": [{"remote_cluster_id": "0" * 32}],
    }  # fmt: skip
    ruleset = pair.world.ask("POST", "/deployments/traffic-filter/rulesets", peers)["id"]
    association = {"entity_type": "deployment", "id": pair.remote["id"]}
    pair.world.ask("POST", f"/deployments/traffic-filter/rulesets/{ruleset}/associations", association)
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.prior is not None
    assert planned.prior["connected"] is False
    assert planned.changed == set()
    assert "traffic filters" in planned.warnings[0]


async def test_a_connection_that_is_down_for_another_reason_is_repaired_here(pair: Pair):
    """connected becomes unknown in the plan: apply waits, and writes nothing that is there already."""
    _, stored = await connected(pair)
    stopped = f"/deployments/{pair.remote['id']}/_shutdown"
    pair.world.ask("POST", stopped)
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.changed == {"connected"}
    assert "stopped" in planned.warnings[0]
    since = pair.world.last_call()
    with pytest.raises(Refused, match="stopped"):
        await pair.world.apply(REMOTE, pair.connection(timeouts=SHORT), stored)
    assert pair.world.writes(since) == []


# the two models


async def test_from_certificate_to_key_with_the_alias_kept(pair: Pair):
    """Settings away, secret, settings again: searches go on under the same name."""
    _, stored = await connected(pair, "certificate")
    since = pair.world.last_call()
    key = await pair.world.apply(KEY, pair.key())
    assert pair.world.writes(since)[1:4] == [
        SETTINGS,
        "set-deployment-es-resource-keystore",
        "POST _nodes/reload_secure_settings",
    ]
    after = await pair.world.apply(REMOTE, pair.connection(), stored)
    assert after["proxy_address"].endswith(":9443")
    assert after["connected"] is True
    assert (await pair.world.plan(KEY, pair.key(), key)).changed == set()
    assert (await pair.world.plan(REMOTE, pair.connection(), after)).changed == set()


async def test_from_key_to_certificate_with_the_alias_kept(pair: Pair):
    """The connection leaves the key model before the key's object goes; that one tolerates the absent secret."""
    key, stored = await connected(pair)
    assert key is not None
    after = await pair.world.apply(REMOTE, pair.connection("certificate"), stored)
    assert after["connected"] is True
    assert pair.world.secrets(pair.local["id"]) == []
    await pair.world.destroy(KEY, key)
    assert pair.world.live_keys(pair.remote["id"]) == []
    assert pair.world.is_connected(pair.local["id"], "logs")


@pytest.mark.parametrize(
    "fault",
    [
        {"operation_id": "set-deployment-es-resource-keystore", "status": 400},
        {"path": "/proxy/_nodes/reload", "status": 400},
        {"path": "/proxy/_cluster/settings", "method": "PUT", "status": 400, "skip": 1},
    ],
)
async def test_a_fault_between_key_and_certificate(pair: Pair, fault: dict[str, Any]):
    """Whatever is half done, the next apply ends it."""
    _, stored = await connected(pair)
    pair.world.control.fail_next(**fault)
    with pytest.raises(Refused) as refused:
        await pair.world.apply(REMOTE, pair.connection("certificate"), stored)
    pair.world.control.clear_faults()
    assert refused.value.left is not None
    after = await pair.world.apply(REMOTE, pair.connection("certificate"), refused.value.left)
    assert after["connected"] is True
    assert pair.world.secrets(pair.local["id"]) == []


@pytest.mark.parametrize(
    "fault",
    [
        {"operation_id": "set-deployment-es-resource-keystore", "status": 400},
        {"path": "/proxy/_cluster/settings", "method": "PUT", "status": 400},
    ],
)
async def test_a_fault_between_certificate_and_key(pair: Pair, fault: dict[str, Any]):
    """The old settings may be gone by then: the connection is made anew."""
    _, stored = await connected(pair, "certificate")
    pair.world.control.fail_next(**fault)
    with pytest.raises(Refused) as refused:
        await pair.world.apply(KEY, pair.key())
    pair.world.control.clear_faults()
    key = await pair.world.apply(KEY, pair.key(), refused.value.left)
    after = await pair.world.apply(REMOTE, pair.connection(), stored)
    assert after["connected"] is True
    assert [found["id"] for found in pair.world.live_keys(pair.remote["id"])] == [key["key_id"]]


# the platform's list


async def test_through_the_platform(pair: Pair):
    """ECE's own list: read, merged, written; foreign entries stay."""
    other = pair.world.control.seed(name="archive")
    theirs = {"deployment_id": other["id"], "elasticsearch_ref_id": "main-elasticsearch", "alias": "theirs"}
    target = f"/deployments/{pair.local['id']}/elasticsearch/main-elasticsearch/remote-clusters"
    pair.world.ask("PUT", target, {"resources": [theirs]})
    arguments = pair.connection("certificate", managed_through="platform")
    stored = await pair.world.apply(REMOTE, arguments)
    assert stored["connected"] is True
    entries = {entry["alias"]: entry for entry in pair.world.ask("GET", target)["resources"]}
    assert set(entries) == {"theirs", "logs"}
    assert entries["logs"]["skip_unavailable"] is True
    assert (await pair.world.plan(REMOTE, arguments, stored)).changed == set()
    await pair.world.destroy(REMOTE, stored)
    assert [entry["alias"] for entry in pair.world.ask("GET", target)["resources"]] == ["theirs"]


async def test_another_way_of_managing_replaces(pair: Pair):
    """The alias is in one place only afterwards."""
    platform = pair.connection("certificate", managed_through="platform")
    stored = await pair.world.apply(REMOTE, platform)
    planned = await pair.world.plan(REMOTE, pair.connection("certificate"), stored)
    assert [str(path) for path in planned.reply.replace_paths] == ["managed_through"]
    after = await pair.world.apply(REMOTE, pair.connection("certificate"), stored)
    assert after["connected"] is True
    target = f"/deployments/{pair.local['id']}/elasticsearch/main-elasticsearch/remote-clusters"
    assert pair.world.ask("GET", target)["resources"] == []


# import and bad input


@pytest.mark.parametrize("model", ["api_key", "certificate"])
async def test_import_by_id_and_by_identity(pair: Pair, model: str):
    """The remote deployment, the model and the key are found; plans are empty."""
    _, stored = await connected(pair, model)
    arguments = pair.connection(model, timeouts=None)
    identity = {"deployment_id": pair.local["id"], "ref_id": None, "alias": "logs"}
    for found in (
        await pair.world.import_(REMOTE, stored["id"]),
        await pair.world.import_(REMOTE, f"{pair.local['id']}/logs"),
        await pair.world.import_(REMOTE, identity=identity),
    ):
        assert found.state == {**stored.state, "timeouts": None}
        assert (await pair.world.plan(REMOTE, arguments, found)).changed == set()


async def test_import_of_what_is_not_there(pair: Pair):
    """A typing error must not become an object."""
    with pytest.raises(AssertionError, match="is gone"):
        await pair.world.import_(REMOTE, f"{pair.local['id']}/nothing")
    with pytest.raises(Refused, match="no id of a connection"):
        await pair.world.import_(REMOTE, "nothing")


@pytest.mark.parametrize(
    ("change", "words", "path"),
    [
        ({"remote": None}, "exactly one of both", "remote"),
        ({"proxy_address": "es.example.com:9443"}, "found by itself", "proxy_address"),
        ({"cross_cluster_api_key_id": None}, "cross_cluster_api_key_id =", "cross_cluster_api_key_id"),
        ({"cross_cluster_api_key_id": "0" * 32 + "/main/other"}, "another alias", "cross_cluster_api_key_id"),
        ({"cross_cluster_api_key_id": "0" * 32 + "/main/logs"}, "another deployment", "cross_cluster_api_key_id"),
        ({"cross_cluster_api_key_id": "abc"}, "Not the id of a key", "cross_cluster_api_key_id"),
        ({"security_model": "certificate"}, "without a secret", "cross_cluster_api_key_id"),
        ({"managed_through": "platform"}, "certificate model only", "managed_through"),
        (
            {"remote": None, "proxy_address": "es.example.com:9400"},
            "port of the certificate model",
            "proxy_address",
        ),
    ],
)
async def test_arguments_that_do_not_go_together(pair: Pair, change: dict[str, Any], words: str, path: str):
    """Told at plan, at the argument that is wrong."""
    with pytest.raises(Refused, match=words) as refused:
        await pair.world.plan(REMOTE, pair.connection(**change))
    assert path in refused.value.paths


async def test_both_addresses_beside_remote(pair: Pair):
    """Configuration that Terraform generated has all three; they must agree."""
    _, stored = await connected(pair)
    same = pair.connection(proxy_address=stored["proxy_address"], server_name=stored["server_name"])
    assert (await pair.world.plan(REMOTE, same, stored)).changed == set()
    other = pair.connection(proxy_address="es.example.com:9443", server_name="es.example.com")
    with pytest.raises(Refused, match="exclude each other"):
        await pair.world.plan(REMOTE, other)


async def test_an_overwritten_secret_is_told(pair: Pair):
    """Nobody can read it, so the plan has something to do here and the text names the way out."""
    key, stored = await connected(pair)
    assert key is not None
    body = {"secrets": {SECRET_NAME: {"value": "bm90OnRoZSBrZXk="}}}
    pair.world.ask("PATCH", f"/deployments/{pair.local['id']}/elasticsearch/_main/keystore", body)
    planned = await pair.world.plan(REMOTE, pair.connection(), stored)
    assert planned.changed == {"connected"}
    assert "-replace=" in planned.warnings[0]
    await pair.world.apply(KEY, pair.key(), key, replace=True)
    assert (await pair.world.plan(REMOTE, pair.connection(), stored)).prior["connected"] is True  # type: ignore[index]


async def test_versions_that_do_not_fit(pair: Pair):
    """By the table of cross-cluster search; the certificate model only warns from 9.0."""
    old = pair.world.control.seed(name="old", version="8.15.0")
    with pytest.raises(Refused, match="versions do not fit"):
        await pair.world.plan(REMOTE, pair.connection("certificate", remote={"deployment_id": old["id"]}))
    planned = await pair.world.plan(REMOTE, pair.connection("certificate"))
    assert any("deprecated" in text for text in planned.warnings)


async def test_a_deployment_that_does_not_exist(pair: Pair):
    """Which side is told."""
    with pytest.raises(Refused) as refused:
        await pair.world.plan(REMOTE, pair.connection(remote={"deployment_id": "0" * 32}))
    assert refused.value.paths == {"remote.deployment_id"}


@pytest.mark.parametrize("alias", ["Logs", "-logs", "logs.eu", "", "lögs"])
def test_forms_of_an_alias(alias: str):
    """Refused without the API: what the keystore, the settings and ECE's call all take is lower-case only."""
    given = {
        "deployment_id": NOBODY,
        "alias": alias,
        "security_model": "certificate",
        "remote": {"deployment_id": NOBODY},
    }
    found = validated(REMOTE, given)
    assert {str(item.path) for item in found} == {"alias"}
    assert "lower-case" in next(iter(found)).detail


async def test_a_remote_of_another_installation_in_the_platforms_list(pair: Pair):
    """ECE's own call knows its own deployments: told at plan, and by the API when nobody could know before."""
    there = pair.world.control.seed(1, name="far")
    pair.world.config = {"environments": {"dr": {"kind": "ece", **pair.world.settings(1)}}}
    platform = pair.connection("certificate", managed_through="platform")
    far = {"deployment_id": there["id"], "environment": "dr"}
    with pytest.raises(Refused, match="knows its own deployments only") as refused:
        await pair.world.plan(REMOTE, {**platform, "remote": far})
    assert refused.value.paths == {"managed_through"}
    with pytest.raises(Refused, match="There is no deployment") as refused:
        await pair.world.apply(REMOTE, {**platform, "remote": {"deployment_id": there["id"]}})
    assert refused.value.paths == {"remote.deployment_id"}
    assert pair.world.writes() == []


@pytest.mark.parametrize("side", ["local", "remote"])
async def test_system_deployments_are_refused(pair: Pair, side: str):
    """ECE's own deployments can neither be a remote nor have one, whatever the model."""
    pair.world.control.mark(getattr(pair, side)["id"], system_owned=True)
    with pytest.raises(Refused, match="belongs to Elastic Cloud Enterprise itself"):
        await pair.world.plan(REMOTE, pair.connection("certificate"))
    with pytest.raises(Refused, match="belongs to Elastic Cloud Enterprise itself"):
        await pair.world.apply(REMOTE, pair.connection("certificate"))
    assert pair.world.writes() == []


@pytest.mark.parametrize("side", ["local", "remote"])
async def test_the_other_installation_cannot_be_reached(pair: Pair, side: str):
    """An error that names the side, nothing written here or there, and a next run that works."""
    there = pair.world.control.seed(1, name="far")
    pair.world.config = {"environments": {"dr": {"kind": "ece", **pair.world.settings(1)}}, "max_retries": 0}
    far = {"deployment_id": there["id"], "environment": "dr"}
    arguments = pair.key(remote=far)
    if side == "local":
        arguments = pair.key(local={**far, "alias": "logs"})
    pair.world.control.fail_next(installation="b", drop=True, count=None)
    with pytest.raises(Refused) as refused:
        await pair.world.apply(KEY, arguments)
    assert pair.world.writes() == []
    pair.world.control.clear_faults()
    stored = await pair.world.apply(KEY, arguments, refused.value.left)
    assert stored["secret_present"] is True
