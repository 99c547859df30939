"""A provider block of kind ``elasticsearch``: one cluster is all there is, and it is meant without being named."""

from __future__ import annotations

from typing import Any

import pytest

from ece_provider.settings import provider_settings
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.engine.data import read_data
from tests.provider.partners.conftest import Partner
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused, World, full


class ClusterWorld(World):
    """Runs of Terraform whose provider is the cluster; the ECE is an environment of it."""

    def __init__(self, partner: Partner) -> None:
        super().__init__(partner.world.simulator)
        self.partner = partner
        self.config = {"environments": {"ece": {"kind": "ece", **partner.world.settings()}}}

    def settings(self, installation: int = 0) -> dict[str, Any]:
        """Arguments that lead to the cluster."""
        return self.partner.entry()


async def test_its_own_keys_and_connections(partner: Partner):
    """The same objects the other way round: no environment is the cluster, and the deployment is in one."""
    partner.trust_proxy()
    world = ClusterWorld(partner)
    remote = {"deployment_id": partner.deployment_id, "environment": "ece"}
    given = partner.inbound_key({"environment": None}, remote=remote)
    key = await world.apply(KEY, given)
    assert key["id"] == f"{partner.uuid}/-/logs"
    assert key["local"]["environment_id"] is None
    partner.deliver()
    link = partner.inbound(environment=None, remote=remote)
    connection = await world.apply(REMOTE, link)
    assert connection["connected"] is True
    assert (await world.plan(KEY, given, key)).changed == set()
    assert (await world.plan(REMOTE, link, connection)).changed == set()
    adopted = await world.import_(REMOTE, f"{partner.uuid}/-/logs")
    assert (await world.plan(REMOTE, link, adopted)).changed <= {"timeouts"}
    async with world.process() as process:
        source = process.runtime.data_sources["ece_remote_clusters"]
        reply = await read_data(process.runtime, source, full(source.schema.attributes, {}))
    assert reply.values is not None
    seen = reply.values["remote_clusters"][0]
    assert (seen["alias"], seen["security_model"], seen["connected"]) == ("logs", "api_key", True)


@pytest.mark.parametrize(
    ("kind", "given"),
    [
        ("ece_traffic_filter", {"name": "a", "type": "ip", "rules": [{"source": "192.0.2.1"}]}),
        ("ece_deployment", {"name": "a", "version": "9.2.0"}),
        ("ece_default_trust", {"trust_all": True}),
    ],
)
async def test_what_a_cluster_does_not_have(partner: Partner, kind: str, given: dict[str, Any]):
    """Refused in the plan, with the kinds that have it."""
    with pytest.raises(Refused, match='of kind "elasticsearch", one Elasticsearch cluster'):
        await ClusterWorld(partner).plan(kind, given)


async def test_a_password_that_is_wrong(partner: Partner):
    """The message speaks of the cluster, and never of the password."""
    partner.world.config = {"environments": {"onprem": partner.entry(password="not-the-password")}}
    with pytest.raises(Refused, match="does not permit it") as refused:
        await partner.world.apply(REMOTE, partner.outbound())
    assert "not-the-password" not in str(refused.value)


async def test_a_ca_file_that_cannot_be_read(partner: Partner):
    """The entry is named, as the provider's own argument of that name is another one."""
    partner.world.config = {"environments": {"onprem": partner.entry(ca_file="/nowhere.pem")}}
    with pytest.raises(Refused, match=r'environments\["onprem"\]\.ca_file: /nowhere\.pem'):
        await partner.world.apply(KEY, partner.outbound_key())


async def test_a_cluster_that_does_not_answer(partner: Partner):
    """An object of it is kept: not reached is not gone."""
    given = partner.inbound(wait_for_connected=False)
    stored = await partner.world.apply(REMOTE, given)
    partner.world.config = {"environments": {"onprem": partner.entry(endpoint="https://127.0.0.1:9")}}
    with pytest.raises(Refused, match="cannot be reached"):
        await partner.world.plan(REMOTE, given, stored)


def test_kind_and_endpoint_from_the_environment():
    """The kind is read like every argument; Elastic Cloud Hosted has an endpoint of its own."""
    hosted = provider_settings({"kind": "ech"}, {"ECE_API_KEY": "k"})
    assert (hosted.kind, hosted.endpoint) == ("ech", "https://api.elastic-cloud.com")
    assert provider_settings({}, {"ECE_KIND": "ech", "ECE_API_KEY": "k"}).kind == "ech"
    assert provider_settings({"kind": "ech"}, {"EC_API_KEY": "k"}).api_key == "k"
    with pytest.raises(DiagnosticError, match="URL of Elasticsearch"):
        provider_settings({"kind": "elasticsearch"}, {"ECE_API_KEY": "k"})
    with pytest.raises(DiagnosticError, match="API keys only"):
        provider_settings({"kind": "ech", "username": "a", "password": "b"}, {})
    with pytest.raises(DiagnosticError, match='ECE_KIND is "eck"'):
        provider_settings({}, {"ECE_KIND": "eck", "ECE_API_KEY": "k"})
