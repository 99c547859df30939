"""The pods of an Elasticsearch resource: names, labels, mounted files, settings. Pure functions of the objects."""

from __future__ import annotations

import base64
import posixpath
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from ece_simulator.eck.kinds import CONFIG_MAP, SECRET, Kind, Manifest
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.yaml_text import flat, listed

CONFIG = "/usr/share/elasticsearch/config"
CLUSTER_LABEL = "elasticsearch.k8s.elastic.co/cluster-name"
Finder = Callable[[Kind, str], Manifest | None]
"""Finds an object of the resource's namespace by kind and name."""


@dataclass(frozen=True)
class PodFiles:
    """`partners.node_files.Files` of a pod: what the operator and the volumes put below the config folder."""

    content: dict[str, bytes]

    @property
    def root(self) -> str:
        """The config folder."""
        return CONFIG

    def read(self, path: str) -> bytes:
        """A file; only the config folder can be read."""
        whole = posixpath.normpath(posixpath.join(CONFIG, path))
        if not whole.startswith(f"{CONFIG}/"):
            raise PermissionError(path)
        if whole not in self.content:
            raise FileNotFoundError(path)
        return self.content[whole]


@dataclass(frozen=True)
class Pod:
    """One pod and the nodeSet it belongs to."""

    name: str
    node_set: Manifest
    cluster: str
    namespace: str
    suffix: str | None

    @property
    def other_name(self) -> str:
        """The otherName of its certificate: the default one, or with the suffix that the resource names."""
        return f"{self.name}.{self.suffix or f'node.{self.cluster}.{self.namespace}.es.local'}"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names in its certificate: its own, and those of the services in front of it."""
        stateful_set = self.name.rpartition("-")[0]
        services = (f"{self.cluster}-es-transport", f"{self.cluster}-es-remote-cluster")
        return (
            self.other_name,
            *(f"{service}.{self.namespace}.svc" for service in services),
            f"{self.name}.{stateful_set}.{self.namespace}.svc",
        )


def labels_of(cluster: str, node_set: str) -> dict[str, str]:
    """The labels that the operator gives to pods."""
    return {
        CLUSTER_LABEL: cluster,
        "common.k8s.elastic.co/type": "elasticsearch",
        "elasticsearch.k8s.elastic.co/statefulset-name": f"{cluster}-es-{node_set}",
    }


def pods_of(resource: Manifest) -> list[Pod]:
    """All pods of a resource."""
    metadata, spec = resource["metadata"], resource["spec"]
    tls = (spec.get("transport") or {}).get("tls") or {}
    return [
        Pod(
            f"{metadata['name']}-es-{node_set['name']}-{number}", node_set, metadata["name"], metadata["namespace"],
            tls.get("otherNameSuffix"),
        )
        for node_set in spec["nodeSets"]
        for number in range(int(node_set.get("count") or 0))
    ]  # fmt: skip


def settings_of(pod: Pod, resource: Manifest) -> dict[str, Any]:
    """`elasticsearch.yml` of a pod: the operator's settings with the user's; lists are put together (inferred)."""
    settings = _own_settings(pod, resource)
    for name, value in flat(pod.node_set.get("config") or {}, "elasticsearch.yml").items():
        own = settings.get(name)
        settings[name] = [*own, *listed(value)] if isinstance(own, list) else value
    return settings


def _own_settings(pod: Pod, resource: Manifest) -> dict[str, Any]:
    certificate = {"certificate": "node-transport-cert/tls.crt", "key": "node-transport-cert/tls.key"}
    transport = "xpack.security.transport.ssl"
    settings: dict[str, Any] = {
        "cluster.name": pod.cluster,
        "node.name": pod.name,
        "xpack.security.enabled": "true",
        "xpack.security.http.ssl.enabled": "true",
        "xpack.security.http.ssl.certificate": "http-certs/tls.crt",
        "xpack.security.http.ssl.key": "http-certs/tls.key",
        f"{transport}.enabled": "true",
        f"{transport}.verification_mode": "certificate",
        f"{transport}.certificate_authorities": ["transport-certs/ca.crt", "transport-remote-certs/ca.crt"],
        **{f"{transport}.{name}": path for name, path in certificate.items()},
    }
    if (resource["spec"].get("remoteClusterServer") or {}).get("enabled"):
        server = "xpack.security.remote_cluster_server.ssl"
        settings |= {
            "remote_cluster_server.enabled": "true",
            f"{server}.enabled": "true",
            **{f"{server}.{name}": path for name, path in certificate.items()},
        }
    return settings


def mounted(pod: Pod, find: Finder) -> dict[str, bytes]:
    """The files that volumes of the pod template put into the Elasticsearch container."""
    template = ((pod.node_set.get("podTemplate") or {}).get("spec")) or {}
    volumes = {volume.get("name"): volume for volume in template.get("volumes") or []}
    contents = {name: dict(_volume(name, volume, find)) for name, volume in volumes.items()}
    files: dict[str, bytes] = {}
    for container in template.get("containers") or []:
        if container.get("name") != "elasticsearch":
            continue
        for mount in container.get("volumeMounts") or []:
            files |= _mounted(mount, contents)
    return files


def _mounted(mount: Manifest, contents: dict[str, dict[str, bytes]]) -> dict[str, bytes]:
    name, path = mount.get("name"), posixpath.normpath(str(mount.get("mountPath", "")))
    if name not in contents:
        raise StartFailure(f'spec.containers[elasticsearch].volumeMounts: Not found: "{name}"; no pod was created')
    if path == CONFIG:
        raise StartFailure(f"a volume at [{CONFIG}] hides the settings of the node")
    key = mount.get("subPath")
    if key is None:
        return {posixpath.join(path, file): content for file, content in contents[name].items()}
    if key not in contents[name]:
        raise StartFailure(f'failed to prepare subPath "{key}" of volume "{name}": no such file')
    return {path: contents[name][key]}


def _volume(name: str, volume: Manifest, find: Finder) -> Iterator[tuple[str, bytes]]:
    sources = (volume.get("projected") or {}).get("sources") or [volume]
    for source in sources:
        if source.get("secret") is not None:
            given = source["secret"]
            yield from _keys(name, SECRET, given, str(given.get("secretName") or given.get("name")), find)
        elif source.get("configMap") is not None:
            given = source["configMap"]
            yield from _keys(name, CONFIG_MAP, given, str(given.get("name")), find)


def _keys(volume: str, kind: Kind, given: Manifest, name: str, find: Finder) -> Iterator[tuple[str, bytes]]:
    data = content_of(kind, find(kind, name))
    if data is None:
        if given.get("optional"):
            return
        raise StartFailure(f'MountVolume.SetUp failed for volume "{volume}": {kind.name.lower()} "{name}" not found')
    items = given.get("items")
    pairs = [(key, key) for key in data] if items is None else [(item["key"], item["path"]) for item in items]
    for key, path in pairs:
        if key not in data:
            cause = f"references non-existent {kind.name.lower()} key: {key}"
            raise StartFailure(f'MountVolume.SetUp failed for volume "{volume}": {cause}')
        yield path, data[key]


def content_of(kind: Kind, found: Manifest | None) -> dict[str, bytes] | None:
    """The keys of a secret or config map; None when there is none."""
    if found is None:
        return None
    data = found.get("data") or {}
    if kind is SECRET:
        return {name: base64.b64decode(str(value)) for name, value in data.items()}
    binary = found.get("binaryData") or {}
    texts = {name: str(value).encode() for name, value in data.items()}
    return texts | {name: base64.b64decode(value) for name, value in binary.items()}


def secure_settings(resource: Manifest, find: Finder) -> dict[str, str]:
    """The keystore that the operator makes of `spec.secureSettings`."""
    secrets: dict[str, str] = {}
    for source in resource["spec"].get("secureSettings") or []:
        data = content_of(SECRET, find(SECRET, str(source["secretName"])))
        if data is None:
            raise StartFailure(f'Secure settings secret "{source["secretName"]}" not found')
        entries = source.get("entries") or [{"key": key} for key in data]
        for entry in entries:
            if entry["key"] not in data:
                raise StartFailure(f'Secure settings secret "{source["secretName"]}" has no key "{entry["key"]}"')
            secrets[entry.get("path") or entry["key"]] = data[entry["key"]].decode("utf-8", "replace")
    return secrets
