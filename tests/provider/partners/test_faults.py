"""A fault at every call of a key that goes into a file: the next apply converges, and the key in use is never cut."""

from __future__ import annotations

import base64
from pathlib import Path
from typing import Any

import pytest

from tests.provider.partners.conftest import Partner
from tests.provider.remote_clusters.support import KEY, Refused, Stored

FAULTS: dict[str, dict[str, Any]] = {"refused": {"status": 400}, "lost": {"drop": True, "after_effect": True}}


def key_in(file: Path) -> str:
    """The id of the key that a file holds."""
    return base64.b64decode(file.read_text()).decode().partition(":")[0]


async def until_done(partner: Partner, given: dict[str, Any], stored: Stored | None) -> Stored:
    """Apply, and once more after a failure, as a user would."""
    try:
        return await partner.world.apply(KEY, given, stored)
    except Refused as refused:
        left = refused.left
    return await partner.world.apply(KEY, given, left)


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
async def test_making_rotating_removing(partner: Partner, fault: str):
    """The file holds the key of the state, the delivered key stays alive through a rotation, and nothing is left."""
    control, number, hit = partner.world.control, -1, True
    given = partner.inbound_key({"name": "onprem"})
    while hit:
        number += 1
        assert number < 40
        partner.world.config = {"max_retries": 0}
        since = partner.world.last_call()
        control.fail_next(skip=number, **FAULTS[fault])
        key = await until_done(partner, given, None)
        delivered = key_in(partner.file)
        assert delivered == key["key_id"], number
        rotated = {**given, "name": "second"}
        key = await until_done(partner, rotated, key)
        hit = any(call["status"] in (None, 400) for call in control.calls(since))
        control.clear_faults()
        assert key_in(partner.file) == key["key_id"], number
        assert {delivered, key["key_id"]} <= set(partner.live_keys()), number
        assert len(partner.live_keys()) <= 3, number
        assert (await partner.world.plan(KEY, rotated, key)).changed == set(), number
        await partner.world.destroy(KEY, key)
        assert partner.live_keys() == [], number
        assert not partner.file.exists(), number
    assert number > 6
