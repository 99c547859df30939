"""Where clusters run, and what follows for a connection: ports, address and server name, and which filters work.

Sources: Elastic documentation, "Remote clusters" (per platform), "Remote cluster filtering" (the table of pairs).
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ece_domain.findings import Finding, InvalidValue
from ece_domain.remote_clusters import Address, check_server_name
from ece_domain.security_models import CLOUD_PORTS, OTHER_PORTS, SecurityModel
from ece_domain.validations.filters import V26, V27


class Platform(StrEnum):
    """What runs a cluster; the words are those of hand-overs and constructs."""

    ECE = "ece"
    """Elastic Cloud Enterprise."""
    ECH = "ech"
    """Elastic Cloud Hosted."""
    SELF_MANAGED = "self_managed"
    """Nodes that somebody runs by hand."""
    ECK = "eck"
    """Elastic Cloud on Kubernetes."""

    @property
    def is_cloud(self) -> bool:
        """True where proxies stand before the clusters and deployments have an API."""
        return self in (Platform.ECE, Platform.ECH)

    @property
    def words(self) -> str:
        """The platform, for messages."""
        return _WORDS[self]


_WORDS: Final = {
    Platform.ECE: "Elastic Cloud Enterprise",
    Platform.ECH: "Elastic Cloud Hosted",
    Platform.SELF_MANAGED: "a self-managed cluster",
    Platform.ECK: "ECK",
}


def port_of(platform: Platform, model: SecurityModel) -> int:
    """The port of a remote there, unless something in between maps it."""
    return (CLOUD_PORTS if platform.is_cloud else OTHER_PORTS)[model]


@dataclass(frozen=True)
class Endpoint:
    """How a local cluster reaches a remote one."""

    address: Address
    server_name: str | None
    """What TLS asks for; None where the certificate has the name in the address."""


def cloud_endpoint(platform: Platform, model: SecurityModel, host: str) -> Endpoint:
    """A deployment on ECE or Elastic Cloud Hosted by the host name of its Elasticsearch endpoint (its metadata).

    Raises:
        InvalidValue: no host name, or a platform without such endpoints.
    """
    if not platform.is_cloud:
        raise InvalidValue(f"{platform.words} has no endpoint of its platform: give its address")
    return Endpoint(Address(check_server_name(host), port_of(platform, model)), host)


def given_endpoint(platform: Platform, model: SecurityModel, address: str, server_name: str | None = None) -> Endpoint:
    """A cluster whose address its owner tells, ``host`` or ``host:port``; the server name only where it differs.

    Raises:
        InvalidValue: no address, or no server name.
    """
    found = Address.parse_host(address, port_of(platform, model))
    name = None if server_name is None else check_server_name(server_name)
    return Endpoint(found, None if name == found.host else name)


def eck_endpoint(model: SecurityModel, address: str, name: str, namespace: str) -> Endpoint:
    """An ECK cluster with ECK's own certificates, by the address that its service has outside of Kubernetes.

    By key its certificate names the service ``<name>-es-remote-cluster.<namespace>.svc``; the transport port of the
    certificate model needs no name (its otherName is matched).

    Raises:
        InvalidValue: no address.
    """
    by_key = model is SecurityModel.API_KEY
    return given_endpoint(Platform.ECK, model, address, f"{name}-es-remote-cluster.{namespace}.svc" if by_key else None)


class FilterKind(StrEnum):
    """What can keep a local cluster out of, or let it into, a remote one."""

    REMOTE_CLUSTER = "remote_cluster"
    """A traffic filter that names clusters or environments."""
    IP = "ip"
    """A traffic filter that names addresses."""
    FIREWALL = "firewall"
    NETWORK_POLICY = "network_policy"
    """A NetworkPolicy, or the source ranges of a load balancer, of Kubernetes."""
    ELASTICSEARCH = "elasticsearch"
    """``xpack.security.remote_cluster.filter.*``, for certificates ``xpack.security.transport.filter.*``."""


def filters_for(
    local: Platform, remote: Platform, model: SecurityModel, *, is_same_environment: bool = False
) -> frozenset[FilterKind]:
    """The kinds that act on a connection, always on the remote side; none for certificates on cloud platforms.

    ``is_same_environment`` is for two deployments of one ECE. Remote cluster filters of Elastic Cloud Hosted also see
    other organizations there.
    """
    if remote is Platform.SELF_MANAGED:
        return frozenset({FilterKind.FIREWALL, FilterKind.ELASTICSEARCH})
    if remote is Platform.ECK:
        return frozenset({FilterKind.NETWORK_POLICY, FilterKind.ELASTICSEARCH})
    if model is SecurityModel.CERTIFICATE:
        return frozenset()
    sees_clusters = local is remote and (is_same_environment or remote is Platform.ECH)
    return frozenset({FilterKind.IP, FilterKind.REMOTE_CLUSTER} if sees_clusters else {FilterKind.IP})


def filter_finding(
    kind: FilterKind,
    local: Platform,
    remote: Platform,
    model: SecurityModel = SecurityModel.API_KEY,
    *,
    is_same_environment: bool = False,
) -> Finding | None:
    """Judge a filter for a pair: None, the error that it cannot work, or the warning that none is asked for."""
    fitting = filters_for(local, remote, model, is_same_environment=is_same_environment)
    if kind in fitting:
        return None
    if not fitting:
        return V26.finding(remote=f"The remote on {remote.words}")
    other = "" if is_same_environment or local is not remote else "another "
    pair = f"{local.words} → {other}{remote.words}"
    return V27.finding(pair=pair, kinds=" or ".join(sorted(each.value for each in fitting)))


def unreached_filter_finding(remote: str) -> Finding:
    """The warning for a remote that filters its traffic and is connected by certificate."""
    return V26.finding(remote=remote)
