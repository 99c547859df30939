"""Patterns: who is connected to whom, where the objects stand, and what a further member changes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from constructs import Construct

from ece_constructs import Access, Deployment, EceValueError, Environment
from ece_constructs.cdk import TerraformStack
from ece_constructs.patterns import CentralSearch, DisasterRecoveryPair, Mesh
from tests.constructs.worlds import SEARCH, VERSION, World, self_managed, world


def members(made: World, *names: str) -> list[Deployment]:
    """Deployments that users reach from the office."""
    office = made.office()
    found = [made.deployment(name) for name in names]
    for each in found:
        each.allow_from(office)
    return found


def test_a_mesh_connects_everybody_to_everybody() -> None:
    """Aliases are the names of the remotes, in both directions."""
    made = world()
    mesh = Mesh(made.stack, "mesh", members=members(made, "a", "b", "c"), access=SEARCH)
    pairs = [(each.local.name, each.alias) for each in mesh.connections]
    assert pairs == [("a", "b"), ("a", "c"), ("b", "a"), ("b", "c"), ("c", "a"), ("c", "b")]
    assert len(made.template().resources("ece_remote_cluster")) == 6


def test_a_further_member_changes_no_connection() -> None:
    """A mesh grows for years; its connections must not be made anew each time."""

    def resources(*names: str) -> dict[str, Any]:
        made = world()
        Mesh(made.stack, "mesh", members=members(made, *names), access=SEARCH, open_filters=True)
        template = made.template()
        return {**template.resources("ece_remote_cluster"), **template.resources("ece_cross_cluster_api_key")}

    three, four = resources("a", "b", "c"), resources("d", "a", "b", "c")
    assert {name: four[name] for name in three} == three
    assert len(four) == 24


def test_a_mesh_that_opens_filters_makes_one_set_for_each_member() -> None:
    """An installation holds 512 sets: they grow with the members, not with the connections."""
    made = world()
    Mesh(made.stack, "mesh", members=members(made, *"abcd"), access=SEARCH, open_filters=True)
    sets = made.template().resources("ece_traffic_filter")
    assert sorted(block["name"] for block in sets.values()) == ["a-peers", "b-peers", "c-peers", "d-peers", "office"]
    assert all(len(block["rules"]) == 3 for block in sets.values() if block["type"] == "remote_cluster")


def test_a_connection_costs_little_to_write() -> None:
    """A mesh of 50 has 2,450 connections: 1.5 KB of JSON each, or Terraform reads it for minutes."""

    def written(*, is_connected: bool) -> int:
        made = world()
        found = members(made, *"abcdefgh")
        if is_connected:
            Mesh(made.stack, "mesh", members=found, access=SEARCH, open_filters=True)
        made.app.synth()
        return (Path(made.app.outdir) / "stacks" / "search" / "cdk.tf.json").stat().st_size

    assert (written(is_connected=True) - written(is_connected=False)) / 56 <= 1536


class Wrapped(Construct):
    """A company's class around a deployment, with the members of ``ICluster``."""

    def __init__(self, made: World, id_: str) -> None:
        super().__init__(made.stack, id_)
        self.deployment = made.deployment("Resource", self)
        self.deployment.allow_from(made.office(f"office-{id_}"))
        self.name, self.environment, self.egress = self.deployment.name, made.ece, ()

    @property
    def cluster_id(self) -> str:
        """That of the deployment inside."""
        return self.deployment.cluster_id


def test_members_may_be_wrapped() -> None:
    """Companies put deployments into classes of their own; patterns take them by what they are."""
    made = world()
    mesh = Mesh(made.stack, "mesh", members=[Wrapped(made, "a"), Wrapped(made, "b")], access=SEARCH, open_filters=True)
    template = made.template()
    assert [each.alias for each in mesh.connections] == ["b", "a"]
    template.has_connection("a", deployment_id="${ece_deployment.b_285C9597.id}")
    template.has_resource("ece_traffic_filter", name="a-peers", type="remote_cluster")


def test_members_of_two_stacks_close_no_circle() -> None:
    """Connections and rule sets stand in the pattern's stack, so the members' stacks do not know of each other."""
    made = world("one")
    two, links = TerraformStack(made.app, "two"), TerraformStack(made.app, "links")
    sides = [made.deployment("a"), made.deployment("b", two)]
    for number, each in enumerate(sides):
        each.allow_from(made.office(f"office{number}", each.node.scopes[1]))  # type: ignore[arg-type]
    Mesh(links, "mesh", members=sides, access=SEARCH, open_filters=True)
    template = made.template()
    assert "terraform_remote_state" not in template.json()["one"].get("data", {})
    assert "terraform_remote_state" not in template.json()["two"].get("data", {})
    assert len(template.stack("links").resources("ece_traffic_filter")) == 2


