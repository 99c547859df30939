"""Elasticsearch's own IP filters: `xpack.security.transport.filter` and the one of the remote cluster server."""

from __future__ import annotations

import ipaddress
from collections.abc import Mapping
from typing import Any

from ece_simulator.partners.yaml_text import listed

BLOCKED = "BLOCKED_BY_IP_FILTER"
_TRANSPORT, _SERVER = "xpack.security.transport.filter", "xpack.security.remote_cluster.filter"


def lets_in(settings: Mapping[str, Any], source: str, *, to_server: bool) -> bool:
    """Whether an address may connect: allow wins over deny, and the server falls back to the transport's lists."""
    if settings.get(f"{_TRANSPORT}.enabled", "true") == "false":
        return True
    allow, deny = _lists(settings, to_server=to_server)
    return any(_fits(source, rule) for rule in allow) or not any(_fits(source, rule) for rule in deny)


def _lists(settings: Mapping[str, Any], *, to_server: bool) -> tuple[list[str], list[str]]:
    own = _SERVER if to_server else _TRANSPORT
    pairs = [settings.get(f"{own}.{kind}", settings.get(f"{_TRANSPORT}.{kind}")) for kind in ("allow", "deny")]
    return listed(pairs[0]), listed(pairs[1])


def _fits(source: str, rule: str) -> bool:
    if rule == "_all":
        return True
    try:
        return ipaddress.ip_address(source) in ipaddress.ip_network(rule, strict=False)
    except ValueError:
        return False  # a host name: there is no DNS here
