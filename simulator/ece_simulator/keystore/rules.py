"""Merging keystore contents (PATCH semantics) and what may be told about them."""

from __future__ import annotations

import hashlib
import json
from typing import Any


def merge(keystore: dict[str, dict[str, Any]], secrets: dict[str, dict[str, Any] | None]) -> None:
    """A secret with a value is set, one without is removed, all others stay."""
    for name, secret in secrets.items():
        value = (secret or {}).get("value")
        if secret is None or value is None:
            keystore.pop(name, None)
        else:
            as_file = secret.get("as_file")
            default = not isinstance(value, str)  # documented: true for objects, false for strings
            keystore[name] = {"value": value, "as_file": default if as_file is None else as_file}


def redacted(keystore: dict[str, dict[str, Any]]) -> dict[str, Any]:
    """Model KeystoreContents: names, `as_file`, and a null where the value would be."""
    return {"secrets": {name: {"value": None, "as_file": entry["as_file"]} for name, entry in keystore.items()}}


def fingerprints(keystore: dict[str, dict[str, Any]]) -> dict[str, str]:
    """A digest per secret, so that tests can see a change without seeing a value."""
    return {
        name: hashlib.sha256(json.dumps(entry, sort_keys=True).encode()).hexdigest()[:16]
        for name, entry in keystore.items()
    }
