"""An ECK cluster: Kubernetes objects as files, and an operator that makes pods of them at each look."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

from ece_simulator.eck.kinds import (
    CONFIG_MAP,
    ELASTICSEARCH,
    POLICY,
    SECRET,
    SERVICE,
    Kind,
    Manifest,
    kind_called,
    selects,
)
from ece_simulator.eck.places import Balancers
from ece_simulator.eck.pods import Pod, PodFiles, content_of, labels_of, mounted, pods_of, secure_settings, settings_of
from ece_simulator.eck.store import DEFAULT_NAMESPACE, Store
from ece_simulator.eck.traffic import default_services, policies_admit, policies_admit_pods
from ece_simulator.partners.authority_files import kept_authority
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.issuing import Issued, Names, certificate_for
from ece_simulator.partners.node_setup import Ingredients, NodeSetup, check_formation, start
from ece_simulator.partners.partner import TRANSPORT_PORT, Partner, Surroundings
from ece_simulator.partners.scripts import write_script
from ece_simulator.partners.yaml_text import documents_of

LOOPBACK = ("127.0.0.1", "::1")


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
        self._authority = kept_authority(self.home / "ca", f"{name}-transport")
        self._issued: dict[tuple[str, ...], Issued] = {}
        self._seen: Any = None
        self._pods_of = ""
        self._services: dict[str, Manifest] = {}
        self._policies: list[Manifest] = []
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
        return f"{self.name}.eck.test"

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
        return self._authority.pem.decode("ascii")

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
        http = self._http()
        contents = {
            "transport-certs-public": {"ca.crt": self._authority.pem},
            "http-certs-public": {"ca.crt": self._authority.pem, "tls.crt": http.pem + self._authority.pem},
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
        self._policies = list(self.store.all_of(POLICY, self.namespace))
        self._resource = self.store.find(ELASTICSEARCH, self.name, self.namespace)
        self._services = {}
        if self._resource is None:
            self._stopped("the Elasticsearch resource is gone")
            return
        self._find_services(self._resource)
        self.version = str(self._resource["spec"]["version"])
        self._run(self._resource)

    def _find_services(self, resource: Manifest) -> None:
        own = {service["metadata"]["name"]: service for service in default_services(resource)}
        for service in self.store.all_of(SERVICE, self.namespace):
            selector = {"matchLabels": service["spec"].get("selector")}
            if service["spec"].get("selector") and self._selected(resource, selector):
                own[service["metadata"]["name"]] = service
        self._services = own

    def _selected(self, resource: Manifest, selector: Manifest) -> bool:
        return any(
            selects(selector, labels_of(self.name, node_set["name"])) for node_set in resource["spec"]["nodeSets"]
        )

    def _run(self, resource: Manifest) -> None:
        try:
            secrets = secure_settings(resource, self._find)
            nodes = [self._node(pod, resource, secrets) for pod in pods_of(resource)]
            if len(nodes) > 1 and not self._pods_meet(resource):
                raise StartFailure(f"master not discovered: pods cannot reach each other at {TRANSPORT_PORT}")
            check_formation(nodes)
        except StartFailure as failure:
            self._stopped(str(failure))
            return
        self._count_recreation(resource, secrets)
        self.begin(nodes, secrets)

    def _stopped(self, text: str) -> None:
        self.begin([], {})
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

    def _find(self, kind: Kind, name: str) -> Manifest | None:
        return self.store.find(kind, name, self.namespace)

    def _pods_meet(self, resource: Manifest) -> bool:
        return all(
            policies_admit_pods(self._policies, labels_of(self.name, one["name"]), self.namespace, TRANSPORT_PORT)
            for one in resource["spec"]["nodeSets"]
        )

    def _node(self, pod: Pod, resource: Manifest, secrets: dict[str, str]) -> NodeSetup:
        files = {**self._own_files(pod, resource), **mounted(pod, self._find)}
        public = (self.around.well_known.root.pem,)
        return start(Ingredients(pod.name, settings_of(pod, resource), secrets, PodFiles(files), public))

    def _own_files(self, pod: Pod, resource: Manifest) -> dict[str, bytes]:
        issued, http = self._certificate(pod, resource), self._http()
        own = {
            "node-transport-cert/tls.crt": issued.pem,
            "node-transport-cert/tls.key": issued.key_pem(),
            "transport-certs/ca.crt": self._authority.pem,
            "transport-remote-certs/ca.crt": self._authority.pem + self._more_authorities(resource),
            "http-certs/tls.crt": http.pem,
            "http-certs/tls.key": http.key_pem(),
        }
        return {f"{PodFiles({}).root}/{name}": content for name, content in own.items()}

    def _more_authorities(self, resource: Manifest) -> bytes:
        tls = (resource["spec"].get("transport") or {}).get("tls") or {}
        name = (tls.get("certificateAuthorities") or {}).get("configMapName")
        if name is None:
            return b""
        data = content_of(CONFIG_MAP, self._find(CONFIG_MAP, name))
        if data is None or "ca.crt" not in data:
            raise StartFailure(f'transport certificate authorities: config map "{name}" with a key ca.crt not found')
        return data["ca.crt"]

    def _certificate(self, pod: Pod, resource: Manifest) -> Issued:
        tls = (resource["spec"].get("transport") or {}).get("tls") or {}
        more = tls.get("subjectAltNames") or []
        dns = tuple(str(entry["dns"]) for entry in more if entry.get("dns"))
        ip = tuple(str(entry["ip"]) for entry in more if entry.get("ip"))
        return self._issue(Names(pod.other_name, (pod.other_name,), (*pod.hosts, *dns), ip))

    def _http(self) -> Issued:
        service = f"{self.name}-es-http.{self.namespace}"
        hosts = (f"{service}.svc", f"{service}.{self.domain}", "localhost")
        return self._issue(Names(f"{self.name}-es-http", (), hosts, LOOPBACK))

    def _issue(self, names: Names) -> Issued:
        key = (names.subject, *names.others, "", *names.dns, "", *names.ip)
        if key not in self._issued:
            self._issued[key] = certificate_for(names, self._authority.certificate, self._authority.key)
        return self._issued[key]

    def secrets(self) -> dict[str, str]:
        """The keystore that the secure settings make now."""
        return secure_settings(self._resource, self._find) if self._resource is not None else {}

    # traffic

    def service_at(self, host: str) -> Manifest | None:
        """The service with an external address."""
        with self.plane.lock:
            self.refresh()
            name, _, namespace = host.removesuffix(f".{self.domain}").partition(".")
            return self._services.get(name) if namespace == self.namespace else None

    def admits(self, source: str, port: int) -> bool:
        """Whether network policies let an address from outside to a port of all pods."""
        with self.plane.lock:
            sets = self._resource["spec"]["nodeSets"] if self._resource is not None else []
            return all(policies_admit(self._policies, labels_of(self.name, one["name"]), source, port) for one in sets)


def _first_resource(name: str, namespace: str, version: str) -> Manifest:
    return {
        "apiVersion": ELASTICSEARCH.api_version,
        "kind": ELASTICSEARCH.name,
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"version": version, "nodeSets": [{"name": "default", "count": 1}]},
    }
