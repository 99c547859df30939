"""What a plan can see of traffic filters beyond their rules: foreign environments, connections they block, the lock-out
of whoever applies.

Checks only complain, and only where the API answers.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Mapping
from typing import Any, Final

from ece_domain.compatibility import feature_finding
from ece_domain.cross_cluster_keys import KeyLabel
from ece_domain.findings import Finding, Severity
from ece_domain.lockout import KeyPeer, blocked_finding
from ece_domain.traffic_filters import Rule, TrafficFilterType, foreign_environment_finding, own_address_finding
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.kinds import ECE
from ece_provider.live_checks import rules_of, seen
from ece_provider.places import Place
from ece_provider.resources.traffic_filter_association.mapping import is_associated
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import Values, is_known, is_set

Json = Mapping[str, Any]

_HTTPS: Final = 9243
"""Port of Elasticsearch's own endpoint on ECE."""


async def check_feature(context: PlanContext[ConfiguredProvider], feature: str, path: Path | None = None) -> None:
    """An error when this ECE is too old for a feature of ``ece_domain.compatibility``."""
    provider = context.provider
    if provider.is_unknown or provider.kind_of(None) != ECE or context.diagnostics.has_errors:
        return
    platform = await provider.lists.for_check(provider.lists.platform)
    if platform:
        report(context.diagnostics, [feature_finding(feature, str(platform[0].get("version") or ""))], path)


async def check_filter(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """A rule set for clusters: this ECE has such rules, and they name this ECE."""
    if planned["type"] != TrafficFilterType.REMOTE_CLUSTER or context.provider.kind_of(None) != ECE:
        return
    await check_feature(context, "remote_cluster", Path("type"))
    rules = [rule for rule in planned["rules"] if is_known(rule)] if is_set(planned["rules"]) else []
    wanted = {rule["environment_id"] for rule in rules if is_set(rule["environment_id"])}
    if not wanted or context.provider.is_unknown or context.provider.lists.has_written:
        return
    own = await seen(context.provider.places.of(None).environment_id())
    if own is not None:
        report(context.diagnostics, [foreign_environment_finding(each, own) for each in sorted(wanted)], Path("rules"))


async def check_association(
    context: PlanContext[ConfiguredProvider], planned: Values, rulesets: Iterable[Json], ruleset: Json
) -> None:
    """A rule set that comes to a deployment: whom it would cut off."""
    provider, deployment_id = context.provider, planned["deployment_id"]
    if provider.kind_of(None) != ECE or provider.lists.has_written or not is_set(deployment_id):
        return
    attached = [each for each in rulesets if is_associated(each, deployment_id) and each["id"] != ruleset["id"]]
    rules = [rule for each in [*attached, ruleset] for rule in rules_of(each)]
    place = provider.places.of(None)
    path = Path("traffic_filter_id")
    report(context.diagnostics, await _own_finding(provider, place, deployment_id, rules), path)
    report(context.diagnostics, await _blocked(place, deployment_id, rules), path)


async def _blocked(place: Place, deployment_id: str, rules: list[Rule]) -> list[Finding]:
    """Connections by keys of this provider that no rule lets in. Rules for addresses may cover them (never known)."""
    facts = await seen(place.deployments.facts(deployment_id))
    if facts is None:
        return []
    elasticsearch = await seen(place.elasticsearch(facts))
    keys = None if elasticsearch is None else await seen(elasticsearch.api_keys())
    labels = [label for key in keys or () if (label := KeyLabel.read(key.metadata)) is not None]
    found: list[Finding] = []
    for label in sorted(set(labels), key=lambda each: (each.local, each.alias)):
        here = await seen(_is_here(place, label.local))
        environment = await seen(place.environment_id(deployment_id)) if here else None
        peer = KeyPeer(f"cluster {label.local}", label.alias, label.local, environment, bool(here))
        if (finding := blocked_finding(facts.words, peer, rules)) is not None:
            detail = f"{finding.detail} Another rule set of this run may do so."
            found.append(Finding(finding.summary, detail, Severity.WARNING, finding.field, finding.code))
    return found


async def _is_here(place: Place, cluster_id: str) -> bool:
    """Whether a cluster runs in this ECE."""
    client = await place.client()
    deployments = (await client.call("list-deployments")).data.get("deployments") or ()
    return any(part.get("id") == cluster_id for each in deployments for part in each.get("resources") or ())


async def _own_finding(
    provider: ConfiguredProvider, place: Place, deployment_id: str, rules: list[Rule]
) -> list[Finding | None]:
    """Only where the provider uses Elasticsearch's own endpoint; the management channel is never filtered."""
    if not place.has_credentials(deployment_id):
        return []
    facts = await seen(place.deployments.facts(deployment_id))
    if facts is None or not facts.endpoint:
        return []
    address = await asyncio.to_thread(_address_towards, facts.endpoint)
    return [] if address is None else [own_address_finding(deployment_id, address, [rule.source for rule in rules])]


def _address_towards(host: str) -> str | None:
    """The address of this machine from which it reaches a host; nothing is sent."""
    try:
        family, kind, protocol, _, target = socket.getaddrinfo(host, _HTTPS, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind, protocol) as probe:
            probe.connect(target)
            return str(probe.getsockname()[0])
    except OSError:
        return None
