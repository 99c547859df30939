"""What a route with a partner gives to ``ece_hand_over``, judged as far as it is known when the program runs."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ece_constructs._checks import known
from ece_constructs._routes import Route, deployment, partner
from ece_constructs._scopes import place_of
from ece_constructs.errors import EceValueError
from ece_domain.findings import coded
from ece_domain.hand_over import findings
from ece_domain.hand_over.facts import CLOUD, Connection, Side
from ece_domain.platforms import Platform

if TYPE_CHECKING:
    from ece_constructs.connecting import ConnectingCluster
    from ece_constructs.partner import PartnerCluster

_BY_API = ("address", "version", "cluster_id", "scope_id", "ca_pem", "node_names")
"""What a deployment tells of itself when Terraform runs."""


@dataclass(frozen=True)
class HandOver:
    """The arguments of ``ece_hand_over`` for a route with a partner."""

    route: Route
    folder: str
    secret_file: str | None

    def side(self, cluster: ConnectingCluster) -> dict[str, Any]:
        """One side, as the provider takes it."""
        outside = partner(cluster)
        if outside is not None:
            return {name: value for name, value in self._outside(outside).items() if value not in (None, (), [])}
        inside = deployment(cluster)
        known_name = getattr(inside, "_name", None)
        return {
            **self.route.reference(inside),
            "kind": inside.environment.KIND,
            "name": known_name if known_name is not None and known(known_name) else place_of(inside).default_name,
            "public_ca": None if inside.environment.private_proxy_ca else True,
            "egress": list(inside.egress) or None,
        }

    def _outside(self, cluster: PartnerCluster) -> dict[str, Any]:
        model = self.route.model
        return {
            "kind": cluster.PLATFORM.value,
            "name": cluster.name,
            "environment": cluster.alias if cluster.has_api else None,
            "address": cluster.address_for(model),
            "server_name": cluster.server_name,
            "version": cluster.version,
            "ca_pem": list(cluster.authorities(model)),
            "public_ca": cluster.public_ca or None,
            "scope_id": cluster.scope_id,
            "cluster_id": cluster.cluster_id or None,
            "node_names": list(cluster.node_names),
            "egress": list(cluster.egress),
            **cluster.hand_over_members(),
        }

    def check(self) -> None:
        """Judge what is known now.

        Raises:
            EceValueError: a member of the partner is missing or wrong.
        """
        local, remote = self.side(self.route.local), self.side(self.route.remote)
        unknown: set[str] = set()
        facts = Connection(
            alias=self.route.alias,
            model=self.route.model,
            local=_facts(local, "local", unknown),
            remote=_facts(remote, "remote", unknown),
            folder=self.folder,
            secret_file=self.secret_file,
        )
        for finding in findings(facts, frozenset(unknown)):
            field = finding.field or ""
            place, _, _ = field.partition(".")
            side = self.route.local if place == "local" else self.route.remote
            if partner(side) is None:
                continue  # the deployment tells it
            text = f"{finding.summary}. {finding.detail.rstrip('.')}"
            raise EceValueError(self.route.path, field, side, coded(text, finding.code))


def _facts(side: dict[str, Any], place: str, unknown: set[str]) -> Side:
    """What is known of a side, as the rules for hand-overs take it."""
    members: dict[str, Any] = {}
    for name, value in side.items():
        if name in ("kind", "deployment_id", "environment"):
            continue
        if not known(value):
            unknown.add(f"{place}.{name}")
        elif name == "manifest":
            members[name] = json.loads(value)
        elif value is not None:
            members[name] = tuple(value) if isinstance(value, list) else value
    platform = Platform(side["kind"])
    if "deployment_id" in side:
        unknown |= {f"{place}.{name}" for name in _BY_API}
    together = {f"{place}.{name}" for name in ("manifest", "cluster_name", "namespace")}
    if unknown & together:  # each is judged by the others
        unknown |= together
    members.setdefault("name", f"the-{place}-one")
    return Side(platform, is_reached="environment" in side and platform not in CLOUD, **members)
