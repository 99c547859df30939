"""What Elasticsearch itself refuses, as part of the client's tree of errors (errors.py)."""

from __future__ import annotations

from typing import Any

from ece_client.call import Reply
from ece_client.errors import StatusError, Where


class ElasticsearchError(StatusError):
    """An error that comes from Elasticsearch, behind the management channel or at its own port.

    `type` and `reason` are its own words, `cluster` says whose they are (a deployment id or a host).
    """

    def __init__(self, where: Where, *, status: int, type: str, reason: str, cluster: str) -> None:
        kind = f" ({type})" if type else ""
        super().__init__(
            f"Elasticsearch of {cluster} answered {where} with {status}: {reason or 'no reason given'}{kind}",
            where,
            status=status,
        )
        self.type = type
        self.reason = reason
        self.cluster = cluster

    @property
    def is_missing(self) -> bool:
        """True when the object asked for does not exist."""
        return self.status == 404

    @property
    def is_denied(self) -> bool:
        """True when the caller is not known to Elasticsearch, or lacks the right."""
        return self.status in (401, 403)

    @property
    def is_down(self) -> bool:
        """True when Elasticsearch does not answer: it is stopped, restarting or out of reach of the proxy."""
        return self.status >= 500


def raise_for_status(reply: Reply[Any], where: Where, cluster: str) -> None:
    """Raise ElasticsearchError for every status from 300 on."""
    if reply.status < 300:
        return
    type, reason = _words(reply.data)
    raise ElasticsearchError(where, status=reply.status, type=type, reason=reason, cluster=cluster)


def _words(data: Any) -> tuple[str, str]:
    """Type and reason of an error body: `{"error": {"type", "reason"}}`, `{"error": "text"}`, or a proxy's message."""
    if not isinstance(data, dict):
        return "", " ".join(str(data or "").split())[:200]
    error = data.get("error")
    if isinstance(error, dict):
        return str(error.get("type") or ""), str(error.get("reason") or "")
    return "", str(error or data.get("message") or "")


def reasons_in(error: Any) -> list[str]:
    """The texts of an error and of what caused it, from outside in."""
    found: list[str] = []
    while isinstance(error, dict):
        if error.get("reason"):
            found.append(str(error["reason"]))
        error = error.get("caused_by")
    return found
