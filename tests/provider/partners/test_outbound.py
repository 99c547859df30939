"""A deployment of ECE connects to a self-managed cluster: the key is made there, the rest is as within ECE."""

from __future__ import annotations

import pytest

from tests.provider.partners.conftest import Partner
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused


async def test_key_and_connection(partner: Partner):
    """Made on the cluster, put into the keystore of the deployment, connected at 9443; a second plan is empty."""
    partner.start_server()
    partner.trust_of_server()
    key = await partner.world.apply(KEY, partner.outbound_key())
    assert key["id"] == f"{partner.deployment_id}/main-elasticsearch/logs"
    assert key["remote"]["environment_id"] == partner.uuid
    assert key["remote"]["deployment_id"] is None
    connection = await partner.world.apply(REMOTE, partner.outbound())
    assert connection["connected"] is True
    assert connection["proxy_address"] == f"{partner.onprem.host}:9443"
    assert connection["server_name"] is None
    assert (await partner.world.plan(KEY, partner.outbound_key(), key)).changed == set()
    assert (await partner.world.plan(REMOTE, partner.outbound(), connection)).changed == set()
    rotated = await partner.world.apply(KEY, partner.outbound_key(name="another"), key)
    assert rotated["key_id"] != key["key_id"]
    assert partner.world.is_connected(partner.deployment_id, "logs")
    await partner.world.destroy(REMOTE, connection)
    await partner.world.destroy(KEY, rotated)
    assert partner.onprem.call("GET", "_security/api_key?active_only=true")["api_keys"] == []


async def test_an_address_is_needed(partner: Partner):
    """Nothing tells under which name others reach a cluster; the plan says so at the argument."""
    given = partner.outbound(remote={"environment": "onprem"})
    with pytest.raises(Refused, match=r"remote\.address") as refused:
        await partner.world.plan(REMOTE, given)
    assert refused.value.paths == {"remote.address"}


async def test_ports_are_those_of_the_platform(partner: Partner):
    """9300 for certificates; the port of the other model is refused."""
    waiting = partner.outbound("certificate", wait_for_connected=False)
    stored = await partner.world.apply(REMOTE, waiting)
    assert stored["proxy_address"] == f"{partner.onprem.host}:9300"
    wrong = {"environment": "onprem", "address": f"{partner.onprem.host}:9443"}
    with pytest.raises(Refused, match="port of the api_key model"):
        await partner.world.plan(REMOTE, partner.outbound("certificate", remote=wrong), stored)


async def test_what_names_no_deployment_or_too_many(partner: Partner):
    """A deployment id belongs to platforms, and only to them."""
    remote = {"environment": "onprem", "deployment_id": partner.deployment_id, "address": "a.example.com"}
    with pytest.raises(Refused, match="has no deployments") as refused:
        await partner.world.plan(REMOTE, partner.outbound(remote=remote))
    assert refused.value.paths == {"remote.deployment_id"}
    with pytest.raises(Refused, match="deployment_id says which") as refused:
        await partner.world.plan(REMOTE, partner.outbound(deployment_id=None))
    assert refused.value.paths == {"deployment_id"}


async def test_a_connection_that_waits_for_nobody(partner: Partner):
    """The other side is not ready: the deploy passes, and a later refresh tells that it is."""
    partner.trust_of_server()
    await partner.world.apply(KEY, partner.outbound_key())
    given = partner.outbound(wait_for_connected=False)
    stored = await partner.world.apply(REMOTE, given)
    assert stored["connected"] is False
    partner.start_server()
    partner.world.elasticsearch(partner.deployment_id, "GET", "_resolve/cluster/logs:*")
    planned = await partner.world.plan(REMOTE, given, stored)
    assert planned.prior is not None
    assert planned.prior["connected"] is True


async def test_imports(partner: Partner):
    """Key and connection are adopted with empty plans, the cluster found by the key."""
    partner.start_server()
    partner.trust_of_server()
    key = await partner.world.apply(KEY, partner.outbound_key())
    connection = await partner.world.apply(REMOTE, partner.outbound())
    adopted = await partner.world.import_(REMOTE, connection["id"])
    assert adopted["remote"]["environment"] == "onprem"
    assert (await partner.world.plan(REMOTE, partner.outbound(), adopted)).changed <= {"timeouts"}
    for name in ("onprem", partner.uuid):
        named = await partner.world.import_(KEY, f"{key['id']},{name}/-/{key['key_id']}")
        given = partner.outbound_key(remote={"environment": "onprem"})
        assert (await partner.world.plan(KEY, given, named)).changed == set()


async def test_a_renamed_entry(partner: Partner):
    """The cluster is known by its UUID: a new name neither makes a new key nor loses anything."""
    key = await partner.world.apply(KEY, partner.outbound_key())
    partner.world.config = {"environments": {"datacenter": partner.entry()}}
    given = partner.outbound_key(remote={"environment": "datacenter", "address": partner.onprem.host})
    renamed = await partner.world.apply(KEY, given, key)
    assert renamed["key_id"] == key["key_id"]
    assert (await partner.world.plan(KEY, given, renamed)).changed == set()
