"""Clusters that no platform's API configures: what self-managed ones and those on Kubernetes have in common."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from constructs import Construct

from ece_constructs._checks import file_path, flag, judged, known, listed, literal, text
from ece_constructs._places import NamedPlace, places_of, register
from ece_constructs._scopes import place_of
from ece_constructs.connecting import ConnectingCluster
from ece_constructs.errors import EceValueError
from ece_domain.certificates import read_certificates
from ece_domain.findings import Finding, InvalidValue
from ece_domain.platforms import Platform, given_endpoint
from ece_domain.security_models import SecurityModel
from ece_domain.traffic_filters import egress_finding
from ece_domain.trust import scope_findings
from ece_domain.versions import Version
from ece_l1._cdk import IResolvable

API: SecurityModel = SecurityModel.API_KEY


@dataclass(frozen=True, kw_only=True)
class ElasticsearchApi:
    """How Terraform reaches Elasticsearch of a partner, to make keys and write settings there.

    Credentials are read from ``<env_prefix>_USERNAME`` and ``<env_prefix>_PASSWORD``, or ``<env_prefix>_API_KEY``
    (which cannot make cross-cluster keys), when Terraform runs; what is left out here from ``<env_prefix>_ENDPOINT``,
    ``<env_prefix>_CA_FILE`` and so on.
    """

    env_prefix: str
    """Prefix of the environment variables; each partner has its own."""
    endpoint: str | None = None
    """URL of Elasticsearch, such as ``https://onprem.example.com:9200``."""
    ca_file: str | Path | None = None
    """File with the CA certificates that its HTTP certificate is checked against; counts from the program's folder."""
    ca_pem: str | None = None
    """The same as text."""
    ca_fingerprint: str | None = None
    """SHA-256 fingerprint of a certificate in its chain."""
    client_cert_file: str | Path | None = None
    """Client certificate for mutual TLS."""
    client_key_file: str | Path | None = None
    """Its key."""
    insecure: bool | IResolvable | None = None
    """Do not check its certificate; for trials only."""

    def arguments(self, path: str) -> dict[str, Any]:
        """As an entry of ``environments`` holds them.

        Raises:
            EceValueError: a value of the wrong kind.
        """
        given = {
            "env_prefix": text(path, "api.env_prefix", self.env_prefix),
            "endpoint": self.endpoint,
            "ca_file": file_path(path, "api.ca_file", self.ca_file),
            "ca_pem": self.ca_pem,
            "ca_fingerprint": self.ca_fingerprint,
            "client_cert_file": file_path(path, "api.client_cert_file", self.client_cert_file),
            "client_key_file": file_path(path, "api.client_key_file", self.client_key_file),
            "insecure": flag(path, "api.insecure", self.insecure),
        }
        return {name: literal(value) for name, value in given.items() if value is not None}


