"""State taken over from ``ec_deployment`` of Elastic's own provider (a ``moved`` block).

Its secrets (passwords, tokens) are dropped. What it holds of trust, remote clusters, filters and keystore belongs to
objects of their own here; the deployment never writes those, so they stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

from ece_domain.findings import InvalidValue
from ece_domain.sizes import parse_size
from ece_provider.resources.deployment.tiers import TIERS
from terraform_plugin.values import Values

SOURCE_TYPE: Final = "ec_deployment"


def moved_state(source: Mapping[str, Any]) -> Values:
    """The state of ``ece_deployment``; what is missing the next read fills in."""
    elasticsearch = source.get("elasticsearch") or {}
    kibana = source.get("kibana") or {}
    https_url = elasticsearch.get("https_endpoint") or None
    return {
        "id": source.get("id"),
        "name": source.get("name"),
        "version": source.get("version"),
        "template_id": source.get("deployment_template_id"),
        "tags": source.get("tags") or None,
        "ref_id": elasticsearch.get("ref_id"),
        "cluster_id": elasticsearch.get("resource_id"),
        "cloud_id": elasticsearch.get("cloud_id"),
        "https_url": https_url,
        "endpoint": urlsplit(https_url).hostname if https_url else None,
        "kibana_url": kibana.get("https_endpoint") or None,
        "tiers": {name: amount for name in TIERS if (amount := _amount(elasticsearch.get(name)))} or None,
        "kibana": _amount(kibana),
        "integrations_server": _amount(source.get("integrations_server")),
        "deletion_protection": True,
    }


def _amount(part: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Size and zones of a part that has size; None for one that is off or not described."""
    if not part or not part.get("size"):
        return None
    try:
        is_off = parse_size(str(part["size"])) == 0
    except InvalidValue:
        return None
    return None if is_off else {"size": str(part["size"]), "zone_count": int(part.get("zone_count") or 1)}
