"""Small apps that tests share: one stack with an environment, and one app for each construct whose ids are contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from constructs import Construct

import main
from ece_constructs import (
    Access,
    CrossClusterEnablement,
    DefaultTrust,
    Deployment,
    EckCluster,
    ElasticsearchApi,
    Environment,
    HostedDeployment,
    HostedEnvironment,
    ICluster,
    IpFilter,
    KeystoreSecret,
    RemoteClusterFilter,
    Secret,
    SelfManagedCluster,
    Tier,
    TrustRelationship,
    testing,
)
from ece_constructs.cdk import App, TerraformStack
from ece_constructs.patterns import CentralSearch, DisasterRecoveryPair, Mesh

VERSION = "9.2.0"
SOME_ID = "0123456789abcdef0123456789abcdef"
CA_PEM = """\
-----BEGIN CERTIFICATE-----
MIIBezCCASGgAwIBAgIUd3fZ0sP3tn0mCt0Js3WsgViLnwkwCgYIKoZIzj0EAwIw
EjEQMA4GA1UEAwwHVGVzdCBDQTAgFw0yNjExMjUwMzU5MTdaGA8yMDc2MTExMjAz
NTkxN1owEjEQMA4GA1UEAwwHVGVzdCBDQTBZMBMGByqGSM49AgEGCCqGSM49AwEH
A0IABCUHPyY8BxJ4jNHmkm4eBNf+VrJKnHYg0rAl2uT89FydYfLmB5bXoltygjcw
zqi/jCKxoWeDcTSuMYNh+c9S0Q2jUzBRMB0GA1UdDgQWBBQ6CLhkf2LSi820+91g
81a9RtPW7zAfBgNVHSMEGDAWgBQ6CLhkf2LSi820+91g81a9RtPW7zAPBgNVHRMB
Af8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDOT0/8CCRn1VPoeIli+ezZ3R9r
ZsChvXWTy0vkiH8pvwIgHcbHb0krR42Ii4o2ZEbDKGoy86bzDuHs05yZ1oVq+80=
-----END CERTIFICATE-----
"""
"""A CA that stays the same in every process."""
KUBERNETES_CA_PEM = """\
-----BEGIN CERTIFICATE-----
MIIBhzCCAS2gAwIBAgIUOmuKEiCefk7QILj2e4+R0v0s5+YwCgYIKoZIzj0EAwIw
GDEWMBQGA1UEAwwNS3ViZXJuZXRlcyBDQTAgFw0yNjExMjUwNDIyMTZaGA8yMDc2
MTExMjA0MjIxNlowGDEWMBQGA1UEAwwNS3ViZXJuZXRlcyBDQTBZMBMGByqGSM49
AgEGCCqGSM49AwEHA0IABGca5/sPjXQYbaFYbEbXC1TNSMjOT7qhziBBjAUxZf5m
EeTWPJx0zdhsgbKK4pKIazmuHT039gte5b2YAy42q9SjUzBRMB0GA1UdDgQWBBT9
rrevhdYYaDiAj5oZ0Q1zrlOI5jAfBgNVHSMEGDAWgBT9rrevhdYYaDiAj5oZ0Q1z
rlOI5jAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQCAkNeF7+ov
vxzHyJ7jkG0jYvL52MKY4LXSyt8d6vUBywIgG1zWCuGuc+K/qUf7J2XbcjuLmkli
mnQ8X8NcqnQxbTA=
-----END CERTIFICATE-----
"""
"""Another one."""


@dataclass
class World:
    """An app with one stack and one environment."""

    app: App
    stack: TerraformStack
    ece: Environment

    def deployment(self, id_: str = "logs", scope: Construct | None = None) -> Deployment:
        """A plain deployment."""
        return Deployment(scope or self.stack, id_, environment=self.ece, version=VERSION)

    def office(self, id_: str = "office", scope: Construct | None = None) -> IpFilter:
        """A plain filter of addresses."""
        return IpFilter(scope or self.stack, id_, environment=self.ece, sources=["192.0.2.0/24"])

    def template(self) -> testing.Template:
        """What the app synthesizes to."""
        return testing.Template.from_app(self.app)


def world(stack: str = "search") -> World:
    """An app with one stack; the environment belongs to the app, so that further stacks can use it."""
    app = testing.app()
    return World(app, TerraformStack(app, stack), Environment(app, "ece"))


def deployment() -> App:
    """Every part of a deployment, wrapped and not."""
    made = world()
    Deployment(
        made.stack,
        "logs",
        environment=made.ece,
        version=VERSION,
        hot=Tier(size="8g", zones=2),
        cold=Tier(size="4g"),
        kibana=Tier(size="1g"),
    )
    made.deployment("Deployment", Construct(made.stack, "team"))
    return made.app


def imported_deployment() -> App:
    """A deployment by id, with a filter on it."""
    made = world()
    Deployment.from_id(made.stack, "archive", SOME_ID, environment=made.ece).allow_from(made.office())
    return made.app


def filters() -> App:
    """Both kinds of rule sets on one deployment."""
    made = world()
    peers = RemoteClusterFilter(made.stack, "peers", environment=made.ece, peers=[made.deployment("central")])
    made.deployment().allow_from(made.office(), peers)
    return made.app


def peers_in_one_stack() -> App:
    """Peers of the same environment and of another one, in the stack of the deployment."""
    made = world()
    paris = Environment(made.stack, "paris", env_prefix="PARIS_ECE", egress=["203.0.113.0/28"])
    orders = Deployment(made.stack, "orders", environment=paris, version=VERSION)
    made.deployment().allow_from(made.office(), made.deployment("central"), made.deployment("audit"), orders)
    return made.app


def peers_of_other_stacks() -> App:
    """Peers and filters that stand in stacks of their own."""
    made = world("data")
    network, other = TerraformStack(made.app, "network"), TerraformStack(made.app, "other")
    paris = Environment(made.app, "paris", env_prefix="PARIS_ECE", egress=["203.0.113.0/28"])
    orders = Deployment(other, "orders", environment=paris, version=VERSION)
    logs = made.deployment("logs", Construct(made.stack, "team"))
    peers: list[ICluster] = [made.deployment("central", other), orders]
    logs.allow_from(made.office("office", network), *peers)
    return made.app


def environment_lookup() -> App:
    """All clusters of the own environment may come in, which asks the environment for its id."""
    made = world()
    made.deployment().allow_from(made.office(), made.ece)
    return made.app


def connections() -> App:
    """Every way to connect: by key, by certificate, and to another environment with each kind of trust."""
    made = world()
    paris = Environment(made.app, "paris", env_prefix="PARIS_ECE", private_proxy_ca=True)
    central, logs, audit = (made.deployment(name) for name in ("central", "logs", "audit"))
    orders, stock = (Deployment(made.stack, name, environment=paris, version=VERSION) for name in ("orders", "stock"))
    central.connect_to(logs, access=Access.search("logs-*"))
    central.connect_to(audit, security_model="certificate")
    central.connect_to(orders, access=Access.replicate("orders"))
    trust = TrustRelationship.between(made.ece, paris, scope=made.stack)
    logs.connect_to(stock, security_model="certificate", trust=trust)
    audit.connect_to(stock, security_model="certificate")
    return made.app


MANIFEST = {
    "metadata": {"name": "shop", "namespace": "prod"},
    "spec": {"version": VERSION, "nodeSets": [{"name": "default", "count": 2}]},
}
SEARCH = Access.search("logs-*")


def hosted(made: World, id_: str = "shop") -> HostedDeployment:
    """A deployment on Elastic Cloud Hosted that Terraform may write to."""
    elastic = HostedEnvironment(made.app, f"elastic-{id_}", egress=["192.0.2.128/25"])
    return HostedDeployment.from_id(made.stack, id_, SOME_ID, environment=elastic, password=Secret.from_env("SHOP"))


def self_managed(made: World, id_: str = "onprem", **more: Any) -> SelfManagedCluster:
    """A self-managed cluster."""
    options: dict[str, Any] = {
        "version": VERSION,
        "address": "onprem.example.com",
        "ca_pem": [CA_PEM],
        "scope_id": "onprem",
        "cluster_id": SOME_ID,
        "node_names": ["node1"],
        "egress": ["203.0.113.5"],
    }
    return SelfManagedCluster(made.stack, id_, **{**options, **more})


def eck(made: World, id_: str = "eck", **more: Any) -> EckCluster:
    """A cluster on Kubernetes."""
    options: dict[str, Any] = {
        "manifest": MANIFEST,
        "address": "remote.example.com",
        "transport_address": "transport.example.com",
        "ca_pem": [KUBERNETES_CA_PEM],
        "egress": ["203.0.113.6"],
    }
    return EckCluster(made.stack, id_, **{**options, **more})


def api(id_: str) -> ElasticsearchApi:
    """Credentials of a partner, by the names of variables."""
    return ElasticsearchApi(env_prefix=id_.upper())


def partners_by_key() -> App:
    """Partners of each kind, both ways, with and without credentials, let in by their addresses."""
    made = world()
    central = made.deployment("central")
    partners = [hosted(made), self_managed(made, api=api("onprem")), eck(made, api=api("eck"))]
    for partner in partners:
        central.connect_to(partner, access=SEARCH)
        file = None if isinstance(partner, HostedDeployment) else f"secrets/{partner.node.id}"
        partner.connect_to(central, access=SEARCH, secret_file=file)
    silent = self_managed(made, "silent")
    central.connect_to(silent, access=SEARCH, secret=Secret.from_env("KEY"), wait_for_connected=False)
    silent.connect_to(central, access=SEARCH, secret_file="secrets/silent")
    central.allow_from(made.office(), silent, *partners)
    return made.app


def partners_by_certificate() -> App:
    """Partners of each kind, both ways: one entry of direct trust for each."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    for partner in (hosted(made), self_managed(made), eck(made, api=api("eck"))):
        central.connect_to(partner, security_model="certificate")
        partner.connect_to(central, security_model="certificate")
        logs.connect_to(partner, security_model="certificate")
    return made.app


