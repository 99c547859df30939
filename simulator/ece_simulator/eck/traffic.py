"""Who gets through to the pods from outside: services of type LoadBalancer, and network policies."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from typing import Any

from ece_simulator.eck.kinds import Manifest, selects

_NAMED_PORTS = {"https": 9200, "http": 9200, "transport": 9300, "tls-transport": 9300, "remote-cluster": 9443}
BLOCKED_BY_POLICY, BLOCKED_BY_RANGES = "BLOCKED_BY_NETWORK_POLICY", "BLOCKED_BY_SOURCE_RANGES"
POD_ADDRESS = "10.0.0.1"
"""Stands for the address of any pod where a policy names networks."""


def default_services(resource: Manifest) -> list[Manifest]:
    """The services that the operator makes for a resource, with what the resource says about them."""
    spec, metadata = resource["spec"], resource["metadata"]
    remote = spec.get("remoteClusterServer") or {}
    wanted = [
        ("transport", 9300, (spec.get("transport") or {}).get("service") or {}),
        ("http", 9200, (spec.get("http") or {}).get("service") or {}),
    ]
    if remote.get("enabled"):
        wanted.append(("remote-cluster", 9443, remote.get("service") or {}))
    return [_service(metadata, kind, port, template) for kind, port, template in wanted]


def _service(metadata: Manifest, kind: str, port: int, template: Manifest) -> Manifest:
    spec = {"type": "ClusterIP", "ports": [{"port": port, "targetPort": port}], **(template.get("spec") or {})}
    name = f"{metadata['name']}-es-{kind}"
    own = {**(template.get("metadata") or {}), "name": name, "namespace": metadata["namespace"]}
    return {"apiVersion": "v1", "kind": "Service", "metadata": own, "spec": spec}


def target_of(service: Manifest, port: int) -> int | None:
    """The pods' port behind a port of a balancer; None where the balancer does not listen."""
    spec = service["spec"]
    if spec.get("type") != "LoadBalancer":
        return None
    for entry in spec.get("ports") or []:
        if int(entry["port"]) == port:
            return _number(entry.get("targetPort", port))
    return None


def ranges_admit(service: Manifest, source: str) -> bool:
    """Whether the source ranges of a balancer let an address in."""
    ranges = service["spec"].get("loadBalancerSourceRanges")
    return not ranges or any(_within(source, network) for network in ranges)


def _number(port: Any) -> int | None:
    if isinstance(port, int) or str(port).isdigit():
        return int(port)
    return _NAMED_PORTS.get(str(port))


def _within(source: str, network: Any) -> bool:
    try:
        return ipaddress.ip_address(source) in ipaddress.ip_network(str(network), strict=False)
    except ValueError:
        return False


def _applying(policies: Iterable[Manifest], labels: dict[str, str]) -> list[Manifest]:
    return [
        policy["spec"]
        for policy in policies
        if "Ingress" in (policy["spec"].get("policyTypes") or ["Ingress"])
        and selects(policy["spec"].get("podSelector"), labels)
    ]


def policies_admit(policies: Iterable[Manifest], labels: dict[str, str], source: str, port: int) -> bool:
    """Whether the network policies let an address outside of the cluster to a port of the pods."""
    specs = _applying(policies, labels)
    return not specs or any(
        _has_port(rule, port) and (not rule.get("from") or any(_is_block(peer, source) for peer in rule["from"]))
        for spec in specs
        for rule in spec.get("ingress") or []
    )


def policies_admit_pods(policies: Iterable[Manifest], labels: dict[str, str], namespace: str, port: int) -> bool:
    """Whether the network policies let the pods of the cluster to each other."""
    specs = _applying(policies, labels)
    return not specs or any(
        _has_port(rule, port) and (not rule.get("from") or any(_is_pod(p, labels, namespace) for p in rule["from"]))
        for spec in specs
        for rule in spec.get("ingress") or []
    )


def _has_port(rule: Manifest, port: int) -> bool:
    ports = rule.get("ports")
    return not ports or any(_fits_port(entry, port) for entry in ports)


def _fits_port(entry: Manifest, port: int) -> bool:
    if entry.get("protocol", "TCP") != "TCP":
        return False
    first = _number(entry["port"]) if entry.get("port") is not None else None
    return first is None or first <= port <= int(entry.get("endPort", first))


def _is_block(peer: Manifest, source: str) -> bool:
    block = peer.get("ipBlock")
    if block is None:
        return False
    return _within(source, block["cidr"]) and not any(_within(source, inner) for inner in block.get("except") or [])


def _is_pod(peer: Manifest, labels: dict[str, str], namespace: str) -> bool:
    if peer.get("ipBlock") is not None:
        return _is_block(peer, POD_ADDRESS)
    namespaces = peer.get("namespaceSelector")
    if namespaces is not None and not selects(namespaces, {"kubernetes.io/metadata.name": namespace}):
        return False
    return peer.get("podSelector") is None or selects(peer["podSelector"], labels)
