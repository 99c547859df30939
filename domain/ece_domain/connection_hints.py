"""What is to be looked at where a side is no deployment of ECE: the same cause has another remedy there. Pure texts.

Sources: Elasticsearch documentation, "Remote clusters with self-managed installations"; ECK documentation, "Remote
clusters"; Elastic Cloud documentation, "Network security".
"""

from __future__ import annotations

from typing import Final

from ece_domain.platforms import Platform
from ece_domain.remote_clusters import credentials_setting
from ece_domain.security_models import SecurityModel


def missing_secret(words: str, alias: str) -> str:
    """The local side is a cluster of its own, and Elasticsearch has loaded no secret."""
    name = credentials_setting(alias)
    return (
        f"Elasticsearch of {words} has loaded no secret {name}, so it uses the certificate model. Put the key, which "
        "secret_file of its ece_cross_cluster_api_key holds, into the keystore of every node: "
        f"bin/elasticsearch-keystore add --stdin {name} < FILE (on ECK: a Secret with that key in "
        "spec.secureSettings); then POST /_nodes/reload_secure_settings, or restart."
    )


def needless_secret(words: str, alias: str) -> str:
    """The local side is a cluster of its own that has loaded a secret, and the model works without."""
    name = credentials_setting(alias)
    return (
        f"Elasticsearch of {words} has loaded the secret {name}, which turns the alias to the API-key model. Remove it "
        f"on every node: bin/elasticsearch-keystore remove {name} (on ECK: out of spec.secureSettings); then POST "
        "/_nodes/reload_secure_settings, or restart."
    )


def proxy_authority(words: str) -> str:
    """The local side is a cluster of its own, and the remote one shows a certificate of a private CA."""
    return (
        f"Every node of {words} has to trust the CA that signed the proxy certificate of the remote environment, "
        "unless it is a public one: xpack.security.remote_cluster_client.ssl.certificate_authorities with ca_pem of "
        "data.ece_proxy_certificate there, and a restart. The CA of the remote deployment's nodes does not help."
    )


def missing_generic_trust(words: str, peer: str, back: str) -> str:
    """A deployment without any entry that could be for a cluster of its own."""
    return (
        f"{words} does not trust {peer}{back}: it has no direct trust for a CA of nodes. An "
        "ece_deployment_trust_direct of type generic holds the CA that signs the node certificates there, with "
        "scope_id and cluster_ids, or additional_node_names."
    )


_SOURCES: Final = {
    Platform.ECE: "the addresses of its allocators",
    Platform.ECH: "the egress addresses of its region at Elastic Cloud Hosted",
    Platform.SELF_MANAGED: "the addresses of its nodes, or of the gateway before them,",
    Platform.ECK: "the egress addresses of its Kubernetes cluster",
}


def sources(platform: Platform) -> str:
    """Which addresses a filter has to let in."""
    return _SOURCES[platform]


def dials(platform: Platform, words: str) -> str:
    """Who has to reach the address."""
    if platform is Platform.ECH:
        return "Elastic Cloud Hosted reaches over the internet"
    who = {Platform.ECE: "the allocators", Platform.ECK: "all pods"}.get(platform, "all nodes")
    return f"{who} of {words} reach"


def server(platform: Platform, model: SecurityModel) -> str:
    """What a remote side needs before it answers at its port; empty on ECE, where it always does."""
    if platform is Platform.ECH:
        return " Deployments of Elastic Cloud Hosted answer there by themselves; a network security policy may refuse."
    if platform.is_cloud:
        return ""
    if model is SecurityModel.CERTIFICATE:
        return (
            " On a self-managed cluster the transport port (9300) must be open, its nodes need certificates with an "
            "otherName, and xpack.security.transport.ssl.certificate_authorities and trust_restrictions.path must let "
            "the other side in; on ECK the transport service needs type LoadBalancer."
        )
    return (
        " A self-managed cluster answers at 9443 only with remote_cluster_server.enabled: true and "
        "xpack.security.remote_cluster_server.ssl.* on every node, and after a restart; ECK with "
        "spec.remoteClusterServer.enabled: true and a service of type LoadBalancer. "
        "xpack.security.remote_cluster.filter.*, a firewall or a NetworkPolicy may refuse."
    )


