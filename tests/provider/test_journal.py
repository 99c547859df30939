"""The journal: a creation that was cut off is taken up, and only that one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from ece_provider.journal import Journal, workspace_of
from terraform_plugin.values import UNKNOWN

VALUES = {"name": "logs", "version": "9.2.0", "id": UNKNOWN}
ENDPOINT = "https://ece:1"


def journal(folder: Path, **options: str) -> Journal:
    """The journal of another run in the same folder."""
    return Journal(folder, options.get("endpoint", ENDPOINT), options.get("workspace", "default"))


def begun_and_killed(folder: Path, object_id: str = "") -> str:
    """The request id of a creation whose process was killed."""
    code = (
        "import os, sys\nfrom pathlib import Path\nfrom ece_provider.journal import Journal\n"
        "entry = Journal(Path(sys.argv[1]), 'https://ece:1').begin('ece_deployment', "
        "{'name': 'logs', 'version': '9.2.0'})\n"
        "entry.note(sys.argv[2] or None)\n"
        "print(entry.request_id, flush=True)\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(folder), object_id], capture_output=True, text=True)
    assert done.returncode == -9, done.stderr
    return done.stdout.strip()


def test_a_killed_creation_is_taken_up_with_its_request_id(tmp_path: Path) -> None:
    """The repeat must use the same request id, or there are two deployments."""
    request_id = begun_and_killed(tmp_path)
    entry = journal(tmp_path).begin("ece_deployment", VALUES)
    assert entry.is_reused
    assert entry.request_id == request_id
    assert 32 <= len(request_id) <= 128


def test_what_is_known_of_the_object_survives_the_kill(tmp_path: Path) -> None:
    """Rule sets have no request id: they are recognised by what was noted before."""
    begun_and_killed(tmp_path, "f" * 32)
    assert journal(tmp_path).begin("ece_deployment", VALUES).object_id == "f" * 32


def test_equal_creations_of_one_run_are_two(tmp_path: Path) -> None:
    """``count = 2`` makes two deployments with the same values."""
    mine = journal(tmp_path)
    first, second = mine.begin("ece_deployment", VALUES), mine.begin("ece_deployment", VALUES)
    assert first.request_id != second.request_id


def test_a_creation_of_a_living_run_is_not_taken(tmp_path: Path) -> None:
    """Two provider blocks are two processes that work at the same time."""
    first = journal(tmp_path).begin("ece_deployment", VALUES)
    assert journal(tmp_path).begin("ece_deployment", VALUES).request_id != first.request_id


def test_one_entry_is_taken_up_once(tmp_path: Path) -> None:
    """After a kill in the middle of ``count = 2`` each creation continues its own."""
    begun_and_killed(tmp_path)
    mine = journal(tmp_path)
    first, second = mine.begin("ece_deployment", VALUES), mine.begin("ece_deployment", VALUES)
    assert (first.is_reused, second.is_reused) == (True, False)


def test_other_values_places_and_workspaces_are_other_objects(tmp_path: Path) -> None:
    """A hit on the wrong entry would put one object into two states."""
    begun_and_killed(tmp_path)
    assert not journal(tmp_path).begin("ece_deployment", {**VALUES, "name": "other"}).is_reused
    assert not journal(tmp_path).begin("ece_traffic_filter", VALUES).is_reused
    assert not journal(tmp_path, endpoint="https://other:1").begin("ece_deployment", VALUES).is_reused
    assert not journal(tmp_path, workspace="test").begin("ece_deployment", VALUES).is_reused


def test_an_entry_goes_when_its_object_is_in_state(tmp_path: Path) -> None:
    """From then on an equal creation is a new one."""
    begun_and_killed(tmp_path, "f" * 32)
    later = journal(tmp_path)
    later.forget("f" * 32)
    assert not later.begin("ece_deployment", VALUES).is_reused


def test_a_refused_creation_leaves_nothing(tmp_path: Path) -> None:
    """The next try must not carry the id of a request that made nothing."""
    first = journal(tmp_path)
    first.begin("ece_deployment", VALUES).discard()
    first.close()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_written_does_not_stop_the_creation(tmp_path: Path) -> None:
    """A read-only checkout works without the safety, with a line in the log."""
    file = tmp_path / "file"
    file.write_text("")
    entry = journal(file / "ece").begin("ece_deployment", VALUES)
    entry.note("f" * 32)
    entry.discard()
    assert len(entry.request_id) == 64


def test_no_value_is_written_down(tmp_path: Path) -> None:
    """The journal lies beside the state and is read by nobody who expects data in it."""
    journal(tmp_path).begin("ece_deployment", {**VALUES, "name": "a-name-to-find"})
    assert all("a-name-to-find" not in file.read_text() for file in tmp_path.iterdir())


def test_the_workspace_is_terraforms(tmp_path: Path) -> None:
    """Terraform tells it by a variable or by a file in its data directory."""
    assert workspace_of({"TF_WORKSPACE": "w", "TF_DATA_DIR": str(tmp_path)}) == "w"
    assert workspace_of({"TF_DATA_DIR": str(tmp_path)}) == "default"
    (tmp_path / "environment").write_text("test")
    assert workspace_of({"TF_DATA_DIR": str(tmp_path)}) == "test"
