"""The operator: nodes, services and access that follow from the objects. The cluster and kubectl ask the same one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ece_simulator.eck.kinds import CONFIG_MAP, POLICY, SERVICE, Kind, Manifest, selects
from ece_simulator.eck.pods import Pod, PodFiles, content_of, labels_of, mounted, pods_of, secure_settings, settings_of
from ece_simulator.eck.store import Store
from ece_simulator.eck.traffic import default_services, policies_admit, policies_admit_pods
from ece_simulator.partners.authority_files import kept_authority
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.issuing import Issued, Names, certificate_for
from ece_simulator.partners.node_setup import Ingredients, NodeSetup, check_formation, start

TRANSPORT_PORT = 9300
LOOPBACK = ("127.0.0.1", "::1")


def domain_of(name: str) -> str:
    """What all external addresses of a cluster end with."""
    return f"{name}.eck.test"


class Operator:
    """What looks after one Elasticsearch resource; `public` holds the authorities that everybody trusts."""

    def __init__(self, store: Store, home: Path, name: str, namespace: str, public: tuple[str, ...] = ()) -> None:
        self.store, self.name, self.namespace = store, name, namespace
        self.authority = kept_authority(home / "ca", f"{name}-transport")
        self._public = public
        self._issued: dict[tuple[str, ...], Issued] = {}

    def find(self, kind: Kind, name: str) -> Manifest | None:
        """An object of the resource's namespace."""
        return self.store.find(kind, name, self.namespace)

    # nodes

    def started(self, resource: Manifest) -> tuple[list[NodeSetup], dict[str, str]]:
        """The nodes and their keystore; StartFailure when pods do not start or do not find each other."""
        secrets = secure_settings(resource, self.find)
        nodes = [self._node(pod, resource, secrets) for pod in pods_of(resource)]
        if len(nodes) > 1 and not self._pods_meet(resource):
            raise StartFailure(f"master not discovered: pods cannot reach each other at {TRANSPORT_PORT}")
        check_formation(nodes)
        return nodes, secrets

    def _node(self, pod: Pod, resource: Manifest, secrets: dict[str, str]) -> NodeSetup:
        files = {**self._own_files(pod, resource), **mounted(pod, self.find)}
        version = str(resource["spec"]["version"])
        return start(Ingredients(pod.name, settings_of(pod, resource), secrets, PodFiles(files), self._public, version))

    def _own_files(self, pod: Pod, resource: Manifest) -> dict[str, bytes]:
        issued, http, authority = self._certificate(pod, resource), self.http_certificate(), self.authority.pem
        own = {
            "node-transport-cert/tls.crt": issued.pem,
            "node-transport-cert/tls.key": issued.key_pem(),
            "transport-certs/ca.crt": authority,
            "transport-remote-certs/ca.crt": authority + self._more_authorities(resource),
            "http-certs/tls.crt": http.pem,
            "http-certs/tls.key": http.key_pem(),
        }
        return {f"{PodFiles({}).root}/{name}": content for name, content in own.items()}

    def _more_authorities(self, resource: Manifest) -> bytes:
        name = (_tls(resource).get("certificateAuthorities") or {}).get("configMapName")
        if name is None:
            return b""
        data = content_of(CONFIG_MAP, self.find(CONFIG_MAP, name))
        if data is None or "ca.crt" not in data:
            raise StartFailure(f'transport certificate authorities: config map "{name}" with a key ca.crt not found')
        return data["ca.crt"]

    def _certificate(self, pod: Pod, resource: Manifest) -> Issued:
        more = _tls(resource).get("subjectAltNames") or []
        dns = tuple(str(entry["dns"]) for entry in more if entry.get("dns"))
        ip = tuple(str(entry["ip"]) for entry in more if entry.get("ip"))
        return self._issue(Names(pod.other_name, (pod.other_name,), (*pod.hosts, *dns), ip))

    def http_certificate(self) -> Issued:
        """What the HTTP port shows."""
        service = f"{self.name}-es-http.{self.namespace}"
        hosts = (f"{service}.svc", f"{service}.{domain_of(self.name)}", "localhost")
        return self._issue(Names(f"{self.name}-es-http", (), hosts, LOOPBACK))

    def _issue(self, names: Names) -> Issued:
        key = (names.subject, *names.others, "", *names.dns, "", *names.ip)
        if key not in self._issued:
            self._issued[key] = certificate_for(names, self.authority.certificate, self.authority.key)
        return self._issued[key]

    # traffic

    def services(self, resource: Manifest) -> dict[str, Manifest]:
        """All services in front of the pods: the operator's own, and those that select the pods."""
        found = {service["metadata"]["name"]: service for service in default_services(resource)}
        for service in self.store.all_of(SERVICE, self.namespace):
            selector = service["spec"].get("selector")
            if selector and any(selects({"matchLabels": selector}, labels) for labels in self._labels(resource)):
                found[service["metadata"]["name"]] = service
        return {name: self._with_address(service) for name, service in found.items()}

    def _with_address(self, service: Manifest) -> Manifest:
        if service["spec"].get("type") != "LoadBalancer":
            return service
        host = f"{service['metadata']['name']}.{self.namespace}.{domain_of(self.name)}"
        return {**service, "status": {"loadBalancer": {"ingress": [{"hostname": host}]}}}

    def _labels(self, resource: Manifest) -> Iterator[dict[str, str]]:
        return (labels_of(self.name, node_set["name"]) for node_set in resource["spec"]["nodeSets"])

    def _policies(self) -> list[Manifest]:
        return list(self.store.all_of(POLICY, self.namespace))

    def _pods_meet(self, resource: Manifest) -> bool:
        policies = self._policies()
        return all(
            policies_admit_pods(policies, labels, self.namespace, TRANSPORT_PORT) for labels in self._labels(resource)
        )

    def admits(self, resource: Manifest, source: str, port: int) -> bool:
        """Whether network policies let an address from outside to a port of all pods."""
        policies = self._policies()
        return all(policies_admit(policies, labels, source, port) for labels in self._labels(resource))

    # what kubectl shows

    def pods(self, resource: Manifest) -> list[Manifest]:
        """The pods as objects."""
        phase = "Running" if self.status(resource)["phase"] == "Ready" else "Pending"
        return [
            {
                "apiVersion": "v1",
                "kind": "Pod",
                "metadata": {
                    "name": pod.name,
                    "namespace": self.namespace,
                    "labels": labels_of(self.name, pod.node_set["name"]),
                },
                "status": {"phase": phase},
            }
            for pod in pods_of(resource)
        ]

    def status(self, resource: Manifest) -> dict[str, Any]:
        """The status of the resource."""
        try:
            nodes, _ = self.started(resource)
        except StartFailure as failure:
            return {"health": "unknown", "phase": "ApplyingChanges", "availableNodes": 0, "message": str(failure)}
        return {
            "health": "green",
            "phase": "Ready",
            "availableNodes": len(nodes),
            "version": str(resource["spec"]["version"]),
        }


def _tls(resource: Manifest) -> dict[str, Any]:
    found: dict[str, Any] = (resource["spec"].get("transport") or {}).get("tls") or {}
    return found