def test_a_mesh_says_once_that_nobody_is_upgraded_first() -> None:
    """One warning for each of 2,450 connections would be read by nobody."""
    made = world()
    mesh = Mesh(made.stack, "mesh", members=members(made, "a", "b", "c"), access=SEARCH)
    made.template()
    made_here: list[Any] = [mesh, *mesh.connections]
    assert [len(each.node.metadata) for each in made_here] == [1, 0, 0, 0, 0, 0, 0]


def test_central_search_connects_one_to_many() -> None:
    """The others do not know each other, and each lets in the central one."""
    made = world()
    central, *remotes = members(made, "central", "a", "b")
    pattern = CentralSearch(
        made.stack, "search", central=central, remotes=remotes, access=SEARCH, expiration="90d", open_filters=True
    )
    template = made.template()
    template.has_connection("a")
    template.has_connection("b")
    template.has_resource("ece_cross_cluster_api_key", count=2, expiration="90d")
    assert [each.remote for each in central.connections] == remotes
    assert pattern.connection(central, remotes[0]).alias == "a"
    template.has_resource("ece_traffic_filter", count=1, name="a-peers")


def test_a_pair_for_recovery_replicates_to_the_second_one() -> None:
    """The follower is the local side, which is the wrong way round for most people's first try."""
    made = world()
    primary, secondary = members(made, "primary", "secondary")
    DisasterRecoveryPair(made.stack, "dr", primary=primary, secondary=secondary, indices=["orders-*"])
    template = made.template()
    template.has_connection("primary", deployment_id="${ece_deployment.secondary_BD1D87CD.id}")
    access = {"replication": [{"names": ["orders-*"]}]}
    assert template.only("ece_cross_cluster_api_key")["access"] == access


def test_a_pair_fails_back_when_both_ways_are_asked_for() -> None:
    """After the disaster the old primary follows."""
    made = world()
    primary, secondary = members(made, "primary", "secondary")
    DisasterRecoveryPair(made.stack, "dr", primary=primary, secondary=secondary, indices=["orders-*"], both_ways=True)
    template = made.template()
    template.has_connection("primary")
    template.has_connection("secondary")


def test_a_pair_by_certificate_needs_no_key() -> None:
    """Roles decide there; the index patterns say what is meant and go nowhere."""
    made = world()
    primary, secondary = members(made, "primary", "secondary")
    DisasterRecoveryPair(
        made.stack, "dr", primary=primary, secondary=secondary, indices=["x"], security_model="certificate"
    )
    template = made.template()
    template.has_connection("primary", security_model="certificate")
    assert template.resources("ece_cross_cluster_api_key") == {}


def test_a_pattern_takes_members_of_two_installations() -> None:
    """Another installation's members come in by address."""
    made = world()
    paris = Environment(made.app, "paris", env_prefix="PARIS", egress=["203.0.113.0/28"])
    orders = Deployment(made.stack, "orders", environment=paris, version=VERSION)
    (central,) = members(made, "central")
    CentralSearch(made.stack, "search", central=orders, remotes=[central], access=SEARCH, open_filters=True)
    made.template().has_resource("ece_traffic_filter", name="central-egress", type="ip")


def test_partners_have_no_filters_to_open() -> None:
    """Their firewall is in the hand-over."""
    made = world()
    (central,) = members(made, "central")
    onprem = self_managed(made)
    CentralSearch(made.stack, "s", central=central, remotes=[onprem], security_model="certificate", open_filters=True)
    made.template().has_connection("onprem")


WRONG: Any = ["a", "b"]
NO: Any = "no"


@pytest.mark.parametrize(
    ("program", "text"),
    [
        (lambda made: Mesh(made.stack, "m", members=[made.deployment("a")], access=SEARCH), "at least 2 are needed"),
        (lambda made: Mesh(made.stack, "m", members=WRONG, access=SEARCH), r"members\[0\] is 'a': a cluster"),
        (lambda made: Mesh(made.stack, "m", members=[made.deployment("a")] * 2, access=SEARCH), "stands in the list"),
        (lambda made: Mesh(made.stack, "m", members=members(made, "a", "b")), "the key must give access"),
        (
            lambda made: Mesh(made.stack, "m", members=members(made, "a", "b"), access=SEARCH, open_filters=NO),
            "open_filters is 'no'",
        ),
        (
            lambda made: CentralSearch(
                made.stack, "m", central=made.deployment("a"), remotes=[], access=Access.search("x")
            ),
            "remotes is .*at least 1",
        ),
    ],
)
def test_what_is_no_pattern_is_refused(program: Any, text: str) -> None:
    """The message names the pattern and the argument."""
    with pytest.raises(EceValueError, match=text):
        program(world())


def test_a_connection_that_is_not_made_is_named() -> None:
    """A pair turned round is the usual mistake."""
    made = world()
    central, remote = members(made, "central", "a")
    pattern = CentralSearch(made.stack, "search", central=central, remotes=[remote], access=SEARCH)
    with pytest.raises(EceValueError, match=r"search/a to search/central.*makes no such connection"):
        pattern.connection(remote, central)
