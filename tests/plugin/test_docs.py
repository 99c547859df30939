"""The documentation's example is a provider that works, and its tables name what is there."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import terraform_plugin
from terraform_plugin.resource import DataSource, EphemeralResource, Function, Resource
from terraform_plugin.schema import Attribute
from terraform_plugin.testing import Mirror, TerraformBinary, Workspace

DOCS = Path(__file__).resolve().parents[2] / "docs" / "plugin.md"


def test_the_example_lives_a_whole_life(tmp_path: Path, terraform: TerraformBinary):
    """Real Terraform: create, empty plan, change, import, destroy."""
    program = tmp_path / "notes_provider.py"
    program.write_text(re.search(r"```python\n(.*?)```", DOCS.read_text(), re.DOTALL)[1])  # type: ignore[index]
    mirror = Mirror(tmp_path / "mirror")
    mirror.add("terraform.local/example/notes", "1.0.0", [sys.executable, program])
    notes = tmp_path / "notes"
    notes.mkdir()
    workspace = Workspace(tmp_path / "workspace", terraform, mirror)
    note = {"resource": {"notes_note": {"a": {"text": "first"}}}, "provider": {"notes": {"folder": str(notes)}}}
    workspace.write(note)
    workspace.init()
    workspace.apply()
    assert workspace.plan().is_empty
    note["resource"]["notes_note"]["a"]["text"] = "second"  # type: ignore[index]
    workspace.write(note)
    workspace.apply()
    assert [file.read_text() for file in notes.iterdir()] == ["second"]
    workspace.destroy()
    (notes / "found.txt").write_text("second")
    workspace.import_("notes_note.a", "found.txt")
    assert workspace.plan().is_empty


def test_the_tables_name_what_exists():
    """A renamed verb or argument must not stay in the documentation."""
    text = DOCS.read_text()
    for part in (Resource, DataSource, EphemeralResource, Function):
        (row,) = re.findall(rf"^\| `{part.__name__}` \|(.*)$", text, re.MULTILINE)
        assert [name for name in re.findall(r"`(\w+)`", row) if not hasattr(part, name)] == []
    table = text.partition("| argument of `Attribute`")[2].partition("\n\n")[0]
    arguments = re.findall(r"^\| `(\w+)", table, re.MULTILINE)
    assert set(arguments) <= Attribute.__dataclass_fields__.keys()
    assert len(arguments) > 8


def test_public_names_exist_and_are_documented():
    """``__all__`` is what a provider's author may use."""
    missing = [name for name in terraform_plugin.__all__ if not hasattr(terraform_plugin, name)]
    assert missing == []
    classes = [getattr(terraform_plugin, name) for name in terraform_plugin.__all__]
    assert [item.__name__ for item in classes if isinstance(item, type) and not item.__doc__] == []
