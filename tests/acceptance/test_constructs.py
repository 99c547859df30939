"""What constructs write, in front of real Terraform, our provider and the simulator: stack by stack, as cdktf does."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from ece_constructs import Deployment, Environment, IpFilter, cdk
from ece_constructs.cdk import App
from ece_constructs.testing import Template
from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary, Workspace
from tests.constructs.worlds import APPS, VERSION, demo, peers_of_other_stacks, world
from tests.support.ece import Ece


class Stacks:
    """The stacks of an app as workspaces that find each other's state, in the order of their dependencies."""

    def __init__(self, app: App, ece: Ece, binary: TerraformBinary, mirror: Mirror, env: Mapping[str, str]) -> None:
        self._folder = ece.ws.folder.parent / "stacks"
        self._app, self._binary, self._mirror, self._env = app, binary, mirror, env
        self.workspaces: dict[str, Workspace] = {}
        self.write(app)

    def write(self, app: App) -> None:
        """Synthesize the app into the workspaces."""
        app.synth()
        manifest = json.loads((Path(app.outdir) / "manifest.json").read_text())["stacks"]
        for name in sorted(manifest, key=lambda each: (len(all_dependencies(manifest, each)), each)):
            text = (Path(app.outdir) / manifest[name]["synthesizedStackPath"]).read_text()
            # The library puts local state into the folder of the test run.
            self._workspace(name).write(
                json.loads(text.replace(f"{Path.cwd()}/terraform.", f"{self._folder}/terraform.")), "cdk.tf.json"
            )

    def _workspace(self, name: str) -> Workspace:
        if name not in self.workspaces:
            made = Workspace(self._folder / name, self._binary, self._mirror, self._env)
            made.remove("providers.tf.json")
            self.workspaces[name] = made
        return self.workspaces[name]

    def deploy(self) -> None:
        """Apply all stacks in order."""
        for workspace in self.workspaces.values():
            workspace.init()
            workspace.apply()

    def actions(self) -> dict[str, str]:
        """What is left to do, by address."""
        found: dict[str, str] = {}
        for workspace in self.workspaces.values():
            found |= workspace.plan().actions
        return found

    def destroy(self) -> None:
        """Destroy all stacks in reverse order."""
        for workspace in reversed(self.workspaces.values()):
            workspace.destroy()


def all_dependencies(manifest: Mapping[str, Any], name: str) -> set[str]:
    """Names of all stacks that must come before."""
    direct = set(manifest[name]["dependencies"])
    return direct.union(*(all_dependencies(manifest, each) for each in direct))


def filters_of(ece: Ece, name: str) -> set[str]:
    """Names of the rule sets that a deployment carries."""
    by_id = {found["id"]: found["name"] for found in ece.rulesets().values()}
    return {by_id[ruleset] for ruleset in ece.deployment(name)["rulesets"]}


@pytest.mark.own_process
def test_terraform_accepts_what_constructs_write(ece: Ece) -> None:
    """Each argument must exist in the provider's schema, with the type that the construct gives it."""
    ece.ws.remove("providers.tf.json")
    applied_elsewhere = (demo, peers_of_other_stacks)
    for make in (make for make in APPS.values() if make not in applied_elsewhere):
        for stack in Template.from_app(make()).json().values():
            ece.ws.write(stack, "cdk.tf.json")
            ece.ws.validate()


def test_terraform_accepts_the_hcl_form(ece: Ece) -> None:
    """``cdktf synth --hcl`` must hold the same objects, text with quotes and line ends included."""
    made = world()
    Deployment(made.stack, "logs", environment=made.ece, version=VERSION, name='a "b"\n${c} %{d}', tags={"A.b": "[x]"})
    ece.ws.remove("providers.tf.json")
    ece.ws.write(cdk.Testing.synth_hcl(made.stack))
    ece.ws.validate()


def test_one_more_peer_changes_one_rule_set(ece: Ece, terraform: TerraformBinary, mirror: Mirror) -> None:
    """A peer must not replace the set: for a moment no cluster would get in."""

    def app(*peers: str) -> App:
        made = world()
        logs = Deployment(
            made.stack, "logs", environment=made.ece, version=VERSION, name="${logs}", deletion_protection=False
        )
        logs.allow_from(IpFilter(made.stack, "office", environment=made.ece, sources=["192.0.2.0/24"]))
        for peer in ("central", "audit"):
            deployment = Deployment(made.stack, peer, environment=made.ece, version=VERSION, deletion_protection=False)
            if peer in peers:
                logs.allow_from(deployment)
        return made.app

    stacks = Stacks(app("central"), ece, terraform, mirror, ece.credentials())
    stacks.deploy()
    assert "${logs}" in ece.deployments()
    stacks.write(app("central", "audit"))
    assert stacks.actions() == {"ece_traffic_filter.logs_Peers_8A6C3CA1": "update"}
    stacks.deploy()
    assert stacks.actions() == {}


def test_two_installations_and_three_stacks(tmp_path: Path, terraform: TerraformBinary, mirror: Mirror) -> None:
    """A provider block per stack and installation: each object must land where its environment says."""
    with Simulator(2) as simulator:
        ece = Ece(tmp_path / "workspace", terraform, mirror, simulator)
        env = {**ece.credentials(), **ece.credentials("PARIS_ECE", 1)}
        stacks = Stacks(peers_of_other_stacks(), ece, terraform, mirror, env)
        assert list(stacks.workspaces) == ["network", "data", "other"]
        stacks.deploy()
        assert sorted(ece.deployments()) == ["central", "team-logs"]
        assert "orders" in ece.state("b")["deployments"]
        assert filters_of(ece, "team-logs") == {"office", "team-logs-egress-other", "team-logs-peers-other"}
        assert [rule["source"] for rule in ece.rulesets()["team-logs-egress-other"]["rules"]] == ["203.0.113.0/28"]
        assert stacks.actions() == {}


def test_an_environment_that_nothing_uses_needs_no_credentials(
    ece: Ece, terraform: TerraformBinary, mirror: Mirror
) -> None:
    """Listing all environments in each block must not make a stack depend on logins it does not need."""
    made = world()
    Environment(made.app, "elsewhere", env_prefix="ELSEWHERE")
    Deployment(made.stack, "logs", environment=made.ece, version=VERSION, deletion_protection=False)
    stacks = Stacks(made.app, ece, terraform, mirror, ece.credentials())
    stacks.deploy()
    assert stacks.actions() == {}
