"""A program of the company: shorter than with the constructs beneath, and it cannot leave out what the rules want."""

from __future__ import annotations

from cdktf import App, Aspects, TerraformStack
from company_ece import CompanyDeployment, OfficeDeployment, TeamTagPolicy

from ece_constructs import Environment, IpFilter


def build(app: App) -> None:
    """Two deployments, one derived and one wrapped."""
    stack = TerraformStack(app, "shop")
    Aspects.of(stack).add(TeamTagPolicy())
    ece = Environment(stack, "ece")
    office = IpFilter(stack, "office", environment=ece, sources=["192.0.2.0/24"])
    orders = OfficeDeployment(stack, "orders", environment=ece, team="shop", office=office)
    search = CompanyDeployment(stack, "search", environment=ece, team="search", size="8g")
    orders.allow_from(search)
    search.allow_from(office, orders)


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
