"""The lanes may import each other only in the direction of a value's journey."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LANES = {
    "ece_constructs": "constructs",
    "ece_l1": "constructs",
    "terraform_plugin": "plugin",
    "ece_provider": "provider",
    "ece_client": "api_client",
    "ece_domain": "domain",
    "ece_simulator": "simulator",
}
# What each package may import beside the standard library and itself.
ALLOWED = {
    "ece_constructs": {"ece_l1", "ece_domain", "cdktf", "cdktn", "constructs", "jsii", "typing_extensions"},
    "ece_l1": {"cdktf", "cdktn", "constructs", "jsii", "typing_extensions"},
    "terraform_plugin": {"grpclib", "h2", "google", "msgpack", "cryptography", "pexpect", "typing_extensions"},
    "ece_provider": {"terraform_plugin", "ece_client", "ece_domain"},
    "ece_client": {"httpx", "pydantic", "typing_extensions"},
    "ece_domain": {"cryptography"},
    "ece_simulator": {"aiohttp", "cryptography", "jsonschema", "typing_extensions", "yaml"},
}


def imports_of(file: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, module) for every import of the file, those inside functions included."""
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.lineno, node.module


def trespasses(package: str, folder: Path) -> list[str]:
    """Name every import of ``package`` that its lane does not allow."""
    allowed = ALLOWED[package] | {package} | set(sys.stdlib_module_names)
    return [
        f"{file.name}:{line} imports {module}"
        for file in sorted(folder.rglob("*.py"))
        for line, module in imports_of(file)
        if module.partition(".")[0] not in allowed
    ]


@pytest.mark.parametrize("package", sorted(LANES))
def test_a_lane_imports_only_what_it_may(package: str) -> None:
    """A wrong arrow between lanes lets one reading of the API hide the other's mistakes."""
    folder = ROOT / LANES[package] / package
    assert list(folder.rglob("*.py")), f"no code found in {folder}"
    assert trespasses(package, folder) == []


def test_the_rule_sees_a_wrong_import(tmp_path: Path) -> None:
    """The check itself must be able to fail, inside functions too."""
    (tmp_path / "wrong.py").write_text("def f():\n    from ece_client import Client\n    import os\n")
    assert trespasses("ece_simulator", tmp_path) == ["wrong.py:2 imports ece_client"]


def test_plugin_logic_is_free_of_the_protocol() -> None:
    """Schema, values, plan and resource contract must be usable and testable without gRPC."""
    folder = ROOT / "plugin" / "terraform_plugin"
    outside = [
        file
        for file in folder.rglob("*.py")
        if not {"protocol", "testing"} & set(file.relative_to(folder).parts)
        and file.name not in {"serve.py", "__init__.py"}
    ]
    wrong = [
        f"{file.name}:{line} imports {module}"
        for file in outside
        for line, module in imports_of(file)
        if module.startswith(("terraform_plugin.protocol", "grpclib", "google", "msgpack"))
    ]
    assert wrong == []


def test_no_lane_folder_is_a_package() -> None:
    """An ``__init__.py`` in a lane folder would shadow installed modules such as ``constructs``."""
    assert [lane for lane in set(LANES.values()) if (ROOT / lane / "__init__.py").exists()] == []


def test_the_installed_constructs_module_is_not_shadowed() -> None:
    """``import constructs`` must find the CDK's library although a folder of that name stands at the top."""
    import constructs

    assert Path(constructs.__file__).is_relative_to(ROOT / "constructs") is False
    assert hasattr(constructs, "Construct")


def test_every_package_is_typed_and_every_test_folder_a_package() -> None:
    """Without ``py.typed`` mypy ignores a lane; without ``__init__.py`` equal test names collide."""
    assert [name for name, lane in LANES.items() if not (ROOT / lane / name / "py.typed").exists()] == []
    folders = {file.parent for file in (ROOT / "tests").rglob("test_*.py")}
    assert sorted(str(folder) for folder in folders if not (folder / "__init__.py").exists()) == []
