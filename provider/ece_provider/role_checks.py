"""Roles whose users use a connection: whether they reach it, as far as the clusters answer. And keys about to end.

Nothing here writes; roles belong to whoever made them.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from ece_domain.cross_cluster_keys import ending_finding, missing_role_finding, role_findings
from ece_domain.security_models import SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import Values, is_set, is_wholly_known

if TYPE_CHECKING:
    from ece_provider.sides import Side


async def check_key_roles(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """The roles that an ``ece_cross_cluster_api_key`` names, against its alias and its access."""
    names, local = _names(planned), planned["local"]
    if not names or not is_set(local["alias"]) or not is_wholly_known(planned["access"]) or local["name"] is not None:
        return
    from ece_provider.side_checks import side_seen

    side = await side_seen(context, local, Path("local"))
    roles = None if side is None else await _roles(side, names)
    if roles is not None:
        found = {name: role or {} for name, role in roles.items()}
        report(context.diagnostics, role_findings(local["alias"], found, planned["access"]))


async def check_connection_roles(
    context: PlanContext[ConfiguredProvider], planned: Values, local: Side, remote: Side
) -> None:
    """The roles that an ``ece_remote_cluster`` names: by key their reach, by certificate that both sides have them."""
    names = _names(planned)
    if not names or not is_set(planned["alias"]):
        return
    if planned["security_model"] == SecurityModel.API_KEY:
        if planned["cross_cluster_api_key_id"] is None:  # else the key has judged them, with its access
            roles = await _roles(local, names)
            found = {name: role or {} for name, role in (roles or {}).items()}
            any_index: dict[str, Any] = {"search": [{"names": ["*"]}]}
            report(context.diagnostics, role_findings(planned["alias"], found, any_index) if roles else ())
        return
    for side in (local, remote):
        roles = await _roles(side, names)
        missing = [name for name, role in (roles or {}).items() if role is None]
        report(context.diagnostics, [missing_role_finding(f"{side.words[:1].upper()}{side.words[1:]}", missing)])


def _names(planned: Values) -> list[str]:
    given = planned.get("roles")
    return sorted(each for each in given if is_set(each)) if is_set(given) else []


async def _roles(side: Side, names: Iterable[str]) -> dict[str, Any] | None:
    """The roles by name, None for one that does not exist; None where the cluster does not tell."""
    from ece_client import ApiError

    try:
        elasticsearch = await side.elasticsearch()
        return {name: await elasticsearch.role(name) for name in names}
    except (ApiError, DiagnosticError):
        return None


def check_ending(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """A key in use that nobody will rotate before it ends (the clock adds a message only)."""
    prior = context.prior
    if prior is None or context.replaces or planned["rotate_after"] is not None or prior.get("rotation_due"):
        return
    if not is_set(prior.get("expires_at")) or prior["expires_at"] != planned["expires_at"]:
        return
    ends = datetime.strptime(prior["expires_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    report(context.diagnostics, [ending_finding(str(prior["name"]), ends, datetime.now(UTC))])
