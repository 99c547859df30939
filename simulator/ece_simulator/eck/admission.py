"""What the API server and the operator's webhook refuse."""

from __future__ import annotations

import base64
import binascii
import ipaddress
import re
from collections.abc import Callable, Iterator
from typing import Any

from ece_simulator.eck.kinds import (
    CONFIG_MAP,
    ELASTICSEARCH,
    NAMESPACE,
    POD,
    POLICY,
    SECRET,
    SERVICE,
    Kind,
    Manifest,
    Refused,
)
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.yaml_text import flat
from ece_simulator.stack.versions import parse

_NAME = re.compile(r"[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?\Z")
_LONGEST_CLUSTER, _LONGEST_NODE_SET = 36, 23
_ANY: dict[str, Any] = {}
_SERVICE = {"metadata": _ANY, "spec": _ANY}
_FIELDS: dict[str, Any] = {
    "version": _ANY, "image": _ANY, "serviceAccountName": _ANY, "revisionHistoryLimit": _ANY, "monitoring": _ANY,
    "auth": _ANY, "updateStrategy": _ANY, "podDisruptionBudget": _ANY, "volumeClaimDeletePolicy": _ANY,
    "remoteClusters": _ANY, "secureSettings": _ANY,
    "http": {"service": _SERVICE, "tls": _ANY},
    "transport": {
        "service": _SERVICE,
        "tls": {"otherNameSuffix": _ANY, "subjectAltNames": _ANY, "certificateAuthorities": {"configMapName": _ANY}},
    },
    "remoteClusterServer": {"enabled": _ANY, "service": _SERVICE},
    "nodeSets": _ANY,
}  # fmt: skip
_NODE_SET = {"name", "count", "config", "podTemplate", "volumeClaimTemplates"}
_SECURE_SETTING = {"secretName", "entries"}
REMOTE_CLUSTER_SERVER = (3, 0)
REMOTE_CLUSTER_SERVICE = (3, 3)
"""Operator versions from which on the fields exist."""
_RESERVED = (
    "cluster.name", "cluster.initial_master_nodes", "discovery.seed_hosts", "discovery.seed_providers",
    "network.host", "network.publish_host", "node.name", "path.data", "path.logs", "xpack.security.enabled",
    "xpack.security.http.ssl.certificate", "xpack.security.http.ssl.enabled", "xpack.security.http.ssl.key",
    "xpack.security.transport.ssl.certificate", "xpack.security.transport.ssl.enabled",
    "xpack.security.transport.ssl.key", "xpack.security.transport.ssl.verification_mode",
)  # fmt: skip
_SERVICE_TYPES = ("ClusterIP", "NodePort", "LoadBalancer", "ExternalName")


def check(kind: Kind, manifest: Manifest, old: Manifest | None, operator: str) -> None:
    """Refused with all that is wrong with an object that is about to be stored."""
    name = str(manifest["metadata"].get("name", ""))
    found = list(_CHECKS[kind](manifest, old, operator))
    if not _NAME.match(name):
        found.insert(0, f'metadata.name: Invalid value: "{name}": a lowercase RFC 1123 subdomain')
    if found:
        told = found[0] if len(found) == 1 else f"[{', '.join(found)}]"
        raise Refused(f'{kind.name}.{kind.api_version.partition("/")[0]} "{name}" is invalid: {told}')


