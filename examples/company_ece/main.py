"""A program of the company: shorter than with the constructs beneath, and it cannot leave out what the rules want."""

from __future__ import annotations

from cdktf import App, Aspects, TerraformStack
from company_ece import CompanyDeployment, DataCentreCluster, OfficeDeployment, TeamTagPolicy

from ece_constructs import Access, Environment, IpFilter
from ece_constructs.patterns import CentralSearch


def build(app: App) -> None:
    """Two deployments, one derived and one wrapped, and a cluster of the data centre that is searched as well."""
    stack = TerraformStack(app, "shop")
    Aspects.of(stack).add(TeamTagPolicy())
    ece = Environment(stack, "ece")
    office = IpFilter(stack, "office", environment=ece, sources=["192.0.2.0/24"])
    orders = OfficeDeployment(stack, "orders", environment=ece, team="shop", office=office)
    search = CompanyDeployment(stack, "search", environment=ece, team="search", size="8g")
    orders.allow_from(search)
    search.allow_from(office, orders)
    archive = DataCentreCluster(stack, "archive", version="9.2.0", nodes=3, egress=["203.0.113.0/28"])
    CentralSearch(
        stack,
        "everything",
        central=search,
        remotes=[orders, archive],
        access=Access.search("orders-*"),
        wait_for_connected=False,
    )


if __name__ == "__main__":
    app = App()
    build(app)
    app.synth()
