"""A filesystem mirror from which Terraform installs providers under test, so that no registry is asked."""

from __future__ import annotations

import json
import platform
import shlex
from collections.abc import Sequence
from pathlib import Path

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "FreeBSD": "freebsd"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


def this_platform() -> str:
    """The platform in Terraform's words, such as ``linux_amd64``."""
    system, machine = platform.system(), platform.machine()
    return f"{_SYSTEMS.get(system, system.lower())}_{_MACHINES.get(machine.lower(), machine.lower())}"


class Mirror:
    """A folder with any number of providers and the Terraform CLI configuration that makes Terraform look there."""

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        self.root.mkdir(parents=True, exist_ok=True)
        self.providers: dict[str, dict[str, str]] = {}
        self.cli_config_file = self.root / "terraform.rc"
        quoted = json.dumps(str(self.root), ensure_ascii=False).replace("${", "$${").replace("%{", "%%{")
        self.cli_config_file.write_text(
            f"disable_checkpoint = true\nprovider_installation {{\n  filesystem_mirror {{ path = {quoted} }}\n}}\n"
        )

    def add(self, address: str, version: str, command: Sequence[str | Path]) -> Path:
        """Offer the provider ``address`` (``host/namespace/name``); ``command`` is what starts it.

        Returns the launcher that stands in the mirror.
        """
        name = address.rpartition("/")[2]
        folder = self.root / address / version / this_platform()
        folder.mkdir(parents=True, exist_ok=True)
        launcher = folder / f"terraform-provider-{name}_v{version}"
        launcher.write_text(f'#!/bin/sh\nexec {shlex.join(str(part) for part in command)} "$@"\n')
        launcher.chmod(0o755)
        self.providers[name] = {"source": address, "version": version}
        return launcher

    def address(self, name: str) -> str:
        """The full address of the provider with this local name."""
        return self.providers[name]["source"]
