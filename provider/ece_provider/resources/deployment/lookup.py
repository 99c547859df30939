"""Reading the data source ``ece_deployment``: by id, or by exact name through the search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_client import NotFound
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.calls import fetch
from ece_provider.resources.deployment.mapping import (
    Json,
    addresses_of,
    effective_tiers,
    is_system_owned,
    kinds_of,
    plan_of,
    resource_of,
    state_of,
    stateless_of,
    status_of,
)
from ece_provider.resources.deployment.schema import DEPLOYMENT_SCHEMA, STATELESS_KINDS
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import DataContext
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import Client


async def read_deployment_data(context: DataContext[ConfiguredProvider]) -> Values:
    """All attributes of the deployment that ``id`` or ``name`` means.

    Raises:
        DiagnosticError: there is none, or several have the name.
        ApiError: the API cannot be reached or refuses.
    """
    client = await context.provider.client()
    identifier = context.config.get("id") or await _id_of(client, str(context.config["name"]))
    try:
        return data_of(await fetch(client, identifier, show_settings=True))
    except NotFound:
        raise DiagnosticError(
            "No such deployment", f"There is no deployment {identifier} in this environment.", Path("id")
        ) from None


def data_of(deployment: Json) -> Values:
    """The attributes of the data source."""
    plan = plan_of(resource_of(deployment, "elasticsearch") or {})
    managed = state_of(deployment, DEPLOYMENT_SCHEMA.null())
    filters = ((deployment.get("settings") or {}).get("traffic_filter_settings") or {}).get("rulesets") or ()
    return {
        **{name: managed[name] for name in ("name", "version", "template_id")},
        **addresses_of(deployment),
        "tags": managed["tags"] or {},
        "tiers": effective_tiers(plan),
        **{kind: stateless_of(deployment, kind) for kind in STATELESS_KINDS},
        "status": status_of(deployment),
        "healthy": deployment.get("healthy"),
        "system_owned": is_system_owned(deployment),
        "traffic_filter_ids": sorted(filters),
        "resource_kinds": kinds_of(deployment),
    }


async def _id_of(client: Client, name: str) -> str:
    """The id of the only deployment with this name; the search compares whole names (``name.keyword``)."""
    query: dict[str, Any] = {"bool": {"filter": [{"term": {"name.keyword": {"value": name}}}]}}
    reply = await client.call("search-deployments", body={"query": query, "size": 100, "sort": ["id"]})
    found = [str(one["id"]) for one in reply.data.get("deployments") or () if one.get("name") == name]
    if len(found) == 1:
        return found[0]
    if not found:
        raise DiagnosticError(
            "No such deployment", f'There is no deployment named "{name}" in this environment.', Path("name")
        )
    raise DiagnosticError(
        "Several deployments have this name",
        f'"{name}" is the name of {len(found)} deployments: {", ".join(found)}. Give id instead.',
        Path("name"),
    )
