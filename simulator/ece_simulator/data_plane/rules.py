"""How traffic filters are judged at the proxy: no filter lets everybody in, else one rule must fit."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence

from ece_simulator.data_plane.party import FilterRule, Peer


def lets_in(rules: Sequence[FilterRule] | None, peer: Peer) -> bool:
    """Whether the filters of a cluster let this peer connect to 9443."""
    return rules is None or any(_fits(rule, peer) for rule in rules)


def _fits(rule: FilterRule, peer: Peer) -> bool:
    if rule.source is not None:
        return ipaddress.ip_address(peer.source) in ipaddress.ip_network(rule.source, strict=False)
    if peer.identity is None or (rule.environment_id is None and rule.cluster_id is None):
        return False
    return rule.environment_id in (None, peer.identity.scope) and rule.cluster_id in (None, peer.identity.cluster_id)