class PartnerCluster(NamedPlace, ConnectingCluster):
    """Base of partners outside of ECE and Elastic Cloud Hosted; use :class:`SelfManagedCluster` or :class:`EckCluster`.

    What Terraform cannot do there comes out as a hand-over: ready files, and a run-book that says who does what.
    """

    PLATFORM: ClassVar[Platform]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str | None,
        version: str | None,
        address: str | None,
        transport_address: str | None,
        server_name: str | None,
        ca_pem: Sequence[str],
        server_ca_pem: Sequence[str] | None,
        public_ca: bool,
        scope_id: str | None,
        cluster_id: str | None,
        node_names: Sequence[str],
        egress: Sequence[str],
        api: ElasticsearchApi | None,
    ) -> None:
        super().__init__(scope, id_)
        path = self._path = place_of(self).path
        self._name = place_of(self).default_name if name is None else text(path, "name", name)
        self._version = None if version is None else judged(path, "version", text(path, "version", version), _version)
        self._address = self._checked_address("address", address)
        self._transport_address = self._checked_address("transport_address", transport_address)
        self._server_name = None if server_name is None else text(path, "server_name", server_name)
        self._ca_pem = self._authorities("ca_pem", ca_pem)
        self._server_ca_pem = None if server_ca_pem is None else self._authorities("server_ca_pem", server_ca_pem)
        if not isinstance(public_ca, bool):
            raise EceValueError(path, "public_ca", public_ca, "True or False is needed")
        self._public_ca = public_ca
        self._scope_id = (
            None if scope_id is None else judged(path, "scope_id", text(path, "scope_id", scope_id), _scope)
        )
        self._cluster_id = None if cluster_id is None else text(path, "cluster_id", cluster_id)
        self._node_names = tuple(text(path, "node_names", each) for each in listed(path, "node_names", node_names))
        self._egress = tuple(
            judged(path, "egress", text(path, "egress", each), egress_finding)
            for each in listed(path, "egress", egress)
        )
        if api is not None and not isinstance(api, ElasticsearchApi):
            raise EceValueError(path, "api", api, 'ElasticsearchApi(env_prefix="ONPREM") is needed')
        self._api = None if api is None else api.arguments(path)
        if api is not None:
            self._check_prefix()
            register(self)

    def _check_prefix(self) -> None:
        """Two clusters that read the same variables are one cluster to Terraform, under two names."""
        for other in places_of(self):
            mine, theirs = self.entry(), other.entry()
            if mine["env_prefix"] == theirs.get("env_prefix") and "endpoint" not in mine:
                raise EceValueError(
                    self._path,
                    "api.env_prefix",
                    mine["env_prefix"],
                    f"{other.alias} reads {mine['env_prefix']}_ENDPOINT as well: give this one another prefix",
                )

    def _checked_address(self, property_: str, given: str | None) -> str | None:
        if given is None:
            return None
        address = text(self._path, property_, given)
        return judged(self._path, property_, address, lambda each: given_endpoint(self.PLATFORM, API, each) and None)

    def _authorities(self, property_: str, given: Sequence[str]) -> tuple[str, ...]:
        return tuple(
            judged(self._path, property_, text(self._path, property_, pem), _certificate)
            for pem in listed(self._path, property_, given)
        )

    @property
    def alias(self) -> str:
        """Its name in the ``environments`` of provider blocks, made of its path."""
        return place_of(self).alias

    def entry(self) -> dict[str, Any]:
        """How provider blocks reach its Elasticsearch."""
        return {"kind": "elasticsearch", **(self._api or {})}

    @property
    def name(self) -> str:
        """Its name, as it was given or made."""
        return self._name

    @property
    def version(self) -> str | None:
        """Its version of the Elastic Stack, as it was given."""
        return self._version

    @property
    def environment(self) -> None:
        """It runs in no environment of this app."""
        return

    @property
    def cluster_id(self) -> str:
        """Its Elasticsearch cluster id, or what stands for it in the names of its nodes; empty unless given."""
        return self._cluster_id or ""

    @property
    def egress(self) -> Sequence[str]:
        """Addresses and blocks that its requests come from."""
        return self._egress

    @property
    def has_api(self) -> bool:
        """True when Terraform reaches its Elasticsearch, so that keys and settings are not handed over."""
        return self._api is not None

    @property
    def public_ca(self) -> bool:
        """True when everybody trusts the CA of its remote cluster server."""
        return self._public_ca

    @property
    def scope_id(self) -> str | None:
        """Last part of the names in its node certificates."""
        return self._scope_id

    @property
    def server_name(self) -> str | None:
        """Host name that TLS asks for, where it differs from the address."""
        return self._server_name

    @property
    def node_names(self) -> Sequence[str]:
        """Names of its nodes."""
        return self._node_names

    def authorities(self, model: SecurityModel) -> Sequence[str]:
        """Its CAs (PEM): of its remote cluster server for keys, of its nodes for certificates."""
        if model is SecurityModel.API_KEY and self._server_ca_pem is not None:
            return self._server_ca_pem
        return self._ca_pem

    def address_for(self, model: SecurityModel) -> str | None:
        """Where it is reached, ``host`` or ``host:port``: ``transport_address`` for certificates, where given."""
        if model is SecurityModel.CERTIFICATE and self._transport_address is not None:
            return self._transport_address
        return self._address

    def server_name_for(self, model: SecurityModel) -> str | None:
        """What TLS asks for; None where the address alone says it."""
        return self._server_name

    def proxy_address(self, model: SecurityModel) -> str:
        """The address with its port, as settings hold it; a token carries its port itself."""
        address = self.address_for(model) or ""
        return str(given_endpoint(self.PLATFORM, model, address).address) if known(address) else address

    def hand_over_members(self) -> dict[str, Any]:
        """What only this platform tells of itself in a hand-over."""
        return {}


def _version(each: str) -> None:
    Version.parse(each)


def _scope(each: str) -> Finding | None:
    return next((finding for finding in scope_findings(each) if finding.is_error), None)


def _certificate(pem: str) -> None:
    if not read_certificates(pem):
        raise InvalidValue("no certificate in PEM form: -----BEGIN CERTIFICATE----- is missing")
