"""Mistakes of a provider's author that can be seen without running anything; told when Terraform asks for schemas."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from terraform_plugin.durations import parse
from terraform_plugin.engine.merge import default_of
from terraform_plugin.provider import Provider
from terraform_plugin.schema import Attribute, Schema

_NAME: Final = re.compile(r"[a-z_][a-z0-9_]*")
_RESERVED: Final = frozenset(("connection", "count", "depends_on", "for_each", "lifecycle", "provider", "provisioner"))
"""Names that Terraform itself uses in every resource."""


def mistakes(provider: Provider[Any]) -> Iterator[str]:
    """One sentence for each mistake in the provider's schemas and names."""
    yield from _schema(f"provider {provider.name}", provider.schema, write_only=False)
    for kind, parts, write_only in (
        ("resource", provider.resources, True),
        ("data source", provider.data_sources, False),
        ("ephemeral resource", provider.ephemeral_resources, False),
    ):
        names = [part.type_name for part in parts]
        for name, times in Counter(names).items():
            if times > 1:
                yield f"There are {times} {kind}s {name}."
            if not name.startswith(f"{provider.name}_"):
                yield f"The name of {kind} {name} does not begin with {provider.name}_."
        for part in parts:
            yield from _schema(f"{kind} {part.type_name}", part.schema, write_only=write_only)
    for resource in provider.resources:
        yield from _durations(resource.type_name, resource.default_timeouts)


def _schema(where: str, schema: Schema, *, write_only: bool) -> Iterator[str]:
    for name in _RESERVED & schema.attributes.keys():
        yield f"{where}: the name {name} is Terraform's own."
    yield from _attributes(where, schema.attributes, schema.attributes.keys(), write_only=write_only)


def _attributes(where: str, attributes: Mapping[str, Attribute], top: Any, *, write_only: bool) -> Iterator[str]:
    for name, attribute in attributes.items():
        if not _NAME.fullmatch(name):
            yield f"{where}: {name!r} is no name of an attribute; lower case letters, digits and underscores are."
        if attribute.write_only and not write_only:
            yield f"{where}: {name} is write-only, which only attributes of resources can be."
        if unknown := sorted(set(attribute.changes_with) - set(top)):
            yield f"{where}: {name} changes with {', '.join(unknown)}, which the schema does not have."
        if attribute.has_default:
            try:
                default_of(attribute)
            except ValueError as error:
                yield f"{where}: {name}: {error}."
        if attribute.nested is not None:
            yield from _attributes(f"{where}, {name}", attribute.nested.attributes, top, write_only=write_only)


def _durations(type_name: str, texts: Mapping[str, str]) -> Iterator[str]:
    for verb, text in texts.items():
        try:
            parse(text)
        except ValueError as error:
            yield f"resource {type_name}: time-out of {verb}: {error}."
