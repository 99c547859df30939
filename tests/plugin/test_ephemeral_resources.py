"""Ephemeral resources, over a real socket."""

from __future__ import annotations

import time

from tests.plugin.rpc import serving, texts
from tests.plugin.samples import Token


async def test_an_ephemeral_resource_lives_renews_and_closes():
    """Private state travels, due times are absolute, an error of close is told, the secret never."""
    token = Token()
    async with serving(token) as wire:
        opened = await wire.call(
            "OpenEphemeralResource", type_name="small_token", config=wire.pack("small_token", {"name": "n"})
        )
        assert wire.unpack("small_token", opened.result) == {"name": "n", "token": "open-sesame"}
        assert 55 < opened.renew_at.seconds - time.time() < 61
        renewed = await wire.call("RenewEphemeralResource", type_name="small_token", private=opened.private)
        assert renewed.HasField("renew_at")
        again = await wire.call("RenewEphemeralResource", type_name="small_token", private=renewed.private)
        assert not again.HasField("renew_at")
        closed = await wire.call("CloseEphemeralResource", type_name="small_token", private=again.private)
        assert texts(closed)
        assert "open-sesame" not in str(closed)
        checked = await wire.call(
            "ValidateEphemeralResourceConfig", type_name="small_token", config=wire.pack("small_token", {})
        )
        assert texts(checked) == []
    assert token.closed == [{"renewals": 2}]
