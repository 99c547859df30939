"""Lines of elasticsearch.yml, which is all that the owner of a self-managed cluster has to write in."""

from __future__ import annotations

from ece_simulator import SelfManagedCluster

SERVER = {
    "remote_cluster_server.enabled": "true",
    "xpack.security.remote_cluster_server.ssl.key": "certs/server.key",
    "xpack.security.remote_cluster_server.ssl.certificate": "certs/server.crt",
}
SERVER_SSL = "xpack.security.remote_cluster_server.ssl"
CLIENT_SSL = "xpack.security.remote_cluster_client.ssl"
TRANSPORT_SSL = "xpack.security.transport.ssl"


def add_lines(cluster: SelfManagedCluster, settings: dict[str, str]) -> None:
    """Lines at the end of elasticsearch.yml."""
    yml = cluster.config / "elasticsearch.yml"
    yml.write_text(yml.read_text() + "".join(f"{name}: {value}\n" for name, value in settings.items()))


def change_line(cluster: SelfManagedCluster, name: str, value: str) -> None:
    """Another value for a setting that is there."""
    yml = cluster.config / "elasticsearch.yml"
    lines = [f"{name}: {value}" if line.startswith(f"{name}:") else line for line in yml.read_text().splitlines()]
    yml.write_text("\n".join(lines) + "\n")
