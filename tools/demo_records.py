"""What the demo judges by: the simulator's records of both installations, and one search across each connection.

Nothing here asks the provider, Terraform or main.py what should be there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from tools.demo_sides import Door, Side
from tools.simulator_process import SimulatorProcess

PORTS = {"api_key": (9443,), "certificate": (9400, 9300)}
"""Where each security model knocks; 9300 at clusters without a proxy."""

OBJECTS = ("deployments", "rulesets", "associations", "relationships")
"""Kinds of objects that an installation lists."""


class Others(Protocol):
    """Clusters outside of the installations."""

    def sides(self) -> Sequence[Side]:
        """They as ends of connections, with what they hold now."""


@dataclass(frozen=True)
class Link:
    """A connection, as the settings of its local side say."""

    local: Side
    remote: Side
    alias: str

    @property
    def model(self) -> str:
        """Elasticsearch decides by the secret alone."""
        secret = f"cluster.remote.{self.alias}.credentials"
        return "api_key" if secret in self.local.cluster["keystore"] else "certificate"

    @property
    def route(self) -> str:
        """How the two sides come to know each other."""
        if not self.remote.is_on_ece:
            return self.remote.kind
        if self.local.place == self.remote.place:
            return "same ECE"
        trust = self.local.cluster["trust"]
        entries = [*trust.get("external", []), *trust.get("direct", [])]
        if self.model == "api_key":
            is_told = any(entry.get("type") == "proxy" for entry in entries)
            return "other ECE, private CA" if is_told else "other ECE, public CA"
        naming = [entry for entry in entries if self.remote.cluster["id"] in (entry.get("trust_allowlist") or [])]
        is_platform = any("trust_relationship_id" in entry for entry in naming)
        return f"other ECE, {'platform' if is_platform else 'direct'} trust"

    @property
    def index(self) -> str:
        """An index that the local side may search."""
        for key in self.remote.cluster["keys"].values():
            about = key["metadata"]
            if key["live"] and self.alias == about.get("alias"):
                return str(key["access"]["search"][0]["names"][0]).replace("*", "demo")
        return "demo"


@dataclass(frozen=True)
class Outcome:
    """What one search across a connection brought."""

    link: Link
    handshake: str
    """What the fabric's log says of it."""
    hits: int

    @property
    def problems(self) -> Iterator[str]:
        """What did not hold."""
        title = f"{self.link.local} -> {self.link.remote}"
        if self.handshake != "connected":
            yield f"{title}: the log of handshakes says {self.handshake}"
        if self.hits != 1:
            yield f"{title}: the search found {self.hits} documents instead of 1"


