"""Manifests that the owner of an ECK cluster writes, one by one."""

from __future__ import annotations

from typing import Any

import yaml

from ece_simulator import EckCluster
from tests.simulator.clusters import Cluster, proxy_root
from tests.simulator.partners import authorities_of

CONFIG = "/usr/share/elasticsearch/config"
LOAD_BALANCER = {"spec": {"type": "LoadBalancer"}}
TRANSPORT_SSL, CLIENT_SSL = "xpack.security.transport.ssl", "xpack.security.remote_cluster_client.ssl"


def patch(cluster: EckCluster, **spec: Any) -> None:
    """A merge patch of the Elasticsearch resource."""
    cluster.patch(yaml.safe_dump({"spec": spec}))


def apply(cluster: EckCluster, kind: str, name: str, version: str = "v1", **parts: Any) -> None:
    """One manifest in the cluster's namespace."""
    metadata = {"name": name, "namespace": cluster.namespace}
    cluster.apply(yaml.safe_dump({"apiVersion": version, "kind": kind, "metadata": metadata, **parts}))


def node_set(config: dict[str, Any], *volumes: dict[str, Any], name: str = "default", count: int = 1) -> dict[str, Any]:
    """A nodeSet with settings, and with volumes below `config/<name>`."""
    mounts = [{"name": one["name"], "mountPath": f"{CONFIG}/{one['name']}"} for one in volumes]
    pod = {"spec": {"containers": [{"name": "elasticsearch", "volumeMounts": mounts}], "volumes": list(volumes)}}
    return {"name": name, "count": count, "config": config, "podTemplate": pod}


def trust_ece(
    cluster: EckCluster, deployment: Cluster, own: str | None = None, lacking: str = "", **more: Any
) -> dict[str, Any]:
    """Secret, config map and the nodeSet of the certificate model; leaves out what is named."""
    restriction = deployment.api.get(f"/deployments/{deployment.id}/certificate-authority")
    names = [own or "*.node.search.logging.es.local", restriction["recommended_trust_restriction"]]
    trusted = {"own": names[1:], "peer": names[:1]}.get(lacking, names)
    if lacking != "secret":
        apply(cluster, "Secret", "ece-ca", stringData={"ca.crt": authorities_of(deployment)})
    apply(cluster, "ConfigMap", "ece-trust", data={"trust.yml": yaml.safe_dump({"trust.subject_name": trusted})})
    config = {
        f"{TRANSPORT_SSL}.certificate_authorities": [f"{CONFIG}/ca/ca.crt"],
        f"{TRANSPORT_SSL}.trust_restrictions.path": f"{CONFIG}/trust/trust.yml",
    }
    volumes = (
        {"name": "ca", "secret": {"secretName": "ece-ca"}},
        {"name": "trust", "configMap": {"name": "ece-trust"}},
    )
    return node_set(config, *volumes, **more)


def proxy_ca(cluster: EckCluster, deployment: Cluster) -> dict[str, Any]:
    """Config map and nodeSet with the CA of the proxies."""
    apply(cluster, "ConfigMap", "ece-proxy", data={"ca.crt": proxy_root(deployment)})
    path = f"{CONFIG}/proxy/ca.crt"
    config = {f"{CLIENT_SSL}.enabled": True, f"{CLIENT_SSL}.certificate_authorities": [path]}
    return node_set(config, {"name": "proxy", "configMap": {"name": "ece-proxy"}})
