"""Two installations: entries of ``environments``, their names, their absence; and the other way to Elasticsearch."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from terraform_plugin.values import UNKNOWN
from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, SECRET, Refused, World
from tests.support.certificates import certificate

DIRECT = "ece_deployment_trust_direct"


@pytest.fixture
def far(world: World) -> Pair:
    """The remote deployment is in the other installation, which the provider knows as "dr"."""
    world.config = {"environments": {"dr": {"kind": "ece", **world.settings(1)}}}
    return Pair(world, world.control.seed(name="central"), world.control.seed(1, name="orders"))


def arguments(pair: Pair, name: str = "dr") -> dict[str, Any]:
    """Of the key."""
    return pair.key(remote={"deployment_id": pair.remote["id"], "environment": name})


async def test_a_key_of_another_installation(far: Pair, simulator: Simulator):
    """Made there, put into the keystore here; state keeps name and id of the environment."""
    stored = await far.world.apply(KEY, arguments(far))
    assert stored["remote"]["environment"] == "dr"
    assert stored["remote"]["environment_id"] == simulator.installations[1].environment_id
    assert stored["local"]["environment_id"] is None
    assert [key["id"] for key in far.world.live_keys(far.remote["id"], 1)] == [stored["key_id"]]
    assert (await far.world.plan(KEY, arguments(far), stored)).changed == set()
    imported = await far.world.import_(KEY, f"{stored['id']},dr/{far.remote['id']}/{stored['key_id']}")
    assert imported.state == stored.state
    await far.world.destroy(KEY, stored)
    assert far.world.live_keys(far.remote["id"], 1) == []


async def test_a_local_side_in_another_installation(far: Pair):
    """The other way round: its keystore and settings are written there."""
    here, there = far.local, far.remote
    config = far.key(
        remote={"deployment_id": here["id"]},
        local={"deployment_id": there["id"], "environment": "dr", "alias": "central"},
    )
    stored = await far.world.apply(KEY, config)
    path = f"/deployments/{there['id']}/elasticsearch/_main/keystore"
    assert list(far.world.ask("GET", path, None, 1)["secrets"]) == ["cluster.remote.central.credentials"]
    connection = {
        "deployment_id": there["id"], "environment": "dr", "alias": "central", "security_model": "api_key",
        "remote": {"deployment_id": here["id"]}, "cross_cluster_api_key_id": stored["id"],
        "wait_for_connected": False,
    }  # fmt: skip
    made = await far.world.apply(REMOTE, connection)
    found = far.world.elasticsearch(there["id"], "GET", "_remote/info", None, 1)
    assert found["central"]["proxy_address"].endswith(":9443")
    await far.world.destroy(REMOTE, made)
    await far.world.destroy(KEY, stored)


async def test_a_renamed_entry_is_found_by_its_id(far: Pair):
    """State follows; no key is made, nothing is replaced."""
    stored = await far.world.apply(KEY, arguments(far))
    far.world.config = {"environments": {"paris": {"kind": "ece", **far.world.settings(1)}}}
    planned = await far.world.plan(KEY, arguments(far, "paris"), stored)
    assert planned.reply.replace_paths == []
    assert planned.changed == {"remote"}
    since = far.world.last_call()
    after = await far.world.apply(KEY, arguments(far, "paris"), stored)
    assert far.world.writes(since) == []
    assert after["remote"]["environment"] == "paris"
    assert after["key_id"] == stored["key_id"]
    await far.world.destroy(KEY, stored)


async def test_a_missing_entry_says_so(far: Pair):
    """Objects are not forgotten because their environment was taken out of the configuration."""
    stored = await far.world.apply(KEY, arguments(far))
    far.world.config = {}
    with pytest.raises(Refused, match="Put the entry back"):
        await far.world.plan(KEY, arguments(far), stored)
    with pytest.raises(Refused, match="Put the entry back"):
        await far.world.destroy(KEY, stored, refresh=False)


async def test_an_entry_with_unknown_values_is_planned_without(far: Pair):
    """A plan that cannot look must not fail, nor forget."""
    stored = await far.world.apply(KEY, arguments(far))
    far.world.config = {"environments": {"dr": {"kind": "ece", **far.world.settings(1), "endpoint": UNKNOWN}}}
    planned = await far.world.plan(KEY, arguments(far), stored)
    assert planned.prior is not None
    assert planned.changed == set()
    assert "key_id" in (await far.world.plan(KEY, arguments(far))).changed


async def test_a_name_that_is_no_entry(far: Pair):
    """The entries that there are."""
    with pytest.raises(Refused, match="it has: dr") as refused:
        await far.world.plan(KEY, arguments(far, "berlin"))
    assert refused.value.paths == {"remote.environment"}


async def test_trust_of_both_sides_in_one_run_is_no_one_way_trust(far: Pair, simulator: Simulator):
    """What the other installation's provider plans happens in another process: a plan must not cry wolf."""
    local, remote = far.local, far.remote
    connection = far.connection("certificate", remote={"deployment_id": remote["id"], "environment": "dr"})
    alone = await far.world.plan(REMOTE, connection)
    assert [one for one in alone.warnings if "does not trust" in one and "back" in one]
    trust = {
        "deployment_id": local["id"], "name": "dr", "type": "ECE", "certificates": [certificate().pem],
        "scope_id": simulator.installations[1].environment_id, "cluster_ids": [remote["cluster_id"]],
    }  # fmt: skip
    async with far.world.process() as process:
        await process.plan(DIRECT, far.world.given(DIRECT, trust), None)
        reply = await process.plan(REMOTE, far.world.given(REMOTE, connection), None)
    assert not [item for item in reply.diagnostics if "trust" in item.detail]


# the other way in


