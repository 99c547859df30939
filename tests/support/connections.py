"""What acceptance tests of keys and connections share: a pair of deployments, configurations, a reader, the secrets."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.support.ece import Ece, call_words

KEY = "ece_cross_cluster_api_key.k"
CONNECTION = "ece_remote_cluster.c"


ROTATION = (
    "POST _security/cross_cluster/api_key",
    "set-deployment-es-resource-keystore",
    "POST _nodes/reload_secure_settings",
    "DELETE _security/api_key",
    "PUT _security/cross_cluster/api_key/*",
)
"""The writes, in order, by which a new key takes the place of another one."""


class Pair:
    """A local and a remote deployment that were made in the console, and what a configuration says of them."""

    def __init__(self, ece: Ece, *, remote_installation: int = 0) -> None:
        self.ece = ece
        self.remote_installation = remote_installation
        self.local = ece.control.seed(name="central")
        self.remote = ece.control.seed(remote_installation, name="logs")

    @property
    def local_id(self) -> str:
        """Deployment id of the local side."""
        return str(self.local["id"])

    @property
    def remote_id(self) -> str:
        """Deployment id of the remote side."""
        return str(self.remote["id"])

    # configuration

    def key(self, **more: Any) -> dict[str, Any]:
        """Arguments of a key; None leaves one out."""
        given = {
            "name": "central-to-logs",
            "access": {"search": [{"names": ["logs-*"]}]},
            "remote": {"deployment_id": self.remote_id},
            "local": {"deployment_id": self.local_id, "alias": "logs"},
            **more,
        }
        return {name: value for name, value in given.items() if value is not None}

    def connection(self, model: str = "api_key", **more: Any) -> dict[str, Any]:
        """Arguments of a connection; None leaves one out."""
        given = {
            "deployment_id": self.local_id,
            "alias": "logs",
            "security_model": model,
            "remote": {"deployment_id": self.remote_id},
            "cross_cluster_api_key_id": f"${{{KEY}.id}}" if model == "api_key" else None,
            "timeouts": {"create": "10s", "update": "10s"},
            **more,
        }
        return {name: value for name, value in given.items() if value is not None}

    def both(self, key: dict[str, Any] | None = None, connection: dict[str, Any] | None = None) -> dict[str, Any]:
        """A configuration with key and connection."""
        return {
            "ece_cross_cluster_api_key": {"k": self.key() if key is None else key},
            "ece_remote_cluster": {"c": self.connection() if connection is None else connection},
        }

    # the simulator's side

    def elasticsearch(self, side: dict[str, Any], method: str, path: str, body: Any = None) -> Any:
        """A request to Elasticsearch of a side, as an administrator."""
        number = self.remote_installation if side is self.remote else 0
        place = self.ece.simulator.installations[number]
        from ece_simulator.message import Request

        headers = {"authorization": f"ApiKey {place.api_key}", "x-management-request": "true"}
        target = f"/api/v1/deployments/{side['id']}/elasticsearch/_main/proxy/{path}"
        reply = place.handle(Request.make(method, target, headers=headers, body=body))
        assert reply.status < 300, f"{method} {path}: {reply.status} {reply.body!r}"
        return reply.json()

    def live_keys(self) -> list[str]:
        """Ids of the keys of the remote side that open doors."""
        found = self.elasticsearch(self.remote, "GET", "_security/api_key?active_only=true")
        return [key["id"] for key in found["api_keys"]]

    def secret_names(self) -> list[str]:
        """Names in the keystore of the local side."""
        return sorted(self.ece.ask("GET", f"/deployments/{self.local_id}/elasticsearch/_main/keystore")["secrets"])

    def is_connected(self, alias: str = "logs") -> bool:
        """Whether a handshake succeeds now."""
        found = self.elasticsearch(self.local, "GET", "_remote/info")
        return bool((found.get(alias) or {}).get("connected"))

    def settings(self, alias: str = "logs") -> dict[str, Any]:
        """The settings of an alias, by their last names."""
        found = self.elasticsearch(self.local, "GET", "_cluster/settings?flat_settings=true")["persistent"]
        start = f"cluster.remote.{alias}."
        return {name.removeprefix(start): value for name, value in found.items() if name.startswith(start)}

    def put_settings(self, **values: Any) -> None:
        """Somebody changes settings of the alias by hand."""
        body = {"persistent": {f"cluster.remote.logs.{name}": value for name, value in values.items()}}
        self.elasticsearch(self.local, "PUT", "_cluster/settings", body)

    def fill(self) -> None:
        """A document on the remote side that a search can find."""
        self.elasticsearch(self.remote, "PUT", "logs-1/_doc/1?refresh=true", {"message": "hello"})

    @contextmanager
    def reader(self) -> Iterator[list[str]]:
        """Somebody searches across the connection all the time; what failed is in the list."""
        failures: list[str] = []
        searches = 0
        done = threading.Event()

        def look() -> None:
            nonlocal searches
            while not done.is_set():
                try:
                    found = self.elasticsearch(self.local, "GET", "logs:logs-*/_search")
                    if len(found["hits"]["hits"]) != 1:
                        failures.append(str(found))
                except AssertionError as problem:
                    failures.append(str(problem))
                searches += 1

        thread = threading.Thread(target=look)
        thread.start()
        try:
            yield failures
        finally:
            done.set()
            thread.join()
            assert searches > 3, "the reader must have had a chance"

    def key_secrets(self) -> dict[str, str]:
        """Every cross-cluster key that was ever made, in the forms in which it goes over the wire."""
        found = {}
        for place in self.ece.simulator.installations:
            for deployment in place.world.deployments.values():
                for key in deployment.elasticsearch.cluster.keys.values():
                    found[f"secret of key {key.id}"] = key.secret
                    found[f"encoded key {key.id}"] = key.encoded
        return found


def written_words(ece: Ece, since: int) -> list[str]:
    """The writes that took effect after a call, in order; keys of the remote side are all called ``*``."""
    done = [call for call in ece.control.calls(since, writes=True) if call["took_effect"]]
    return [re.sub(r"(?<=/api_key/)\S+", "*", word) for word in call_words(done)]


def without_polls(words: list[str]) -> list[str]:
    """Calls without those that only look again whether a connection stands: one look is part of the work."""
    seen = 0
    kept = []
    for word in words:
        is_look = word.startswith(("GET _remote/info", "GET _resolve/cluster"))
        seen += is_look
        if not is_look or seen == 1:
            kept.append(word)
    return kept
