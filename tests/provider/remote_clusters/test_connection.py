"""``ece_remote_cluster``: what is written, what drift and disappearance come to, and who owns an alias."""

from __future__ import annotations

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.connections import SETTINGS, connected, put_settings, settings
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused


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
