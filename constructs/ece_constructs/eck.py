"""Clusters on Kubernetes, run by ECK, as partners of connections."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from constructs import Construct

from ece_constructs._checks import known, text
from ece_constructs._scopes import place_of
from ece_constructs.errors import EceValueError
from ece_constructs.partner import ElasticsearchApi, PartnerCluster
from ece_domain.findings import InvalidValue
from ece_domain.hand_over.node_sets import spec_of
from ece_domain.platforms import Platform
from ece_domain.security_models import SecurityModel


class EckCluster(PartnerCluster):
    """An Elasticsearch resource of ECK. ``connect_to`` works in both directions.

    With ``api`` Terraform makes keys and writes settings there. Secrets, ConfigMaps and the patch of the resource are
    handed over as manifests, see :class:`RemoteCluster`.
    """

    PLATFORM: ClassVar[Platform] = Platform.ECK

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        name: str | None = None,
        cluster_name: str | None = None,
        namespace: str | None = None,
        manifest: Mapping[str, Any] | None = None,
        version: str | None = None,
        address: str | None = None,
        transport_address: str | None = None,
        server_name: str | None = None,
        ca_pem: Sequence[str] = (),
        public_ca: bool = False,
        scope_id: str | None = None,
        cluster_id: str | None = None,
        node_names: Sequence[str] = (),
        egress: Sequence[str] = (),
        api: ElasticsearchApi | None = None,
    ) -> None:
        """Name a cluster.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            name: What run-books call it, and its alias on others; the path below the stack unless given.
            cluster_name: Name of the Elasticsearch resource; from ``manifest``, else the construct's id.
            namespace: Its namespace; from ``manifest``, else ``default``.
            manifest: The Elasticsearch resource as it is, such as ``yaml.safe_load(…)``. Needed where it is the local
                side, and for certificates: a patch replaces lists as a whole, so what stands in them is kept.
            version: Version of the Elastic Stack; from ``manifest`` unless given.
            address: External ``host`` or ``host:port`` of service ``<name>-es-remote-cluster``. Needed where it is the
                remote side by key.
            transport_address: External address of service ``<name>-es-transport``. Needed where it is the remote side
                by certificate.
            server_name: Host name in its certificate; by key ``<name>-es-remote-cluster.<namespace>.svc`` unless given.
            ca_pem: CA certificates (PEM), ``ca.crt`` of Secret ``<name>-es-transport-certs-public``. ECK renews them
                yearly by default; then the new one goes here.
            public_ca: Everybody trusts the CA of its remote cluster server.
            scope_id: With ``cluster_id``: its certificates get names in Elastic Cloud's pattern
                (``otherNameSuffix``); lower-case letters and digits.
            cluster_id: What stands for the cluster in these names.
            node_names: Names in its node certificates; unless given those that ECK gives to the pods of ``manifest``.
            egress: Addresses and blocks that its requests come from, for ``allow_from`` of others.
            api: How Terraform reaches its Elasticsearch; without it keys and settings are handed over too.

        Raises:
            EceValueError: a value of the wrong form.
        """
        path = _path(scope, id_)
        spec = _spec(path, manifest)
        metadata = manifest.get("metadata", {}) if manifest is not None and known(manifest) else {}
        self._cluster_name = _first(cluster_name, metadata.get("name"), id_.lower())
        self._namespace = _first(namespace, metadata.get("namespace"), "default")
        self._manifest = manifest
        super().__init__(
            scope,
            id_,
            name=name,
            version=_first(version, spec.get("version"), None),
            address=address,
            transport_address=transport_address,
            server_name=server_name,
            ca_pem=ca_pem,
            server_ca_pem=None,
            public_ca=public_ca,
            scope_id=scope_id,
            cluster_id=cluster_id,
            node_names=node_names if node_names else list(self._pods(spec)) if scope_id is None else (),
            egress=egress,
            api=api,
        )
        text(path, "cluster_name", self._cluster_name)
        text(path, "namespace", self._namespace)

    def _pods(self, spec: Mapping[str, Any]) -> Sequence[str]:
        """Names that ECK puts into the certificates of its pods."""
        name, suffix = self._cluster_name, f"node.{self._cluster_name}.{self._namespace}.es.local"
        return [
            f"{name}-es-{nodes['name']}-{number}.{suffix}"
            for nodes in spec.get("nodeSets", ())
            for number in range(int(nodes.get("count", 1)))
        ]

    def server_name_for(self, model: SecurityModel) -> str | None:
        """What TLS asks for: by key the name of its service, unless another one was given."""
        if self.server_name is not None or model is SecurityModel.CERTIFICATE or self.public_ca:
            return self.server_name
        return f"{self._cluster_name}-es-remote-cluster.{self._namespace}.svc"

    def hand_over_members(self) -> dict[str, Any]:
        """Where it is in Kubernetes, and its resource."""
        place = {"cluster_name": self._cluster_name, "namespace": self._namespace}
        if self._manifest is None:
            return place
        return {**place, "manifest": json.dumps(self._manifest, sort_keys=True)}


def _path(scope: Construct, id_: str) -> str:
    above = place_of(scope).path
    return f"{above}/{id_}" if above else id_


def _first(*given: Any) -> Any:
    return next((each for each in given if each is not None), None)


def _spec(path: str, manifest: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """``spec`` of the resource; empty while it is not known."""
    if manifest is None or not known(manifest):
        return {}
    if not isinstance(manifest, Mapping):
        raise EceValueError(path, "manifest", manifest, "the Elasticsearch resource as a mapping is needed")
    try:
        return spec_of(manifest)
    except InvalidValue as problem:
        raise EceValueError(path, "manifest", manifest, str(problem)) from None
