"""Traffic filters and connections: what they let in, and what they never touch."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.clusters import Cluster, introduce
from tests.simulator.connections.routes import other_ece_by_key, same_ece_by_certificate, same_ece_by_key
from tests.simulator.support import RULESETS, ruleset


def associate(cluster: Cluster, **parts: Any) -> str:
    """A new rule set on a deployment."""
    made = str(cluster.api.post(RULESETS, ruleset(**parts), expect=201)["id"])
    entity = {"entity_type": "deployment", "id": cluster.id}
    cluster.api.post(f"{RULESETS}/{made}/associations", entity, expect=201)
    return made


@pytest.mark.parametrize(
    ("kind", "rule", "lets_in"),
    [
        ("ip", {"source": "198.51.100.10"}, True),
        ("ip", {"source": "198.51.100.0/24"}, True),
        ("ip", {"source": "203.0.113.0/24"}, False),
        ("remote_cluster", {"remote_cluster_org_id": "environment"}, True),
        ("remote_cluster", {"remote_cluster_id": "cluster"}, True),
        ("remote_cluster", {"remote_cluster_id": "cluster", "remote_cluster_org_id": "environment"}, True),
        ("remote_cluster", {"remote_cluster_id": "cluster", "remote_cluster_org_id": "1"}, False),
        ("remote_cluster", {"remote_cluster_id": "f" * 32}, False),
    ],
)
def test_filters_inside_an_ece(two: Simulator, kind: str, rule: dict[str, str], lets_in: bool) -> None:
    """Both kinds act at 9443; both ids in one rule must fit."""
    local, remote = same_ece_by_key(two)
    known = {"environment": local.api.installation.environment_id, "cluster": local.cluster_id}
    associate(remote, type=kind, rules=[{name: known.get(value, value) for name, value in rule.items()}])

    assert local.connected("r") is lets_in


def test_filters_between_installations(two: Simulator) -> None:
    """Another ECE's clusters cannot be told by their certificate, unless the proxy was given their CA (switch)."""
    local, remote = other_ece_by_key(two)
    made = associate(remote, type="remote_cluster", rules=[{"remote_cluster_id": local.cluster_id}])
    assert local.connected("r") is False
    introduce(remote, local)
    assert local.connected("r") is False
    two.switches.filters_read_foreign_certificates = True
    assert local.connected("r") is True
    two.switches.filters_read_foreign_certificates = False
    associate(remote, rules=[{"source": "198.51.100.0/24"}])
    assert local.connected("r") is True

    two.control.set_egress("203.0.113.9", installation="a")
    assert local.connected("r") is False
    two.control.take_away("ruleset", made, installation="b")
    assert local.connected("r") is False


def test_filters_do_not_touch_certificates(two: Simulator) -> None:
    """9400 is never filtered, and a filter on the local side stops nothing that goes out."""
    local, remote = same_ece_by_certificate(two)
    for cluster in (local, remote):
        associate(cluster, rules=[{"source": "203.0.113.1"}])

    assert local.connected("r") is True
