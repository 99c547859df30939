"""Kubernetes manifests of the ECK side: CA, trust file, key, and the patch of the Elasticsearch resource.

Source: ECK documentation, "Remote clusters", "Transport settings", "Secure settings".
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Any, Final

from ece_domain.certificates import read_certificates
from ece_domain.hand_over.content import File, Line, Step, needed, plain
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.hand_over.node_sets import Mount, with_node_settings, with_secure_setting
from ece_domain.hand_over.remote_settings import remote_settings
from ece_domain.hand_over.trust_files import node_suffix, trust_file
from ece_domain.hand_over.yaml_text import Path, yaml_lines
from ece_domain.remote_clusters import credentials_setting
from ece_domain.security_models import SecurityModel

_CONFIG: Final = "/usr/share/elasticsearch/config"
PATCH: Final = "elasticsearch.patch.yaml"
_POLICY: Final = "network_policy.yaml"


def object_name(alias: str, purpose: str) -> str:
    """The name of a Kubernetes object of this connection; names there hold no underscore."""
    return f"{alias.replace('_', '-')}-{purpose}"


class Eck:
    """The files and steps of the side that runs on Kubernetes."""

    def __init__(self, connection: Connection, side: Side) -> None:
        self.connection = connection
        self.side = side
        self.other = connection.other
        self.is_local = side is connection.local
        self._kubectl = f"kubectl -n {side.namespace}"

    @property
    def _needs_ca(self) -> bool:
        return not self.connection.is_by_key or (self.is_local and not self.other.public_ca)

    def files(self) -> Iterator[File]:
        """All files of the side."""
        if self._needs_ca:
            yield self._ca_secret()
        if not self.connection.is_by_key:
            yield self._trust_config_map()
        if self.is_local and self.connection.is_by_key:
            yield self._key_command()
        yield self._patch()
        if self._has_policy:
            yield self._network_policy()

    def steps(self) -> Iterator[Step]:
        """All steps of the side, in their order."""
        who = f"Kubernetes administrator of {self.side.name}"
        if self._needs_ca:
            yield self._applied(
                who, "ca_secret.yaml", f"Make the Secret with the CA of {self.other.words}.", "get secret", "remote-ca"
            )
        if not self.connection.is_by_key:
            yield self._applied(
                who, "trust_config_map.yaml", "Make the ConfigMap with the trust file.", "get configmap", "remote-trust"
            )
        if self.is_local and self.connection.is_by_key:
            yield self._key_step(who)
        yield self._patch_step(who)
        if self._has_policy:
            yield self._policy_step(who)

    # objects

    def _labels(self, name: str) -> dict[str, Any]:
        return {"name": name, "namespace": self.side.namespace}

    def _ca_secret(self) -> File:
        certificates = [found.pem for pem in self.other.ca_pem for found in read_certificates(pem)]
        document = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": self._labels(object_name(self.connection.alias, "remote-ca")),
            "type": "Opaque",
            "stringData": {"ca.crt": "".join(f"{pem}\n" for pem in certificates)},
        }
        return File("ca_secret.yaml", yaml_lines(document, {("stringData", "ca.crt")}))

    def _trust_config_map(self) -> File:
        content = trust_file(self.side.name, self.other, self.side)
        head = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": self._labels(object_name(self.connection.alias, "remote-trust")),
        }
        lines = (*yaml_lines(head), *plain("data:", "  trust.yml: |"))
        inner = (Line(f"    {line.text}", line.required) for line in content.lines)
        return File("trust_config_map.yaml", (*lines, *inner))

    def _key_command(self) -> File:
        secret = shlex.quote(self.connection.secret_file or "")
        name = object_name(self.connection.alias, "remote-key")
        entry = f"{credentials_setting(self.connection.alias)}={secret}"
        return File(
            "keystore.sh",
            (
                *plain(
                    "#!/bin/sh",
                    f"# Makes the Secret that ECK puts into the keystore of {self.side.name}.",
                    f"# The key itself is only in {secret}, mode 0600 and without a line break.",
                    "set -eu",
                    f"{self._kubectl} create secret generic {name} \\",
                ),
                *needed(f"  --from-file={entry} \\"),
                *plain(f"  --dry-run=client -o yaml | {self._kubectl} apply -f -"),
            ),
            is_script=True,
        )

    def _patch(self) -> File:
        spec, required = self._spec()
        return File(PATCH, yaml_lines({"spec": spec}, {("spec", *path) for path in required}))

    def _spec(self) -> tuple[dict[str, Any], set[Path]]:
        """What the patch changes in ``spec``, and which of it the connection needs."""
        spec: dict[str, Any] = {}
        required: set[Path] = set()
        if not self.is_local:
            self._expose(spec, required)
        suffix = node_suffix(self.side)
        if not self.connection.is_by_key and suffix is not None:
            spec.setdefault("transport", {})["tls"] = {"otherNameSuffix": suffix}
            required.add(("transport", "tls", "otherNameSuffix"))
        if self.is_local and self.connection.is_by_key:
            name = object_name(self.connection.alias, "remote-key")
            spec["secureSettings"], position = with_secure_setting(self.side.manifest, name)
            required.add(("secureSettings", position, "secretName"))
        settings = self._node_settings()
        if settings:
            spec["nodeSets"], places = with_node_settings(self.side.manifest, settings, self._mounts())
            required |= {("nodeSets", *place) for place in places}
        return spec, required

    def _expose(self, spec: dict[str, Any], required: set[Path]) -> None:
        service: dict[str, Any] = {"type": "LoadBalancer"}
        if self._has_policy:
            service["externalTrafficPolicy"] = "Local"
        if self.connection.is_by_key:
            spec["remoteClusterServer"] = {"enabled": True, "service": {"spec": service}}
            required.add(("remoteClusterServer", "enabled"))
            required.add(("remoteClusterServer", "service", "spec", "type"))
        else:
            spec["transport"] = {"service": {"spec": service}}
            required.add(("transport", "service", "spec", "type"))

    def _node_settings(self) -> dict[str, tuple[Any, bool]]:
        """Settings of all nodes: value, and whether the connection needs it."""
        settings: dict[str, tuple[Any, bool]] = {}
        ca = f"{self._folder('remote-ca')}/ca.crt"
        if not self.connection.is_by_key:
            settings["xpack.security.transport.ssl.certificate_authorities"] = ([ca], True)
            trust = f"{self._folder('remote-trust')}/trust.yml"
            settings["xpack.security.transport.ssl.trust_restrictions.path"] = (trust, False)
        elif self._needs_ca:
            settings["xpack.security.remote_cluster_client.ssl.enabled"] = (True, False)
            settings["xpack.security.remote_cluster_client.ssl.certificate_authorities"] = ([ca], True)
        if self.is_local and not self.side.is_reached:
            settings |= remote_settings(self.connection)
        return settings

    def _folder(self, purpose: str) -> str:
        return f"{_CONFIG}/{object_name(self.connection.alias, purpose)}"

    def _mounts(self) -> list[Mount]:
        name = object_name(self.connection.alias, "remote-ca")
        mounts = [Mount(name, self._folder("remote-ca"), {"secret": {"secretName": name}})] if self._needs_ca else []
        if not self.connection.is_by_key:
            trust = object_name(self.connection.alias, "remote-trust")
            mounts.append(Mount(trust, self._folder("remote-trust"), {"configMap": {"name": trust}}, required=False))
        return mounts

    @property
    def _has_policy(self) -> bool:
        return not self.is_local and bool(self.other.egress)

    def _network_policy(self) -> File:
        """Narrows the remote cluster port to the other side; everything else stays as it is without a policy."""
        port = self.side.port(self.connection.model)
        blocks = [{"ipBlock": {"cidr": str(ip_network(source))}} for source in self.other.egress]
        document: Mapping[str, Any] = {
            "apiVersion": "networking.k8s.io/v1",
            "kind": "NetworkPolicy",
            "metadata": self._labels(object_name(self.connection.alias, "remote-cluster")),
            "spec": {
                "podSelector": {"matchLabels": {"elasticsearch.k8s.elastic.co/cluster-name": self.side.cluster_name}},
                "policyTypes": ["Ingress"],
                "ingress": [
                    {"from": blocks, "ports": [{"port": port, "protocol": "TCP"}]},
                    {"from": [{"namespaceSelector": {}}]},
                    {"ports": [{"port": 9200, "protocol": "TCP"}]},
                ],
            },
        }
        required = {("spec", "ingress", 0, "from", number, "ipBlock", "cidr") for number in range(len(blocks))}
        head = plain(
            "# Pods that a policy selects refuse all that no rule allows. The first rule lets in the other side; the",
            "# two after it keep open what was open: pods of this Kubernetes cluster (own nodes, Kibana, the operator)",
            "# and the HTTP port.",
        )
        return File(_POLICY, head + yaml_lines(document, required))

    # steps

    def _path(self, name: str) -> str:
        return shlex.quote(f"{self.connection.folder}/{name}")

    def _applied(self, who: str, name: str, what: str, look: str, purpose: str) -> Step:
        thing = object_name(self.connection.alias, purpose)
        return Step(
            who,
            what,
            (f"{self._kubectl} apply -f {self._path(name)}",),
            check=f"`{self._kubectl} {look} {thing}` shows it.",
            undo=f"After the patch is undone: `{self._kubectl} delete -f {self._path(name)}`.",
            required=True,
        )

    def _key_step(self, who: str) -> Step:
        name = object_name(self.connection.alias, "remote-key")
        return Step(
            who,
            f"Make the Secret with the key from {self.connection.secret_file}; run it again after each rotation.",
            (f"sh {self._path('keystore.sh')}",),
            check=f"`{self._kubectl} get secret {name}` shows it with one entry.",
            undo=f"After the patch is undone: `{self._kubectl} delete secret {name}`.",
            required=True,
        )

    def _patch_step(self, who: str) -> Step:
        name = self.side.cluster_name
        lists = (
            " The patch holds the lists of the resource as they were told, since a merge patch replaces a list as a "
            "whole: keep the resource in version control in step."
            if any(key in self._spec()[0] for key in ("nodeSets", "secureSettings"))
            else ""
        )
        return Step(
            who,
            f"Patch the Elasticsearch resource {name}; ECK restarts its nodes one after the other.{lists}{self._since}",
            (f"{self._kubectl} patch elasticsearch {name} --type merge --patch-file {self._path(PATCH)}",),
            check=(
                f"`{self._kubectl} get elasticsearch {name}` shows green and Ready."
                + (
                    ""
                    if self.is_local
                    else f" `{self._kubectl} get service {self._service}` shows an external address."
                )
            ),
            undo="Apply the resource as it was before.",
            required=True,
        )

    @property
    def _since(self) -> str:
        """From which ECK on the patch is understood as a whole."""
        if self.is_local or not self.connection.is_by_key:
            return ""
        return (
            " The service is part of the patch from ECK 3.3 on; ECK 3.0 to 3.2 needs a Service of type LoadBalancer of "
            "its own, with targetPort 9443."
        )

    @property
    def _service(self) -> str:
        kind = "remote-cluster" if self.connection.model is SecurityModel.API_KEY else "transport"
        return f"{self.side.cluster_name}-es-{kind}"

    def _policy_step(self, who: str) -> Step:
        return Step(
            who,
            f"Let only {self.other.words} reach port {self.side.port(self.connection.model)} of the pods.",
            (f"{self._kubectl} apply -f {self._path(_POLICY)}",),
            check=f"`{self._kubectl} get networkpolicy` shows it.",
            undo=f"`{self._kubectl} delete -f {self._path(_POLICY)}`.",
        )
