"""The demo: three deployments on one Elastic Cloud Enterprise, in two stacks. Read this first.

`cdktf deploy '*'` runs this file, which writes one folder of Terraform JSON for each stack to `cdktf.out`.
Nothing here is secret: the provider reads ECE_ENDPOINT and ECE_API_KEY from its environment when Terraform runs.
"""

from __future__ import annotations

from ece_constructs import Deployment, Environment, IpFilter, Tier
from ece_constructs.cdk import App, TerraformStack

VERSION = "9.2.0"


def build(app: App) -> None:
    """Describe everything; nothing is contacted."""
    ece = Environment(app, "ece")

    data = TerraformStack(app, "data")
    office = IpFilter(data, "office", environment=ece, sources={"192.0.2.0/24": "office"})
    logs = Deployment(
        data, "logs", environment=ece, version=VERSION, hot=Tier(size="4g", zones=2), deletion_protection=False
    )
    metrics = Deployment(
        data, "metrics", environment=ece, version=VERSION, hot=Tier(size="2g", zones=1), deletion_protection=False
    )

    search = TerraformStack(app, "search")
    central = Deployment(
        search,
        "central",
        environment=ece,
        version=VERSION,
        hot=Tier(size="2g", zones=1),
        kibana=Tier(size="1g", zones=1),
        tags={"purpose": "search"},
        deletion_protection=False,  # a demo is thrown away; leave this out where data matters
    )

    logs.allow_from(office, central)  # people of the office, and the cluster that searches across
    metrics.allow_from(office)
    central.allow_from(office)  # a filter of the other stack


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
