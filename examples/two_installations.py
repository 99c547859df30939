"""Two installations in one app. Their clusters reach each other by address, as rules for clusters end at the border."""

from __future__ import annotations

from ece_constructs import Deployment, Environment, IpFilter
from ece_constructs.cdk import App, TerraformStack


def build(app: App) -> None:
    """Berlin reads ECE_ENDPOINT and ECE_API_KEY, Paris PARIS_ECE_ENDPOINT and PARIS_ECE_API_KEY."""
    berlin = Environment(app, "berlin", egress=["198.51.100.0/28"])
    paris = Environment(app, "paris", env_prefix="PARIS_ECE", egress=["203.0.113.0/28"])

    stack = TerraformStack(app, "replication")
    central = Deployment(stack, "central", environment=berlin, version="9.2.0")
    orders = Deployment(stack, "orders", environment=paris, version="9.2.0")
    orders.allow_from(IpFilter(stack, "office", environment=paris, sources=["192.0.2.0/24"]), central)

    archive = Deployment.from_id(stack, "archive", "b1c0ffee00000000000000000000beef", environment=berlin)
    archive.allow_from(orders)  # managed elsewhere: only the filter and its association are ours


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
