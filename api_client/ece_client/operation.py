"""The form of one row of the generated operations table; the rows are in `_generated/operations.py`."""

from __future__ import annotations

from typing import NamedTuple


class Operation(NamedTuple):
    """One call of the ECE REST API, as its API document describes it."""

    method: str
    """HTTP method in capitals."""
    path: str
    """Path below `/api/v1`, with `{names}` for the path parameters."""
    path_params: tuple[str, ...] = ()
    """Names of the path parameters; all are required."""
    query_params: tuple[str, ...] = ()
    """Names of the query parameters that the API knows."""
    required_query: tuple[str, ...] = ()
    """Those of `query_params` that must be sent."""
    body: str | None = None
    """Name of the request model, `"raw"` where text is sent as it is (PEM, merge patch, proxied body), or None."""
    responses: dict[int, str | None] = {}
    """Documented successes: status to name of the model, `[Name]` for a list of them, or None without a model."""
    regional: bool = False
    """True if the path is called below `/api/v1/regions/{region}`."""
    safe: bool = False
    """True if a repeat after a lost answer does no harm."""
    proxied: bool = False
    """True for the management channel: query, body, status and answer are those of the target."""
    content_type: str = "application/json"
    """Content type of the body."""