@pytest.mark.parametrize("way", ["own URL", "endpoint"])
async def test_credentials_where_the_channel_is_refused(
    pair: Pair, simulator: Simulator, way: str, monkeypatch: pytest.MonkeyPatch
):
    """With the switch on, the same objects work by the elastic user of each side."""
    pair.world.control.set_switch("management_channel", "refused")
    with pytest.raises(Refused, match="elasticsearch_credentials"):
        await pair.world.apply(KEY, pair.key())
    place = simulator.installations[0]
    if way == "own URL":
        monkeypatch.setenv("HTTPS_PROXY", simulator.gateway_endpoint)  # stands for the wildcard name in DNS
    entries = {}
    for number, side in enumerate((pair.local, pair.remote)):
        path = f"/deployments/{side['id']}/elasticsearch/main-elasticsearch/_reset-password"
        monkeypatch.setenv(f"ELASTIC_{number}", pair.world.ask("POST", path)["password"])
        entries[side["id"]] = {
            "username": "elastic",
            "password_env": f"ELASTIC_{number}",
            "ca_file": place.proxy_ca_file,
            "endpoint": None if way == "own URL" else place.elasticsearch_endpoint,
        }
    pair.world.config = {"elasticsearch_credentials": entries}
    stored = await pair.world.apply(KEY, pair.key())
    connection = await pair.world.apply(REMOTE, pair.connection())
    assert connection["connected"] is True
    assert (await pair.world.plan(KEY, pair.key(), stored)).changed == set()


async def test_credentials_that_are_wrong(pair: Pair, simulator: Simulator, monkeypatch: pytest.MonkeyPatch):
    """The message speaks of Elasticsearch and its credentials, not of ECE's API key; and never of the password."""
    monkeypatch.setenv("ELASTIC", "not-the-password")
    place = simulator.installations[0]
    entry = {"username": "elastic", "endpoint": place.elasticsearch_endpoint, "ca_file": place.proxy_ca_file}
    pair.world.config = {"elasticsearch_credentials": {pair.remote["id"]: {**entry, "password_env": "ELASTIC"}}}
    with pytest.raises(Refused, match="Elasticsearch does not permit it") as refused:
        await pair.world.apply(KEY, pair.key())
    assert "not-the-password" not in str(refused.value)
    pair.world.config = {"elasticsearch_credentials": {pair.remote["id"]: {**entry, "password_env": "NOT_SET_HERE"}}}
    with pytest.raises(Refused, match="NOT_SET_HERE"):
        await pair.world.apply(KEY, pair.key())


# keystore entries


def secret(pair: Pair, **more: Any) -> dict[str, Any]:
    """Arguments of a keystore entry."""
    return {"deployment_id": pair.local["id"], "name": "s3.client.default.secret_key", **more}


async def test_a_secret_from_every_source(pair: Pair, monkeypatch: pytest.MonkeyPatch, tmp_path):
    """The value reaches the keystore, and nothing else."""
    monkeypatch.setenv("BACKUP_KEY", "from-env")
    (tmp_path / "secret").write_text("from-file\n")
    digests = []
    for way in ({"value_wo": "from-wo"}, {"value_env": "BACKUP_KEY"}, {"value_file": str(tmp_path / "secret")}):
        stored = await pair.world.apply(SECRET, secret(pair, **way))
        assert "from-" not in str([stored.state, stored.private])
        assert (await pair.world.plan(SECRET, secret(pair, **way), stored)).changed == set()
        state = pair.world.control.state()["a"]["deployments"]["central"]
        digests.append(
            str(next(one for one in state["resources"].values() if one["kind"] == "elasticsearch")["keystore"])
        )
        await pair.world.destroy(SECRET, stored)
        assert pair.world.secrets(pair.local["id"]) == []
    assert len(set(digests)) == 3


async def test_a_new_version_writes_again(pair: Pair):
    """The only sign of another value that Terraform can see."""
    stored = await pair.world.apply(SECRET, secret(pair, value_wo="one-secret", value_wo_version=1))
    since = pair.world.last_call()
    await pair.world.apply(SECRET, secret(pair, value_wo="two-secrets", value_wo_version=2), stored)
    assert pair.world.writes(since) == ["set-deployment-es-resource-keystore", "POST _nodes/reload_secure_settings"]


async def test_a_removed_entry_is_written_again(pair: Pair):
    """Gone from state, made by the next apply."""
    stored = await pair.world.apply(SECRET, secret(pair, value_wo="one-secret"))
    pair.world.control.take_away("secret", f"{pair.local['id']}/s3.client.default.secret_key")
    assert (await pair.world.plan(SECRET, secret(pair, value_wo="one-secret"), stored)).prior is None


async def test_import_of_an_entry(pair: Pair):
    """By id with and without ref_id, and by identity; a write-only value shows no change."""
    stored = await pair.world.apply(SECRET, secret(pair, value_wo="one-secret"))
    identity = {"deployment_id": pair.local["id"], "ref_id": None, "name": "s3.client.default.secret_key"}
    for found in (
        await pair.world.import_(SECRET, stored["id"]),
        await pair.world.import_(SECRET, f"{pair.local['id']}/s3.client.default.secret_key"),
        await pair.world.import_(SECRET, identity=identity),
    ):
        assert found.state == stored.state
        assert (await pair.world.plan(SECRET, secret(pair, value_wo="one-secret"), found)).changed == set()


async def test_bad_values(pair: Pair, tmp_path):
    """Exactly one source, which can be read; names of places are told, never values."""
    for way, words in (
        ({"value_env": "NOT_SET_ANYWHERE"}, "NOT_SET_ANYWHERE"),
        ({"value_file": str(tmp_path / "missing")}, "cannot be read"),
    ):
        with pytest.raises(Refused, match=words):
            await pair.world.apply(SECRET, secret(pair, **way))
