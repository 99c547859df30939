"""What may stand in a log: everything but secrets."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ece_client.config import MASK

SECRET_WORDS = ("password", "passwd", "token", "secret", "credential", "private", "user_settings", "authorization")
SECRET_NAMES = frozenset({"key", "api_key", "encoded", "cookie", "set-cookie"})
VISIBLE_BELOW_SECRETS = frozenset({"as_file", "username"})


def redacted(value: Any, *, secret: bool = False) -> Any:
    """Return a copy of decoded JSON in which every value below a secret name is masked; names stay visible."""
    if isinstance(value, Mapping):
        return {
            name: redacted(item, secret=name not in VISIBLE_BELOW_SECRETS and (secret or is_secret(str(name))))
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [redacted(item, secret=secret) for item in value]
    return MASK if secret and value is not None else value


def is_secret(name: str) -> bool:
    """Return true for the name of a field, setting or header whose value must not be shown."""
    name = name.lower()
    last = name.rsplit(".", 1)[-1]
    return last in SECRET_NAMES or last.endswith(("_key", "-key")) or any(word in name for word in SECRET_WORDS)


def redacted_headers(headers: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return headers for a log."""
    return {name: MASK if is_secret(name) else value for name, value in headers}


def redacted_body(content: bytes) -> str:
    """Return a body for a log: JSON without secrets, of anything else only the size."""
    if not content:
        return ""
    try:
        return json.dumps(redacted(json.loads(content)))
    except ValueError:
        return f"<{len(content)} bytes that are no JSON>"
