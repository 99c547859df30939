"""An organization of Elastic Cloud Hosted: the provider's own place, partner of an ECE, and what it does not have."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from ece_simulator import HostedOrganization, Simulator
from terraform_plugin.engine.data import read_data
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused, World, full

EU, US = "aws-eu-central-1", "gcp-us-central1"


class CloudWorld(World):
    """Runs of Terraform whose provider is of kind ``ech``."""

    def settings(self, installation: int = 0) -> dict[str, Any]:
        """Arguments that lead to the organization."""
        place = self.simulator.fabric.hosted[0]
        return {"kind": "ech", "endpoint": place.endpoint, "api_key": place.api_key, "ca_file": place.ca_file}


@dataclass
class Cloud:
    """An ECE and an organization with one deployment each."""

    world: World
    hosted: CloudWorld
    organization: HostedOrganization
    shop: dict[str, Any]
    orders: dict[str, Any]

    def credentials(self, deployment: dict[str, Any]) -> dict[str, Any]:
        """The elastic user of a hosted deployment."""
        place = self.organization
        password = place.world.deployments[deployment["id"]].elasticsearch.password
        return {
            "endpoint": place.elasticsearch_endpoint,
            "ca_file": place.proxy_ca_file,
            "username": "elastic",
            "password": password,
        }

    def entry(self) -> dict[str, Any]:
        """An entry of ``environments`` that leads to the organization."""
        return self.hosted.settings()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """One installation and one organization."""
    with Simulator() as running:
        running.add_hosted(regions=(EU, US))
        yield running


@pytest.fixture
def cloud(simulator: Simulator) -> Cloud:
    """Both with a deployment; the provider of the ECE knows the organization as an environment."""
    organization = simulator.fabric.hosted[0]
    control = simulator.control
    shop = control.seed(installation=organization.name, name="shop", kinds=[])
    made = Cloud(World(simulator), CloudWorld(simulator), organization, shop, control.seed(name="orders"))
    known = {"environments": {"cloud": made.entry()}, "elasticsearch_credentials": {shop["id"]: made.credentials(shop)}}
    made.world.config = known
    made.hosted.config = {"elasticsearch_credentials": known["elasticsearch_credentials"]}
    return made


async def data(world: World, kind: str, **given: Any) -> dict[str, Any]:
    """What a data source tells."""
    async with world.process() as process:
        source = process.runtime.data_sources[kind]
        reply = await read_data(process.runtime, source, full(source.schema.attributes, given))
        assert not reply.diagnostics.has_errors, [str(item) for item in reply.diagnostics]
        return dict(reply.values or {})


def key(cloud: Cloud, local: dict[str, Any], remote: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a key."""
    access = {"search": [{"names": ["*"]}]}
    return {"name": "k", "access": access, "local": {"alias": "far", **local}, "remote": remote}


