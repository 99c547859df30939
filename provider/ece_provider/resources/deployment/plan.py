"""What a plan of ``ece_deployment`` says: refusals and warnings that need no API, and addresses that will change.

Checks against the environment are in ``plan_checks.py``; nothing here or there chooses a value from the world.
"""

from __future__ import annotations

from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.sizes import parse_size
from ece_domain.versions import is_downgrade, version_change
from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.schema import DEFAULT_REF_ID, STATELESS_KINDS
from ece_provider.resources.deployment.tiers import HOT, TIERS
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PlanContext, ValidateContext
from terraform_plugin.values import UNKNOWN, Values, is_set

CHECKED = frozenset({"version", "template_id", "tiers", *STATELESS_KINDS})
"""Attributes that are checked against the environment when they change."""


def validate(context: ValidateContext) -> None:
    """Names of tiers, and a hot tier that has size."""
    tiers = context.config.get("tiers")
    if not is_set(tiers):
        return
    for name in tiers:
        if name not in TIERS:
            context.diagnostics.error(
                "No such tier", f'"{name}" is no tier. Allowed: {", ".join(TIERS)}.', Path("tiers").key(name)
            )
    hot = tiers.get(HOT)
    if hot is None or (is_set(hot) and is_set(hot.get("size")) and _megabytes(hot["size"]) == 0):
        context.diagnostics.error(
            "The hot tier is missing",
            'Every deployment has a hot tier: give hot = { size = "…", zone_count = … } with a size above 0, '
            "or leave tiers out for those of the template.",
            Path("tiers"),
        )


async def check_plan(context: PlanContext[ConfiguredProvider]) -> None:
    """Refuse what cannot or must not be done, warn of what is lost, and mark addresses that will change."""
    if context.prior is not None:
        context.provider.journal.forget(context.prior.get("id"))
        _protect(context)
    if context.planned is None or context.diagnostics.has_errors:
        return
    if context.is_create and context.planned["ref_id"] is UNKNOWN and (context.config or {}).get("ref_id") is None:
        context.planned["ref_id"] = DEFAULT_REF_ID
    if context.is_update:
        _check_version(context)
        _warn_of_lost_tiers(context)
        _mark_addresses(context)
    if _needs_environment(context) and not context.diagnostics.has_errors:
        from ece_provider.resources.deployment.plan_checks import check_environment

        await check_environment(context)


def protection_error(state: Values) -> DiagnosticError:
    """The refusal to destroy a protected deployment."""
    return DiagnosticError(
        "The deployment is protected",
        f'"{state.get("name")}" ({state.get("id")}) has deletion_protection = true in state, so it is neither '
        "destroyed nor replaced. Set deletion_protection = false, apply that, then destroy.",
        Path("deletion_protection"),
    )


def _protect(context: PlanContext[ConfiguredProvider]) -> None:
    """Judged on prior state; a deployment that never came up is not protected."""
    prior = context.prior or {}
    goes = context.is_destroy or context.replaces
    if goes and prior.get("deletion_protection") and not context.private.get("creating"):
        context.diagnostics.extend(protection_error(prior).diagnostics)


def _check_version(context: PlanContext[ConfiguredProvider]) -> None:
    """A downgrade fails the plan; the way of an upgrade is judged where the environment can be asked."""
    before, after = (context.prior or {}).get("version"), (context.planned or {}).get("version")
    if is_set(before) and is_set(after) and is_downgrade(before, after):
        finding = version_change(before, after, {})
        if finding is not None:
            context.diagnostics.error(finding.summary, finding.detail, Path("version"))


def _warn_of_lost_tiers(context: PlanContext[ConfiguredProvider]) -> None:
    """A tier that has size and is not in the given tiers goes, with the nodes it has."""
    tiers = context.config.get("tiers") if context.config else None
    if not is_set(tiers) or "tiers" not in context.changed:
        return
    for name in sorted((context.prior or {}).get("effective_tiers") or {}):
        tier = tiers.get(name)
        if tier is None or (is_set(tier) and is_set(tier.get("size")) and _megabytes(tier["size"]) == 0):
            context.diagnostics.warning(
                f"Tier {name} will have size 0",
                f'The tier "{name}" runs now and is not in tiers, so its nodes are removed and its data moves '
                f"to other tiers. Add {name} to tiers to keep it.",
                Path("tiers"),
            )


def _mark_addresses(context: PlanContext[ConfiguredProvider]) -> None:
    """Kibana that comes or goes changes its own address, and the cloud id that names it. Nothing else does."""
    prior, planned = context.prior or {}, context.planned or {}
    if (prior.get("kibana") is None) != (planned.get("kibana") is None):
        planned["cloud_id"] = planned["kibana_url"] = UNKNOWN


def _needs_environment(context: PlanContext[ConfiguredProvider]) -> bool:
    provider = context.provider
    if provider.is_unknown or provider.is_out_of_reach or provider.lists.has_written:
        return False  # once something was written this is an apply, and the write that follows tells the truth
    return context.is_create or bool(context.changed & CHECKED)


def _megabytes(text: Any) -> int:
    """The size, or 1 for a text that is none: its validator speaks of it."""
    try:
        return parse_size(str(text))
    except InvalidValue:
        return 1
