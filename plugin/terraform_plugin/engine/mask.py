"""Keeps every secret that the process has seen out of logs and messages."""

from __future__ import annotations

import base64
import contextlib
import json
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final
from urllib.parse import quote

from terraform_plugin.schema import Attribute
from terraform_plugin.values import Dynamic

MASK: Final = "(sensitive)"
_SHORTEST: Final = 4
"""Shorter texts are not masked everywhere: three letters would blank half of every log."""
_SHORTEST_LINE: Final = 16
"""Lines of a longer secret (PEM) are masked one by one from this length on."""


class Mask:
    """The secrets seen so far; ``hide`` replaces them in a text, in any of the spellings that logs use."""

    def __init__(self) -> None:
        self._secrets: set[str] = set()
        self._spellings: set[str] = set()
        self._pattern: re.Pattern[str] | None = None
        self.source: Callable[[], Iterable[Any]] | None = None
        """Asked for further secrets before a text is shown: logins that were renewed meanwhile."""

    def add(self, *secrets: Any) -> None:
        """Remember secrets: strings, or values that hold strings (also objects that reveal a string by ``str``)."""
        for secret in secrets:
            if isinstance(secret, str):
                self._add_text(secret)
            elif isinstance(secret, Dynamic):
                self.add(secret.value)
            elif isinstance(secret, Mapping):
                self.add(*secret.values())
            elif isinstance(secret, Iterable):
                self.add(*secret)
            elif callable(getattr(secret, "get_secret_value", None)):
                self.add(secret.get_secret_value())

    def _add_text(self, secret: str) -> None:
        if len(secret) < _SHORTEST or secret in self._secrets:
            return
        self._secrets.add(secret)
        self._spellings |= {secret, repr(secret)[1:-1], json.dumps(secret)[1:-1], quote(secret, safe="")}
        self._spellings.add(base64.b64encode(secret.encode()).decode().rstrip("="))
        self._spellings |= {line for line in map(str.strip, secret.splitlines()) if len(line) >= _SHORTEST_LINE}
        self._pattern = None

    def add_values(self, attributes: Mapping[str, Attribute], values: Any) -> None:
        """Remember every sensitive and write-only value of an object with these attributes."""
        if not isinstance(values, Mapping):
            return
        for name, attribute in attributes.items():
            value = values.get(name)
            if attribute.sensitive or attribute.write_only:
                self.add(value)
            elif attribute.nested is not None:
                for _, element in attribute.nested.objects(value):
                    self.add_values(attribute.nested.attributes, element)

    def hide(self, text: str) -> str:
        """``text`` with every secret replaced."""
        if self.source is not None:
            with contextlib.suppress(Exception):  # a text is shown with what is known, and never fails
                self.add(*self.source())
        if not self._spellings:
            return text
        if self._pattern is None:
            longest_first = sorted(self._spellings, key=len, reverse=True)
            self._pattern = re.compile("|".join(map(re.escape, longest_first)))
        return self._pattern.sub(MASK, text)