def patterns() -> App:
    """Every pattern, in a stack of its own beside the members'."""
    made = world("members")
    stack = TerraformStack(made.app, "connections")
    one, two, three = (made.deployment(name) for name in ("one", "two", "three"))
    for each in (one, two, three):
        each.allow_from(made.office(f"office-{each.node.id}"))
    Mesh(stack, "mesh", members=[one, two, three], access=SEARCH, open_filters=True)
    CentralSearch(stack, "central", central=made.deployment("central"), remotes=[one, two], access=SEARCH)
    pair = [made.deployment("primary"), made.deployment("secondary")]
    DisasterRecoveryPair(stack, "recovery", primary=pair[0], secondary=pair[1], indices=["orders-*"], both_ways=True)
    return made.app


def shared_trust() -> App:
    """Lists of trusted clusters that two stacks share, for each kind of entry."""
    made = world()
    later = TerraformStack(made.app, "later")
    paris = Environment(made.app, "paris", env_prefix="PARIS_ECE")
    DefaultTrust(made.stack, "none", environment=made.ece, trust_all=False)
    central, logs = made.deployment("central"), made.deployment("logs")
    orders = Deployment(made.stack, "orders", environment=paris, version=VERSION)
    for each in (central, logs, orders):
        each.share_trust()
    central.connect_to(logs, security_model="certificate")
    central.connect_to(made.deployment("audit", later), security_model="certificate", scope=later)
    trust = TrustRelationship.between(made.ece, paris, scope=made.stack)
    central.connect_to(orders, security_model="certificate", trust=trust)
    orders.connect_to(logs, security_model="certificate", scope=later)
    return made.app


def settings() -> App:
    """What is set for an environment or a deployment beside its connections."""
    made = world()
    DefaultTrust(made.stack, "trust", environment=made.ece, trust_all=False)
    CrossClusterEnablement(
        made.stack, "ccs", deployment=Deployment.from_id(made.stack, "old", SOME_ID, environment=made.ece)
    )
    value = Secret.from_env("S3_KEY")
    KeystoreSecret(made.stack, "s3", deployment=made.deployment(), name="s3.client.default.secret_key", value=value)
    return made.app


def demo() -> App:
    """The demo at the top of the project."""
    app = testing.app()
    main.build(app)
    return app


APPS: dict[str, Callable[[], App]] = {
    each.__name__: each
    for each in (
        deployment,
        imported_deployment,
        filters,
        peers_in_one_stack,
        peers_of_other_stacks,
        environment_lookup,
        connections,
        partners_by_key,
        partners_by_certificate,
        patterns,
        shared_trust,
        settings,
        demo,
    )
}
