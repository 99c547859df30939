"""A cell of the matrix: two clusters, one alias, one model, and the configuration that connects them.

``configuration`` gives Terraform's JSON, whoever writes it: here a program with constructs.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import Any, Final

from ece_domain.security_models import SecurityModel
from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.routes.constructed import Written
from tests.routes.partners import Eck, SelfManaged
from tests.routes.places import Deployment, Hosted, Json, Partner, Place
from tests.support.ece import Ece

WORKSPACE: Final = "workspace"
"""Where Terraform runs, below the folder of the cell."""
FOLDER: Final = "hand-over"
KEY: Final = SecurityModel.API_KEY


class Cell:
    """One route under one model, with its clusters."""

    def __init__(
        self, simulator: Simulator, route: str, model: SecurityModel, folder: Path, *, is_reached: bool | None = None
    ) -> None:
        self._is_reached = is_reached
        self.simulator, self.route, self.model, self.folder = simulator, route, model, folder
        here = Deployment(simulator, "central")
        there = self._other(route, folder)
        self.local: Place = here if route.startswith("O") else there
        self.remote: Place = there if route.startswith("O") else here
        self.alias = self.remote.name

    def _other(self, route: str, folder: Path) -> Place:
        match route[1]:
            case "1":
                return Deployment(self.simulator, "logs")
            case "2":
                return Deployment(self.simulator, "logs", 1)
            case "3":
                return Hosted(self.simulator, "hosted")
            case "4":
                return SelfManaged(self.simulator, "onprem", folder)
        return Eck(self.simulator, "shop", folder)

    @property
    def partner(self) -> Partner | None:
        """The side that is handed over to."""
        return next((place for place in (self.local, self.remote) if isinstance(place, Partner)), None)

    @property
    def port(self) -> int:
        """The port of the remote side."""
        if self.model is KEY:
            return 9443
        return 9300 if isinstance(self.remote, Partner) else 9400

    # the configuration

    @cached_property
    def configuration(self) -> Json:
        """Terraform's JSON, as a program with constructs writes it."""
        place = self.folder / WORKSPACE
        return Written(self.local, self.remote, self.model, place, is_reached=self._is_reached).configuration()

    def variables(self) -> dict[str, str]:
        """Environment variables that its environments need, beside those of the provider's own."""
        entries = (place.environment() for place in (self.local, self.remote))
        return {name: value for entry in entries if entry for name, value in entry[2].items()}

    # what it is judged by

    def answers(self) -> bool:
        """A search across the connection finds what the remote holds."""
        try:
            found: Any = self.local.call("GET", f"{self.alias}:logs-*/_search")
        except (AssertionError, ConnectionError, RuntimeError):  # refused, down, answered with an error
            return False
        hits = found.get("hits", {}).get("hits", [])
        return [hit["_index"] for hit in hits] == [f"{self.alias}:logs-1"]

    def is_connected(self) -> bool:
        """What the local cluster says of the alias; false when it knows none."""
        try:
            found = self.local.call("GET", "_remote/info")
        except (AssertionError, ConnectionError, RuntimeError):  # refused, down, answered with an error
            return False
        return bool((found.get(self.alias) or {}).get("connected"))


def prepared(folder: Path, terraform: TerraformBinary, mirror: Mirror, cell: Cell) -> Ece:
    """A workspace with the configuration of a cell."""
    ece = Ece(folder / WORKSPACE, terraform, mirror, cell.simulator)
    ece.ws.env.update(cell.variables())
    ece.ws.init()
    ece.ws.write(cell.configuration)
    return ece
