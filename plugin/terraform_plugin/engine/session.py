"""One configured provider process: what `configure` made, the stop signal, the secrets seen so far."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

from terraform_plugin import durations
from terraform_plugin.diagnostics import Diagnostics
from terraform_plugin.engine.failures import explain
from terraform_plugin.masking import mask, mask_sensitive
from terraform_plugin.provider import ConfigureContext, Provider
from terraform_plugin.values import Values, is_set


class Session:
    """A provider and what it was configured with."""

    def __init__(self, provider: Provider[Any]) -> None:
        self.provider = provider
        self.configured: Any = None
        self.stop = asyncio.Event()

    async def configure(self, config: Values, terraform_version: str) -> Diagnostics:
        """Configure the provider anew; running calls of an earlier configuration keep theirs."""
        self.stop = asyncio.Event()
        mask_sensitive(config, self.provider.schema.attributes)
        context = ConfigureContext(config=config, terraform_version=terraform_version, stop=self.stop)
        try:
            self.configured = await self.provider.configure(context)
            for secret in self.provider.secrets(self.configured):
                mask(secret)
        except Exception as error:
            context.diagnostics.extend(explain(error, self.provider, f"configure provider {self.provider.name}"))
        return context.diagnostics

    async def close(self) -> None:
        """Give back what the provider holds."""
        if self.configured is not None:
            await self.provider.close(self.configured)
            self.configured = None

    def common(self, private: dict[str, Any], timeouts: Mapping[str, float]) -> dict[str, Any]:
        """The arguments that every context has."""
        return {"provider": self.configured, "stop": self.stop, "private": private, "timeouts": timeouts}

    @staticmethod
    def timeouts(defaults: Mapping[str, str], values: Values | None) -> dict[str, float]:
        """Seconds by verb: those of the ``timeouts`` attribute, else the defaults."""
        given = (values or {}).get("timeouts")
        own = {verb: text for verb, text in given.items() if is_set(text)} if is_set(given) else {}
        return {verb: durations.parse(text) for verb, text in {**defaults, **own}.items()}
