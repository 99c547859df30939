"""Run-books that the matrix of routes does not walk through: a key made by hand, nodes that carry their names."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

from ece_simulator import Simulator
from tests.provider.hand_over.test_hand_over import KIND
from tests.provider.remote_clusters.support import REMOTE, SECRET, World


async def test_a_connection_made_by_the_run_book(world: World, simulator: Simulator, tmp_path: Path):
    """From the request for the key to an answered search; Terraform knows the file of the key, and no more."""
    onprem = simulator.add_self_managed(home=tmp_path / "es", documents={"logs-1": {"1": {"n": 1}}})
    central = world.control.seed(name="central")["id"]
    stored = await world.apply(
        KIND,
        {
            "folder": "ho", "alias": "onprem", "security_model": "api_key", "secret_file": "secrets/onprem",
            "access": {"search": [{"names": ["logs-*"]}]},
            "local": {"kind": "ece", "name": "central", "deployment_id": central},
            "remote": {
                "kind": "self_managed", "name": "onprem", "address": onprem.host, "home": str(onprem.home),
                "config_folder": str(onprem.config), "ca_file": "ca/ca.crt", "ca_key_file": "ca/ca.key",
                "restart_command": "true",
            },
        },
    )  # fmt: skip
    request = Path("ho/create_key.console").read_text()
    verb, path = next(line for line in request.splitlines() if not line.startswith("#")).split()
    key = onprem.call(verb, path.removeprefix("/"), json.loads(request[request.index("{") :]))["encoded"]
    for step in stored["steps"]:
        for command in step["commands"]:
            subprocess.run(["sh", "-c", command], input=f"{key}\n", text=True, check=True)
    assert onprem.restart(), onprem.log()
    assert Path("secrets/onprem").read_text() == key
    assert Path("secrets/onprem").stat().st_mode & 0o077 == 0
    proxy = {"name": "onprem", "type": "proxy", "trust_all": False, "certificates": [{"pem": onprem.ca_pem}]}
    world.set_trust(central, direct=[proxy])
    secret = {"name": "cluster.remote.onprem.credentials", "value_file": "secrets/onprem"}
    await world.apply(SECRET, {"deployment_id": central, **secret})
    made = await world.apply(
        REMOTE,
        {
            "deployment_id": central, "alias": "onprem", "security_model": "api_key", "external_secret": True,
            "proxy_address": f"{onprem.host}:9443", "server_name": onprem.host, "timeouts": {"create": "5s"},
        },
    )  # fmt: skip
    assert made["connected"] is True
    found = world.elasticsearch(central, "GET", "onprem:logs-1/_search")
    assert found["hits"]["total"]["value"] == 1
    assert key not in json.dumps([stored.state, made.state])


async def test_nodes_that_carry_their_names_get_no_new_certificates(world: World, simulator: Simulator, tmp_path: Path):
    """Fewer steps, and the trust file lets in the same names."""
    onprem = simulator.add_self_managed(home=tmp_path / "es", named_nodes=True)
    central = world.control.seed(name="central")
    stored = await world.apply(
        KIND,
        {
            "folder": "ho", "alias": "central", "security_model": "certificate",
            "local": {
                "kind": "self_managed", "name": "onprem", "ca_pem": [onprem.ca_pem], "home": str(onprem.home),
                "config_folder": str(onprem.config), "restart_command": "true", "new_certificates": False,
                "node_names": onprem.node_names,
            },
            "remote": {"kind": "ece", "name": "central", "deployment_id": central["id"]},
        },
    )  # fmt: skip
    assert "certutil.sh" not in stored["files"]
    entry = {"name": "onprem", "type": "generic", "trust_all": False, "certificates": [{"pem": onprem.ca_pem}]}
    world.set_trust(central["id"], direct=[{**entry, "additional_node_names": onprem.node_names}])
    for step in stored["steps"]:
        for command in step["commands"]:
            subprocess.run(["sh", "-c", command], check=True)
    assert onprem.restart(), onprem.log()
    assert onprem.call("GET", "_remote/info")["central"]["connected"] is True
