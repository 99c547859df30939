"""Settings of remote clusters below `cluster.remote.<alias>.`: which there are, what may be set, what they mean."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ece_simulator.elasticsearch.errors import illegal
from ece_simulator.stack.versions import parse

PREFIX = "cluster.remote."
PROXY, SNIFF = "PROXY", "SNIFF"
SKIP_BY_DEFAULT = (8, 15)
"""From this version on an unavailable remote is skipped unless told otherwise (documented)."""
DEFAULT_SOCKETS = 18
_KEY = re.compile(r"cluster\.remote\.(?P<alias>[^.\s]+)\.(?P<name>.+)\Z")
_OF_MODE = {
    "proxy_address": PROXY, "server_name": PROXY, "proxy_socket_connections": PROXY,
    "seeds": SNIFF, "node_connections": SNIFF,
}  # fmt: skip
_NEEDS_CONNECTION = (
    "skip_unavailable",
    "transport.compress",
    "transport.compression_scheme",
    "transport.ping_schedule",
)
_SIGNING = "signing."


@dataclass(frozen=True)
class Remote:
    """One remote cluster as the settings describe it."""

    alias: str
    mode: str
    proxy_address: str
    server_name: str | None
    seeds: tuple[str, ...]
    sockets: int
    skip_unavailable: bool

    @property
    def host_and_port(self) -> tuple[str, int]:
        """Where the proxy mode connects to."""
        host, _, port = self.proxy_address.rpartition(":")
        return host.strip("[]"), int(port)


def split(key: str) -> tuple[str, str] | None:
    """Alias and name of a setting of a remote cluster; None for any other setting."""
    found = _KEY.match(key)
    return (found["alias"], found["name"]) if found else None


def check_value(scope: str, key: str, value: Any) -> None:
    """400 for a setting that does not exist or a value it cannot take."""
    _, name = split(key) or ("", key)
    check = _CHECKS.get(name)
    if check is None:
        if name.startswith(_SIGNING):
            return
        raise illegal(f"{scope} setting [{key}], not recognized")
    check(key, value)


def check_together(settings: dict[str, Any]) -> None:
    """400 for settings that cannot stand together: those of the other mode, those of a connection that is none."""
    for alias in aliases_in(settings):
        mode = str(settings.get(f"{PREFIX}{alias}.mode", SNIFF)).upper()
        enabled = _enabled(settings, alias, mode)
        for name, needed in _OF_MODE.items():
            if f"{PREFIX}{alias}.{name}" in settings and needed != mode:
                raise illegal(
                    f'Setting "{PREFIX}{alias}.{name}" cannot be used with the configured "{PREFIX}{alias}.mode" '
                    f"[required={needed}, configured={mode}]"
                )
        for name in _NEEDS_CONNECTION:
            if f"{PREFIX}{alias}.{name}" in settings and not enabled:
                raise illegal(f"Cannot configure setting [{PREFIX}{alias}.{name}] if remote cluster is not enabled.")


def aliases_in(settings: Iterable[str]) -> list[str]:
    """All aliases that have a setting, in the order of their first one."""
    found = (split(key) for key in settings)
    return list(dict.fromkeys(pair[0] for pair in found if pair is not None))


def _enabled(settings: dict[str, Any], alias: str, mode: str) -> bool:
    return bool(settings.get(f"{PREFIX}{alias}.{'proxy_address' if mode == PROXY else 'seeds'}"))


def remotes_in(settings: dict[str, Any], version: str) -> dict[str, Remote]:
    """The remote clusters that a cluster of that version has, by alias; those without an address are none."""
    found = {}
    for alias in sorted(aliases_in(settings)):
        own = {pair[1]: value for key, value in settings.items() if (pair := split(key)) and pair[0] == alias}
        mode = str(own.get("mode", SNIFF)).upper()
        if not _enabled(settings, alias, mode):
            continue
        skip = own.get("skip_unavailable")
        found[alias] = Remote(
            alias=alias,
            mode=mode,
            proxy_address=str(own.get("proxy_address", "")),
            server_name=own.get("server_name") or None,
            seeds=tuple(own.get("seeds", ())),
            sockets=int(own.get("proxy_socket_connections", DEFAULT_SOCKETS)),
            skip_unavailable=parse(version)[:2] >= SKIP_BY_DEFAULT if skip is None else skip == "true",
        )
    return found


def _check_mode(key: str, value: Any) -> None:
    if str(value).upper() not in (PROXY, SNIFF):
        kind = "org.elasticsearch.transport.RemoteConnectionStrategy.ConnectionStrategy"
        raise illegal(f"No enum constant {kind}.{str(value).upper()}")


def _check_address(key: str, value: Any) -> None:
    text = str(value)
    host, separator, port = text.rpartition(":")
    if not separator or not port or (":" in host and not host.startswith("[")):
        raise illegal(f"remote hosts need to be configured as [host:port], found [{text}] instead")
    if not port.isdigit():
        raise illegal(
            f"failed to parse port: remote hosts need to be configured as [host:port], found [{text}] instead"
        )
    if not 0 < int(port) < 65536:
        raise illegal(f"port number must be > 0 but was: [{port}]")


def _check_seeds(key: str, value: Any) -> None:
    for seed in value if isinstance(value, list) else [value]:
        _check_address(key, seed)


def _check_flag(key: str, value: Any) -> None:
    if str(value).lower() not in ("true", "false"):
        raise illegal(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")


def _check_compress(key: str, value: Any) -> None:
    if str(value).lower() not in ("true", "false", "indexing_data"):
        raise illegal(f"Failed to parse value [{value}] for setting [{key}]")


def _check_count(key: str, value: Any) -> None:
    text = str(value)
    if not text.isdigit():
        raise illegal(f"Failed to parse value [{value}] for setting [{key}]")
    if int(text) < 1:
        raise illegal(f"Failed to parse value [{value}] for setting [{key}] must be >= 1")


def _any(key: str, value: Any) -> None:
    """A text that is judged only when it is used: a `server_name` is refused by the TLS library, not by the setting."""


_CHECKS: dict[str, Callable[[str, Any], None]] = {
    "mode": _check_mode,
    "proxy_address": _check_address,
    "server_name": _any,
    "proxy_socket_connections": _check_count,
    "seeds": _check_seeds,
    "node_connections": _check_count,
    "skip_unavailable": _check_flag,
    "transport.compress": _check_compress,
    "transport.compression_scheme": _any,
    "transport.ping_schedule": _any,
}