def connection(local: dict[str, Any], remote: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a connection by key."""
    return {
        **local,
        "alias": "far",
        "security_model": "api_key",
        "remote": remote,
        "cross_cluster_api_key_id": f"{local['deployment_id']}/main-elasticsearch/far",
        "timeouts": {"create": "3s"},
    }


async def test_ece_to_hosted(cloud: Cloud):
    """The key is made on Elastic Cloud Hosted with credentials of Elasticsearch; its proxies need no trust."""
    local, remote = {"deployment_id": cloud.orders["id"]}, {"deployment_id": cloud.shop["id"], "environment": "cloud"}
    stored = await cloud.world.apply(KEY, key(cloud, local, remote))
    assert stored["remote"]["environment_id"] == cloud.organization.organization_id
    made = await cloud.world.apply(REMOTE, connection(local, remote))
    assert made["connected"] is True
    assert (await cloud.world.plan(KEY, key(cloud, local, remote), stored)).changed == set()
    assert (await cloud.world.plan(REMOTE, connection(local, remote), made)).changed == set()
    await cloud.world.destroy(REMOTE, made)
    await cloud.world.destroy(KEY, stored)


async def test_hosted_to_ece(cloud: Cloud):
    """Keystore, trust in the proxy's CA and settings are written on Elastic Cloud Hosted, each by its own API."""
    local, remote = {"deployment_id": cloud.shop["id"], "environment": "cloud"}, {"deployment_id": cloud.orders["id"]}
    place = cloud.world.simulator.installations[0]
    trust = {
        "deployment_id": cloud.shop["id"],
        "name": "our ECE",
        "type": "proxy",
        "certificates": [Path(place.proxy_ca_file).read_text(encoding="utf-8")],
    }
    direct = "ece_deployment_trust_direct"
    trusted = await cloud.hosted.apply(direct, trust)
    assert (await cloud.hosted.plan(direct, trust, trusted)).changed == set()
    await cloud.world.apply(KEY, key(cloud, local, remote))
    made = await cloud.world.apply(REMOTE, connection(local, remote))
    assert made["connected"] is True
    assert (await cloud.world.plan(REMOTE, connection(local, remote), made)).changed == set()


async def test_elasticsearch_needs_credentials_there(cloud: Cloud):
    """Without a management channel the message names the argument, with the id to be filled in."""
    cloud.world.config = {"environments": {"cloud": cloud.entry()}}
    local, remote = {"deployment_id": cloud.orders["id"]}, {"deployment_id": cloud.shop["id"], "environment": "cloud"}
    with pytest.raises(Refused, match=rf'elasticsearch_credentials = {{ "{cloud.shop["id"]}"'):
        await cloud.world.apply(KEY, key(cloud, local, remote))


async def test_a_keystore_entry_there(cloud: Cloud, monkeypatch: pytest.MonkeyPatch):
    """The same call as on ECE; another entry beside it stays."""
    monkeypatch.setenv("VALUE", "x")
    kind, given = "ece_keystore_secret", {"deployment_id": cloud.shop["id"], "name": "a.b", "value_env": "VALUE"}
    stored = await cloud.hosted.apply(kind, given)
    assert (await cloud.hosted.plan(kind, given, stored)).changed == set()
    await cloud.hosted.destroy(kind, stored)


async def test_filters_belong_to_a_region(cloud: Cloud):
    """Found where all deployments are in one region, asked for where they are in several, and kept."""
    given = {"name": "ece", "type": "ip", "rules": [{"source": "192.0.2.0/24"}]}
    kind = "ece_traffic_filter"
    stored = await cloud.hosted.apply(kind, given)
    assert stored["region"] == EU
    cloud.world.control.seed(installation=cloud.organization.name, name="second", kinds=[], region=US)
    with pytest.raises(Refused, match="Give region") as refused:
        await cloud.hosted.apply(kind, {**given, "name": "other"})
    assert refused.value.paths == {"region"}
    american = await cloud.hosted.apply(kind, {**given, "name": "other", "region": US})
    assert american["region"] == US
    assert (await cloud.hosted.plan(kind, {**given, "name": "other", "region": US}, american)).changed == set()
    link = {"deployment_id": cloud.shop["id"], "traffic_filter_id": stored["id"]}
    joined = await cloud.hosted.apply("ece_traffic_filter_association", link)
    await cloud.hosted.destroy("ece_traffic_filter_association", joined)


async def test_data_sources(cloud: Cloud):
    """What an ECE has to know of the organization, to trust it by certificate."""
    authority = await data(cloud.hosted, "ece_certificate_authority", deployment_id=cloud.shop["id"])
    assert authority["certificates_pem"] == cloud.organization.regions[EU].ca_pems
    assert authority["environment_id"] == cloud.organization.organization_id
    environment = await data(cloud.hosted, "ece_environment")
    assert environment["environment_id"] == cloud.organization.organization_id
    assert (environment["region"], environment["version"]) == (EU, None)
    found = await data(cloud.hosted, "ece_deployment", name="shop")
    assert found["id"] == cloud.shop["id"]


@pytest.mark.parametrize(
    ("kind", "given", "words"),
    [
        ("ece_deployment", {"name": "a", "version": "9.2.0"}, "ec_deployment"),
        ("ece_trust_relationship", {"name": "a", "public_ca_cert": "x", "installation_id": "i"}, "direct trust"),
        ("ece_platform_certificate", {"chain_pem": ["x"], "private_key_env": "X"}, "public CA"),
        ("ece_extra_certificate", {"cert_id": "a", "chain_pem": ["x"]}, "keeps no certificates"),
    ],
)
async def test_what_only_an_ece_has(cloud: Cloud, kind: str, given: dict[str, Any], words: str):
    """Refused in the plan, with what to do in its place."""
    with pytest.raises(Refused, match=words):
        await cloud.hosted.plan(kind, given)


async def test_a_provider_of_another_kind_loses_nothing(cloud: Cloud):
    """An object of ECE whose provider block was changed is an error at refresh, and not taken for gone."""
    kind, given = "ece_extra_certificate", {"cert_id": "a", "chain_pem": [cloud.organization.regions[EU].ca_pems[0]]}
    cloud.world.config = {}
    stored = await cloud.world.apply(kind, given)
    with pytest.raises(Refused, match="does not exist there"):
        await cloud.hosted.plan(kind, given, stored)
