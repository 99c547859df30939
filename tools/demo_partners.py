"""The partners of the demo: three clusters that others run, what these tell of them, and what they do themselves.

Each of the three kinds stands for somebody else: the owner of a deployment on Elastic Cloud Hosted, the administrators
of a self-managed cluster and those of one on Kubernetes. They get a hand-over and carry it out as it is written.
"""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tools.demo_sides import Door, Side, basic
from tools.simulator_process import SimulatorProcess

STACK = "partners"
"""The stack of main.py that connects them."""


class Partners:
    """One partner of each kind, in a running simulator."""

    def __init__(self, simulator: SimulatorProcess, folder: Path) -> None:
        self._simulator, self._folder = simulator, folder
        self._hosted, self._onprem, self._search = (
            simulator.facts[kind][0] for kind in ("hosted", "self_managed", "eck")
        )
        self._deployment = simulator.control("seed", installation=self._hosted["name"], name="hosted")
        self._password = self._reset_password()

    def _reset_password(self) -> str:
        """Hosted deployments show the password of `elastic` once; their owner asks for a new one."""
        path = f"/api/v1/deployments/{self._deployment['id']}/elasticsearch/main-elasticsearch/_reset-password"
        door = Door(self._hosted["plain_endpoint"], {"Authorization": f"ApiKey {self._hosted['api_key']}"})
        return str(door.ask("POST", path)["password"])

    def tell(self) -> None:
        """Write what main.py is told about the partners."""
        told = {"hosted": self._about_hosted(), "search": self._about_search(), "onprem": self._about_onprem()}
        (self._folder / "partners.json").write_text(json.dumps(told, indent=2), encoding="utf-8")

    def _about_hosted(self) -> dict[str, Any]:
        # In the simulator its Elasticsearch has no name that DNS knows; on Elastic Cloud nobody says where it is.
        return {
            "deployment_id": self._deployment["id"],
            "elasticsearch_url": self._hosted["elasticsearch_endpoint"],
            "elasticsearch_ca_file": self._hosted["proxy_ca_file"],
        }

    def _about_search(self) -> dict[str, Any]:
        facts = self._search
        command = [facts["kubectl"], "get", "elasticsearch", facts["cluster_name"], "-o", "json"]
        shown = subprocess.run(command, capture_output=True, text=True, check=True)
        return {
            "manifest": json.loads(shown.stdout),
            "address": facts["remote_cluster_host"],
            "transport_address": facts["transport_host"],
            "ca_pem": [Path(facts["ca_file"]).read_text(encoding="utf-8")],
            "egress": [facts["egress"]],
        }

    def _about_onprem(self) -> dict[str, Any]:
        facts = self._onprem
        return {
            **{name: facts[name] for name in ("version", "scope_id", "cluster_id", "home")},
            "address": facts["host"],
            "ca_pem": [Path(facts["ca_file"]).read_text(encoding="utf-8")],
            "node_names": ["node1"],
            "egress": [facts["egress"]],
            "config_folder": f"{facts['home']}/config",
            "ca_file": "ca/ca.crt",
            "ca_key_file": "ca/ca.key",
            "restart_command": f"touch {self._restart_wanted}",
        }

    @property
    def _restart_wanted(self) -> Path:
        return Path(self._onprem["home"]) / "restart-wanted"

    def credentials(self) -> dict[str, str]:
        """The variables by which the provider reaches them."""
        return {
            "ELASTIC_ENDPOINT": self._hosted["endpoint"],
            "ELASTIC_API_KEY": self._hosted["api_key"],
            "ELASTIC_CA_FILE": self._hosted["ca_file"],
            "HOSTED_PASSWORD": self._password,
            "SEARCH_ENDPOINT": self._search["endpoint"],
            "SEARCH_USERNAME": self._search["username"],
            "SEARCH_PASSWORD": self._search["password"],
            "SEARCH_CA_FILE": self._search["ca_file"],
        }

    def carry_out(self) -> Iterator[str]:
        """Do what is handed over, command by command; yields what failed."""
        for alias, steps in sorted(self._handed_over().items()):
            for step in steps:
                print(f"  {alias} {step['number']}. {step['who']}: {step['what']}")
                for command in step["commands"]:
                    print(f"      {command.replace(str(self._folder), '.')}")
                    if (said := self._do(command)) is not None:
                        yield f"step {step['number']} of {alias}: {command}: {said}"

    def _handed_over(self) -> dict[str, list[dict[str, Any]]]:
        """Steps in which something is typed, by alias, as Terraform's state has them."""
        state = json.loads((self._folder / f"terraform.{STACK}.tfstate").read_text(encoding="utf-8"))
        made = [
            instance["attributes"]
            for resource in state["resources"]
            if resource["type"] == "ece_hand_over"
            for instance in resource["instances"]
        ]
        return {each["alias"]: [step for step in each["steps"] if step["commands"]] for each in made}

    def _do(self, command: str) -> str | None:
        """Run a command as an administrator types it, and restart the cluster if it asked for that; what failed."""
        path = f"{Path(self._search['kubectl']).parent}{os.pathsep}{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path}
        done = subprocess.run(
            ["sh", "-c", command], cwd=self._folder, env=environment, capture_output=True, text=True, check=False
        )
        if done.returncode:
            return done.stderr.strip() or f"exit code {done.returncode}"
        if not self._restart_wanted.exists():
            return None
        self._restart_wanted.unlink()
        after = self._simulator.control("restart", partner=self._onprem["name"])
        return None if after["running"] else f"does not run: {after['log']}"

    def sides(self) -> list[Side]:
        """The clusters as ends of connections, with what they hold now."""
        return [self._hosted_side(), self._side(self._search, "ECK"), self._side(self._onprem, "self-managed")]

    def _hosted_side(self) -> Side:
        place = self._hosted["name"]
        found = self._simulator.control("state")[place]["deployments"]["hosted"]
        cluster = next(each for each in found["resources"].values() if each["kind"] == "elasticsearch")
        headers = {**basic("elastic", self._password), "X-Found-Cluster": cluster["id"]}
        door = Door(self._hosted["elasticsearch_endpoint"], headers, self._hosted["proxy_ca_file"])
        return Side(place, "hosted", "Elastic Cloud Hosted", found["id"], cluster, door, (cluster["id"],))

    def _side(self, facts: dict[str, Any], kind: str) -> Side:
        name = facts["name"]
        found = self._simulator.control("state", installation=name)[name]
        cluster = {**found, "id": found["cluster_id"], "keystore": found["loaded_secrets"], "trust": {}}
        door = Door(facts["endpoint"], basic(facts["username"], facts["password"]), facts["ca_file"])
        hosts = tuple(facts[each] for each in ("host", "remote_cluster_host", "transport_host") if each in facts)
        return Side("", name, kind, name, cluster, door, hosts)
