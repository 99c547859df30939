"""Files of the self-managed side of a connection: settings, trust, certificates, and the key's way into the keystore.

Source: Elasticsearch documentation, "Remote clusters: self-managed", ``elasticsearch-certutil``,
``elasticsearch-keystore``. Only a keystore can be reloaded; any other change needs a restart of every node.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Any, Final

from ece_domain.certificates import read_certificates
from ece_domain.hand_over.configure_script import configure_script
from ece_domain.hand_over.content import File, Line, Step, needed, plain
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.hand_over.remote_settings import remote_settings
from ece_domain.hand_over.self_managed_steps import SelfManagedSteps
from ece_domain.hand_over.trust_files import certificate_names, trust_file
from ece_domain.remote_clusters import credentials_setting, is_host_name

SETTINGS: Final = "elasticsearch.yml"
TRUST_SETTINGS: Final = "elasticsearch.trust.yml"
SERVER: Final = "remote-cluster-server"
_TRANSPORT: Final = "xpack.security.transport.ssl"
_SERVER: Final = "xpack.security.remote_cluster_server.ssl"
_CLIENT: Final = "xpack.security.remote_cluster_client.ssl"


class SelfManaged:
    """The files and steps of the side that runs on nodes of its own."""

    def __init__(self, connection: Connection, side: Side) -> None:
        self.connection = connection
        self.side = side
        self.other = connection.other
        self.is_local = side is connection.local
        self.folder = f"remote-clusters/{connection.alias}"
        """Where the files are on a node, seen from the folder of ``elasticsearch.yml``."""

    @property
    def makes_certificates(self) -> bool:
        """Certificates are made by the hand-over: for the remote cluster server, or for nodes known by name."""
        if self.connection.is_by_key:
            return not self.is_local and not self.side.public_ca
        return self.side.new_certificates and bool(self.side.node_names)

    @property
    def needs_ca(self) -> bool:
        """The CA of the other side goes to the nodes."""
        return not self.connection.is_by_key or (self.is_local and not self.other.public_ca)

    @property
    def fragments(self) -> tuple[str, ...]:
        """Names of the files that go into ``elasticsearch.yml``, in their order."""
        return (SETTINGS,) if self.connection.is_by_key else (SETTINGS, TRUST_SETTINGS)

    def files(self) -> Iterator[File]:
        """All files of the side."""
        yield configure_script(f"remote cluster {self.connection.alias}", self.side.config_folder)
        yield self._settings()
        if self.needs_ca:
            yield _ca_file(self.other)
        if not self.connection.is_by_key:
            yield _ca_file(self.side)
            yield trust_file(self.side.name, self.other, self.side)
            yield self._trust_settings()
        if self.makes_certificates:
            if not self.connection.is_by_key:
                yield self._instances()
            yield self._certutil()
        if self.is_local and self.connection.is_by_key:
            yield self._keystore()

    def steps(self) -> Iterator[Step]:
        """All steps of the side, in their order."""
        return SelfManagedSteps(self).steps()

    # settings

    def _settings(self) -> File:
        head = plain(
            f"# Settings of the nodes of {self.side.name} for remote cluster {self.connection.alias}; "
            "sh configure.sh puts them into elasticsearch.yml."
        )
        lines: list[Line] = []
        if not self.connection.is_by_key:
            lines += self._transport_lines()
        elif self.is_local:
            lines += self._client_lines()
        else:
            lines += self._server_lines()
        if self.is_local and not self.side.is_reached:
            lines += [
                _setting(name, value, required=required)
                for name, (value, required) in remote_settings(self.connection).items()
            ]
        return File(SETTINGS, (*head, *lines))

    def _server_lines(self) -> Iterator[Line]:
        yield _setting("remote_cluster_server.enabled", True, required=True)
        yield _setting("remote_cluster.port", self.side.port(self.connection.model))
        if self.makes_certificates:
            yield Line(f"# replaces: {_SERVER}.keystore.path")
            yield _setting(f"{_SERVER}.enabled", True)
            yield _setting(f"{_SERVER}.certificate", f"{self.folder}/{SERVER}/{SERVER}.crt", required=True)
            yield _setting(f"{_SERVER}.key", f"{self.folder}/{SERVER}/{SERVER}.key", required=True)
        if self.other.egress:
            yield Line("# Only these may connect; the filter of the remote cluster port alone.")
            yield _setting("xpack.security.remote_cluster.filter.allow", list(self.other.egress))
            yield _setting("xpack.security.remote_cluster.filter.deny", "_all")

    def _client_lines(self) -> Iterator[Line]:
        yield _setting(f"{_CLIENT}.enabled", True)
        if self.needs_ca:
            yield Line(f"# replaces: {_CLIENT}.truststore.path")
            yield _setting(f"{_CLIENT}.certificate_authorities", [self._ca_path(self.other)], required=True)

    def _transport_lines(self) -> Iterator[Line]:
        yield Line(f"# replaces: {_TRANSPORT}.truststore.path")
        yield Line("# The list replaces the one before: the cluster's own CA comes first, then that of the other side.")
        authorities = [self._ca_path(self.side), self._ca_path(self.other)]
        yield _setting(f"{_TRANSPORT}.certificate_authorities", authorities, required=True)
        if self.makes_certificates:
            yield Line(f"# replaces: {_TRANSPORT}.keystore.path")
            yield _setting(f"{_TRANSPORT}.certificate", f"{self.folder}/node.crt", required=True)
            yield _setting(f"{_TRANSPORT}.key", f"{self.folder}/node.key", required=True)
            yield _setting(f"{_TRANSPORT}.verification_mode", "certificate")

    def _ca_path(self, side: Side) -> str:
        return f"{self.folder}/ca/{side.name}.crt"

    def _trust_settings(self) -> File:
        return File(
            TRUST_SETTINGS,
            (
                *plain(
                    "# Whom the nodes let in. It comes into force last, when every node carries a certificate that",
                    "# trust.yml lists: a node that was restarted with it rejects the others until they do.",
                ),
                _setting(f"{_TRANSPORT}.trust_restrictions.path", f"{self.folder}/trust.yml"),
            ),
        )

    # certificates and the key

    def _instances(self) -> File:
        lines = [
            Line(f"# The nodes of {self.side.name}, by the names that their certificates carry."),
            Line("instances:"),
        ]
        for node, name in zip(self.side.node_names, certificate_names(self.side), strict=True):
            lines += [Line(f'  - name: "{node}"', required=True), Line("    cn:")]
            lines += [Line(f'      - "{name}"', required=True)]
            if is_host_name(node) and "." in node:
                lines += [Line("    dns:"), Line(f'      - "{node}"')]
        return File("instances.yaml", tuple(lines))

    def _certutil(self) -> File:
        here = f"{self.side.config_folder}/{self.folder}"
        name = "server" if self.connection.is_by_key else "nodes"
        archive = shlex.quote(f"{here}/{name}.zip")
        ca = f"--ca {shlex.quote(self.side.ca_file)}"
        if self.side.ca_key_file:
            ca = f"--ca-cert {shlex.quote(self.side.ca_file)} --ca-key {shlex.quote(self.side.ca_key_file)}"
        which = self._server_names() if self.connection.is_by_key else f"--in {shlex.quote(f'{here}/instances.yaml')}"
        return File(
            "certutil.sh",
            (
                *plain(
                    "#!/bin/sh",
                    f"# Makes certificates signed by {self.side.ca_file}, on the one node that holds this CA and its",
                    "# key; a password of the CA is asked for.",
                    "set -eu",
                    "umask 027",
                ),
                *needed(f"cd {shlex.quote(self.side.home)}"),
                *plain(f"rm -f {archive}"),
                *needed(
                    f"bin/elasticsearch-certutil cert --silent --pem {ca} {which} --out {archive}",
                    f"unzip -o -q {archive} -d {shlex.quote(here)}",
                ),
            ),
            is_script=True,
        )

    def _server_names(self) -> str:
        hosts = dict.fromkeys(
            filter(None, (self.connection.remote.reached_at(self.connection.model).host, self.side.server_name))
        )
        names = ",".join(host for host in hosts if is_host_name(host))
        addresses = ",".join(host for host in hosts if not is_host_name(host))
        given = (f"--name {SERVER}", f"--dns {names}" if names else "", f"--ip {addresses}" if addresses else "")
        return " ".join(part for part in given if part)

    def _keystore(self) -> File:
        tool = shlex.quote(f"{self.side.home}/bin/elasticsearch-keystore")
        secret = shlex.quote(self.connection.secret_file or "")
        return File(
            "keystore.sh",
            (
                *plain(
                    "#!/bin/sh",
                    f"# Puts the key of remote cluster {self.connection.alias} into the keystore of this node. The key",
                    f"# itself is only in {secret} (mode 0600): take that file to the node by a safe way.",
                    "set -eu",
                ),
                *needed(f"{tool} add --force --stdin {credentials_setting(self.connection.alias)} < {secret}"),
            ),
            is_script=True,
        )


def _ca_file(side: Side) -> File:
    """All CAs of a side as one PEM file; of the one in use the first line is marked."""
    blocks = [found.pem for pem in side.ca_pem for found in read_certificates(pem)]
    lines = [
        Line(text, required=number == 0 and position == 0)
        for number, block in enumerate(blocks)
        for position, text in enumerate(block.splitlines())
    ]
    return File(f"ca/{side.name}.crt", tuple(lines))


def _setting(name: str, value: Any, *, required: bool = False) -> Line:
    """One setting as ``elasticsearch.yml`` holds it."""
    return Line(f"{name}: {value if isinstance(value, str) else json.dumps(value)}", required)
