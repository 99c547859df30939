"""The provider block, over a real socket: defaults, refusals, and secrets that are hidden."""

from __future__ import annotations

import json
from typing import Any

from terraform_plugin.diagnostics import Diagnostic
from terraform_plugin.protocol.codec import Codec
from tests.plugin.rpc import serving, texts
from tests.plugin.samples import Configured, Echo, echo


async def test_the_provider_block_arrives_with_defaults_and_may_be_sent_again():
    """Nested ones too; a process in debug mode is configured once per command, and closes all in the end."""
    provider = Configured(Echo())
    async with serving(provider=provider, configured=False) as wire:
        assert texts(await wire.configure(sites={"a": {"port": None}})) == []
        values, _ = await echo(wire, "mine")
        assert json.loads((values or {})["shown"]) == [
            {"url": "https://localhost", "token": None, "sites": {"a": {"port": 9}}}, "1.11.4",
        ]  # fmt: skip
        assert texts(await wire.configure(url="other")) == []
    assert [config["url"] for config, _ in provider.closed] == ["other", "https://localhost"]


async def test_a_configuration_that_fails_names_the_argument_and_hides_the_secret():
    """The message went through the mask."""
    async with serving(provider=Configured(), configured=False) as wire:
        told = texts(await wire.configure(url="down", token="open-sesame"))
    assert told == ["error url: down | with (sensitive)"]


async def test_a_login_that_was_renewed_is_hidden_too():
    """The provider's secrets are asked for when something is shown, not only once."""
    tokens = ["first-token"]

    class Renewing(Configured):
        def secrets(self, configured: Any) -> list[str]:
            return tokens

        def explain(self, error: Exception) -> Any:
            return [Diagnostic(f"refused {tokens[-1]} and {tokens[0]}")]

    async with serving(provider=Renewing(Echo())) as wire:
        tokens.append("second-token")
        assert (await echo(wire, "bug"))[1] == ["error : refused (sensitive) and (sensitive) | "]


async def test_the_provider_block_is_validated():
    """Without being configured."""
    async with serving(provider=Configured(), configured=False) as wire:
        packed = Codec(Configured.schema.value_type).encode({"url": "ftp", "token": None, "sites": None})
        reply = await wire.call("ValidateProviderConfig", config={"msgpack": packed})
    assert texts(reply) == ["error url: wrong url | "]
