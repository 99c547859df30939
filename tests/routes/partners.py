"""Partners that are made of files: a self-managed cluster and one on Kubernetes, brought back for each omission."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from ece_simulator import Simulator
from tests.routes.places import DOCUMENTS, Partner

RESTART = "restart-wanted"


class SelfManaged(Partner):
    """A self-managed cluster as its own tools make it."""

    kind = "self_managed"

    def __init__(self, simulator: Simulator, name: str, folder: Path) -> None:
        super().__init__(simulator, name)
        self.cluster: Any = simulator.add_self_managed(name=name, home=folder / name, documents=DOCUMENTS)

    def snapshot(self) -> Callable[[], None]:
        kept = self.cluster.home.with_name(f"{self.name}-kept")
        shutil.copytree(self.cluster.home, kept, symlinks=True)

        def bring_back() -> None:
            shutil.rmtree(self.cluster.home)
            shutil.copytree(kept, self.cluster.home, symlinks=True)
            assert self.cluster.restart(), self.cluster.log()

        return bring_back

    def repeats(self, command: str) -> Path | None:
        """Certificates are made of a script and its instances alone."""
        return Path(self.cluster.config) / "remote-clusters" if command.endswith("certutil.sh") else None

    def settle(self) -> None:
        wanted = self.cluster.home / RESTART
        if wanted.exists():
            wanted.unlink()
            self.cluster.restart()


class Eck(Partner):
    """A cluster on Kubernetes as its operator makes it."""

    kind = "eck"

    def __init__(self, simulator: Simulator, name: str, folder: Path) -> None:
        super().__init__(simulator, name)
        self.cluster: Any = simulator.add_eck(name=name, namespace="elastic", home=folder / name, documents=DOCUMENTS)
        self.manifest = self.cluster.get("elasticsearch", name)
        """The resource as it was made."""

    def snapshot(self) -> Callable[[], None]:
        objects = Path(self.cluster.home) / "objects"
        kept = objects.with_name("objects-kept")
        shutil.copytree(objects, kept)

        def bring_back() -> None:
            shutil.rmtree(objects)
            shutil.copytree(kept, objects)
            assert self.cluster.running, self.cluster.log()

        return bring_back

    def repeats(self, command: str) -> Path | None:
        """All that kubectl does is in its objects."""
        return Path(self.cluster.home) / "objects"

    def settle(self) -> None:
        """The operator acts by itself."""

    @property
    def tools(self) -> Path | None:
        return Path(self.cluster.bin)
