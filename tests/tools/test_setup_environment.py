"""The provider mirror, the launcher in it, and `.env` as a shell and pipenv read it."""

from __future__ import annotations

import os
import shutil
import stat
import subprocess
from pathlib import Path

import pytest
from dotenv import dotenv_values

from ece_provider import PROVIDER_ADDRESS, VERSION
from tools.setup_environment import (
    ADDRESS,
    PLATFORMS,
    EnvironmentFileError,
    environment_settings,
    link_programs,
    provider_version,
    this_platform,
    write_cli_configuration,
    write_env_file,
    write_mirror,
)

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder whose name needs quoting everywhere, with what the mirror is made from."""
    folder = tmp_path / "my project"
    (folder / "tools").mkdir(parents=True)
    shutil.copy(ROOT / "tools" / "provider_launcher", folder / "tools")
    (folder / "pyproject.toml").write_text('[project]\nversion = "7.8.9"\n')
    return folder


def launcher_in(mirror: Path, platform: str) -> Path:
    """Where the mirror holds the launcher for a platform."""
    return mirror / ADDRESS / "7.8.9" / platform / "terraform-provider-ece_v7.8.9"


def stub_python(project: Path) -> None:
    """An interpreter that tells its folder and arguments instead of starting the provider."""
    python = project / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text('#!/bin/sh\nprintf "%s|" "$$" "$PWD" "$@"\n')
    python.chmod(0o755)


def read_by_shell(file: Path, name: str) -> str:
    """The value that a shell has after sourcing the file."""
    script = f'set -a; . "$1"; set +a; printf %s "${name}"'
    return subprocess.run(["sh", "-c", script, "sh", str(file)], capture_output=True, text=True, check=True).stdout


def test_mirror_is_laid_out_for_the_provider_that_it_starts():
    """Setup runs before the provider can be imported and so has its own copy of address and version."""
    assert (ADDRESS, provider_version()) == (PROVIDER_ADDRESS, VERSION)


def test_mirror_holds_the_same_launcher_for_every_platform(project):
    """A lock file made on one machine must be good on the others, so the bytes may not differ."""
    mirror = write_mirror(project)
    contents = {launcher_in(mirror, platform).read_bytes() for platform in (*PLATFORMS, this_platform())}
    assert contents == {(ROOT / "tools" / "provider_launcher").read_bytes()}
    assert launcher_in(mirror, "darwin_arm64").stat().st_mode & stat.S_IXUSR


def test_mirror_offers_only_the_present_version(project):
    """Terraform takes the newest version of a mirror: one that is left over would win after a step back."""
    write_mirror(project)
    (project / "pyproject.toml").write_text('[project]\nversion = "7.0.0"\n')
    mirror = write_mirror(project)
    assert [folder.name for folder in (mirror / ADDRESS).iterdir()] == ["7.0.0"]


@pytest.mark.parametrize("cdpath", ["", "/usr"])
def test_launcher_becomes_the_projects_python_through_terraforms_link(project, tmp_path, cdpath):
    """Terraform starts the launcher through a link and from the user's folder, which relative paths count from."""
    stub_python(project)
    link = tmp_path / ".terraform" / "package"
    link.parent.mkdir()
    link.symlink_to(launcher_in(write_mirror(project), "linux_amd64").parent)
    program = f".terraform/{link.name}/terraform-provider-ece_v7.8.9"
    with subprocess.Popen(
        [program, "more"], cwd=tmp_path, stdout=subprocess.PIPE, text=True, env=os.environ | {"CDPATH": cdpath}
    ) as process:
        pid, folder, *arguments = process.communicate()[0].split("|")
    assert int(pid) == process.pid  # no shell stays between Terraform and the provider
    assert Path(folder) == tmp_path
    assert arguments[:2] == ["-I", "-c"]
    assert "ece_provider" in arguments[2]
    assert arguments[3] == "more"


def test_launcher_takes_the_interpreter_that_is_named(project, tmp_path):
    """Whoever copies the package folder elsewhere can still say where the provider is installed."""
    stub_python(project)
    python = str(project / ".venv" / "bin" / "python")
    alone = tmp_path / "terraform-provider-ece_v7.8.9"
    shutil.copy(launcher_in(write_mirror(project), "linux_amd64"), alone)
    done = subprocess.run(
        [alone], capture_output=True, text=True, env=os.environ | {"TERRAFORM_PROVIDER_ECE_PYTHON": python}, check=True
    )
    assert "|-I|-c|" in done.stdout


