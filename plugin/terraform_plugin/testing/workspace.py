"""A folder in which a test runs real Terraform, shut off from the settings of the machine it runs on."""

from __future__ import annotations

import base64
import itertools
import json
import os
import re
import subprocess
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from terraform_plugin.testing.attached import AttachedProviders
from terraform_plugin.testing.binary import TerraformBinary
from terraform_plugin.testing.mirror import Mirror
from terraform_plugin.testing.process import RunningTerraform, Terminal
from terraform_plugin.testing.result import Plan, Result, StoredResource, TerraformError

KEPT_VARIABLES = ("PATH", "HOME", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "COVERAGE_PROCESS_START")
RUN_SECONDS = 180.0
_AUTO = ("-input=false", "-no-color")


class Workspace:
    """One configuration with its state.

    Every verb checks the outcome: it raises TerraformError when Terraform fails, or, with ``fails=True``, when it does
    not. With ``fails=None`` both are fine.
    """

    def __init__(
        self,
        folder: Path,
        binary: TerraformBinary,
        mirror: Mirror,
        env: Mapping[str, str] | None = None,
        *,
        trace: bool = False,
    ) -> None:
        self.folder = folder
        self.binary = binary
        self.mirror = mirror
        self.env: dict[str, str] = dict(env or {})
        self.trace = trace
        self.trace_file = folder / "trace.log"
        self.attached: AttachedProviders | None = None
        """Where Terraform finds its providers running, from now on; it starts them itself as long as this is None.

        Such a workspace has one configuration of each provider, as Terraform sends all of them to one process, and no
        runs in the background, as tests start these to break them."""
        self._plans = itertools.count(1)
        folder.mkdir(parents=True, exist_ok=True)
        self.write({"terraform": {"required_providers": dict(mirror.providers)}}, "providers.tf.json")

    # files

    def write(self, content: str | Mapping[str, Any], name: str | None = None) -> Path:
        """Write a configuration file: text is HCL (``main.tf``), a mapping is JSON (``main.tf.json``)."""
        if name is None:
            name = "main.tf" if isinstance(content, str) else "main.tf.json"
            for main in ("main.tf", "main.tf.json"):
                (self.folder / main).unlink(missing_ok=True)
        file = self.folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content if isinstance(content, str) else json.dumps(content, indent=2))
        if self.attached is not None and _has_aliases(content):
            raise RuntimeError("attached providers take one configuration: this test needs providers that are started")
        return file

    def remove(self, name: str) -> None:
        """Remove a configuration file."""
        (self.folder / name).unlink()

    # running

    def environment(self, extra: Mapping[str, str] | None = None) -> dict[str, str]:
        """What Terraform gets to see: little of the machine, nothing that calls home, then ``env`` and ``extra``."""
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        environment |= {
            "TF_CLI_CONFIG_FILE": str(self.mirror.cli_config_file),
            "CHECKPOINT_DISABLE": "1",
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
        }
        if self.trace:
            environment |= {"TF_LOG": "trace", "TF_LOG_PATH": str(self.trace_file)}
        environment |= self.env | dict(extra or {})
        if self.attached is not None:
            environment |= self.attached.environment(self.folder, environment)
        return environment

    def command(self, *arguments: str) -> list[str]:
        """The whole command line."""
        return [str(self.binary.path), *arguments]

    def run(self, *arguments: str, fails: bool | None = False, env: Mapping[str, str] | None = None) -> Result:
        """Run any command of Terraform to its end."""
        started = time.monotonic()
        done = subprocess.run(
            self.command(*arguments),
            cwd=self.folder,
            env=self.environment(env),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=RUN_SECONDS,
            check=False,
        )
        seconds = time.monotonic() - started
        result = Result(("terraform", *arguments), done.returncode, done.stdout, done.stderr, seconds)
        succeeded = done.returncode == 0 or (done.returncode == 2 and "-detailed-exitcode" in arguments)
        if fails is not None and succeeded == fails:
            raise TerraformError("terraform was to fail and did not" if fails else "terraform failed", result)
        return result

    def start(self, *arguments: str, env: Mapping[str, str] | None = None) -> RunningTerraform:
        """Start any command and leave it running; ``-no-color`` and the like are the caller's."""
        self._check_is_not_attached()
        return RunningTerraform(self.command(*arguments), self.folder, self.environment(env))

    def terminal(self, *arguments: str, env: Mapping[str, str] | None = None) -> Terminal:
        """Start any command on a pseudo-terminal."""
        self._check_is_not_attached()
        environment = {"TERM": "dumb", **self.environment(env)}
        return Terminal(self.command(*arguments), self.folder, environment)

    def _check_is_not_attached(self) -> None:
        if self.attached is not None:
            raise RuntimeError("a run in the background needs providers that are started: they are attached here")

    # Terraform's verbs

    def init(self, *arguments: str, fails: bool | None = False) -> Result:
        """``terraform init`` from the mirror."""
        return self.run("init", *_AUTO, *arguments, fails=fails)

    def validate(self, *, fails: bool | None = False) -> Result:
        """``terraform validate -json``."""
        return self.run("validate", "-json", fails=fails)

    def plan(self, *arguments: str, fails: bool | None = False, env: Mapping[str, str] | None = None) -> Plan:
        """``terraform plan`` with detailed exit code; its JSON is there when it is asked for."""
        file = f"plan-{next(self._plans)}.tfplan"
        options = ("-json", "-detailed-exitcode", f"-out={file}", "-input=false")
        result = self.run("plan", *options, *arguments, fails=fails, env=env)
        if result.exit_code != 2:
            return Plan(result)
        return Plan(result, lambda: self.show(file))

    def save_plan(self, name: str, *arguments: str) -> Path:
        """Make a plan file for a later ``apply(plan=…)``."""
        self.run("plan", "-json", f"-out={name}", "-input=false", *arguments)
        return self.folder / name

    def show(self, plan_file: str | None = None) -> dict[str, Any]:
        """``terraform show -json`` of a plan file, or of the state."""
        document: dict[str, Any] = self.run("show", "-json", *([plan_file] if plan_file else [])).json()
        return document

    def apply(
        self,
        *arguments: str,
        plan: str | Path | None = None,
        fails: bool | None = False,
        env: Mapping[str, str] | None = None,
    ) -> Result:
        """``terraform apply``, of a saved plan when one is given."""
        files = [str(plan)] if plan is not None else []
        return self.run("apply", "-json", "-auto-approve", "-input=false", *arguments, *files, fails=fails, env=env)

    def destroy(self, *arguments: str, fails: bool | None = False, env: Mapping[str, str] | None = None) -> Result:
        """``terraform destroy``."""
        return self.run("destroy", "-json", "-auto-approve", "-input=false", *arguments, fails=fails, env=env)

    def refresh(self, *arguments: str, fails: bool | None = False) -> Result:
        """``terraform apply -refresh-only``."""
        return self.apply("-refresh-only", *arguments, fails=fails)

    def import_(self, address: str, id: str, *, fails: bool | None = False) -> Result:
        """``terraform import``."""
        return self.run("import", *_AUTO, address, id, fails=fails)

    def taint(self, address: str) -> Result:
        """``terraform taint``."""
        return self.run("taint", address)

    def untaint(self, address: str) -> Result:
        """``terraform untaint``."""
        return self.run("untaint", address)

    def output(self, name: str) -> Any:
        """The value of an output."""
        return self.run("output", "-json", "-no-color", name).json()

    def schemas(self) -> dict[str, Any]:
        """``terraform providers schema -json``, by provider address."""
        document: dict[str, Any] = self.run("providers", "schema", "-json").json()["provider_schemas"]
        return document

    def console(self, expression: str) -> str:
        """What ``terraform console`` answers to one expression."""
        done = subprocess.run(
            self.command("console", "-no-color"),
            cwd=self.folder,
            env=self.environment(),
            input=expression + "\n",
            capture_output=True,
            text=True,
            timeout=RUN_SECONDS,
            check=False,
        )
        return (done.stdout + done.stderr).strip()

    # the state file, read without starting anything

    def state_document(self) -> dict[str, Any]:
        """The state file as it stands on the disk; without resources when there is none."""
        file = self.folder / "terraform.tfstate"
        if not file.exists():
            return {"resources": [], "outputs": {}}
        document: dict[str, Any] = json.loads(file.read_text())
        return document

    def resources(self) -> dict[str, StoredResource]:
        """All managed resource instances of the state by address."""
        found: dict[str, StoredResource] = {}
        for resource in self.state_document()["resources"]:
            if resource["mode"] == "managed":
                for instance in resource["instances"]:
                    stored = _stored(resource, instance)
                    found[stored.address] = stored
        return found

    def resource(self, address: str) -> StoredResource:
        """One instance; KeyError when the state holds none."""
        return self.resources()[address]

    def trace_text(self) -> str:
        """Everything logged so far with ``trace=True``."""
        return self.trace_file.read_text(errors="replace") if self.trace_file.exists() else ""


def _has_aliases(content: str | Mapping[str, Any]) -> bool:
    """True when a provider is configured more than once."""
    if isinstance(content, str):
        names = re.findall(r'^provider "(\w+)"', content, re.MULTILINE)
        return len(names) > len(set(names))
    return any(isinstance(block, list) and len(block) > 1 for block in content.get("provider", {}).values())


def _stored(resource: Mapping[str, Any], instance: Mapping[str, Any]) -> StoredResource:
    address = f"{resource['type']}.{resource['name']}"
    if resource.get("module"):
        address = f"{resource['module']}.{address}"
    if "index_key" in instance:
        address += f"[{json.dumps(instance['index_key'])}]"
    if instance.get("deposed"):
        address += f" (deposed {instance['deposed']})"
    return StoredResource(
        address=address,
        values=instance.get("attributes") or {},
        tainted=instance.get("status") == "tainted",
        private=_private(instance.get("private")),
        identity=instance.get("identity"),
        schema_version=instance.get("schema_version", 0),
    )


def _private(encoded: str | None) -> dict[str, Any]:
    if not encoded:
        return {}
    try:
        decoded: dict[str, Any] = json.loads(base64.b64decode(encoded))
    except ValueError:
        return {"not JSON": encoded}
    return decoded
