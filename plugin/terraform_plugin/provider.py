"""The contract of a provider: its configuration, its parts, and how foreign exceptions become diagnostics."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from terraform_plugin.diagnostics import Diagnostic, Diagnostics
from terraform_plugin.resource import DataSource, EphemeralResource, Function, Resource, ValidateContext
from terraform_plugin.schema import Schema
from terraform_plugin.values import Values

C = TypeVar("C")


@dataclass(kw_only=True)
class ConfigureContext:
    """The provider block. At plan time members may be unknown: plan without the API then, do not fail."""

    config: Values
    terraform_version: str = ""
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    stop: asyncio.Event = field(default_factory=asyncio.Event)


class Provider(Generic[C]):
    """A provider: subclass it and hand it to ``terraform_plugin.serve``."""

    name: str
    """The last part of the address and the prefix of all type names: ``ece``."""
    version: str
    schema: Schema

    @property
    def resources(self) -> Sequence[Resource[C]]:
        """One instance of each resource type; instances hold no state of their own."""
        return ()

    @property
    def data_sources(self) -> Sequence[DataSource[C]]:
        """One instance of each data source."""
        return ()

    @property
    def ephemeral_resources(self) -> Sequence[EphemeralResource[C]]:
        """One instance of each ephemeral resource."""
        return ()

    @property
    def functions(self) -> Sequence[Function]:
        """One instance of each function."""
        return ()

    def validate(self, context: ValidateContext) -> None:
        """Check the provider block without the API."""

    async def configure(self, context: ConfigureContext) -> C:
        """Turn the provider block into what resources work with."""
        raise TypeError(f"provider {self.name} cannot be configured")

    async def close(self, configured: C) -> None:
        """Give back what ``configure`` made (connections); called when the process ends."""

    def explain(self, error: Exception) -> Sequence[Diagnostic] | None:
        """Diagnostics for an exception that a resource let through; None when it is a bug of the provider."""
        return None

    def logger_names(self) -> Sequence[str]:
        """Python loggers whose records go to Terraform's log."""
        return ()

    def secrets(self, configured: C) -> Sequence[Any]:
        """Strings that must never appear in a log, beside every sensitive value, which is masked anyway.

        Asked before each line, so that logins renewed meanwhile are masked too: only hand out what is at hand.
        """
        return ()
