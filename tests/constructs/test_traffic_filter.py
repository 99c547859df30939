"""Rule sets of both kinds."""

from __future__ import annotations

from typing import Any

import pytest

import ece_l1 as l1
from ece_constructs import Deployment, EceValueError, Environment, IpFilter, RemoteClusterFilter
from ece_constructs.cdk import TerraformOutput
from tests.constructs.worlds import SOME_ID, VERSION, world


def test_sources_become_rules() -> None:
    """A list gives bare rules, a mapping gives them descriptions."""
    made = world()
    IpFilter(made.stack, "plain", environment=made.ece, sources=["192.0.2.0/24", "2001:db8::1"])
    IpFilter(
        made.stack,
        "told",
        environment=made.ece,
        sources={"192.0.2.7": "gate ${1}"},
        name="Told",
        description="d",
        include_by_default=True,
    )
    template = made.template()
    template.has_resource(
        "ece_traffic_filter", name="plain", type="ip", rules=[{"source": "192.0.2.0/24"}, {"source": "2001:db8::1"}]
    )
    template.has_resource(
        "ece_traffic_filter",
        name="Told",
        description="d",
        include_by_default=True,
        rules=[{"source": "192.0.2.7", "description": "gate $${1}"}],
    )


def test_peers_and_ids_become_rules() -> None:
    """Objects give references, ids stay text; the kind is that of port 9443."""
    made = world()
    central = made.deployment("central")
    RemoteClusterFilter(
        made.stack, "f", environment=made.ece, peers=[central], cluster_ids=[SOME_ID], environment_ids=["1053523734"]
    )
    made.template().has_resource(
        "ece_traffic_filter",
        type="remote_cluster",
        rules=[
            {"cluster_id": "${ece_deployment.central_358EFA7F.cluster_id}", "description": "central"},
            {"cluster_id": SOME_ID},
            {"environment_id": "1053523734"},
        ],
    )


@pytest.mark.parametrize(
    ("sources", "text"),
    [
        ("192.0.2.1", "search/f: sources is '192.0.2.1': a list is needed: ['192.0.2.1']"),
        ([], "search/f: sources is (): 1 to 128 are needed, got 0 (V34)"),
        ([""], "search/f: sources is '': text is needed, not empty"),
        ([None], "search/f: sources is None: text is needed, not empty"),
    ],
)
def test_wrong_sources_are_named(sources: Any, text: str) -> None:
    """A bare string would become a list of letters, an empty set lets nobody in."""
    made = world()
    with pytest.raises(EceValueError) as raised:
        IpFilter(made.stack, "f", environment=made.ece, sources=sources)
    assert str(raised.value) == text


@pytest.mark.parametrize("source", ["office.example.com", "192.0.2.1/24", "192.0.2.0/33", "any"])
def test_what_is_no_address_is_refused(source: str) -> None:
    """Host names and blocks with host bits are refused by ECE after the plan was approved."""
    made = world()
    with pytest.raises(EceValueError, match=f"search/f: sources is '{source}'"):
        IpFilter(made.stack, "f", environment=made.ece, sources=[source])


def test_too_many_sources_are_counted() -> None:
    """ECE takes 128 rules in a set."""
    made = world()
    with pytest.raises(EceValueError, match="1 to 128 are needed, got 129"):
        IpFilter(made.stack, "f", environment=made.ece, sources=[f"192.0.2.{number}" for number in range(129)])


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ({}, "search/f: peers is []: 1 to 128 are needed, got 0 (V34)"),
        ({"peers": ["central"]}, "search/f: peers is 'central': a deployment is needed; ids go to cluster_ids"),
        ({"cluster_ids": SOME_ID}, f"search/f: cluster_ids is '{SOME_ID}': a list is needed: ['{SOME_ID}']"),
        ({"environment_ids": "7"}, "search/f: environment_ids is '7': a list is needed: ['7']"),
    ],
)
def test_wrong_peers_are_named(options: dict[str, Any], text: str) -> None:
    """Ids in the place of objects, and text in the place of lists, must not pass."""
    made = world()
    with pytest.raises(EceValueError) as raised:
        RemoteClusterFilter(made.stack, "f", environment=made.ece, **options)
    assert str(raised.value) == text


def test_ids_of_the_wrong_form_are_refused() -> None:
    """ECE does not check foreign ids: a wrong one fails in silence."""
    made = world()
    with pytest.raises(EceValueError, match=r"cluster_ids is 'abc': 32 characters of 0-9 and a-f are needed.*V15"):
        RemoteClusterFilter(made.stack, "f", environment=made.ece, cluster_ids=["abc"])
    with pytest.raises(EceValueError, match="environment_ids is 'a b'"):
        RemoteClusterFilter(made.stack, "g", environment=made.ece, environment_ids=["a b"])


def test_a_peer_of_another_environment_is_refused() -> None:
    """Rules for remote clusters work inside one installation only."""
    made = world()
    paris = Environment(made.app, "paris", env_prefix="PARIS")
    orders = Deployment(made.stack, "orders", environment=paris, version=VERSION)
    with pytest.raises(EceValueError, match="peers is Deployment search/orders: rules for clusters work inside one"):
        RemoteClusterFilter(made.stack, "f", environment=made.ece, peers=[orders])


def test_resource_and_id_are_at_hand() -> None:
    """What the construct does not offer is reached through its resource."""
    made = world()
    office = made.office()
    assert isinstance(office.resource, l1.TrafficFilter)
    assert office.environment is made.ece
    TerraformOutput(made.stack, "id", value=office.traffic_filter_id)
    assert made.template().outputs()["id"]["value"] == "${ece_traffic_filter.office_8E60430F.id}"


def test_the_environment_must_be_one() -> None:
    """A stack given by mistake in its place must be named."""
    made = world()
    with pytest.raises(EceValueError, match="environment is TerraformStack search: an Environment is needed"):
        IpFilter(made.stack, "f", environment=made.stack, sources=["192.0.2.1"])  # type: ignore[arg-type]
