"""The testing module that users write their own tests with."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_constructs import Deployment, Tier, testing
from ece_constructs.cdk import App, TerraformStack
from tests.constructs.worlds import VERSION, world


def two_stacks() -> App:
    """Deployments and a filter in one stack, and a deployment in another one that uses the filter."""
    made = world("data")
    search = TerraformStack(made.app, "search")
    Deployment(made.stack, "logs", environment=made.ece, version=VERSION, hot=Tier(size="4g", zones=2))
    made.deployment("metrics")
    made.deployment("central", search).allow_from(made.office())
    return made.app


def test_an_app_writes_to_a_folder_of_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Tests must not leave ``cdktf.out`` behind, nor read what another test wrote."""
    first, second = world(), world()
    assert first.app.outdir != second.app.outdir
    first.deployment()
    assert first.template().addresses() == ["ece_deployment.logs_0B6081B1"]
    assert second.template().addresses() == []


def test_has_resource_looks_inside_mappings() -> None:
    """A test names what it is about; further members do not break it."""
    template = testing.Template.from_app(two_stacks())
    template.has_resource("ece_deployment", tiers={"hot": {"size": "4g"}}, count=1)
    template.has_resource("ece_deployment", count=3)


@pytest.mark.parametrize(
    ("properties", "count"),
    [({"name": "nobody"}, None), ({"tiers": {"hot": {"size": "64g"}}}, None), ({"name": "logs"}, 2), ({}, 0)],
)
def test_has_resource_fails_and_shows_what_there_is(properties: dict[str, object], count: int | None) -> None:
    """An assertion that cannot fail proves nothing."""
    template = testing.Template.from_app(two_stacks())
    with pytest.raises(AssertionError, match=r"(?s)ece_deployment.*logs"):
        template.has_resource("ece_deployment", count=count, **properties)


def test_only_wants_exactly_one() -> None:
    """``only`` must not pick the first of several."""
    template = testing.Template.from_app(two_stacks())
    with pytest.raises(AssertionError, match="3 resources ece_deployment, expected one"):
        template.only("ece_deployment")
    with pytest.raises(AssertionError, match="0 resources ece_trust, expected one: none"):
        template.only("ece_trust")


def test_stacks_are_told_apart() -> None:
    """Addresses of several stacks carry the stack's name; an unknown stack is named with those there are."""
    template = testing.Template.from_app(two_stacks())
    assert template.stacks == ["data", "search"]
    assert all(address.startswith(("data: ", "search: ")) for address in template.addresses())
    assert "ece_deployment.central_358EFA7F" in template.stack("search").addresses()
    with pytest.raises(AssertionError, match="no stack 'x'; there are data, search"):
        template.stack("x")


def test_references_between_stacks_come_out_as_they_are() -> None:
    """The library's own helper shows them as local ones, which Terraform would refuse."""
    association = testing.Template.from_app(two_stacks()).stack("search").resources("ece_traffic_filter_association")
    text = str(association["ece_traffic_filter_association.central_Allow_data_office_EF268B1F"]["traffic_filter_id"])
    assert text.startswith("${data.terraform_remote_state.")


def test_options_reach_the_app() -> None:
    """Context is how programs pass settings to constructs."""
    app = testing.app(context={"stage": "test"})
    assert TerraformStack(app, "s").node.try_get_context("stage") == "test"
