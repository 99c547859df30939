"""The demo: two installations of Elastic Cloud Enterprise, three partners and nine connections. Read this first.

`cdktf deploy '*'` runs this file, which writes one folder of Terraform JSON for each stack to `cdktf.out`.
Nothing here is secret: the provider reads ECE_ENDPOINT, ECE_API_KEY, PARIS_ECE_ENDPOINT and so on when Terraform runs.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ece_constructs import (
    Access,
    Deployment,
    EckCluster,
    ElasticsearchApi,
    Environment,
    HostedDeployment,
    HostedEnvironment,
    IpFilter,
    Secret,
    SelfManagedCluster,
    Tier,
    TrustRelationship,
)
from ece_constructs.cdk import App, TerraformStack

VERSION = "9.2.0"
OFFICE = {"192.0.2.0/24": "office"}
PARTNERS = Path("partners.json")
"""What others tell of their clusters: addresses, CAs, names. `make demo` writes it; without it they are left out."""


@dataclass
class Installations:
    """Where deployments live. `egress`: the addresses that the requests of their clusters come from."""

    berlin: Environment
    paris: Environment


def installations(app: App) -> Installations:
    """Below the app, so that every stack can use them."""
    return Installations(
        berlin=Environment(app, "berlin", egress=["198.51.100.8/29"]),
        paris=Environment(
            app,
            "paris",
            env_prefix="PARIS_ECE",
            egress=["198.51.100.16/29"],
            private_proxy_ca=True,  # Berlin's clusters are told to trust the CA of these proxies
        ),
    )


class Clusters(TerraformStack):
    """What everybody needs first: four deployments, and who may come in."""

    def __init__(self, app: App, at: Installations) -> None:
        super().__init__(app, "clusters")
        self.logs = self.cluster("logs", at.berlin)
        self.central = self.cluster("central", at.berlin, kibana=Tier(size="1g"))  # searches all the others
        self.stock = self.cluster("stock", at.paris)
        self.orders = self.cluster("orders", at.paris)

        berlin_office = IpFilter(self, "berlin-office", environment=at.berlin, sources=OFFICE)
        paris_office = IpFilter(self, "paris-office", environment=at.paris, sources=OFFICE)
        self.logs.allow_from(berlin_office, self.central)  # a cluster of the same installation: by its cluster id
        self.central.allow_from(berlin_office, self.orders)  # a cluster of another one: by its egress addresses
        self.orders.allow_from(paris_office, self.central)
        self.stock.allow_from(paris_office)

    def cluster(self, name: str, environment: Environment, kibana: Tier | None = None) -> Deployment:
        """A small one. A demo is thrown away; leave `deletion_protection` out where data matters."""
        made = Deployment(
            self,
            name,
            environment=environment,
            version=VERSION,
            hot=Tier(size="2g"),
            kibana=kibana,
            tags={"purpose": "demo"},
            deletion_protection=False,
        )
        made.acknowledge("V33", "at the end the filters go, and the deployment right after them")
        return made


class Connections(TerraformStack):
    """Who searches whom: in one installation and between two, by API key and by certificate."""

    def __init__(self, app: App, at: Installations, clusters: Clusters) -> None:
        super().__init__(app, "connections")
        central, logs, orders, stock = clusters.central, clusters.logs, clusters.orders, clusters.stock

        # By API key, the usual way: the key says what may be read, filters say from where.
        central.connect_to(logs, access=Access.search("logs-*"), scope=self)
        central.connect_to(orders, access=Access.search("orders-*"), expiration="90d", rotate_after="60d", scope=self)
        back = orders.connect_to(central, access=Access.search("catalog") + Access.replicate("catalog"), scope=self)
        back.acknowledge("V3", "connected both ways: upgraded one after the other")

        # By certificate, the older way: trust on both sides; roles of the same name on both sides say what may be read.
        trust = TrustRelationship.between(at.berlin, at.paris, scope=self)
        for connection in (
            orders.connect_to(stock, security_model="certificate", scope=self),  # one installation: account trust
            central.connect_to(stock, security_model="certificate", trust=trust, scope=self),  # two: platform trust
            orders.connect_to(logs, security_model="certificate", scope=self),  # without that: direct trust
        ):
            connection.acknowledge("V5", "deprecated since 9.0, shown for clusters that are older")
            connection.acknowledge("V26", "filters are for people and for keys; trust lets certificates in")


class Partners(TerraformStack):
    """Clusters that others run, all searched from central. What no API does there comes out below `hand-over/`."""

    def __init__(self, app: App, clusters: Clusters, told: dict[str, Any]) -> None:
        super().__init__(app, "partners")
        elastic = HostedEnvironment(app, "elastic", env_prefix="ELASTIC")
        password = Secret.from_env("HOSTED_PASSWORD")
        hosted = HostedDeployment.from_id(self, "hosted", environment=elastic, password=password, **told["hosted"])
        search = EckCluster(self, "search", api=ElasticsearchApi(env_prefix="SEARCH"), **told["search"])
        onprem = SelfManagedCluster(self, "onprem", **told["onprem"])

        central, orders = clusters.central, Access.search("orders-*")
        central.connect_to(hosted, access=orders, scope=self)
        # These two wait for their administrators, who carry out what is handed over; the deploy does not.
        central.connect_to(search, access=orders, wait_for_connected=False, scope=self)
        mutual = central.connect_to(onprem, security_model="certificate", wait_for_connected=False, scope=self)
        mutual.acknowledge("V5", "its administrators want certificates on both sides")


def build(app: App) -> None:
    """Describe everything; nothing is contacted."""
    at = installations(app)
    clusters = Clusters(app, at)
    Connections(app, at, clusters)
    if PARTNERS.exists():
        Partners(app, clusters, json.loads(PARTNERS.read_text(encoding="utf-8")))


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
