"""Small apps that tests share: one stack with an environment, and one app for each construct whose ids are contract."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from constructs import Construct

import main
from ece_constructs import (
    Access,
    Deployment,
    Environment,
    ICluster,
    IpFilter,
    RemoteClusterFilter,
    Tier,
    TrustRelationship,
    testing,
)
from ece_constructs.cdk import App, TerraformStack

VERSION = "9.2.0"
SOME_ID = "0123456789abcdef0123456789abcdef"


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
        demo,
    )
}
