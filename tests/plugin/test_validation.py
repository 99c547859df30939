"""Validation of a resource's configuration, over a real socket."""

from __future__ import annotations

from typing import Any

import pytest

from terraform_plugin.values import UNKNOWN, Values
from tests.plugin.rpc import serving
from tests.plugin.samples import Box


@pytest.mark.parametrize(
    ("config", "places"),
    [
        ({"kind": "a", "list": [{"port": 1}]}, []),
        ({"kind": "c"}, ["kind"]),
        ({"kind": UNKNOWN, "secret": None}, []),
        ({"list": [{"port": 0}, {"port": UNKNOWN}, {"port": 10}]}, ["list[0].port", "list[2].port"]),
        ({"list": UNKNOWN}, []),
        ({"list": [UNKNOWN, {"port": 0}]}, ["list[1].port"]),
        ({"set": [{"port": 0}]}, ["set.port"]),
        ({"map": {"x": {"port": 0}}}, ['map["x"].port']),
        ({"one": {"port": 0}}, ["one.port"]),
        ({"kind": "b", "key_env": "E"}, ["key_env"]),
        ({"broken": "x", "kind": "c"}, ["", "kind"]),
        ({"key_env": "bug", "kind": "c"}, ["", "kind"]),
    ],
)
async def test_every_known_part_is_checked(config: Values, places: list[str]):
    """All mistakes at once, each at its place; bugs of checks are told beside the others."""
    async with serving(Box()) as wire:
        found = await wire.validate("small_box", config)
    assert sorted(told.removeprefix("error ").partition(": ")[0] for told in found) == places
    assert not any("swordfish" in told for told in found)


@pytest.mark.parametrize("secret", ["abc", "longer-than-that"])
async def test_a_refused_secret_is_not_repeated(secret: str):
    """Short ones neither; the place and what is allowed are still told."""
    async with serving(Box()) as wire:
        (told,) = await wire.validate("small_box", {"secret": secret})
    assert told == 'error secret: Invalid value for secret | secret is "(sensitive)". Allowed: digits.'


@pytest.mark.parametrize("value", ["hush", UNKNOWN])
async def test_write_only_is_refused_below_terraform_1_11(value: Any):
    """The value would land in the state; the text names the arguments that can be used instead."""
    async with serving(Box()) as wire:
        (told,) = await wire.validate("small_box", {"key_wo": value}, write_only=False)
        assert await wire.validate("small_box", {"key_wo": value}) == []
        (other,) = await wire.validate("small_box", {"other_wo": "x"}, write_only=False)
    assert told.startswith("error key_wo: ")
    assert "key_env" in told
    assert "key_file" not in told
    assert "Terraform 1.11" in other
