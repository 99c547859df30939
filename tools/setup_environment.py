"""Writes what lets Terraform and cdktf find our provider: the filesystem mirror, the CLI configuration and `.env`.

Standard library only; packages are installed by `tools/setup_steps.py`.
"""

from __future__ import annotations

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path

from tools.terraform_choice import TerraformChoiceError, choose_terraform
from tools.terraform_versions import PROJECT, TerraformUnavailableError, terraform_version

ADDRESS = "terraform.local/ece/ece"
"""The provider's source address, until a registry namespace exists."""

PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")
"""The launcher is the same for all, so a lock file made on one machine is good on every other."""

_BEGIN = "# --- written by `make setup`; read by pipenv, by make, and by: set -a; . ./.env; set +a"
_END = "# --- end of what `make setup` writes; add your own lines below"

_SYSTEMS = {"Linux": "linux", "Darwin": "darwin", "FreeBSD": "freebsd"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64"}


class EnvironmentFileError(ValueError):
    """A value cannot be written so that a shell and pipenv read the same; the text names it."""


def this_platform() -> str:
    """Return the platform in Terraform's words, such as `linux_amd64`."""
    system, machine = platform.system(), platform.machine()
    return f"{_SYSTEMS.get(system, system.lower())}_{_MACHINES.get(machine.lower(), machine.lower())}"


def provider_version(project: Path = PROJECT) -> str:
    """Return the version of this project, which is the provider's version."""
    with (project / "pyproject.toml").open("rb") as file:
        return str(tomllib.load(file)["project"]["version"])


def write_mirror(project: Path = PROJECT) -> Path:
    """Put the provider's launcher into the filesystem mirror for every platform; return the mirror's folder."""
    mirror = project / ".terraform-mirror"
    version = provider_version(project)
    versions = mirror / ADDRESS
    for name in sorted({*PLATFORMS, this_platform()}):
        launcher = versions / version / name / f"terraform-provider-ece_v{version}"
        _write(launcher, (project / "tools" / "provider_launcher").read_text(), mode=0o755)
    for other in versions.iterdir():
        if other.name != version:
            shutil.rmtree(other)
    return mirror


def write_cli_configuration(mirror: Path, project: Path = PROJECT) -> Path:
    """Write the Terraform CLI configuration: our address from the mirror, all others as usual; return the file."""
    host = ADDRESS.split("/")[0]
    path = json.dumps(str(mirror), ensure_ascii=False)  # this file has no templates, so `${` needs no escape
    file = project / ".tools" / "terraform.rc"
    text = f"""\
# Written by `make setup`. Our provider comes from the mirror, everything else the usual way.
provider_installation {{
  filesystem_mirror {{
    path    = {path}
    include = ["{host}/*/*"]
  }}
  direct {{
    exclude = ["{host}/*/*"]
  }}
}}
"""
    _write(file, text)
    return file


def environment_settings(terraform: Path, mirror: Path, cli_configuration: Path, node: str) -> dict[str, str]:
    """Return the settings of `.env`. `node` is the major version of Node that runs jsii, such as `20`."""
    return {
        "TERRAFORM_BINARY_NAME": str(terraform),
        "TF_CLI_CONFIG_FILE": str(cli_configuration),
        # cdktf runs `terraform providers lock`, which does not look at mirrors by itself
        "TF_CLI_ARGS_providers_lock": _as_one_argument(f"-fs-mirror={mirror}"),
        "CHECKPOINT_DISABLE": "1",
        "DISABLE_VERSION_CHECK": "1",
        # cdktf's cache in the home folder would link every project to the mirror of the first one
        "CDKTF_DISABLE_PLUGIN_CACHE_ENV": "1",
        "JSII_SILENCE_WARNING_END_OF_LIFE_NODE_VERSION": node,
        "JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION": "1",
    }


def write_env_file(settings: Mapping[str, str], project: Path = PROJECT) -> Path:
    """Write the settings into `.env` so that pipenv and `set -a; . ./.env; set +a` read the same; return the file.

    They stand between two marker lines; everything else in the file is the user's and stays as it is.
    Raises EnvironmentFileError when a value cannot be written for both readers.
    """
    lines = [_BEGIN, *(f"{name}={_quoted(name, value)}" for name, value in settings.items()), _END]
    block = "\n".join(lines) + "\n"
    file = project / ".env"
    old = file.read_text() if file.exists() else ""
    before, begin, rest = old.partition(_BEGIN + "\n")
    after = rest.partition(_END + "\n")[2] if begin else ""
    if not begin and before and not before.endswith("\n"):
        before += "\n"
    _write(file, before + block + after, mode=0o600)  # people keep API keys in it
    return file


def _as_one_argument(text: str) -> str:
    """Terraform splits TF_CLI_ARGS_* as a shell would."""
    if re.fullmatch(r"[\w@%+=:,./-]+", text):
        return text
    return '"' + re.sub(r'(["\\$`])', r"\\\1", text) + '"'


def _quoted(name: str, value: str) -> str:
    r"""Quote for both readers: python-dotenv expands `${` everywhere and knows no `\$`, a shell has no `\'`."""
    if "\n" in value or "${" in value or ("'" in value and re.search(r"[$`]", value)):
        raise EnvironmentFileError(
            f"{name}={value!r} cannot be written to .env; move the project to a folder without "
            "line breaks, `${`, or a ' together with $ or ` in its path"
        )
    if "'" in value or "\\" in value:
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"'{value}'" if re.search(r"[^\w@%+=:,./-]", value) else value


def node_major(environ: Mapping[str, str] = os.environ) -> str:
    """Return the major version of `node` on the PATH, `20` when there is none."""
    try:
        said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False, env=environ).stdout
    except OSError:
        said = ""
    found = re.match(r"v(\d+)\.", said)
    return found[1] if found else "20"


def link_programs(terraform: Path, project: Path = PROJECT) -> None:
    """Put `terraform` and `cdktf` beside `python` in the project's environment, for `pipenv shell` and `pipenv run`."""
    folder = project / ".venv" / "bin"
    for name, target in (("terraform", terraform), ("cdktf", project / "node_modules" / ".bin" / "cdktf")):
        link = folder / name
        if folder.exists() and not (link.is_symlink() and link.readlink() == target):
            link.unlink(missing_ok=True)
            link.symlink_to(target)


def write_environment(project: Path = PROJECT) -> Path:
    """Write mirror, CLI configuration, links and `.env`; return the Terraform that was chosen."""
    mirror = write_mirror(project)
    configuration = write_cli_configuration(mirror, project)
    terraform = choose_terraform()
    write_env_file(environment_settings(terraform, mirror, configuration, node_major()), project)
    link_programs(terraform, project)
    return terraform


def _write(file: Path, text: str, mode: int = 0o644) -> None:
    """Replace the file at once when its content differs, as a running Terraform may be reading it."""
    if file.exists() and file.read_text() == text and file.stat().st_mode & 0o777 == mode:
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    fresh = file.with_name(file.name + ".new")
    fresh.write_text(text)
    fresh.chmod(mode)
    fresh.replace(file)


def main() -> int:
    """Write everything and name the Terraform that was chosen."""
    try:
        terraform = write_environment()
        print(f"setup: Terraform {terraform_version(terraform)} is {terraform}")
    except (TerraformChoiceError, TerraformUnavailableError, EnvironmentFileError) as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
