"""Why a node does not start, in Elasticsearch's words."""

from __future__ import annotations


class StartFailure(Exception):
    """A node cannot start, or cannot find the others; the text is what its log says."""
