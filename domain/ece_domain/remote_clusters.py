"""Remote clusters as Elasticsearch keeps them: aliases, addresses, settings, the name of the secret, ids.

Source: Elasticsearch documentation, "Remote cluster settings"; on ECE the mode is always ``proxy``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address
from typing import Any, Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.identifiers import check_hex_id, is_hex_id
from ece_domain.security_models import CLOUD_PORTS, SecurityModel, model_of_port, other
from ece_domain.validations.connections import V7, V9, V10, V11

PREFIX: Final = "cluster.remote."
"""What the names of all settings of remote clusters begin with."""

RESERVED: Final = frozenset({"node", "initial_connect_timeout", "connect", "signing"})
"""Names below the prefix that are settings for all remote clusters and therefore no aliases."""

_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_ALIAS: Final = re.compile(r"[a-z0-9][a-z0-9_-]*")
_ANY_ALIAS: Final = re.compile(re.escape(PREFIX) + r"([^.]+)\.(.+)")
_LABEL: Final = re.compile(r"[0-9A-Za-z_]([0-9A-Za-z_-]{0,61}[0-9A-Za-z_])?")


def check_alias(text: str) -> str:
    """Return an alias in the form that every place accepts: ECE's calls, its console, keystores, index expressions.

    Raises:
        InvalidValue: any other form.
    """
    if _ALIAS.fullmatch(text) is None:
        raise InvalidValue(V7.text.format(alias=text).rstrip("."), V7.id)
    if text in RESERVED:
        raise InvalidValue(
            f'"{text}" is no alias: Elasticsearch has a setting of this name for all remote clusters', V7.id
        )
    return text


def check_local_name(text: str) -> str:
    """Return the name of a local cluster that is known by name only; it stands in ids, so it looks like no id.

    Raises:
        InvalidValue: other characters, or the form of a deployment id.
    """
    if _NAME.fullmatch(text) is None or is_hex_id(text):
        raise InvalidValue(
            f'"{text}" is no name of a cluster: letters, digits, "-", "_" and "." only, at most 64, such as "onprem"; '
            "an id of a deployment goes into deployment_id"
        )
    return text


def credentials_setting(alias: str) -> str:
    """The keystore entry that turns an alias to the API-key model."""
    return f"{PREFIX}{alias}.credentials"


def alias_of_credentials(name: str) -> str | None:
    """The alias that a keystore entry is the secret of; None for any other entry."""
    alias = name.removeprefix(PREFIX).removesuffix(".credentials")
    return alias if name == credentials_setting(alias) else None


@dataclass(frozen=True)
class Address:
    """``host:port``, an IPv6 address in brackets."""

    host: str
    port: int

    @classmethod
    def parse(cls, text: str) -> Address:
        """Read a ``proxy_address``.

        Raises:
            InvalidValue: not one host with a port.
        """
        host, separator, port = text.rpartition(":")
        is_bracketed = host.startswith("[") and host.endswith("]")
        bare = host[1:-1] if is_bracketed else host
        if not separator or not port.isdigit() or not 0 < int(port) < 65_536 or not bare:
            raise InvalidValue(
                f'"{text}" is no address: one host and port are needed, such as "es.example.com:9443"', V10.id
            )
        if is_bracketed != _is_ipv6(bare) or not (_is_ip(bare) or is_host_name(bare)):
            raise InvalidValue(f'"{text}" is no address: host names, IPv4, or IPv6 as in "[2001:db8::1]:9443"', V10.id)
        return cls(bare, int(port))

    @classmethod
    def parse_host(cls, text: str, default_port: int) -> Address:
        """Read an address whose port may be left out.

        Raises:
            InvalidValue: not one host, or a port that is none.
        """
        bare = text[1:-1] if text.startswith("[") and text.endswith("]") else text
        if _is_ipv6(bare) or _is_ip(text) or is_host_name(text):
            return cls(bare, default_port)
        return cls.parse(text)

    def __str__(self) -> str:
        """As settings hold it."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _is_ip(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


def _is_ipv6(text: str) -> bool:
    return _is_ip(text) and isinstance(ip_address(text), IPv6Address)


def is_host_name(text: str) -> bool:
    """True for a legal DNS name that is no IP address."""
    name = text.removesuffix(".")
    is_legal = 0 < len(name) <= 253 and all(_LABEL.fullmatch(label) for label in name.split("."))
    return is_legal and not _is_ip(name)


def check_server_name(text: str) -> str:
    """Return a ``server_name``: the host that TLS asks for, by which ECE's proxies find the deployment.

    Raises:
        InvalidValue: not a host name alone.
    """
    if not is_host_name(text):
        raise InvalidValue(V10.text.format(name=text).rstrip("."), V10.id)
    return text


@dataclass(frozen=True)
class Connection:
    """What the local cluster is told about one remote cluster."""

    proxy_address: str
    server_name: str | None
    skip_unavailable: bool

    @classmethod
    def to_endpoint(cls, host: str, model: SecurityModel, skip_unavailable: bool) -> Connection:
        """The connection to a deployment on ECE or Elastic Cloud Hosted by its endpoint's host name."""
        return cls(f"{host}:{CLOUD_PORTS[model]}", host, skip_unavailable)

    def settings(self, alias: str, present: Iterable[str] = ()) -> dict[str, Any]:
        """Settings to write, by whole names; of ``present`` ones those of the other mode are removed."""
        wanted: dict[str, Any] = {
            "mode": "proxy",
            "proxy_address": self.proxy_address,
            "server_name": self.server_name,
            "skip_unavailable": self.skip_unavailable,
        }
        left = {name for name in present if name.split(".")[0] in ("seeds", "node_connections")}
        values = {**dict.fromkeys(sorted(left)), **wanted}
        if self.server_name is None and "server_name" not in set(present):
            del values["server_name"]
        return {f"{PREFIX}{alias}.{name}": value for name, value in values.items()}

    @classmethod
    def read(cls, found: Mapping[str, Any]) -> Connection:
        """What the settings of an alias say; ``skip_unavailable`` counts as true where it is missing."""
        skip = found.get("skip_unavailable")
        return cls(
            str(found.get("proxy_address") or ""),
            found.get("server_name") or None,
            skip_unavailable=str(skip).lower() != "false" if skip is not None else True,
        )


