"""The kinds of Kubernetes objects that are simulated, and the words of the API server about them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

Manifest = dict[str, Any]


class Refused(ValueError):
    """The API server, or the operator's webhook, does not take an object; the text is theirs."""


@dataclass(frozen=True)
class Kind:
    """One kind: its group and version, the plural that messages use, and what kubectl lets it be called."""

    name: str
    api_version: str
    plural: str
    aliases: tuple[str, ...] = ()
    namespaced: bool = True


ELASTICSEARCH = Kind(
    "Elasticsearch", "elasticsearch.k8s.elastic.co/v1", "elasticsearches.elasticsearch.k8s.elastic.co",
    ("elasticsearch", "elasticsearches", "es", "elasticsearch.elasticsearch.k8s.elastic.co"),
)  # fmt: skip
SECRET = Kind("Secret", "v1", "secrets", ("secret", "secrets"))
CONFIG_MAP = Kind("ConfigMap", "v1", "configmaps", ("configmap", "configmaps", "cm"))
SERVICE = Kind("Service", "v1", "services", ("service", "services", "svc"))
POLICY = Kind(
    "NetworkPolicy", "networking.k8s.io/v1", "networkpolicies.networking.k8s.io",
    ("networkpolicy", "networkpolicies", "netpol"),
)  # fmt: skip
NAMESPACE = Kind("Namespace", "v1", "namespaces", ("namespace", "namespaces", "ns"), namespaced=False)
POD = Kind("Pod", "v1", "pods", ("pod", "pods", "po"))
KINDS = (ELASTICSEARCH, SECRET, CONFIG_MAP, SERVICE, POLICY, NAMESPACE, POD)


def kind_called(word: str) -> Kind:
    """The kind that a word of a command line means."""
    for kind in KINDS:
        if word.lower() in kind.aliases or word.lower() == kind.name.lower() or word.lower() == kind.plural:
            return kind
    raise Refused(f'the server doesn\'t have a resource type "{word}"')


def kind_of(manifest: Any) -> Kind:
    """The kind of a manifest; Refused when it names none that the API server has."""
    if not isinstance(manifest, dict) or not manifest.get("kind") or not manifest.get("apiVersion"):
        raise Refused("error validating data: [apiVersion not set, kind not set]: a manifest names both")
    for kind in KINDS:
        if manifest["kind"] == kind.name:
            if manifest["apiVersion"] == kind.api_version:
                return kind
            break
    told = f'kind "{manifest["kind"]}" in version "{manifest["apiVersion"]}"'
    raise Refused(f"no matches for {told}, ensure CRDs are installed first")


def selects(selector: Any, labels: dict[str, str]) -> bool:
    """Whether a selector (`matchLabels`) fits; an empty one fits everything."""
    wanted = (selector or {}).get("matchLabels") or {}
    return all(labels.get(name) == value for name, value in wanted.items())
