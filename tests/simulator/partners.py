"""What tests of the partners do to them: files, commands, and the settings that connect."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol

from tests.simulator.clusters import Cluster


class Calls(Protocol):
    """Anything whose Elasticsearch can be called."""

    def call(self, method: str, path: str, body: Any = None, *, expect: int = 200) -> Any:
        """A call as a superuser."""


def connect(local: Calls, host: str, port: int, alias: str = "r", server_name: str | None = None) -> None:
    """Settings of a remote cluster."""
    remote = {"mode": "proxy", "proxy_address": f"{host}:{port}", "server_name": server_name or host}
    local.call("PUT", "_cluster/settings", {"persistent": {"cluster": {"remote": {alias: remote}}}})


def is_connected(local: Calls, alias: str = "r") -> bool:
    """What `_remote/info` says now."""
    return bool(local.call("GET", "_remote/info")[alias]["connected"])


def found(local: Calls, alias: str = "r", index: str = "logs-1") -> int:
    """How many documents a search across the connection finds."""
    return int(local.call("GET", f"{alias}:{index}/_search")["hits"]["total"]["value"])


def new_key(remote: Calls) -> str:
    """A cross-cluster key, as a keystore wants it."""
    access = {"search": [{"names": ["logs-*"]}]}
    return str(remote.call("POST", "_security/cross_cluster/api_key", {"name": "k", "access": access})["encoded"])


def run(folder: Path, *command: str, given: str = "", path: Sequence[Path] = ()) -> subprocess.CompletedProcess[str]:
    """A command as somebody would type it in a folder."""
    places = os.pathsep.join([*map(str, path), os.environ["PATH"]])
    return subprocess.run(
        command, cwd=folder, text=True, capture_output=True, input=given, check=False, env=os.environ | {"PATH": places}
    )


def ca_entry(pem: str, kind: str = "generic", **more: Any) -> dict[str, Any]:
    """A direct entry for a partner's CA."""
    return {"name": "partner", "type": kind, "trust_all": False, "certificates": [{"pem": pem}], **more}


def authorities_of(deployment: Cluster) -> str:
    """All CAs of a deployment's nodes as one PEM text."""
    return "".join(entry["pem"] for entry in deployment.authorities())
