"""Secrets that must not appear in a log: every sensitive or write-only value that was seen is remembered here."""

from __future__ import annotations

import json
from collections.abc import Mapping

from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.values import Value, Values, is_set

_SHORTEST = 4
"""Shorter texts are no secrets worth hiding, and hiding them would make a log unreadable."""

_secrets: set[str] = set()

MASK = "(sensitive)"


def mask(secret: Value) -> None:
    """Remember a secret, and each text inside it."""
    if isinstance(secret, str):
        if len(secret) >= _SHORTEST:
            _secrets.update({secret, json.dumps(secret)[1:-1]})
    elif isinstance(secret, dict):
        for item in secret.values():
            mask(item)
    elif isinstance(secret, list | tuple | set | frozenset):
        for item in secret:
            mask(item)


def mask_sensitive(values: Values | None, attributes: Mapping[str, Attribute]) -> None:
    """Remember every sensitive and write-only value of an object."""
    for name, attribute in attributes.items() if values is not None else ():
        value = values.get(name) if values is not None else None
        if not is_set(value):
            continue
        if attribute.sensitive or attribute.write_only:
            mask(value)
        elif attribute.nested is not None:
            _nested(value, attribute.nested)


def _nested(value: Value, nested: Nested) -> None:
    if nested.nesting is Nesting.SINGLE:
        mask_sensitive(value, nested.attributes)
        return
    for item in value.values() if isinstance(value, dict) else value:
        if is_set(item):
            mask_sensitive(item, nested.attributes)


def masked(text: str) -> str:
    """The text with every remembered secret hidden, longest first."""
    for secret in sorted(_secrets, key=len, reverse=True):
        if secret in text:
            text = text.replace(secret, MASK)
    return text
