"""Two readings of one documentation agree: what `ece_domain` tells users, and what the simulator does.

Both were written apart from each other on purpose; a pair on which they differ is a wrong reading of one of them.
"""

from __future__ import annotations

from itertools import product

import pytest

from ece_domain.certificate_names import NodeName, cluster_pattern, environment_pattern, matches
from ece_domain.compatibility import LAST_MINOR, NEWEST_KNOWN, can_replicate, can_search, replication_finding
from ece_domain.platforms import FilterKind, Platform, filters_for, port_of
from ece_domain.security_models import SecurityModel
from ece_domain.versions import Version
from ece_simulator.data_plane import dial, listener, names, party, rules
from ece_simulator.elasticsearch import compatibility as simulated
from ece_simulator.partners import partner

LINES = [
    *((7, minor) for minor in (16, 17)),
    *((8, minor) for minor in range(LAST_MINOR[8] + 1)),
    *((9, minor) for minor in range(NEWEST_KNOWN[1] + 1)),
]
KNOWN_TO_TABLES = [line for line in LINES if line >= (7, 17)]


def full(line: tuple[int, int], patch: int = 0) -> str:
    """A whole version of a minor line."""
    return f"{line[0]}.{line[1]}.{patch}"


def test_both_readings_of_search_agree():
    """Every pair of versions from 7.17 to the newest known."""
    pairs = list(product(KNOWN_TO_TABLES, repeat=2))
    differing = [
        (full(local), full(remote))
        for local, remote in pairs
        if bool(can_search(local, remote)) != simulated.can_search(full(local), full(remote))
    ]
    assert len(pairs) == 27 * 27
    assert differing == []


def test_both_readings_of_replication_agree():
    """Every pair, with a patch below, equal and above, as followers are compared by patch.

    One difference is known: the printed table takes 8.0 to 9.0 as one block, and nodes on 9.0 talk to 8.18 and newer
    only. There the domain warns.
    """
    differing = [
        (local, remote)
        for one, other in product(LINES, repeat=2)
        for local, remote in ((full(one, 1), full(other, patch)) for patch in (0, 1, 2))
        if can_replicate(Version.parse(local), Version.parse(remote)) != simulated.can_follow(local, remote)
    ]
    assert {local for local, _ in differing} == {"9.0.1"}
    for local, remote in differing:
        finding = replication_finding(local, remote)
        assert finding is not None
        assert not finding.is_error
        assert Version.parse(remote).minor_line < (8, 18)


def test_both_readings_of_node_names_agree():
    """A pattern that we hand out must let in what the simulator names its nodes, and nothing else."""
    cluster, scope = "fedcba9876543210fedcba9876543210", "1053523734"
    name = names.node_name("instance-0000000000", cluster, scope)
    assert NodeName.read(name) == NodeName("instance-0000000000", cluster, scope)
    assert str(NodeName.read(name)) == name
    identity = names.identity_in(name)
    assert identity is not None
    assert (identity.cluster_id, identity.scope) == (cluster, scope)
    eck = "search-es-default-0.node.search.default.es.local"
    patterns = [cluster_pattern(cluster, scope), environment_pattern(scope), environment_pattern("83988631"), "node*.x"]
    for pattern, one in product(patterns, (name, eck, "node1.x", name.replace(scope, "83988631"))):
        assert matches(pattern, one) == names.matches_any(one, [pattern]), (pattern, one)


@pytest.mark.parametrize("platform", Platform)
@pytest.mark.parametrize("model", SecurityModel)
def test_both_readings_of_ports_agree(platform: Platform, model: SecurityModel):
    """An address that we write must be one that the simulator's clusters listen on."""
    transport = listener.TRANSPORT_PORT if platform.is_cloud else partner.TRANSPORT_PORT
    assert port_of(platform, model) == (dial.KEY_PORT if model is SecurityModel.API_KEY else transport)


@pytest.mark.parametrize(("local", "is_same"), [*((each, False) for each in Platform), (Platform.ECE, True)])
def test_both_readings_of_filters_in_front_of_an_ece_agree(local: Platform, is_same: bool):
    """A filter that we call fitting must open the simulator's proxy for that peer, and one that we refuse must not."""
    cluster, scope, address = "fedcba9876543210fedcba9876543210", "1053523734", "203.0.113.9"
    # The proxy knows the CA of its own ECE only; whoever else comes shows it no identity.
    identity = names.NodeIdentity(cluster, scope) if is_same else None
    peer = party.Peer(address, identity=identity)
    by_kind = {
        FilterKind.IP: party.FilterRule(source=f"{address}/32"),
        FilterKind.REMOTE_CLUSTER: party.FilterRule(environment_id=scope, cluster_id=cluster),
    }
    fitting = filters_for(local, Platform.ECE, SecurityModel.API_KEY, is_same_environment=is_same)
    assert fitting == {kind for kind, rule in by_kind.items() if rules.lets_in([rule], peer)}
    assert filters_for(local, Platform.ECE, SecurityModel.CERTIFICATE, is_same_environment=is_same) == frozenset()
