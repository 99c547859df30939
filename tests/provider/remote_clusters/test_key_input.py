"""``ece_cross_cluster_api_key``: imports, and arguments or versions that are refused."""

from __future__ import annotations

import json

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused


async def test_import_by_id_and_by_identity(pair: Pair):
    """Both end in the state that the create left, so plans are empty."""
    config = pair.key(expiration="90d", rotate_after="60d")
    stored = await pair.world.apply(KEY, config)
    await pair.world.apply(REMOTE, pair.connection())
    remote = f"-/{pair.remote['id']}/main-elasticsearch/{stored['key_id']}"
    by_id = await pair.world.import_(KEY, f"{stored['id']},{remote}")
    short = await pair.world.import_(KEY, f"{pair.local['id']}/logs,{pair.remote['id']}/{stored['key_id']}")
    by_identity = await pair.world.import_(
        KEY, identity={"deployment_id": pair.local["id"], "ref_id": None, "alias": "logs"}
    )
    for found in (by_id, short, by_identity):
        assert found.state == stored.state
        assert (await pair.world.plan(KEY, config, found)).changed == set()


@pytest.mark.parametrize("id", ["", "x", "a/b,c/d", "{local}/logs", "{local}/logs,-/{remote}"])
async def test_bad_import_ids(pair: Pair, id: str):
    """The message shows the form."""
    text = id.format(local=pair.local["id"], remote=pair.remote["id"])
    with pytest.raises(Refused, match="<environment or ->"):
        await pair.world.import_(KEY, text)


async def test_two_owners_of_one_alias_are_refused_in_a_plan(pair: Pair):
    """One of both would overwrite the other's secret."""
    async with pair.world.process() as process:
        await process.plan(KEY, pair.world.given(KEY, pair.key()), None)
        with pytest.raises(Refused, match="two owners"):
            await process.plan(KEY, pair.world.given(KEY, pair.key(name="other")), None)


async def test_old_versions_are_refused_at_plan(pair: Pair):
    """Before anything is made, at the attribute that names the side."""
    old = pair.world.control.seed(name="old", version="8.13.4")
    with pytest.raises(Refused, match="API keys need") as refused:
        await pair.world.plan(KEY, pair.key(remote={"deployment_id": old["id"]}))
    assert refused.value.paths == {"remote"}


@pytest.mark.parametrize(
    ("access", "local", "remote", "words"),
    [
        ("search", "9.2.0", "8.15.0", "cannot search"),
        ("replication", "9.1.0", "9.2.0", "older"),
    ],
)
async def test_versions_that_do_not_fit_the_access(pair: Pair, access: str, local: str, remote: str, words: str):
    """Search goes by its table; a follower is never older than its leader."""
    here, there = (
        pair.world.control.seed(name=name, version=version) for name, version in (("old", local), ("new", remote))
    )
    arguments = pair.key(
        access={access: [{"names": ["logs-*"]}]},
        remote={"deployment_id": there["id"]},
        local={"deployment_id": here["id"], "alias": "logs"},
    )
    with pytest.raises(Refused, match=words) as refused:
        await pair.world.plan(KEY, arguments)
    assert any(path.startswith("remote") for path in refused.value.paths)


async def test_a_cluster_id_in_place_of_a_deployment_id(pair: Pair):
    """Both have one form; the right one is told."""
    with pytest.raises(Refused, match=pair.remote["id"]):
        await pair.world.plan(KEY, pair.key(remote={"deployment_id": pair.remote["cluster_id"]}))


async def test_system_deployments_are_refused(pair: Pair):
    """They can neither be a remote nor have one."""
    pair.world.control.mark("logs", system_owned=True)
    with pytest.raises(Refused, match="System deployment"):
        await pair.world.plan(KEY, pair.key())


async def test_nothing_secret_is_kept(pair: Pair):
    """State and private state, as Terraform stores them."""
    stored = await pair.world.apply(KEY, pair.key())
    text = json.dumps([stored.state, stored.private])
    assert "encoded" not in text
    assert set(stored.private) <= {"owner"}