def server_authority(platform: Platform) -> str:
    """Which CA a connection by key needs to know, where the remote side is a cluster of its own."""
    if platform.is_cloud:
        return ""
    return (
        " The remote side shows the certificate of its remote cluster server (on ECK ca.crt of the Secret "
        "<name>-es-transport-certs-public): its CA belongs into certificates of an ece_deployment_trust_direct of type "
        "proxy of the local deployment. The CA of its HTTP port may be another one. server_name must be a name in that "
        "certificate."
    )


def server_names(platform: Platform) -> str:
    """Which name is to be given, or which certificate to be shown, so that they fit."""
    if platform.is_cloud:
        return (
            "Proxies need a certificate with the wildcard of that name (on ECE an ece_platform_certificate), or "
            "another environment is meant."
        )
    return (
        "Give a name that is in the certificate (server_name, in remote where that is given): with ECK's own "
        "certificates <name>-es-remote-cluster.<namespace>.svc, on a self-managed cluster one of the names that its "
        "server certificate was made with."
    )


_NODE_AUTHORITIES: Final = {
    Platform.ECE: "certificates_pem of data.ece_certificate_authority for the remote deployment",
    Platform.ECH: (
        "certificates_pem of data.ece_certificate_authority for the remote deployment: each region of Elastic Cloud "
        "Hosted has a CA of its own"
    ),
    Platform.SELF_MANAGED: (
        "the CA that signed the node certificates (transport) of the remote cluster, on ECK ca.crt of the Secret "
        "<name>-es-transport-certs-public"
    ),
}


def node_authority(local: Platform, words: str, remote: Platform) -> str:
    """Certificate model: which CA the local side needs, and where it goes."""
    wanted = _NODE_AUTHORITIES.get(remote, _NODE_AUTHORITIES[Platform.SELF_MANAGED])
    if local.is_cloud:
        return (
            f"certificates of the ece_deployment_trust_direct of {words} need {wanted}. The CA of proxies (port 9443) "
            "or of HTTP does not help."
        )
    return (
        f"xpack.security.transport.ssl.certificate_authorities of every node of {words} needs {wanted}, beside its own "
        "CA. The CA of proxies (port 9443) does not help."
    )


def unnamed_nodes(words: str) -> str:
    """Certificate model: the nodes of the remote side carry no name that trust could be judged by."""
    return (
        f"The node certificates of {words} carry no otherName, so no trust entry can fit. Make them anew with the "
        "names of instances.yaml (elasticsearch-certutil cert --in instances.yaml), such as "
        "<node>.node.<cluster id>.cluster.<scope id>.account, and restart the nodes."
    )


def node_names(local: Platform, words: str, remote: Platform) -> str:
    """Certificate model: what has to fit the names in the node certificates of the remote side."""
    if not local.is_cloud:
        return (
            f"The trust file of {words} (xpack.security.transport.ssl.trust_restrictions.path) needs a pattern for it: "
            "*.node.<cluster id>.cluster.<environment id>.account, with the Elasticsearch cluster id of the deployment."
        )
    if remote.is_cloud:
        return (
            f"cluster_ids of the trust of {words} need the Elasticsearch cluster id of the other side, and scope_id "
            "its environment or organization id; neither is verified when it is written."
        )
    return (
        f"In the ece_deployment_trust_direct of {words} either additional_node_names holds that very name, or scope_id "
        "and cluster_ids are such that it reads <node>.node.<cluster id>.cluster.<scope_id>.account; names that ECK "
        "makes by itself do not."
    )


def trust_back(remote: Platform, local: Platform) -> str:
    """Certificate model: what the remote side needs before it lets the local one in."""
    if not remote.is_cloud:
        return server(remote, SecurityModel.CERTIFICATE).strip()
    wanted = {
        Platform.ECE: "certificates_pem of data.ece_certificate_authority for the local deployment",
        Platform.ECH: "certificates_pem of data.ece_certificate_authority for the local deployment, as each region of "
        "Elastic Cloud Hosted has a CA of its own",
    }.get(
        local,
        "the CA that signed the node certificates (transport) of the local cluster, on ECK ca.crt of the Secret "
        "<name>-es-transport-certs-public, not that of HTTP",
    )
    return f"certificates of an ece_deployment_trust_direct there need {wanted}."
