"""`make setup`: what it runs again and when, and what it says to somebody whose machine lacks something."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tools import setup_steps
from tools.lock_dependencies import without_registry
from tools.setup_steps import NPM_STEP, SetupError, Step

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def step(tmp_path, monkeypatch):
    """A step whose input and product are files."""
    monkeypatch.setattr(setup_steps, "TOOLS", tmp_path / ".tools")
    source, product = tmp_path / "source", tmp_path / "product"
    source.write_text("one")

    def make() -> None:
        product.write_text(source.read_text())

    return Step("copy", lambda: [source.read_text()], (product,), make, "copying")


def program(folder: Path, name: str, says: str) -> None:
    """Put a program that prints one line into the folder."""
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\necho '{says}'\n")
    (folder / name).chmod(0o755)


def test_a_step_is_done_once(step, capsys):
    """The second `make setup` must be silent."""
    step.run()
    assert "copying" in capsys.readouterr().out
    step.run()
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize("change", ["input", "product"])
def test_a_step_is_done_again_when_something_changed(step, tmp_path, change):
    """A new lock file, or an environment that was deleted, must not go unnoticed."""
    step.run()
    if change == "input":
        (tmp_path / "source").write_text("two")
    else:
        (tmp_path / "product").unlink()
    assert not step.is_done()
    step.run()
    assert (tmp_path / "product").read_text() == (tmp_path / "source").read_text()


def test_a_failed_step_is_not_taken_for_done(step, tmp_path):
    """After an interruption the next `make setup` goes on from there."""
    (tmp_path / "source").chmod(0o644)
    broken = Step(step.name, step.inputs, step.products, lambda: (_ for _ in ()).throw(SetupError("no")), "failing")
    (tmp_path / "product").write_text("half")
    with pytest.raises(SetupError):
        broken.run()
    assert not broken.is_done()


@pytest.mark.parametrize(
    ("version", "said"), [("v18.20.4", "node says v18.20.4; Node 20.9 or newer"), ("v20.8.9", "20.9"), ("", "nothing")]
)
def test_an_old_node_is_refused_with_the_needed_version(tmp_path, monkeypatch, version, said):
    """cdktf would die later with a syntax error."""
    program(tmp_path / "bin", "node", version)
    program(tmp_path / "bin", "npm", "10.0.0")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(SetupError, match=said):
        NPM_STEP.make()


def test_a_machine_without_node_is_told_so(tmp_path, monkeypatch):
    """The first thing that a fresh machine lacks."""
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match="node is not on the PATH"):
        NPM_STEP.make()


def setup_sh(tmp_path: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run setup.sh in a bare copy, with nothing but a few basic programs on the PATH."""
    (tmp_path / "project" / "tools").mkdir(parents=True)
    script = tmp_path / "project" / "tools" / "setup.sh"
    script.write_text((ROOT / "tools" / "setup.sh").read_text())
    (script.parent / "setup_steps.py").write_text("import sys; print('started', sys.version_info[:2] >= (3, 11))\n")
    path = tmp_path / "bin"
    path.mkdir(exist_ok=True)
    for name in ("dirname", "sh"):
        (path / name).symlink_to(f"/usr/bin/{name}")
    return subprocess.run(
        ["/bin/sh", script], env={"PATH": str(path), **environment}, capture_output=True, text=True, check=False
    )


def test_setup_finds_a_newer_python_behind_an_old_python3(tmp_path):
    """Many machines have an older `python3` and a `python3.12` beside it, or a shim that only prints an error."""
    program(tmp_path / "bin", "python3", "Python 3.9")
    (tmp_path / "bin" / "python3").write_text("#!/bin/sh\nexit 1\n")
    (tmp_path / "bin" / "python3.12").symlink_to(sys.executable)
    done = setup_sh(tmp_path)
    assert (done.returncode, done.stdout) == (0, "started True\n")


def test_setup_without_python_says_what_is_needed(tmp_path):
    """An error that names versions and the way to point at another Python."""
    done = setup_sh(tmp_path)
    assert done.returncode == 1
    assert "Python 3.11 or newer is needed" in done.stderr
    assert "make setup PYTHON=" in done.stderr


def test_setup_with_a_python_that_cannot_make_environments(tmp_path):
    """Debian splits venv off: name its package."""
    fake = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1;; *) exit 0;; esac\n'
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "python3.11").write_text(fake)
    (tmp_path / "bin" / "python3.11").chmod(0o755)
    done = setup_sh(tmp_path)
    assert done.returncode == 1
    assert "apt-get install python3.11-venv" in done.stderr


def test_setup_refuses_a_named_python_that_does_not_do(tmp_path):
    """Taking another one than was named would surprise."""
    done = setup_sh(tmp_path, PYTHON="/nowhere/python3")
    assert done.returncode == 1
    assert "PYTHON=/nowhere/python3 is not a Python 3.11" in done.stderr


def test_locking_leaves_no_registry_in_the_lock_file():
    """The index is each machine's own; an entry that points at a named source would fail where it has another name."""
    locked = {
        "_meta": {"hash": {"sha256": "1"}, "sources": [{"name": "x", "url": "https://index.example.com"}]},
        "default": {"a": {"version": "==1", "index": "x", "hashes": []}},
        "develop": {},
    }
    lock = json.loads(without_registry(json.dumps(locked)))
    assert lock["_meta"]["sources"] == []
    assert lock["default"]["a"] == {"version": "==1", "hashes": []}


def test_the_lock_files_are_as_locking_leaves_them():
    """Somebody who ran pipenv or npm by hand would commit registry addresses."""
    text = (ROOT / "Pipfile.lock").read_text()
    assert without_registry(text) == text
    packages = json.loads((ROOT / "package-lock.json").read_text())["packages"]
    assert [name for name, package in packages.items() if "resolved" in package] == []
    unguarded = [name for name, package in packages.items() if name and not {"integrity", "inBundle"} & package.keys()]
    assert unguarded == []


def test_the_lock_file_belongs_to_the_pipfile():
    """pipenv's own check, which `pipenv install --deploy` makes too."""
    pipenv = ROOT / ".tools" / "pipenv" / "bin" / "pipenv"
    done = subprocess.run(
        [pipenv, "verify"], cwd=ROOT, env=setup_steps._child_environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