def test_launcher_without_python_says_what_to_do(project):
    """Terraform shows the first line of stdout when it is no handshake: the only way to reach the user."""
    done = subprocess.run([launcher_in(write_mirror(project), "linux_amd64")], capture_output=True, text=True)
    assert done.returncode == 1
    assert f"no Python at {project}/.venv/bin/python. Run 'make setup'" in done.stdout.splitlines()[0]


@pytest.mark.parametrize(
    "value",
    ["/plain/path", "/with space/x", "/it's", '/say "hi"', "/a\\b", "/cost$5", "/`x`", "/#hash", "/a;b&c", "~/x"],
)
def test_env_file_reads_the_same_in_a_shell_and_in_pipenv(project, value):
    """The two readers have different rules for quotes; a path that only one of them gets right breaks the other."""
    file = write_env_file({"TF_CLI_CONFIG_FILE": value}, project)
    assert read_by_shell(file, "TF_CLI_CONFIG_FILE") == value
    assert dotenv_values(file)["TF_CLI_CONFIG_FILE"] == value


@pytest.mark.parametrize("value", ["/two\nlines", "/${HOME}", "/it's $5"])
def test_env_file_refuses_what_no_quoting_can_save(project, value):
    """Better an error at setup than a Terraform that looks for its configuration in another place."""
    with pytest.raises(EnvironmentFileError, match="TF_CLI_CONFIG_FILE"):
        write_env_file({"TF_CLI_CONFIG_FILE": value}, project)


def test_env_file_keeps_what_the_user_wrote(project):
    """People put ECE_ENDPOINT and keys into `.env`; setting up again must not lose them."""
    (project / ".env").write_text("ECE_ENDPOINT=https://ece.example.com:12443")
    write_env_file({"CHECKPOINT_DISABLE": "0"}, project)
    with (project / ".env").open("a") as file:
        file.write("ECE_REGION=ece-region\n")
    file = write_env_file({"CHECKPOINT_DISABLE": "1"}, project)
    assert dotenv_values(file) == {
        "ECE_ENDPOINT": "https://ece.example.com:12443",
        "CHECKPOINT_DISABLE": "1",
        "ECE_REGION": "ece-region",
    }
    assert file.stat().st_mode & 0o077 == 0


def test_programs_stand_beside_python(project):
    """`pipenv run cdktf deploy` and `pipenv shell` find both programs without a PATH of their own."""
    (project / ".venv" / "bin").mkdir(parents=True)
    link_programs(Path("/old/terraform"), project)
    link_programs(Path("/opt/terraform"), project)
    assert (project / ".venv" / "bin" / "terraform").readlink() == Path("/opt/terraform")
    assert (project / ".venv" / "bin" / "cdktf").readlink() == project / "node_modules" / ".bin" / "cdktf"


@pytest.mark.acceptance
@pytest.mark.parametrize("name", ["plain", "with space", "it's", "a${b}%{c}"])
def test_terraform_installs_and_locks_from_the_mirror(project, tmp_path, name):
    """`terraform init` and the `providers lock` that cdktf runs must both find the mirror, on any path."""
    project = project.rename(tmp_path / name)
    mirror = write_mirror(project)
    configuration = write_cli_configuration(mirror, project)
    work = tmp_path / "work"
    work.mkdir()
    (work / "main.tf").write_text(
        f'terraform {{\n  required_providers {{\n    ece = {{ source = "{ADDRESS}" }}\n  }}\n}}\n'
    )
    terraform = shutil.which("terraform") or "terraform"
    environment = os.environ | environment_settings(Path(terraform), mirror, configuration, "20")

    for command in (["init"], ["providers", "lock", "-platform=linux_arm64", "-platform=darwin_arm64"]):
        done = subprocess.run(
            [terraform, *command, "-no-color"], cwd=work, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stdout + done.stderr

    assert (work / ".terraform.lock.hcl").read_text().count('"h1:') == 1  # one hash for all platforms
