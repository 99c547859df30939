"""Checks of a plan against the deployments it names; they may only complain, and only where the API answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_provider.configured import ConfiguredProvider
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import is_known, is_set

if TYPE_CHECKING:
    from ece_provider.deployment_reads import Facts
    from ece_provider.sides import Side


async def side_for_check(context: PlanContext[ConfiguredProvider], given: Any, path: Path) -> Facts | None:
    """The facts of a side that a plan names; None where it is not known yet or cannot be asked about.

    A deployment that does not exist, belongs to the platform or is really a cluster's id becomes an error at ``path``.
    """
    side = await side_seen(context, given, path)
    return None if side is None else side.facts


async def side_seen(context: PlanContext[ConfiguredProvider], given: Any, path: Path) -> Side | None:
    """A side with its place, as ``side_for_check``."""
    provider = context.provider
    if provider.lists.has_written or provider.is_out_of_reach:  # an apply: the write that follows tells the truth
        return None
    if not is_set(given) or not is_known(given["deployment_id"]) or not is_known(given.get("environment")):
        return None
    if provider.kind_of(given.get("environment")) is None and not is_named_wrongly(provider, given):
        return None
    from ece_client import ApiError, NotFound, StatusError
    from ece_provider.places import EnvironmentUnknown
    from ece_provider.sides import require

    try:
        return await require(provider, given, path)
    except EnvironmentUnknown:
        return None
    except DiagnosticError as refused:
        if isinstance(refused.__cause__, NotFound):
            refused = await _explained(provider, given, path, refused)
        context.diagnostics.extend(refused.diagnostics)
    except ApiError as problem:
        provider.is_out_of_reach = provider.is_out_of_reach or not isinstance(problem, StatusError)
    return None


def is_named_wrongly(provider: ConfiguredProvider, given: Any) -> bool:
    """True for an environment that ``environments`` does not have."""
    name = given.get("environment")
    return name is not None and name not in provider.environment_names


async def _explained(provider: ConfiguredProvider, given: Any, path: Path, refused: DiagnosticError) -> DiagnosticError:
    """The refusal of an unknown deployment; says so when the id is that of a cluster."""
    if given.get("environment") is not None:
        return refused
    for deployment in await provider.lists.for_check(provider.lists.deployments) or ():
        for resource in deployment.get("resources") or ():
            if resource.get("id") == given["deployment_id"]:
                return DiagnosticError(
                    "Cluster id in place of a deployment id",
                    f'{given["deployment_id"]} is the id of a cluster of deployment "{deployment.get("name", "")}". '
                    f"Use the deployment's id, {deployment['id']} (id of ece_deployment, not cluster_id).",
                    path.attribute("deployment_id"),
                )
    return refused
