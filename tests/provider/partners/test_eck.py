"""A cluster on Kubernetes is a place of kind ``elasticsearch``: manifests are its administrator's, the rest is ours."""

from __future__ import annotations

import base64
from pathlib import Path

from ece_simulator import Simulator
from tests.provider.remote_clusters.support import KEY, REMOTE, World
from tests.simulator.partners import run

SERVER = """
spec:
  remoteClusterServer:
    enabled: true
    service:
      spec:
        type: LoadBalancer
"""


async def test_key_and_connection_by_the_service(simulator: Simulator, tmp_path: Path):
    """Address and server name are those of the service that ECK makes."""
    eck = simulator.add_eck(home=tmp_path / "eck", documents={"logs-1": {"1": {"n": 1}}})
    eck.patch(SERVER)
    world = World(simulator)
    central = world.control.seed(name="central")["id"]
    login = {"endpoint": eck.endpoint, "username": eck.username, "password": eck.password, "ca_file": str(eck.ca_file)}
    world.config = {"environments": {"k8s": {"kind": "elasticsearch", **login}}}
    entry = {"name": "k8s", "type": "proxy", "trust_all": False, "certificates": [{"pem": eck.ca_pem}]}
    world.set_trust(central, direct=[entry])
    remote = {"environment": "k8s", "address": eck.remote_cluster_host, "server_name": eck.server_name}
    access = {"search": [{"names": ["logs-*"]}]}
    local = {"deployment_id": central, "alias": "logs"}
    key = {"name": "central-to-k8s", "access": access, "remote": remote, "local": local}
    stored = await world.apply(KEY, key)
    link = {
        **local, "security_model": "api_key", "remote": remote, "cross_cluster_api_key_id": stored["id"],
        "timeouts": {"create": "3s"},
    }  # fmt: skip
    made = await world.apply(REMOTE, link)
    assert (made["connected"], made["server_name"]) == (True, eck.server_name)
    assert (await world.plan(REMOTE, link, made)).changed == set()
    renewed = await world.apply(KEY, {**key, "name": "second"}, stored)
    assert renewed["key_id"] != stored["key_id"]
    assert world.is_connected(central, "logs")


async def test_the_file_becomes_a_secret_of_kubernetes(simulator: Simulator, tmp_path: Path):
    """What the file holds is what a Secret wants, byte for byte."""
    eck = simulator.add_eck(home=tmp_path / "eck")
    world = World(simulator)
    logs = world.control.seed(name="logs")["id"]
    file = tmp_path / "key"
    local = {"name": "k8s", "alias": "logs", "secret_file": str(file)}
    key = {"name": "k8s-to-logs", "access": {"search": [{"names": ["*"]}]}, "remote": {"deployment_id": logs}}
    await world.apply(KEY, {**key, "local": local})
    source = f"--from-file=cluster.remote.logs.credentials={file}"
    done = run(tmp_path, "kubectl", "-n", "default", "create", "secret", "generic", "logs-key", source, path=[eck.bin])
    assert done.returncode == 0, done.stderr
    held = eck.get("Secret", "logs-key")["data"]["cluster.remote.logs.credentials"]
    assert base64.b64decode(held).decode() == file.read_text()
