"""An organisation on Elastic Cloud Hosted: what its API has, what it refuses, and connections in both directions."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ece_simulator import HostedOrganization, Request, Simulator
from tests.simulator.clusters import Cluster, connect_by_key, proxy_root, seed
from tests.simulator.partners import ca_entry, connect, found, is_connected
from tests.simulator.support import Api, basic, create_body, ruleset, simulator

LOGS = {"logs-1": {"1": {"n": 1}}}
EU, US = "aws-eu-central-1", "aws-us-east-1"


@pytest.fixture
def sim() -> Iterator[Simulator]:
    """One installation and one organisation."""
    made = simulator()
    made.add_hosted()
    yield made
    made.stop()


@pytest.fixture
def cloud(sim: Simulator) -> HostedOrganization:
    """The organisation."""
    return sim.fabric.hosted[0]


class HostedApi(Api):
    """The organisation's API."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self.installation = simulator.fabric.hosted[0]
        self.authorization = f"ApiKey {self.installation.api_key}"


class HostedCluster(Cluster):
    """A deployment of the organisation; its Elasticsearch is reached at its own endpoint."""

    @property
    def host(self) -> str:
        """The endpoint's host name, which holds the region."""
        info = self.api.info(self.id, query="show_metadata=true")
        return str(info["metadata"]["endpoint"])

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """A call at 9243 as the user `elastic`."""
        with self.api.simulator.lock:
            password = self.api.installation.world.deployments[self.id].elasticsearch.password
        headers = {"Authorization": basic("elastic", str(password)), "Host": f"{self.host}:9243"}
        reply = self.api.installation.handle_direct(Request.make(method, f"/{path}", headers=headers, body=body))
        assert reply.status == expect, reply.body
        return reply.json()


def hosted(sim: Simulator, name: str = "hosted", **parts: Any) -> HostedCluster:
    """A finished deployment of the organisation."""
    made = sim.control.seed(installation="cloud", name=name, kinds=[], **parts)
    return HostedCluster(HostedApi(sim), made["id"], made["cluster_id"], name)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/platform"),
        ("GET", "/platform/configuration/trust-relationships"),
        ("GET", "/regions/aws-eu-central-1/platform/configuration/security/tls/proxy"),
        ("GET", "/platform/infrastructure/allocators"),
        ("DELETE", "/deployments/{id}"),
        ("GET", "/deployments/{id}/elasticsearch/_main/proxy/_cluster/settings"),
        ("POST", "/users/auth/_login"),
        ("GET", "/user"),
        ("GET", "/nothing/here"),
    ],
)
def test_what_only_ece_has_is_not_there(sim: Simulator, method: str, path: str) -> None:
    """The edge of the hosted service says so in its own form."""
    path = path.format(id=hosted(sim).id)
    headers = {"Authorization": f"ApiKey {sim.fabric.hosted[0].api_key}", "X-Management-Request": "true"}

    reply = sim.handle(Request.make(method, f"/api/v1{path}", headers=headers), "cloud")

    assert (reply.status, reply.json()) == (404, {"ok": False, "message": "Unknown resource."})


def test_the_management_channel_is_an_open_question(sim: Simulator) -> None:
    """A switch opens it."""
    cluster = hosted(sim)
    sim.control.set_switch("hosted_management_channel", True)

    assert cluster.api.get(f"/deployments/{cluster.id}/elasticsearch/_main/proxy/_remote/info") == {}


def test_only_api_keys_log_in(sim: Simulator, cloud: HostedOrganization) -> None:
    """The vendor's document for users knows no password."""
    headers = {"Authorization": basic("admin", cloud.password)}

    assert cloud.handle(Request.make("GET", "/api/v1/deployments", headers=headers)).status == 401


def test_deployments_live_in_regions(sim: Simulator, cloud: HostedOrganization) -> None:
    """Region of request, host name, CA and node certificate belong together."""
    api = HostedApi(sim)
    body = create_body()
    for payloads in body["resources"].values():
        for payload in payloads:
            payload["region"] = US
    made = api.created(**{"resources": body["resources"]})
    other = hosted(sim, region=EU)

    info = api.info(made, query="show_metadata=true")
    assert info["metadata"]["endpoint"].endswith(f".{US}.cloud.ech.test")
    ca = [c["pem"] for c in api.get(f"/deployments/{made}/certificate-authority")["public_certificates"]]
    assert ca == cloud.regions[US].ca_pems != cloud.regions[EU].ca_pems
    assert [entry["pem"] for entry in other.authorities()] == cloud.regions[EU].ca_pems
    body["resources"]["elasticsearch"][0]["region"] = "ece-region"
    refused = api.refused_fields("POST", "/deployments", {"name": "x", **body})
    assert refused == ["resources.elasticsearch[0].region"]
    template = api.get(f"/deployments/templates/default?region={US}")
    assert template["deployment_template"]["resources"]["kibana"][0]["region"] == US
    api.call("GET", "/deployments/templates/default?region=ece-region", expect=400)


def test_the_organisation_id_names_its_nodes(sim: Simulator, cloud: HostedOrganization) -> None:
    """Digits, and the scope of the recommended restriction."""
    cluster = hosted(sim)

    assert cloud.organization_id.isdigit()
    restriction = cluster.api.get(f"/deployments/{cluster.id}/certificate-authority")["recommended_trust_restriction"]
    assert restriction == f"*.node.{cluster.cluster_id}.cluster.{cloud.organization_id}.account"


