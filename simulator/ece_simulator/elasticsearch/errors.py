"""Refusals in Elasticsearch's own form."""

from __future__ import annotations

from typing import Any

ILLEGAL = "illegal_argument_exception"
SECURITY = "security_exception"
PARSING = "x_content_parse_exception"


class ElasticsearchError(Exception):
    """A refused request: HTTP status, type and reason."""

    def __init__(self, status: int, type_name: str, reason: str, cause: dict[str, Any] | None = None) -> None:
        super().__init__(f"{status} {type_name}: {reason}")
        self.status, self.type, self.reason, self.cause = status, type_name, reason, cause

    def body(self) -> dict[str, Any]:
        """The error body: root cause, type, reason, status."""
        own: dict[str, Any] = {"type": self.type, "reason": self.reason}
        more = {} if self.cause is None else {"caused_by": self.cause}
        return {"error": {"root_cause": [own], **own, **more}, "status": self.status}


def illegal(reason: str) -> ElasticsearchError:
    """400 for an argument that cannot be."""
    return ElasticsearchError(400, ILLEGAL, reason)


def parsing(reason: str) -> ElasticsearchError:
    """400 for a body of the wrong form."""
    return ElasticsearchError(400, PARSING, reason)