def _elasticsearch(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    spec = manifest.get("spec")
    if not isinstance(spec, dict):
        yield "spec: Required value"
        return
    unknown = list(_unknown(spec, _fields_of(operator), "spec"))
    if unknown:
        # strict decoding comes before everything else
        raise Refused(f"strict decoding error: {', '.join(f'unknown field {place!r}' for place in unknown)}")
    if len(manifest["metadata"].get("name", "")) > _LONGEST_CLUSTER:
        yield f"metadata.name: Too long: may not be more than {_LONGEST_CLUSTER} bytes"
    yield from _version(spec, old)
    yield from _node_sets(spec)
    for index, entry in enumerate(spec.get("secureSettings") or []):
        for field in sorted(entry.keys() - _SECURE_SETTING):
            yield f"spec.secureSettings[{index}].{field}: unknown field"
        if not entry.get("secretName"):
            yield f"spec.secureSettings[{index}].secretName: Required value"
    enabled = (spec.get("remoteClusterServer") or {}).get("enabled", False)
    if not isinstance(enabled, bool):
        yield f'spec.remoteClusterServer.enabled: Invalid value: "{enabled}": must be of type boolean'
    elif enabled and not _has_servers(str(spec.get("version", ""))):
        yield "spec.remoteClusterServer: Invalid value: minimum required version for remote cluster server is 8.14.0"


def _has_servers(version: str) -> bool:
    """The version is the documented one of the API-key model; what the webhook asks for is inferred."""
    try:
        return parse(version)[:2] >= (8, 14)
    except ValueError:
        return True  # complained about elsewhere


def _fields_of(operator: str) -> dict[str, Any]:
    fields = dict(_FIELDS)
    if parse(operator)[:2] < REMOTE_CLUSTER_SERVER:
        fields.pop("remoteClusterServer")
    elif parse(operator)[:2] < REMOTE_CLUSTER_SERVICE:
        fields["remoteClusterServer"] = {"enabled": _ANY}
    return fields


def _unknown(given: Any, known: dict[str, Any], place: str) -> Iterator[str]:
    if not known or not isinstance(given, dict):
        return
    for name, value in given.items():
        if name not in known:
            yield f"{place}.{name}"
        else:
            yield from _unknown(value, known[name], f"{place}.{name}")


def _version(spec: Manifest, old: Manifest | None) -> Iterator[str]:
    version = str(spec.get("version", ""))
    try:
        new = parse(version)
    except ValueError:
        yield f'spec.version: Invalid value: "{version}": Elasticsearch version is not valid'
        return
    if old is not None and new < parse(str(old["spec"]["version"])):
        yield f'spec.version: Forbidden: Downgrades are not supported, got "{version}"'


def _node_sets(spec: Manifest) -> Iterator[str]:
    sets = spec.get("nodeSets") or []
    if sum(int(node_set.get("count") or 0) for node_set in sets) < 1:
        yield "spec.nodeSets: Invalid value: Elasticsearch needs to have at least one master node"
    names = [node_set.get("name") for node_set in sets]
    for index, node_set in enumerate(sets):
        place, name = f"spec.nodeSets[{index}]", str(node_set.get("name") or "")
        for field in sorted(node_set.keys() - _NODE_SET):
            yield f"{place}.{field}: unknown field"
        if not name:
            yield f"{place}.name: Required value"
        if len(name) > _LONGEST_NODE_SET or names.count(name) > 1:
            yield f'{place}.name: Invalid value: "{name}": must be unique and at most {_LONGEST_NODE_SET} characters'
        yield from _reserved(node_set.get("config") or {}, place)


def _reserved(config: Manifest, place: str) -> Iterator[str]:
    try:
        names = flat(config, f"{place}.config")
    except StartFailure as failure:
        yield str(failure)
        return
    for name in names:
        if name in _RESERVED:
            yield f"{place}.config.{name}: Forbidden: Configuration setting is reserved for internal use"


def _secret(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    for name, value in (manifest.get("data") or {}).items():
        try:
            base64.b64decode(str(value).encode(), validate=True)
        except binascii.Error:
            yield f"data[{name}]: illegal base64 data"


def _config_map(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    for name, value in (manifest.get("data") or {}).items():
        if not isinstance(value, str):
            yield f"data[{name}]: cannot unmarshal {type(value).__name__} into a string"


def _service(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    spec = manifest.get("spec") or {}
    if spec.get("type", "ClusterIP") not in _SERVICE_TYPES:
        yield f'spec.type: Unsupported value: "{spec["type"]}": supported values: {", ".join(_SERVICE_TYPES)}'
    if not spec.get("ports"):
        yield "spec.ports: Required value"
    yield from _networks(spec.get("loadBalancerSourceRanges") or [], "spec.loadBalancerSourceRanges")


def _policy(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    spec = manifest.get("spec") or {}
    if "podSelector" not in spec:
        yield "spec.podSelector: Required value"
    for index, rule in enumerate(spec.get("ingress") or []):
        for peer in rule.get("from") or []:
            block = peer.get("ipBlock")
            if block is not None:
                yield from _networks([block.get("cidr"), *(block.get("except") or [])], f"spec.ingress[{index}].from")


def _networks(given: list[Any], place: str) -> Iterator[str]:
    for text in given:
        try:
            ipaddress.ip_network(str(text))
        except ValueError:
            yield f'{place}: Invalid value: "{text}": must be a valid CIDR block, (e.g. 10.9.8.0/24)'


def _pod(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    yield "pods are made by the operator"


def _nothing(manifest: Manifest, old: Manifest | None, operator: str) -> Iterator[str]:
    return iter(())


_CHECKS: dict[Kind, Callable[[Manifest, Manifest | None, str], Iterator[str]]] = {
    ELASTICSEARCH: _elasticsearch,
    SECRET: _secret,
    CONFIG_MAP: _config_map,
    SERVICE: _service,
    POLICY: _policy,
    NAMESPACE: _nothing,
    POD: _pod,
}
