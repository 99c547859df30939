"""A central cluster that searches another one, and a team's stack that connects to both on its own."""

from __future__ import annotations

from ece_constructs import Access, DefaultTrust, Deployment, Environment, IpFilter
from ece_constructs.cdk import App, TerraformStack

VERSION = "8.19.4"


def build(app: App) -> None:
    """Keys where possible; one certificate for a cluster that is still on 8.13."""
    ece = Environment(app, "ece")

    platform = TerraformStack(app, "platform")
    DefaultTrust(platform, "trust", environment=ece, trust_all=False)  # before the deployments that it is for
    office = IpFilter(platform, "office", environment=ece, sources=["192.0.2.0/24"])
    central = Deployment(platform, "central", environment=ece, version=VERSION)
    central.share_trust()  # the team below adds its cluster to the list of trusted ones
    logs = Deployment(platform, "logs", environment=ece, version=VERSION)
    logs.allow_from(office, central)
    central.connect_to(logs, access=Access.search("logs-*"), expiration="90d", rotate_after="60d")

    team = TerraformStack(app, "team")
    stock = Deployment(team, "stock", environment=ece, version=VERSION)
    stock.connect_to(logs, access=Access.search("logs-*") + Access.replicate("logs-stock"))
    logs.allow_from(stock)
    old = Deployment(team, "old", environment=ece, version="8.13.4")
    old.connect_to(central)  # keys need 8.14, so this one is by certificate, with trust on both sides


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
