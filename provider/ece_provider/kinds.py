"""The kinds of places that the provider works with, and what only some of them have."""

from __future__ import annotations

from typing import Final

ECE: Final = "ece"
ECH: Final = "ech"
ELASTICSEARCH: Final = "elasticsearch"

KINDS: Final = (ECE, ECH, ELASTICSEARCH)
"""An installation of Elastic Cloud Enterprise, an organization of Elastic Cloud Hosted, one cluster outside of both."""

HOSTED_ENDPOINT: Final = "https://api.elastic-cloud.com"
"""The API of Elastic Cloud Hosted (host of its public API document)."""

WORDS: Final = {
    ECE: "an installation of Elastic Cloud Enterprise",
    ECH: "an organization of Elastic Cloud Hosted",
    ELASTICSEARCH: "one Elasticsearch cluster",
}
"""Kind → what it is, for messages."""
