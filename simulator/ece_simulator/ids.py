"""Identifiers from one seedable source, so that two runs with the same seed give the same ids."""

from __future__ import annotations

import random
import string
import uuid

_WORD = string.ascii_letters + string.digits


class Ids:
    """Source of identifiers and of made-up secrets for one installation."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed)  # noqa: S311  repeatable on purpose; guards nothing real

    def hex32(self) -> str:
        """32 lower-case hex characters: deployments, clusters, rule sets, rules."""
        return f"{self._random.getrandbits(128):032x}"

    def uuid(self) -> str:
        """An id with dashes: plan attempts."""
        return str(uuid.UUID(int=self._random.getrandbits(128), version=4))

    def number(self) -> str:
        """Ten digits: environment and user ids."""
        return str(self._random.randrange(1_000_000_000, 2_000_000_000))

    def word(self, length: int) -> str:
        """Letters and digits: passwords, keys, tokens."""
        return "".join(self._random.choice(_WORD) for _ in range(length))