def test_rule_sets_have_a_region(sim: Simulator) -> None:
    """A set of one region does not fit a deployment of another one."""
    cluster = hosted(sim, region=US)
    api, sets = cluster.api, "/deployments/traffic-filter/rulesets"
    assert api.refused_fields("POST", sets, ruleset(region="ece-region")) == ["region"]
    eu, us = (api.post(sets, ruleset(region=region), expect=201)["id"] for region in (EU, US))
    entity = {"entity_type": "deployment", "id": cluster.id}

    assert api.refused_fields("POST", f"{sets}/{eu}/associations", entity) == ["id"]
    api.post(f"{sets}/{us}/associations", entity, expect=201)


def test_there_are_no_relationships_to_trust(sim: Simulator) -> None:
    """`external` needs a platform; direct trust is the way to an ECE."""
    cluster = hosted(sim)
    body = cluster.api.update_body(cluster.id)
    external = [{"trust_relationship_id": "0" * 32, "trust_all": True}]
    body["resources"]["elasticsearch"][0]["settings"] = {"trust": {"external": external}}

    assert cluster.api.refused_fields("PUT", f"/deployments/{cluster.id}", body) != []


def test_from_ece_by_key(sim: Simulator) -> None:
    """No CA is needed: the organisation's proxies show what everybody trusts."""
    local, remote = seed(sim), hosted(sim, documents=LOGS)
    connect_by_key(local, remote)

    assert found(local) == 1


def test_filters_of_the_organisation(sim: Simulator) -> None:
    """An IP rule lets an ECE in; a remote cluster rule that names it lets nobody in."""
    local, remote = seed(sim), hosted(sim, documents=LOGS)
    connect_by_key(local, remote)
    api, sets = remote.api, "/deployments/traffic-filter/rulesets"
    peer = {"remote_cluster_org_id": sim.installations[0].environment_id}
    rules = ruleset(type="remote_cluster", region=EU, rules=[peer, {"remote_cluster_id": local.cluster_id}])
    by_name = api.post(sets, rules, expect=201)["id"]
    api.post(f"{sets}/{by_name}/associations", {"entity_type": "deployment", "id": remote.id}, expect=201)
    assert not is_connected(local)
    assert sim.control.handshakes()[-1]["outcome"] == "BLOCKED_BY_TRAFFIC_FILTER"

    rules = ruleset(region=EU, rules=[{"source": sim.installations[0].world.egress}])
    by_address = api.post(sets, rules, expect=201)["id"]
    api.post(f"{sets}/{by_address}/associations", {"entity_type": "deployment", "id": remote.id}, expect=201)
    assert is_connected(local)


def test_to_ece_by_key(sim: Simulator, cloud: HostedOrganization) -> None:
    """The private CA of the ECE's proxies is a direct entry of type `proxy`; its filter knows the region's address."""
    remote = seed(sim, documents=LOGS)
    local = hosted(sim, region=US)
    connect_by_key(local, remote)
    assert not is_connected(local)
    assert "not configured to trust that issuer" in local.log()

    local.put_trust(direct=[ca_entry(proxy_root(remote), "proxy")])
    assert found(local) == 1

    sets = "/deployments/traffic-filter/rulesets"
    wrong, right = (ruleset(rules=[{"source": cloud.regions[name].egress}]) for name in (EU, US))
    set_id = remote.api.post(sets, wrong, expect=201)["id"]
    remote.api.post(f"{sets}/{set_id}/associations", {"entity_type": "deployment", "id": remote.id}, expect=201)
    assert not is_connected(local)
    remote.api.put(f"{sets}/{set_id}", right)
    assert is_connected(local)


def ess_trust(ece: Cluster, other: HostedCluster, cloud: HostedOrganization, region: str) -> None:
    """The ECE's side: the CAs of one region."""
    certificates = [{"pem": pem} for pem in cloud.regions[region].ca_pems]
    entry = {"name": "ech", "type": "ESS", "trust_all": False, "certificates": certificates}
    more = {"scope_id": cloud.organization_id, "trust_allowlist": [other.cluster_id]}
    ece.put_trust(direct=[{**entry, **more}])


@pytest.mark.parametrize("outbound", [True, False])
def test_by_certificate(sim: Simulator, cloud: HostedOrganization, outbound: bool) -> None:
    """Direct trust on both sides, with the CA of the right region; the CA of another region is not enough."""
    ece, other = seed(sim, documents=LOGS), hosted(sim, region=US, documents=LOGS)
    local, remote = (ece, other) if outbound else (other, ece)
    environment = sim.installations[0].environment_id
    entry = ca_entry("", "ECE", scope_id=environment, trust_allowlist=[ece.cluster_id])
    other.put_trust(direct=[{**entry, "certificates": ece.authorities()}])
    ess_trust(ece, other, cloud, EU)
    connect(local, remote.host, 9400)
    assert not is_connected(local)

    ess_trust(ece, other, cloud, US)

    assert found(local) == 1


def test_regions_of_an_organisation_know_each_other(sim: Simulator) -> None:
    """Account trust reaches across regions (inferred)."""
    one = hosted(sim, region=US)
    other = hosted(sim, "other", region=EU, documents=LOGS)
    connect(one, other.host, 9400)

    assert found(one) == 1


def test_served_with_its_own_ports(cloud: HostedOrganization, sim: Simulator) -> None:
    """An organisation may come before or after the simulator serves."""
    with sim:
        late = sim.add_hosted("late", [EU])
        for one in (cloud, late):
            assert one.endpoint.startswith("https://")
            assert one.elasticsearch_endpoint.startswith("https://")
        assert [facts["name"] for facts in sim.control.partners()["hosted"]] == ["cloud", "late"]
