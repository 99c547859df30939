"""The one error that constructs raise; checks of the whole tree are validations and report texts instead."""

from __future__ import annotations

from typing import Any


class EceValueError(ValueError):
    """A value that cannot be: tells the construct's path, the property, the value received and what is allowed."""

    def __init__(self, path: str, property_: str, value: Any, allowed: str) -> None:
        super().__init__(f"{path}: {property_} is {_shown(value)}: {allowed}")
        self.path = path
        """Path of the construct, such as ``search/logs``."""
        self.property = property_
        """Name of the property as written in Python, such as ``hot.size``."""
        self.value = value
        """What was given."""
        self.allowed = allowed
        """What may be given, or what to do instead."""


def _shown(value: Any) -> str:
    """The value as Python writes it, or its kind and path when it is a construct."""
    node = getattr(value, "node", None)
    text = f"{type(value).__name__} {node.path}" if node is not None else repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."