class Records:
    """The simulator's own records."""

    def __init__(self, simulator: SimulatorProcess, others: Others | None = None) -> None:
        self._simulator, self._others = simulator, others
        self._before = self.objects()

    def objects(self) -> dict[str, dict[str, Any]]:
        """What each installation holds, system deployments left out."""
        found: dict[str, dict[str, Any]] = self._simulator.control("state")
        for state in found.values():
            state["deployments"] = {n: d for n, d in state["deployments"].items() if not d["system_owned"]}
        return found

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of objects by installation and kind, those left out that were there before the demo."""
        return {
            name: {kind: len(state[kind]) - len(self._before[name][kind]) for kind in OBJECTS}
            for name, state in self.objects().items()
        }

    def sides(self) -> list[Side]:
        """All clusters: those of deployments on ECE, then the others."""
        states = self.objects()
        on_ece = [
            Side(one["name"], name, "ECE", deployment["id"], cluster, _door(one, deployment["id"]), (cluster["id"],))
            for one in self._simulator.facts["installations"]
            for name, deployment in states[one["name"]]["deployments"].items()
            for cluster in deployment["resources"].values()
            if cluster["kind"] == "elasticsearch"
        ]
        return [*on_ece, *(self._others.sides() if self._others is not None else ())]

    def links(self) -> list[Link]:
        """All connections, read from the settings of local sides."""
        sides = self.sides()
        start, end = "cluster.remote.", ".proxy_address"
        return [
            Link(local, remote, key.removeprefix(start).removesuffix(end))
            for local in sides
            for key, address in sorted(local.cluster["settings"].items())
            if key.startswith(start) and key.endswith(end)
            for remote in sides
            if remote.is_at(address)
        ]

    def try_out(self, link: Link) -> Outcome:
        """Put a document on the remote side, search for it from the local one, and look what the wire saw."""
        document = {"said": f"hello from {link.remote.name}"}
        link.remote.door.ask("PUT", f"/{link.index}/_doc/1?refresh=true", document)
        seen = len(self._simulator.control("handshakes"))
        reply = link.local.door.ask("GET", f"/{link.alias}:{link.index}/_search")
        hits = reply.get("hits", {}).get("total", {}).get("value", 0)
        return Outcome(link, self._handshake(link, seen), int(hits))

    def _handshake(self, link: Link, seen: int) -> str:
        attempts = [
            entry
            for entry in self._simulator.control("handshakes", since=seen)
            if entry["cluster_id"] == link.remote.cluster["id"] and entry["port"] in PORTS[link.model]
        ]
        outcomes = {entry["outcome"] for entry in attempts}
        return " and ".join(sorted(outcomes)) or "nothing"

    def wrong_doors(self, links: list[Link]) -> list[str]:
        """Deployments whose filters let in more or fewer clusters than those that connect by key."""
        states = self.objects()
        return [
            f"{side} lets in {sorted(found)} instead of {sorted(wanted)}"
            for side in self.sides()
            if side.is_on_ece
            if (found := _let_in(states[side.place], side)) != (wanted := _callers(side, links))
        ]

    def still_connected(self) -> list[str]:
        """What deployments still hold of connections: settings, secrets, live keys, trust; and trust of platforms."""
        left = [f"{what} of {side}" for side in self.sides() for what in remains_of(side)]
        return left + [
            f"{kinds['relationships']} trust relationships in {place}"
            for place, kinds in self.counts().items()
            if kinds["relationships"]
        ]

    def left_over(self) -> list[str]:
        """Objects that were not there before the demo."""
        return [
            f"{count} {kind} in {place}"
            for place, kinds in self.counts().items()
            for kind, count in kinds.items()
            if count
        ]


def _door(installation: dict[str, Any], deployment_id: str) -> Door:
    """Elasticsearch of a deployment through the management channel."""
    url = f"{installation['plain_endpoint']}/api/v1/deployments/{deployment_id}/elasticsearch/_main/proxy"
    headers = {"Authorization": f"ApiKey {installation['api_key']}", "X-Management-Request": "true"}
    return Door(url, headers)


def _let_in(state: dict[str, Any], side: Side) -> set[str]:
    """Whom filters of a deployment let in: clusters by id, other places as such."""
    rules = [
        rule
        for ruleset in state["rulesets"].values()
        for rule in ruleset["rules"]
        if {"ruleset_id": ruleset["id"], "entity_type": "deployment", "id": side.id} in state["associations"]
    ]
    addresses = {rule["source"] for rule in rules if rule.get("source")}
    ids = {rule["remote_cluster_id"] for rule in rules if rule.get("remote_cluster_id")}
    return ids | ({"elsewhere"} if len(addresses) > 1 else set()) | ({"office"} if addresses else set())


def _callers(side: Side, links: list[Link]) -> set[str]:
    """Who must come in by key: clusters of the same installation by id, others by where they come from; and people."""
    locals_ = [link.local for link in links if link.remote.id == side.id and link.model == "api_key"]
    at_home = {local.cluster["id"] for local in locals_ if local.place == side.place}
    return at_home | {"elsewhere" for local in locals_ if local.place != side.place} | {"office"}


def remains_of(side: Side) -> list[str]:
    """Connections, secrets, live keys and trust that a deployment still holds."""
    cluster = side.cluster
    trust = [*cluster["trust"].get("external", []), *cluster["trust"].get("direct", [])]
    trust += [entry for entry in cluster["trust"].get("accounts", []) if not entry.get("trust_all")]
    found = {
        "settings": [name for name in cluster["settings"] if name.startswith("cluster.remote.")],
        "secrets": list(cluster["keystore"]),
        "live keys": [key["name"] for key in cluster["keys"].values() if key["live"]],
        "trust entries": [str(entry.get("name") or entry.get("trust_relationship_id") or "account") for entry in trust],
    }
    return [f"{what} {names}" for what, names in found.items() if names]
