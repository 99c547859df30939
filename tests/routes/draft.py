"""A configuration of a cell as somebody changes it: found by kind and members, objects added and taken out."""

from __future__ import annotations

import copy
from typing import Any

from tests.routes.cells import Cell
from tests.routes.places import Deployment, Json

CONNECTION = "ece_remote_cluster.r"
DIRECT, ACCOUNT = "ece_deployment_trust_direct", "ece_deployment_trust_account"
_FILTER, _ASSOCIATION = "ece_traffic_filter", "ece_traffic_filter_association"


class Draft:
    """A copy of what the program of a cell synthesizes to."""

    def __init__(self, cell: Cell) -> None:
        self.cell = cell
        self.json: Json = copy.deepcopy(cell.configuration)

    @property
    def connection(self) -> Json:
        """The arguments of the ``ece_remote_cluster``."""
        return self.one("ece_remote_cluster")

    def waits(self, seconds: float | None = None) -> Draft:
        """The connection has to stand, at once or in so many seconds."""
        self.connection["wait_for_connected"] = True
        if seconds is not None:
            self.connection["timeouts"] = dict.fromkeys(("create", "update"), f"{seconds}s")
        return self

    def one(self, kind: str, **members: Any) -> Json:
        """The arguments of the only object of a kind with these members."""
        found: list[Json] = [one for one in self.json["resource"][kind].values() if members.items() <= one.items()]
        (only,) = found
        return only

    def trust(self, side: Any) -> Json:
        """The direct trust of a side, or its trust in clusters of its own ECE."""
        kind = DIRECT if DIRECT in self.json["resource"] else ACCOUNT
        return self.one(kind, deployment_id=side.id)

    def take_out(self, kind: str, **members: Any) -> None:
        """Remove the only object of a kind with these members, and whatever waits for it does so no more."""
        wanted = self.one(kind, **members)
        (name,) = (name for name, each in self.json["resource"][kind].items() if each is wanted)
        del self.json["resource"][kind][name]
        if not self.json["resource"][kind]:
            del self.json["resource"][kind]
        for named in self.json["resource"].values():
            for written in named.values():
                written["depends_on"] = [one for one in written.get("depends_on", ()) if one != f"{kind}.{name}"]

    def add(self, kind: str, label: str, /, **arguments: Any) -> None:
        """One more object of the own ECE."""
        self.json["resource"].setdefault(kind, {})[label] = {"provider": "ece.routes_ece", **arguments}

    def read(self, kind: str, label: str, provider: str, /, **arguments: Any) -> None:
        """One more data source."""
        self.json.setdefault("data", {}).setdefault(kind, {})[label] = {"provider": f"ece.{provider}", **arguments}

    def filter(self, kind: str, *rules: Json, name: str = "users", is_used: bool = True) -> None:
        """A filter, and its association with the remote side, which is a deployment of the own ECE."""
        remote = self.cell.remote
        assert isinstance(remote, Deployment)
        self.add(_FILTER, name, name=name, type=kind, rules=list(rules))
        if not is_used:
            return
        self.add(
            _ASSOCIATION,
            name,
            deployment_id=remote.id,
            traffic_filter_id=f"${{{_FILTER}.{name}.id}}",
            acknowledge_lockout=True,
        )
