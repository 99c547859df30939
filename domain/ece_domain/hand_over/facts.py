"""The facts of one connection: two clusters, wherever they run, the alias and the security model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from ece_domain.platforms import Platform, port_of
from ece_domain.remote_clusters import Address
from ece_domain.security_models import SecurityModel

PLATFORMS: Final = tuple(platform.value for platform in Platform)
"""The platforms by name."""

CLOUD: Final = frozenset(platform for platform in Platform if platform.is_cloud)
"""Platforms whose clusters are deployments behind proxies, with an API for trust and keystores."""

DEFAULT_HOME: Final = "/usr/share/elasticsearch"
DEFAULT_CONFIG: Final = "/etc/elasticsearch"
DEFAULT_CA_FILE: Final = "elastic-stack-ca.p12"
DEFAULT_RESTART: Final = "systemctl restart elasticsearch.service"


@dataclass(frozen=True)
class Side:
    """One cluster of a connection; what does not apply, or is not known, is left out."""

    platform: Platform
    name: str
    """What the run-book calls it; part of file names."""
    address: str | None = None
    """``host`` or ``host:port`` under which others reach its remote cluster endpoint."""
    server_name: str | None = None
    version: str | None = None
    ca_pem: tuple[str, ...] = ()
    """CAs (PEM), the one in use first: of its nodes for the certificate model, of its server for API keys."""
    public_ca: bool = False
    """Its server's certificate is signed by a CA that everybody trusts."""
    scope_id: str | None = None
    cluster_id: str | None = None
    node_names: tuple[str, ...] = ()
    """Names of its nodes; without ``scope_id`` exactly the names that the certificates carry as otherName."""
    new_certificates: bool = True
    """Its nodes get certificates that carry these names."""
    egress: tuple[str, ...] = ()
    """Addresses from which it connects, as the other side sees them."""
    is_reached: bool = False
    """Terraform reaches its Elasticsearch, so keys and settings are written by it."""
    cluster_name: str | None = None
    """Name of the Elasticsearch resource (ECK)."""
    namespace: str | None = None
    """Namespace of that resource (ECK)."""
    manifest: Mapping[str, Any] | None = None
    """That resource as it is (ECK)."""
    home: str = DEFAULT_HOME
    """Folder of Elasticsearch on its nodes (self-managed)."""
    config_folder: str = DEFAULT_CONFIG
    """Folder of ``elasticsearch.yml`` (self-managed)."""
    ca_file: str = DEFAULT_CA_FILE
    """Its CA, seen from ``home``: p12 with the key in it, or PEM beside ``ca_key_file`` (self-managed)."""
    ca_key_file: str | None = None
    """Key of a CA in PEM form, seen from ``home``."""
    restart_command: str = DEFAULT_RESTART
    """Restarts Elasticsearch on one node (self-managed)."""

    @property
    def is_cloud(self) -> bool:
        """It is a deployment on ECE or Elastic Cloud Hosted."""
        return self.platform.is_cloud

    @property
    def words(self) -> str:
        """The cluster, for the run-book."""
        kinds = {
            Platform.ECE: "Elastic Cloud Enterprise",
            Platform.ECH: "Elastic Cloud Hosted",
            Platform.SELF_MANAGED: "self-managed",
            Platform.ECK: "ECK",
        }
        return f"{self.name} ({kinds[self.platform]})"

    def port(self, model: SecurityModel) -> int:
        """The port at which its nodes or proxies listen for the model."""
        return port_of(self.platform, model)

    def reached_at(self, model: SecurityModel) -> Address:
        """The address with its port.

        Raises:
            InvalidValue: there is none, or it is no address.
        """
        return Address.parse_host(self.address or "", self.port(model))

    def asked_name(self, model: SecurityModel) -> str | None:
        """The host that TLS asks for; None where the address alone says it."""
        if self.server_name is not None:
            return self.server_name
        if self.is_cloud:
            return self.reached_at(model).host
        if self.platform is Platform.ECK and model is SecurityModel.API_KEY and not self.public_ca:
            return f"{self.cluster_name}-es-remote-cluster.{self.namespace}.svc"
        return None


@dataclass(frozen=True)
class Connection:
    """One alias of ``local`` that leads to ``remote``."""

    alias: str
    model: SecurityModel
    local: Side
    remote: Side
    folder: str
    """Where the files are written, as the user names it."""
    secret_file: str | None = None
    """File that holds the key; never its content."""
    skip_unavailable: bool = True
    same_installation: bool = False
    """Both are deployments of one ECE."""
    access: Mapping[str, Any] | None = None
    """What a key gives access to, as Elasticsearch takes it, for one that is made by hand."""

    @property
    def route(self) -> str:
        """The direction, as seen from ECE: ``O…`` outbound, ``I…`` inbound."""
        outbound = {Platform.ECH: "O3", Platform.SELF_MANAGED: "O4", Platform.ECK: "O5"}
        inbound = {Platform.ECH: "I3", Platform.SELF_MANAGED: "I4", Platform.ECK: "I5"}
        if self.remote.platform in outbound and self.local.is_cloud:
            return outbound[self.remote.platform]
        if self.local.platform in inbound:
            return inbound[self.local.platform]
        return "O1" if self.same_installation else "O2"

    @property
    def partner(self) -> Side | None:
        """The side that no orchestrator's API configures; None when both are deployments."""
        return next((side for side in (self.remote, self.local) if not side.is_cloud), None)

    @property
    def other(self) -> Side:
        """The side opposite to the partner; without a partner the local one."""
        return self.local if self.partner in (None, self.remote) else self.remote

    @property
    def key_is_made_by_hand(self) -> bool:
        """Terraform cannot make the key, as it does not reach the remote cluster."""
        return self.is_by_key and not self.remote.is_cloud and not self.remote.is_reached

    @property
    def is_by_key(self) -> bool:
        """The API-key model."""
        return self.model is SecurityModel.API_KEY