def alias_settings(settings: Mapping[str, Any], alias: str) -> dict[str, Any]:
    """The settings of one alias by their last names, out of flat settings of a whole cluster."""
    start = f"{PREFIX}{alias}."
    return {name.removeprefix(start): value for name, value in settings.items() if name.startswith(start)}


def aliases_in(settings: Mapping[str, Any]) -> list[str]:
    """The aliases that flat settings of a whole cluster name, sorted."""
    found = (_ANY_ALIAS.fullmatch(name) for name in settings)
    return sorted({match[1] for match in found if match and match[1] not in RESERVED})


def removal(alias: str, present: Iterable[str]) -> dict[str, None]:
    """Settings that remove an alias: every key that is there becomes null, else what stays keeps it alive."""
    return {f"{PREFIX}{alias}.{name}": None for name in present}


def port_finding(address: Address, model: SecurityModel, *, is_cloud: bool = False) -> Finding | None:
    """Judge the port of an address against the model: the port of the other model cannot work."""
    owner = model_of_port(address.port)
    if owner is not None and owner is other(model):
        ports = _ports(model, is_cloud=is_cloud)
        return V9.finding(address=address, owner=owner.value, model=model.value, ports=ports, field="proxy_address")
    if owner is None:
        return V9.says(
            f"{address.port} is no documented port of remote clusters; the {model.value} model uses "
            f"{_ports(model, is_cloud=is_cloud)}. This works only where something in between maps it.",
            summary="Unusual port",
            severity=Severity.WARNING,
            field="proxy_address",
        )
    return None


def _ports(model: SecurityModel, *, is_cloud: bool) -> str:
    port = CLOUD_PORTS[model]
    return f"port {port}" if is_cloud or model is SecurityModel.API_KEY else f"port {port}, or 9300 outside of ECE"


def self_finding(local: str, remote: str) -> Finding | None:
    """The warning for a deployment that is connected to itself."""
    if local != remote:
        return None
    return V11.finding(deployment=local)


NO_REF_ID: Final = "-"
"""Stands in ids where a cluster without a deployment has no ``ref_id``, or one known by name only no id."""


@dataclass(frozen=True)
class ConnectionId:
    """Names a connection, or the key of one.

    ``<deployment id>/<ref_id>/<alias>``; for a cluster without a deployment ``<cluster UUID>/-/<alias>``; for one that
    is known by name only ``-/<name>/<alias>``.
    """

    deployment_id: str
    """Id of a deployment; UUID, or in an import the environment, of a cluster without one; ``-`` for one by name."""
    ref_id: str | None
    alias: str
    environment: str | None = None
    """The entry of ``environments`` that an import id puts in front; never part of the id itself."""

    @property
    def is_cluster(self) -> bool:
        """True for a cluster without a deployment that is reached by Elasticsearch."""
        return self.ref_id == NO_REF_ID

    @property
    def is_named(self) -> bool:
        """True for a cluster that is known by name only."""
        return self.deployment_id == NO_REF_ID

    @property
    def label(self) -> str:
        """What names the cluster where it has no deployment: its UUID, or its name."""
        return str(self.ref_id) if self.is_named else self.deployment_id

    @classmethod
    def parse(cls, text: str) -> ConnectionId:
        """Read ``[<environment>/]<deployment id>/[<ref_id>/]<alias>``, or a form for clusters without a deployment.

        Raises:
            InvalidValue: another form.
        """
        environment, parts = split_environment(text)
        if len(parts) in (3, 4) and parts[-2] == NO_REF_ID and all(parts):
            first = parts[0] if len(parts) == 4 else environment
            return cls(parts[-3], NO_REF_ID, check_alias(parts[-1]), first)
        if len(parts) == 3 and parts[0] == NO_REF_ID:
            return cls(NO_REF_ID, check_local_name(parts[1]), check_alias(parts[2]))
        if len(parts) not in (2, 3) or not all(parts):
            raise InvalidValue(f'"{text}" is no id of a connection: <deployment id>/<ref_id>/<alias> is needed')
        deployment_id = check_hex_id(parts[0], "deployment id")
        return cls(deployment_id, parts[1] if len(parts) == 3 else None, check_alias(parts[-1]), environment)

    def __str__(self) -> str:
        """The canonical form."""
        return "/".join(part for part in (self.deployment_id, self.ref_id, self.alias) if part)


def split_environment(text: str) -> tuple[str | None, list[str]]:
    """The environment in front of a deployment id, ``-`` or nothing meaning the provider's own, and the other parts."""
    parts = [part.strip() for part in text.split("/")]
    if len(parts) > 1 and not is_hex_id(parts[0]) and is_hex_id(parts[1]):
        return (None if parts[0] == "-" else parts[0]), parts[1:]
    return None, parts
