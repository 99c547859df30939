"""A self-managed cluster connects to a deployment of ECE: its key goes into a file that somebody carries there."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from terraform_plugin.values import UNKNOWN
from tests.provider.partners.conftest import Partner
from tests.provider.remote_clusters.support import KEY, REMOTE, SECRET, Refused


def mode(path: Path) -> int:
    """Who may do what with a file."""
    return stat.S_IMODE(path.stat().st_mode)


async def test_key_into_a_file_and_connection(partner: Partner):
    """Key, hand-over by a person, connection: up, and nothing is left to be done."""
    partner.trust_proxy()
    key = await partner.world.apply(KEY, partner.inbound_key())
    assert key["id"] == f"{partner.uuid}/-/logs"
    assert key["secret_present"] is True
    assert (mode(partner.file), mode(partner.file.parent)) == (0o600, 0o700)
    partner.deliver()
    connection = await partner.world.apply(REMOTE, partner.inbound())
    assert connection["connected"] is True
    assert connection["id"] == f"{partner.uuid}/-/logs"
    found = partner.onprem.call("GET", "logs:logs-*/_search")
    assert found["_clusters"]["successful"] == 1
    assert (await partner.world.plan(KEY, partner.inbound_key(), key)).changed == set()
    assert (await partner.world.plan(REMOTE, partner.inbound(), connection)).changed == set()
    await partner.world.destroy(REMOTE, connection)
    assert "logs" not in partner.onprem.call("GET", "_remote/info")
    await partner.world.destroy(KEY, key)
    assert not partner.file.exists()
    assert partner.live_keys() == []


async def test_the_key_never_reaches_state(partner: Partner):
    """Neither state nor private state holds what the file holds."""
    key = await partner.world.apply(KEY, partner.inbound_key())
    secret = partner.file.read_text()
    assert secret not in repr(key)
    assert secret not in repr(partner.world.warnings)


async def test_a_cluster_known_by_name_only(partner: Partner):
    """No API of it is needed: the id is made of the name, and nobody is asked about it."""
    given = partner.inbound_key({"name": "onprem"})
    partner.world.config = {}
    planned = await partner.world.plan(KEY, given)
    assert planned.reply.planned is not None
    assert planned.reply.planned["id"] == "-/onprem/logs"
    key = await partner.world.apply(KEY, given)
    assert (await partner.world.plan(KEY, given, key)).changed == set()
    named = await partner.world.import_(
        KEY, f"-/onprem/logs,-/{partner.deployment_id}/main-elasticsearch/{key['key_id']},{partner.file}"
    )
    assert (await partner.world.plan(KEY, given, named)).changed == set()
    await partner.world.destroy(KEY, key)
    assert not partner.file.exists()


async def test_rotation_keeps_the_key_before(partner: Partner):
    """Nobody sees when the new key is in use, so the old one goes on until the rotation after, and the user is told."""
    partner.trust_proxy()
    first = await partner.world.apply(KEY, partner.inbound_key())
    partner.deliver()
    connection = await partner.world.apply(REMOTE, partner.inbound())
    second = await partner.world.apply(KEY, partner.inbound_key(name="second"), first)
    assert set(partner.live_keys()) == {first["key_id"], second["key_id"]}
    assert "has to be" in str(partner.world.warnings) or "holds a new key" in str(partner.world.warnings)
    assert partner.onprem.call("GET", "_remote/info")["logs"]["connected"] is True
    partner.deliver()
    partner.onprem.call("POST", "_nodes/reload_secure_settings")
    third = await partner.world.apply(KEY, partner.inbound_key(name="third"), second)
    assert set(partner.live_keys()) == {second["key_id"], third["key_id"]}
    await partner.world.destroy(REMOTE, connection)
    await partner.world.destroy(KEY, third)
    assert partner.live_keys() == []


async def test_a_file_that_is_gone_makes_no_new_key(partner: Partner):
    """It may have been removed after delivery, or this is another machine: noted, told, and left to the user."""
    key = await partner.world.apply(KEY, partner.inbound_key())
    partner.file.unlink()
    planned = await partner.world.plan(KEY, partner.inbound_key(), key)
    assert planned.changed == set()
    assert planned.prior is not None
    assert planned.prior["secret_present"] is False
    assert any("-replace" in warning for warning in planned.warnings)
    again = await partner.world.plan(KEY, partner.inbound_key(), planned.prior)
    assert (again.changed, again.warnings) == (set(), [])
    replaced = await partner.world.apply(KEY, partner.inbound_key(), planned.prior, replace=True)
    assert replaced["key_id"] != key["key_id"]
    assert partner.file.exists()


async def test_a_file_of_somebody_else_is_never_touched(partner: Partner):
    """Not written over, not removed; no key is left behind either."""
    partner.file.parent.mkdir()
    partner.file.write_text("my diary")
    with pytest.raises(Refused, match="something else than a key") as refused:
        await partner.world.apply(KEY, partner.inbound_key())
    assert refused.value.paths == {"local.secret_file"}
    assert partner.live_keys() == []
    partner.file.unlink()
    key = await partner.world.apply(KEY, partner.inbound_key())
    partner.file.write_text("my diary")
    await partner.world.destroy(KEY, key)
    assert partner.file.read_text() == "my diary"


async def test_a_file_that_others_can_read(partner: Partner):
    """Told, with the command that puts it right."""
    key = await partner.world.apply(KEY, partner.inbound_key())
    partner.file.chmod(0o644)
    planned = await partner.world.plan(KEY, partner.inbound_key(), key)
    assert any("chmod 600" in warning for warning in planned.warnings)


async def test_the_file_can_move(partner: Partner):
    """Another path keeps the key: the file goes there."""
    key = await partner.world.apply(KEY, partner.inbound_key())
    other = partner.folder / "elsewhere" / "key"
    given = partner.inbound_key({"environment": "onprem", "secret_file": str(other)})
    moved = await partner.world.apply(KEY, given, key)
    assert moved["key_id"] == key["key_id"]
    assert moved["secret_present"] is True
    assert (other.exists(), partner.file.exists()) == (True, False)
    assert (await partner.world.plan(KEY, given, moved)).changed == set()


async def test_a_folder_that_cannot_be_written(partner: Partner):
    """The key that could not be handed over is not left alive without its object."""
    (partner.folder / "secrets").write_text("a file")
    with pytest.raises(Refused, match="cannot be") as refused:
        await partner.world.apply(KEY, partner.inbound_key())
    assert refused.value.paths == {"local.secret_file"}
    left = refused.value.left
    if left is not None:
        await partner.world.destroy(KEY, left)
    assert partner.live_keys() == []


@pytest.mark.parametrize(
    ("local", "words"),
    [
        ({"environment": "onprem", "secret_file": None}, "no place to go to|No API writes"),
        ({"name": "onprem", "secret_file": None}, "No API writes the keystore"),
        ({"name": "onprem", "environment": "onprem"}, "exclude each other"),
        ({}, "deployment_id says which"),
    ],
)
async def test_local_sides_that_cannot_work(partner: Partner, local: dict[str, str | None], words: str):
    """What is missing or too much is told in the plan, at the argument."""
    with pytest.raises(Refused, match=words) as refused:
        await partner.world.apply(KEY, partner.inbound_key(local))
    assert all(path.startswith("local") for path in refused.value.paths)
    assert partner.live_keys() == []


async def test_a_file_beside_a_keystore(partner: Partner):
    """Where the API writes the keystore a file would only be one more copy of the secret."""
    with pytest.raises(Refused, match="by itself"):
        await partner.world.plan(KEY, partner.inbound_key({"deployment_id": partner.deployment_id}))


async def test_keystore_entries_belong_to_deployments(partner: Partner):
    """There is no call for it, and the message says what there is."""
    given = {"deployment_id": partner.deployment_id, "environment": "onprem", "name": "a.b", "value_env": "HOME"}
    assert os.environ["HOME"]
    with pytest.raises(Refused, match="has no deployments"):
        await partner.world.apply(SECRET, given)


async def test_a_connection_whose_key_was_not_delivered(partner: Partner):
    """The message says what is to be done there; a later apply goes on."""
    partner.trust_proxy()
    await partner.world.apply(KEY, partner.inbound_key())
    with pytest.raises(Refused, match="elasticsearch-keystore"):
        await partner.world.apply(REMOTE, partner.inbound())


async def test_imports(partner: Partner):
    """By the name of the environment, by the UUID, by identity; plans are empty."""
    partner.trust_proxy()
    key = await partner.world.apply(KEY, partner.inbound_key())
    partner.deliver()
    await partner.world.apply(REMOTE, partner.inbound())
    identity = {"deployment_id": partner.uuid, "ref_id": "-", "alias": "logs"}
    for name in ("onprem/-/logs", f"{partner.uuid}/-/logs", None):
        adopted = await partner.world.import_(REMOTE, name, None if name else identity)
        assert (await partner.world.plan(REMOTE, partner.inbound(), adopted)).changed <= {"timeouts"}, name
    remote = f"-/{partner.deployment_id}/main-elasticsearch/{key['key_id']}"
    named = await partner.world.import_(KEY, f"onprem/-/logs,{remote},{partner.file}")
    assert named["id"] == key["id"]
    assert (await partner.world.plan(KEY, partner.inbound_key(), named)).changed == set()


async def test_another_environment_replaces(partner: Partner):
    """A local cluster is known by its entry: another entry is another object; a renamed one is not."""
    key = await partner.world.apply(KEY, partner.inbound_key())
    partner.world.config = {"environments": {"onprem": partner.entry(), "other": partner.entry()}}
    planned = await partner.world.plan(KEY, partner.inbound_key({"environment": "other"}), key)
    assert planned.reply.replace_paths
    partner.world.config = {"environments": {"other": partner.entry()}}
    planned = await partner.world.plan(KEY, partner.inbound_key({"environment": "other"}), key)
    assert not planned.reply.replace_paths


async def test_an_apply_that_waits_for_a_person_says_so(partner: Partner):
    """Key and connection in one apply: the plan names the way to deploy before the key is delivered."""
    waits = await partner.world.plan(REMOTE, partner.inbound(cross_cluster_api_key_id=UNKNOWN))
    assert any("wait_for_connected = false" in warning for warning in waits.warnings)
    patient = partner.inbound(cross_cluster_api_key_id=UNKNOWN, wait_for_connected=False)
    assert (await partner.world.plan(REMOTE, patient)).warnings == []


async def test_the_model_can_change(partner: Partner):
    """To certificates: what is still loaded there is named, with the command; and back to the key, alias kept."""
    partner.trust_proxy()
    await partner.world.apply(KEY, partner.inbound_key())
    partner.deliver()
    keyed = await partner.world.apply(REMOTE, partner.inbound())
    with pytest.raises(Refused, match="elasticsearch-keystore remove") as refused:
        await partner.world.apply(REMOTE, partner.inbound("certificate"), keyed)
    left = refused.value.left
    assert left is not None
    assert left["proxy_address"].endswith(":9400")
    again = await partner.world.apply(REMOTE, partner.inbound(), left)
    assert again["connected"] is True
    assert again["proxy_address"].endswith(":9443")
