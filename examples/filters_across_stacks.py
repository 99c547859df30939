"""Filters that many deployments share, in a stack of their own, and deployments in other stacks that use them."""

from __future__ import annotations

from ece_constructs import Deployment, Environment, IpFilter, RemoteClusterFilter, Tier
from ece_constructs.cdk import App, TerraformStack


def build(app: App) -> None:
    """The environment belongs to the app, so each stack gets a provider block for it."""
    ece = Environment(app, "ece")

    network = TerraformStack(app, "network")
    office = IpFilter(
        network, "office", environment=ece, sources={"192.0.2.0/24": "Berlin", "198.51.100.0/24": "Lisbon"}
    )
    partners = RemoteClusterFilter(network, "partners", environment=ece, environment_ids=["1053523734"])

    data = TerraformStack(app, "data")
    orders = Deployment(data, "orders", environment=ece, version="9.2.0", hot=Tier(size="8g", zones=2))
    orders.allow_from(partners, office)  # in any order: addresses are let in before clusters

    search = TerraformStack(app, "search")
    central = Deployment(search, "central", environment=ece, version="9.2.0", hot=Tier(size="4g"))
    central.allow_from(office)
    orders.allow_from(central)  # its rule set stands in the stack "search", which comes after "data"


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
