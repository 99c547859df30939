"""A Terraform (or OpenTofu) program and its version."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path


def numbers(version: str) -> tuple[int, ...]:
    """Return ``(1, 11, 4)`` for ``"1.11.4"``; a suffix such as ``-beta1`` is left out."""
    return tuple(int(part) for part in version.partition("-")[0].split("."))


@dataclass(frozen=True)
class TerraformBinary:
    """A program to run and the version it has."""

    path: Path
    version: str

    @classmethod
    def at(cls, program: str | Path) -> TerraformBinary:
        """Ask a program (a path, or a name on the PATH) for its version; FileNotFoundError when there is none."""
        found = shutil.which(str(program))
        if found is None:
            raise FileNotFoundError(f"no program {program} on the PATH")
        environment = {"PATH": os.environ.get("PATH", ""), "TF_CLI_CONFIG_FILE": os.devnull, "CHECKPOINT_DISABLE": "1"}
        said = subprocess.run([found, "version", "-json"], env=environment, capture_output=True, check=True)
        return cls(Path(found).absolute(), str(json.loads(said.stdout)["terraform_version"]))

    def at_least(self, version: str) -> bool:
        """True when this Terraform is ``version`` or newer."""
        return numbers(self.version) >= numbers(version)
