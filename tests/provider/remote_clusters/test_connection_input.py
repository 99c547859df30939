"""``ece_remote_cluster``: imports, and arguments that are wrong or do not go together."""

from __future__ import annotations

from typing import Any

import pytest

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.connections import SECRET_NAME, connected
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused
from tests.provider.trust.support import validated

NOBODY = "0" * 32


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
