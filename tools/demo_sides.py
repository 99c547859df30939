"""Ends of the demo's connections: where a cluster is, what it holds, and how its Elasticsearch is asked."""

from __future__ import annotations

import base64
import json
import ssl
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from typing import Any


def basic(username: str, password: str) -> dict[str, str]:
    """The header of a user."""
    return {"Authorization": f"Basic {base64.b64encode(f'{username}:{password}'.encode()).decode()}"}


@dataclass(frozen=True)
class Door:
    """An address with credentials."""

    url: str
    headers: dict[str, str] = field(repr=False)
    ca_file: str | None = None
    """Of the CA that signed its certificate; none for plain HTTP."""

    def ask(self, method: str, path: str, body: Any = None) -> dict[str, Any]:
        """A call; an error is shown, and is an empty answer."""
        request = urllib.request.Request(  # noqa: S310  (the simulator's own address)
            f"{self.url}{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={**self.headers, "Content-Type": "application/json"},
            method=method,
        )
        context = None if self.ca_file is None else ssl.create_default_context(cafile=self.ca_file)
        try:
            with urllib.request.urlopen(request, timeout=60, context=context) as reply:  # noqa: S310  (as above)
                found: dict[str, Any] = json.load(reply)
        except urllib.error.HTTPError as error:
            print(f"  {method} {path}: {error.code} {error.read().decode(errors='replace')}")
            return {}
        return found


@dataclass(frozen=True)
class Side:
    """A cluster as an end of connections."""

    place: str
    """The installation or organisation that it is in; empty for a cluster of its own."""
    name: str
    kind: str
    """`ECE`, or the kind of partner."""
    id: str
    cluster: dict[str, Any]
    """What its Elasticsearch holds: id, settings, keys, trust, keystore."""
    door: Door
    """Its Elasticsearch, as a superuser."""
    hosts: tuple[str, ...]
    """Under which names others connect to it; of deployments, how these names begin."""

    def __str__(self) -> str:
        """Place and name."""
        return f"{self.place}/{self.name}" if self.place else self.name

    @property
    def is_on_ece(self) -> bool:
        """Whether it is a deployment of one of the installations."""
        return self.kind == "ECE"

    def is_at(self, address: str) -> bool:
        """Whether others connect to it at this address."""
        return address.startswith(self.hosts)
