"""The generator of L1 classes: what it makes of each shape, and whether the committed files are its own."""

from __future__ import annotations

import ast
import importlib.util
import inspect
import subprocess
import sys
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from ece_provider import PROVIDER_ADDRESS
from ece_provider.provider import EceProvider
from tests.tools.sample_provider import SampleProvider
from tools.generate_l1 import HEADER, TARGET, generate, stale, version_constraint, write


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    """The files of the sample provider."""
    return generate(SampleProvider(), "example.com/some/sample")


@pytest.fixture(scope="module")
def thing(files: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    """The generated module of the sample resource, loaded."""
    path = tmp_path_factory.mktemp("l1") / "thing.py"
    path.write_text(files["thing.py"], encoding="utf-8")
    spec = importlib.util.spec_from_file_location("generated_thing", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_committed_files_are_fresh() -> None:
    """A schema that changed without ``make gen`` would let constructs write what the provider refuses."""
    assert stale(TARGET, generate(EceProvider(), PROVIDER_ADDRESS)) == []


def test_the_same_schema_gives_the_same_files(files: dict[str, str]) -> None:
    """Otherwise the freshness test would fail by chance."""
    assert generate(SampleProvider(), "example.com/some/sample") == files


def test_one_module_for_each_block(files: dict[str, str]) -> None:
    """Resource and data source of one name must not share a module."""
    assert sorted(files) == ["__init__.py", "data_thing.py", "provider.py", "thing.py"]
    assert all(text.startswith(HEADER) for text in files.values())
    assert '"DataThing",' in files["__init__.py"]


def test_arguments_have_types(thing: ModuleType) -> None:
    """Types are what an editor shows and mypy checks; required ones have no default."""
    parameters = inspect.signature(thing.Thing.__init__).parameters
    assert {name: each.annotation for name, each in parameters.items() if each.kind is each.KEYWORD_ONLY} == {
        "name": "Text",
        "size": "Number | None",
        "on": "Flag | None",
        "words": "Sequence[Text] | Opaque | None",
        "marks": "Sequence[Text] | Opaque | None",
        "tags": "Mapping[str, Text] | Opaque | None",
        "grid": "Sequence[Sequence[Number] | Opaque] | Opaque | None",
        "shape": "Any | None",
        "anything": "Any | None",
        "secret_wo": "Text | None",
        "class_": "Text | None",
        "count_": "Number | None",
        "one": "ThingOne | Opaque | None",
        "many": "Sequence[ThingMany] | Opaque | None",
        "named": "Mapping[str, ThingNamed] | Opaque | None",
        "provider": "TerraformProvider | None",
        "depends_on": "Sequence[ITerraformDependable] | None",
        "count": "int | TerraformCount | None",
        "for_each": "ITerraformIterator | None",
        "lifecycle": "TerraformResourceLifecycle | Mapping[str, Any] | None",
    }
    assert parameters["name"].default is inspect.Parameter.empty
    assert parameters["size"].default is None


def test_nested_objects_have_types(thing: ModuleType, files: dict[str, str]) -> None:
    """Members as Terraform names them; what is only read is no member."""
    assert sorted(thing.ThingOne.__annotations__) == ["deep", "id"]
    assert "id: Required[Text]" in files["thing.py"]
    assert list(thing.ThingOneDeep.__annotations__) == ["flag"]
    assert list(thing.ThingMany.__annotations__) == ["from"]


def test_references_have_types(thing: ModuleType) -> None:
    """Outputs are typed by what a token can stand for; a write-only argument cannot be read back."""
    properties = {
        name: typing.cast("Any", each.fget).__annotations__["return"]
        for name, each in vars(thing.Thing).items()
        if isinstance(each, property)
    }
    assert properties["id"] == "str"
    assert properties["size"] == "float"
    assert properties["on"] == "IResolvable"
    assert properties["words"] == properties["marks"] == "list[str]"
    assert properties["tags"] == "Mapping[str, str]"
    assert properties["one"] == properties["ports"] == "IResolvable"
    assert properties["count_"] == "float"
    assert "secret_wo" not in properties


def test_marks_are_kept(thing: ModuleType, files: dict[str, str]) -> None:
    """cdktn must know what is write-only; the provider block, whose keys are the user's."""
    assert frozenset({"secret_wo"}) == thing.Thing.WRITE_ONLY
    assert thing.Thing.TERRAFORM_TYPE == "sample_thing"
    assert 'MAPS = frozenset({"labels", "others"})' in files["provider.py"]
    assert 'SOURCE = "example.com/some/sample"' in files["provider.py"]
    assert "Deprecated: use off" in files["thing.py"]


def test_text_with_quotes_stays_text(thing: ModuleType) -> None:
    """A description must not end the docstring it stands in."""
    assert thing.Thing.__doc__ == "A thing with a backslash \\ and '''quotes'''."


def test_lines_fit(files: dict[str, str]) -> None:
    """Generated code is read too."""
    for name, text in files.items():
        ast.parse(text)
        assert [line for line in text.splitlines() if len(line) > 120] == [], name


def test_the_generated_code_satisfies_the_type_checker(files: dict[str, str], tmp_path: Path) -> None:
    """Users run mypy in strict mode over what they import."""
    for name, text in files.items():
        if name != "__init__.py":
            (tmp_path / name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--config-file", "pyproject.toml", *map(str, sorted(tmp_path.glob("*.py")))],
        cwd=TARGET.parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize(("version", "constraint"), [("0.1.0", "~> 0.1"), ("1.4.2", "~> 1.4"), ("2.0.0-rc1", "~> 2.0")])
def test_the_constraint_lets_the_line_in(version: str, constraint: str) -> None:
    """A patch release of the provider must not need new constructs."""
    assert version_constraint(version) == constraint


def test_stale_names_what_differs(files: dict[str, str], tmp_path: Path) -> None:
    """Missing, changed and left-over files are told; hand-written ones are let alone."""
    (tmp_path / "_base.py").write_text("by hand")
    (tmp_path / "thing.py").write_text("changed")
    (tmp_path / "gone.py").write_text("left over")
    assert stale(tmp_path, files) == ["__init__.py", "data_thing.py", "gone.py", "provider.py", "thing.py"]
    write(tmp_path, files)
    assert stale(tmp_path, files) == []
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted([*files, "_base.py"])
