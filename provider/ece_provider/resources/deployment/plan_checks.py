"""Checks of a planned deployment against its environment: versions, template, sizes, zones.

They look only at what is known, choose nothing, and step back with a warning where the API cannot be asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ece_client import ApiError, Unauthenticated
from ece_domain.compatibility import OLDEST_STACK_OF_ECE_4, old_stack_finding
from ece_domain.findings import Finding, InvalidValue
from ece_domain.sizes import format_size, parse_size
from ece_domain.versions import StackVersion, Version, unknown_version, version_change
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.resources.deployment.body import unknown_tier
from ece_provider.resources.deployment.mapping import resource_of
from ece_provider.resources.deployment.schema import STATELESS_KINDS
from ece_provider.resources.deployment.tiers import by_tier
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import is_set

Json = Mapping[str, Any]


async def check_environment(context: PlanContext[ConfiguredProvider]) -> None:
    """Add an error for each value that the environment does not offer; names what it does offer."""
    try:
        if not _check_version(context, await _versions(context.provider)):
            return
        template = await _template(context)
        if template is not None:
            _check_tiers(context, template)
            for kind in STATELESS_KINDS:
                _check_stateless(context, template, kind)
        await _check_platform(context)
    except Unauthenticated:
        raise
    except ApiError as error:
        if context.provider.is_out_of_reach:
            return  # another check that waited for the same answer has said it
        context.provider.is_out_of_reach = True
        context.diagnostics.warning(
            "Not checked against the environment",
            f"Versions, templates and sizes could not be checked: {error}. Apply may refuse what this plan shows.",
        )


async def _versions(provider: ConfiguredProvider) -> dict[str, StackVersion]:
    return {
        stack["version"]: StackVersion(
            stack["version"], frozenset(stack.get("upgradable_to") or ()), stack.get("min_upgradable_from")
        )
        for stack in await provider.lists.stack_versions()
        if stack.get("version")
    }


async def _check_platform(context: PlanContext[ConfiguredProvider]) -> None:
    """What ECE of this version runs at all; the list of stacks may still hold what it does not."""
    version = (context.planned or {}).get("version")
    if (
        context.diagnostics.has_errors
        or not is_set(version)
        or (context.is_update and "version" not in context.changed)
    ):
        return
    if not Version.parse(version).at_least(*OLDEST_STACK_OF_ECE_4):
        platform = await context.provider.lists.platform()
        report(context.diagnostics, [old_stack_finding(version, str(platform[0].get("version") or ""))])


def _check_version(context: PlanContext[ConfiguredProvider], offered: Mapping[str, StackVersion]) -> bool:
    """True when the version may be had; templates are then asked about it."""
    version = (context.planned or {}).get("version")
    if not is_set(version) or (context.is_update and "version" not in context.changed):
        return True
    finding: Finding | None
    if context.prior is not None and not context.replaces:
        finding = version_change(context.prior["version"], version, offered)
    else:
        finding = None if version in offered else unknown_version(version, offered)
    if finding is not None:
        context.diagnostics.error(finding.summary, finding.detail, Path("version"))
    return finding is None


async def _template(context: PlanContext[ConfiguredProvider]) -> Json | None:
    """The template that the plan is about; an error in the plan when there is none of that id."""
    planned = context.planned or {}
    if not is_set(planned.get("version")):
        return None
    identifier = planned.get("template_id")
    if not is_set(identifier):
        if context.config is not None and context.config.get("template_id") is not None:
            return None  # the id is known only after apply
        identifier = None
    try:
        return await context.provider.templates.get(identifier, planned["version"])
    except DiagnosticError as problem:
        context.diagnostics.extend(problem.diagnostics)
        return None


def _check_tiers(context: PlanContext[ConfiguredProvider], template: Json) -> None:
    tiers = context.config.get("tiers") if context.config else None
    if not is_set(tiers) or (context.is_update and not context.changed & {"tiers", "template_id"}):
        return
    elasticsearch = resource_of(template.get("deployment_template") or {}, "elasticsearch") or {}
    elements = by_tier((elasticsearch.get("plan") or {}).get("cluster_topology") or ())
    for name, tier in tiers.items():
        if name not in elements:
            context.diagnostics.extend(unknown_tier(name, template).diagnostics)
        elif is_set(tier):
            _check_amount(context, template, elements[name], tier, Path("tiers").key(name))


def _check_stateless(context: PlanContext[ConfiguredProvider], template: Json, kind: str) -> None:
    amount = (context.planned or {}).get(kind)
    if not is_set(amount) or (context.is_update and kind not in context.changed):
        return
    resource = resource_of(template.get("deployment_template") or {}, kind)
    if resource is None:
        context.diagnostics.error(
            f"The template has no {kind}",
            f'Deployment template "{template.get("id")}" has no {kind}. Leave {kind} out, or choose '
            "a template that has it.",
            Path(kind),
        )
        return
    for element in ((resource.get("plan") or {}).get("cluster_topology") or ())[:1]:
        _check_amount(context, template, element, amount, Path(kind))


def _check_amount(
    context: PlanContext[ConfiguredProvider], template: Json, element: Json, amount: Json, path: Path
) -> None:
    """Size and zones against the instance configuration that the element runs on."""
    identifier = element.get("instance_configuration_id")
    configurations = template.get("instance_configurations") or ()
    configuration = next((one for one in configurations if one.get("id") == identifier), None)
    if configuration is None:
        return
    _check_size(context, configuration, amount.get("size"), path.attribute("size"))
    zones, most = amount.get("zone_count"), configuration.get("max_zones")
    if is_set(zones) and most and int(zones) > int(most):
        context.diagnostics.error(
            "Too many zones",
            f"{path}.zone_count is {zones}; instance configuration {identifier} runs in at most {most} zones here.",
            path.attribute("zone_count"),
        )


def _check_size(context: PlanContext[ConfiguredProvider], configuration: Json, size: Any, path: Path) -> None:
    """One of the discrete sizes; above the largest, the platform adds instances of the largest (multiples of it)."""
    sizes = [int(one) for one in (configuration.get("discrete_sizes") or {}).get("sizes") or ()]
    if not is_set(size) or not sizes:
        return
    try:
        megabytes = parse_size(size)
    except InvalidValue:
        return  # its validator speaks of it
    largest = max(sizes)
    if megabytes == 0 or megabytes in sizes or (megabytes > largest and megabytes % largest == 0):
        return
    allowed = ", ".join(format_size(one) for one in sorted(sizes))
    context.diagnostics.error(
        "Size is not offered",
        f'{path} is "{size}"; instance configuration {configuration.get("id")} offers {allowed}, '
        f"and multiples of {format_size(largest)}.",
        path,
    )
