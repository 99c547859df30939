"""An ECK cluster: Kubernetes objects as files, and an operator that makes pods of them at each look."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from ece_simulator.eck.kinds import ELASTICSEARCH, SECRET, Manifest, kind_called
from ece_simulator.eck.operator import Operator, domain_of
from ece_simulator.eck.places import Balancers
from ece_simulator.eck.pods import secure_settings
from ece_simulator.eck.store import DEFAULT_NAMESPACE, Store
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.partner import Partner, Surroundings
from ece_simulator.partners.scripts import write_script
from ece_simulator.partners.yaml_text import documents_of


class EckCluster(Partner):
    """One Elasticsearch resource named like the cluster; its objects are below `home`, and `kubectl` works on them.

    Whatever changes is picked up at the next look. From outside, services of type LoadBalancer are reached at
    `<service>.<namespace>.<name>.eck.test`.
    """

    kind = "eck"

    def __init__(
        self,
        name: str,
        home: Path,
        around: Surroundings,
        *,
        namespace: str = DEFAULT_NAMESPACE,
        version: str,
        operator_version: str = "3.3.0",
        egress: str,
        cluster_id: str | None = None,
        documents: dict[str, dict[str, dict[str, Any]]] | None = None,
    ) -> None:
        super().__init__(name, around, version=version, egress=egress, cluster_id=cluster_id, documents=documents)
        self.namespace, self.home = namespace, home.resolve()
        self.recreations = 0
        self.store = Store(self.home)
        self._operator = Operator(self.store, self.home, name, namespace, (around.well_known.root.pem,))
        self._seen: Any = None
        self._pods_of = ""
        self._resource: Manifest | None = None
        self.ca_file = str(self.home / "ca" / "ca.crt")
        write_script(self.kubectl, "ece_simulator.eck.kubectl")
        self.store.begin(operator_version, list(dict.fromkeys([DEFAULT_NAMESPACE, namespace])))
        if self.store.find(ELASTICSEARCH, name, namespace) is None:
            self.store.create(_first_resource(name, namespace, version))
        self._hand_out()
        self.plane.network.add(self.domain, Balancers(self))
        with self.plane.lock:
            self.refresh()

    # what others see

    @property
    def domain(self) -> str:
        """All external addresses end with it."""
        return domain_of(self.name)

    @property
    def cluster_name(self) -> str:
        """The name of the Elasticsearch resource."""
        return self.name

    @property
    def bin(self) -> Path:
        """The folder of `kubectl`, for PATH."""
        return self.home / "bin"

    @property
    def kubectl(self) -> Path:
        """The command, which works with and without a served simulator."""
        return self.bin / "kubectl"

    @property
    def ca_pem(self) -> str:
        """The CA that signs nodes, the remote cluster server and the HTTP port."""
        return self._operator.authority.pem.decode("ascii")

    @property
    def scope_id(self) -> str:
        """What stands in for a scope in the default names of nodes."""
        return f"{self.namespace}.es.local"

    @property
    def transport_host(self) -> str:
        """The external address of the transport service, if it has one."""
        return f"{self.name}-es-transport.{self.namespace}.{self.domain}"

    @property
    def remote_cluster_host(self) -> str:
        """The external address of the service of the remote cluster server, if it has one."""
        return f"{self.name}-es-remote-cluster.{self.namespace}.{self.domain}"

    @property
    def server_name(self) -> str:
        """The name of the remote cluster server in its certificate."""
        return f"{self.name}-es-remote-cluster.{self.namespace}.svc"

    def facts(self) -> dict[str, Any]:
        """What a program needs to know that sees this cluster from outside."""
        names = (
            "name", "namespace", "endpoint", "username", "password", "ca_file", "version", "cluster_id", "cluster_name",
            "scope_id", "node_names", "transport_host", "remote_cluster_host", "server_name", "egress", "running",
        )  # fmt: skip
        return {"home": str(self.home), "kubectl": str(self.kubectl), **{name: getattr(self, name) for name in names}}

    # objects

    def apply(self, text: str) -> list[str]:
        """`kubectl apply -f`; what kubectl says. ValueError with the words of the API server or the webhook."""
        with self.plane.lock:
            said = self.store.apply(text)
            self.refresh()
            return said

    def patch(self, text: str, name: str | None = None) -> str:
        """`kubectl patch elasticsearch --type merge` of the own resource, or of another one of its namespace."""
        with self.plane.lock:
            (patch,) = documents_of(text)
            said = self.store.patch(ELASTICSEARCH, name or self.name, self.namespace, patch)
            self.refresh()
            return said

    def get(self, kind: str, name: str, namespace: str | None = None) -> Manifest:
        """An object; ValueError when there is none."""
        return self.store.get(kind_called(kind), name, namespace or self.namespace)

    def delete(self, kind: str, name: str, namespace: str | None = None) -> str:
        """Removes an object."""
        with self.plane.lock:
            said = self.store.delete(kind_called(kind), name, namespace or self.namespace)
            self.refresh()
            return said

    def _hand_out(self) -> None:
        """The secrets that the operator makes for users."""
        authority, http = self._operator.authority.pem, self._operator.http_certificate().pem
        contents = {
            "transport-certs-public": {"ca.crt": authority},
            "http-certs-public": {"ca.crt": authority, "tls.crt": http + authority},
            "elastic-user": {self.username: self.password.encode()},
        }
        for suffix, data in contents.items():
            encoded = {key: base64.b64encode(value).decode() for key, value in data.items()}
            metadata = {"name": f"{self.name}-es-{suffix}", "namespace": self.namespace}
            self.store.write(SECRET, {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "data": encoded})

    # the operator

    def refresh(self) -> None:
        """Makes pods anew when an object changed since the last look."""
        signature = self.store.signature()
        if signature == self._seen:
            return
        self._seen = signature
        self._resource = self.store.find(ELASTICSEARCH, self.name, self.namespace)
        if self._resource is None:
            self._stopped("the Elasticsearch resource is gone")
            return
        self.version = str(self._resource["spec"]["version"])
        try:
            nodes, secrets = self._operator.started(self._resource)
        except StartFailure as failure:
            self._stopped(str(failure))
            return
        self._count_recreation(self._resource, secrets)
        self.restarted(nodes, secrets)

    def _stopped(self, text: str) -> None:
        self.restarted([], {})
        self.site().note(text)

    def _count_recreation(self, resource: Manifest, secrets: dict[str, str]) -> None:
        spec = resource["spec"]
        parts = [spec.get(name) for name in ("version", "nodeSets", "remoteClusterServer")]
        tls = (spec.get("transport") or {}).get("tls")
        made_of = json.dumps([*parts, tls, sorted(secrets.items())], sort_keys=True, default=str)
        digest = hashlib.sha256(made_of.encode()).hexdigest()
        if self._pods_of and digest != self._pods_of:
            self.recreations += 1
        self._pods_of = digest

    def secrets(self) -> dict[str, str]:
        """The keystore that the secure settings make now."""
        return secure_settings(self._resource, self._operator.find) if self._resource is not None else {}

    # traffic

    def service_at(self, host: str) -> Manifest | None:
        """The service with an external address."""
        with self.plane.lock:
            self.refresh()
            name, _, namespace = host.removesuffix(f".{self.domain}").partition(".")
            services = self._operator.services(self._resource) if self._resource is not None else {}
            return services.get(name) if namespace == self.namespace else None

    def admits(self, source: str, port: int) -> bool:
        """Whether network policies let an address from outside to a port of all pods."""
        with self.plane.lock:
            return self._resource is not None and self._operator.admits(self._resource, source, port)


def _first_resource(name: str, namespace: str, version: str) -> Manifest:
    return {
        "apiVersion": ELASTICSEARCH.api_version,
        "kind": ELASTICSEARCH.name,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"version": version, "nodeSets": [{"name": "default", "count": 1}]},
    }
