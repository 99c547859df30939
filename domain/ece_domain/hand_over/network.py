"""Openings in firewalls and listeners of load balancers that a connection needs, as a table for those who make them.

Source: ECE documentation, "Networking prerequisites" and "Load balancers". A listener for 9443 passes TCP through, as
the port speaks Elasticsearch's transport protocol; one page of the documentation says HTTP there (inferred).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from dataclasses import astuple, dataclass
from typing import Final

from ece_domain.hand_over.content import File, Line, Step
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.platforms import Platform

NAME: Final = "network.csv"

_ALLOCATORS: Final = {True: "23000-23999", False: "19000-19999"}
_IDLE: Final = "no idle time-out shorter than that of TCP keepalive"


@dataclass(frozen=True)
class Opening:
    """One row."""

    kind: str
    """``firewall`` or ``load balancer``."""
    source: str
    source_addresses: str
    target: str
    target_address: str
    port: str
    note: str


_HEAD: Final = ("kind", "from", "from addresses", "to", "to address", "TCP port", "note")


def openings(connection: Connection) -> Iterator[Opening]:
    """What must be open between the two sides, from the one that connects to the nodes that answer."""
    local, remote = connection.local, connection.remote
    address = remote.reached_at(connection.model)
    source, port = _source(local), str(address.port)
    where = "load balancer or proxies" if remote.is_cloud else "nodes or their load balancer"
    yield Opening(
        "firewall", source, _addresses(local), f"{where} of {remote.name}", address.host, port, _hairpin(connection)
    )
    if remote.platform is Platform.ECE:
        listens = str(remote.port(connection.model))
        allocators = _ALLOCATORS[connection.is_by_key]
        name = f"proxy hosts of {remote.name}"
        yield Opening("load balancer", source, "", name, "all proxy hosts", listens, _listener(connection))
        yield Opening(
            "firewall",
            name,
            "all proxy hosts",
            f"allocator hosts of {remote.name}",
            "all allocator hosts",
            allocators,
            "",
        )
    elif not remote.is_cloud and address.port != remote.port(connection.model):
        listens = str(remote.port(connection.model))
        note = f"maps port {port}; {_listener(connection)}"
        yield Opening("load balancer", source, "", f"nodes of {remote.name}", "all nodes", listens, note)


def _source(side: Side) -> str:
    if side.platform is Platform.ECE:
        return f"allocator hosts of {side.name}"
    return f"nodes of {side.name}"


def _addresses(side: Side) -> str:
    if side.egress:
        return " ".join(side.egress)
    return {
        Platform.ECE: "every allocator host, or the NAT address in front",
        Platform.ECH: "egress addresses that Elastic publishes for the region",
        Platform.SELF_MANAGED: "every node, or the NAT address in front",
        Platform.ECK: "every Kubernetes node, egress gateway or NAT address",
    }[side.platform]


def _hairpin(connection: Connection) -> str:
    return "from the hosts of an ECE to its own load balancer" if connection.same_installation else ""


def _listener(connection: Connection) -> str:
    keeps = "; keeps the source address, else filters see the load balancer" if connection.is_by_key else ""
    return f"TCP pass-through, proxy protocol off, {_IDLE}{keeps}"


def network_file(connection: Connection) -> File:
    """The table as CSV; of the first row, which every route needs, nothing can be left out."""
    lines = [Line(_row(_HEAD))]
    for number, opening in enumerate(openings(connection)):
        lines.append(Line(_row(astuple(opening)), required=number == 0))
    return File(NAME, tuple(lines))


def _row(cells: tuple[str, ...]) -> str:
    target = io.StringIO()
    csv.writer(target, lineterminator="").writerow(cells)
    return target.getvalue()


def network_steps(connection: Connection) -> Iterator[Step]:
    """The step of those who run the network."""
    address = connection.remote.reached_at(connection.model)
    yield Step(
        "Network administrators of both sides",
        f"Open what {NAME} lists: from {_source(connection.local)} to {address}, and behind it.",
        check=f"`openssl s_client -connect {address}` from one of these hosts shows a certificate.",
        undo="Close it again, unless other connections use it.",
        required=True,
    )
