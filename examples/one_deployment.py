"""One deployment with hot and cold data and Kibana, and its URLs as outputs."""

from __future__ import annotations

from ece_constructs import Deployment, Environment, Tier
from ece_constructs.cdk import App, TerraformOutput, TerraformStack


def build(app: App) -> None:
    """Describe it; ECE_ENDPOINT and ECE_API_KEY are read when Terraform runs."""
    stack = TerraformStack(app, "search")
    logs = Deployment(
        stack,
        "logs",
        environment=Environment(stack, "ece"),
        version="9.2.0",
        hot=Tier(size="8g", zones=2),
        cold=Tier(size="4g"),
        kibana=Tier(size="1g"),
        tags={"team": "search"},
    )
    TerraformOutput(stack, "elasticsearch", value=logs.https_url)
    TerraformOutput(stack, "kibana", value=logs.kibana_url)


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
