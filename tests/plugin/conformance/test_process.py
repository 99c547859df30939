"""The provider as a process: how it starts, what it logs, how a debugger reaches it."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest

from terraform_plugin.testing import DebuggedProvider, Mirror, TerraformBinary
from tests.plugin.conformance.support import Toy, toy_command
from tests.plugin.toy.provider import ADDRESS
from tests.support.terraform import matrix

pytestmark = pytest.mark.cold_start


def test_started_by_a_person_it_says_what_it_is():
    """Without Terraform's handshake the program explains itself and ends with an error."""
    done = subprocess.run(toy_command(), capture_output=True, text=True, timeout=30, check=False)
    assert done.returncode == 1
    assert "Terraform" in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr


@matrix("lifecycle")
def test_schemas_are_complete(toy: Toy):
    """Terraform accepts every schema and shows types, flags and nesting as they were written."""
    schema = toy.ws.schemas()[ADDRESS]
    attributes = schema["resource_schemas"]["toy_thing"]["block"]["attributes"]
    assert attributes["size"]["type"] == "number"
    assert attributes["secret"]["sensitive"] is True
    assert attributes["anything"]["type"] == "dynamic"
    assert attributes["unique"]["nested_type"]["nesting_mode"] == "set"
    assert attributes["unique"]["nested_type"]["attributes"]["handle"]["computed"] is True
    assert schema["resource_schemas"]["toy_thing"]["version"] == 1
    assert set(schema["functions"]) == {"kind", "shout", "total"}
    assert schema["data_source_schemas"].keys() == {"toy_things"}


def test_log_lines_keep_their_level(tmp_path: Path, terraform: TerraformBinary, toy_mirror: Mirror):
    """A record of a Python logger becomes an entry of the same level in Terraform's log."""
    traced = Toy(tmp_path, terraform, toy_mirror, trace=True)
    traced.things(a={})
    traced.ws.init()
    traced.ws.apply()
    lines = [line for line in traced.ws.trace_text().splitlines() if "configured with token" in line]
    assert lines
    assert all("[INFO]" in line for line in lines), lines[0]


def test_a_traceback_goes_to_the_log(tmp_path: Path, terraform: TerraformBinary, toy_mirror: Mirror):
    """The user sees a short text; whoever repairs the provider finds the place."""
    traced = Toy(tmp_path, terraform, toy_mirror, trace=True)
    traced.ws.init()
    traced.things(a={})
    traced.store.fault(create_before="raise")
    result = traced.ws.apply(fails=True)
    assert "Traceback" not in result.error_text
    assert "a bug in create_before" in traced.ws.trace_text()
    assert "thing.py" in traced.ws.trace_text()


@pytest.mark.parametrize("level", ["off", "error", "json"])
def test_log_levels(toy: Toy, level: str):
    """Every setting of TF_LOG works."""
    toy.things(a={})
    toy.ws.apply(env={"TF_LOG": level, "TF_LOG_PATH": str(toy.ws.folder / "log")})
    log = toy.ws.folder / "log"
    text = log.read_text() if log.exists() else ""
    assert ("configured with token" in text) == (level == "json")


@matrix("lifecycle")
def test_terraform_reaches_a_provider_in_debug_mode(toy: Toy):
    """One process serves several commands and ends when its owner says so."""
    toy.things(a={})
    env = {**os.environ, "TOY_FOLDER": str(toy.store.folder)}
    with DebuggedProvider(toy_command("--debug"), toy.store.folder / "out", env=env) as debugged:
        told = json.loads(debugged.environment["TF_REATTACH_PROVIDERS"])
        assert told[ADDRESS]["ProtocolVersion"] == 6
        toy.ws.env |= debugged.environment
        toy.ws.apply()
        assert toy.ws.plan().is_empty
        assert toy.ws.plan("-destroy").actions == {"toy_thing.a": "delete"}
        assert debugged.process.poll() is None
        assert told[ADDRESS]["Pid"] == debugged.process.pid or debugged.process.poll() is None
        toy.ws.destroy()
    assert debugged.process.poll() is not None
    assert toy.store.all() == {}
