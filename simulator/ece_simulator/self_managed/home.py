"""The home folder of a node: what a fresh one holds, and how its files are read."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from ece_simulator.partners.authority_files import kept_authority, write_secret
from ece_simulator.partners.issuing import Issued, Names, certificate_for
from ece_simulator.partners.scripts import write_script
from ece_simulator.self_managed.keystore_file import KeystoreFile

SETTINGS = "elasticsearch.yml"
LOOPBACK = ("127.0.0.1", "::1")
_YML = """\
cluster.name: {name}
node.name: {node}
xpack.security.enabled: true
xpack.security.http.ssl.enabled: true
xpack.security.http.ssl.certificate: certs/http.crt
xpack.security.http.ssl.key: certs/http.key
xpack.security.transport.ssl.enabled: true
xpack.security.transport.ssl.verification_mode: certificate
xpack.security.transport.ssl.certificate: certs/{node}.crt
xpack.security.transport.ssl.key: certs/{node}.key
xpack.security.transport.ssl.certificate_authorities: [certs/ca.crt]
"""


@dataclass(frozen=True)
class Home:
    """The folder of one node; `authority_folder` holds the CA of the cluster."""

    path: Path
    node: str
    authority_folder: Path

    @property
    def config(self) -> Path:
        """Where settings, certificates and keystore are."""
        return self.path / "config"

    @property
    def certificate_authority(self) -> Path:
        """The cluster's own CA."""
        return self.authority_folder / "ca.crt"

    @property
    def keystore(self) -> KeystoreFile:
        """The node's keystore."""
        return KeystoreFile(self.config)

    def fill(self, name: str, host: str, other_name: str | None) -> None:
        """Makes what a fresh installation has; what is there already stays, the tools are always written."""
        for tool, module in (("elasticsearch-keystore", "keystore_tool"), ("elasticsearch-certutil", "certutil")):
            write_script(self.path / "bin" / tool, f"ece_simulator.self_managed.{module}")
        (self.path / "logs").mkdir(parents=True, exist_ok=True)
        if (self.config / SETTINGS).exists():
            return
        authority = kept_authority(self.authority_folder, f"{name} CA")
        certs = self.config / "certs"
        certs.mkdir(parents=True, exist_ok=True)
        (certs / "ca.crt").write_bytes(authority.pem)
        others = (other_name,) if other_name else ()
        self._issue(certs / self.node, Names(self.node, others, (host,), LOOPBACK), authority)
        self._issue(certs / "http", Names(host, (), (host, "localhost"), LOOPBACK), authority)
        self._issue(certs / "server", Names(host, (), (host,), ()), authority)
        if not self.keystore.exists():
            self.keystore.write({"keystore.seed": "simulated"})
        (self.config / SETTINGS).write_text(_YML.format(name=name, node=self.node), encoding="utf-8")

    def _issue(self, stem: Path, names: Names, authority: Issued) -> None:
        made = certificate_for(names, authority.certificate, authority.key)
        stem.with_suffix(".crt").write_bytes(made.pem)
        write_secret(stem.with_suffix(".key"), made.key_pem())


@dataclass(frozen=True)
class ConfigFiles:
    """`partners.node_files.Files` of a home folder: nothing outside of `config` can be read."""

    config: Path

    @property
    def root(self) -> str:
        """The config folder."""
        return str(self.config)

    def read(self, path: str) -> bytes:
        """A file; links that lead out of the folder are blocked too."""
        whole = (self.config / path).resolve()
        if not whole.is_relative_to(self.config.resolve()):
            raise PermissionError(path)
        if not whole.is_file():
            raise FileNotFoundError(path)
        return whole.read_bytes()
