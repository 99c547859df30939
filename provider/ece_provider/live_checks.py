"""What a plan can see of a connection beyond its arguments: trust, filters, proxy certificate, followers.

Checks only complain, and only where the API answers. What the same run may still bring is a warning: Terraform plans
objects in an order that nobody can rely on.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final, TypeVar
from weakref import WeakKeyDictionary

from ece_domain.certificate_checks import private_proxy_finding, proxy_findings
from ece_domain.certificates import Certificate, read_certificates
from ece_domain.compatibility import skip_default_finding, two_way_finding
from ece_domain.connection_causes import mistrust, trusts
from ece_domain.connection_checks import old_deployment_finding, renamed_finding
from ece_domain.connection_evidence import SideSeen
from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.lockout import KeyPeer, blocked_finding
from ece_domain.remote_clusters import Connection, alias_settings, aliases_in
from ece_domain.security_models import SecurityModel
from ece_domain.traffic_filters import Rule
from ece_domain.trust import one_way_finding
from ece_provider.configured import ConfiguredProvider
from ece_provider.deployment_reads import trust_of
from ece_provider.findings import report
from ece_provider.kinds import ECE
from ece_provider.places import Place
from ece_provider.role_checks import check_connection_roles
from ece_provider.sides import Side
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import Values, is_set

LOG = logging.getLogger("ece_provider.live_checks")

T = TypeVar("T")
Json = Mapping[str, Any]

_TRUST: Final = "trust"
"""Kind under which objects of trust note what they own (``trust.replacement``)."""


async def seen(work: Awaitable[T]) -> T | None:
    """The result, None where it cannot be seen: a check must not fail a plan."""
    from ece_client import ApiError

    try:
        return await work
    except (ApiError, DiagnosticError, InvalidValue) as problem:
        LOG.debug("not checked: %s", problem)
        return None


async def check_local(context: PlanContext[ConfiguredProvider], planned: Values, local: Side) -> None:
    """What the local side alone tells."""
    config = context.config or {}
    is_new = context.is_create or context.replaces
    if is_new and config.get("skip_unavailable") is None and local.facts.version is not None:
        report(context.diagnostics, [skip_default_finding(local.facts.version)])


async def check_connection(
    context: PlanContext[ConfiguredProvider], planned: Values, local: Side, remote: Side
) -> None:
    """What both sides together tell; ``planned`` is of an ``ece_remote_cluster``."""
    model = planned["security_model"]
    found: tuple[list[Finding], ...]
    if model == SecurityModel.CERTIFICATE:
        found = await asyncio.gather(_trust_findings(context, local, remote), _circle_findings(local, remote))
    elif model == SecurityModel.API_KEY:
        found = await asyncio.gather(
            _filter_findings(context, planned, local, remote),
            _proxy_findings(context, local, remote),
            _circle_findings(local, remote),
        )
    else:
        return
    for findings in found:
        report(context.diagnostics, findings, Path("remote"))
    await check_connection_roles(context, planned, local, remote)


async def check_followers(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """Indices that follow over an alias which is about to be replaced by another one."""
    from ece_provider.sides import locate

    prior = context.prior
    if prior is None or not is_set(planned["alias"]) or planned["alias"] == prior["alias"]:
        return
    if context.provider.lists.has_written or context.provider.is_unknown:
        return
    side = await seen(locate(context.provider, prior))
    followers = None if side is None else await seen(_followers(side))
    over = [index for index, alias in (followers or {}).items() if alias == prior["alias"]]
    report(context.diagnostics, [renamed_finding(prior["alias"], planned["alias"], over)])


async def _followers(side: Side) -> dict[str, str]:
    return await (await side.elasticsearch()).followers()


async def _circle_findings(local: Side, remote: Side) -> list[Finding]:
    """Only where versions differ: the same version both ways is fine."""
    if local.facts.version == remote.facts.version or not local.facts.endpoint or remote.place.kind != ECE:
        return []
    settings = await seen(remote.cluster.settings()) or {}
    names = [Connection.read(alias_settings(settings, alias)).server_name for alias in aliases_in(settings)]
    return [two_way_finding(local.words, remote.words)] if local.facts.endpoint in names else []


async def _trust_findings(context: PlanContext[ConfiguredProvider], local: Side, remote: Side) -> list[Finding]:
    if not (local.facts.is_deployment and remote.facts.is_deployment):
        return []
    sides = [await _side_seen(side) for side in (local, remote)]
    is_same = local.place is remote.place
    found: list[Finding] = []
    for side, (mine, peer) in zip((local, remote), ((sides[0], sides[1]), (sides[1], sides[0])), strict=True):
        if mine is None or peer is None or mine.trust is None:
            continue
        if _may_change(context, side, local):
            continue
        if side.place.kind == ECE and (old := old_deployment_finding(side.words, mine.trust)) is not None:
            found.append(old)
        if not trusts(mine.trust, peer, is_same_environment=is_same):
            one_way = one_way_finding(mine.words, peer.words, peer.cluster_id, is_back=side is remote)
            why = mistrust(mine, peer, " back" if side is remote else "")
            found.append(_milder(replace(one_way, detail=why)))
    return found


def _may_change(context: PlanContext[ConfiguredProvider], side: Side, local: Side) -> bool:
    """Whether an object of this run changes the trust of a side.

    What another environment's provider plans is planned in another process and cannot be seen here; a run that gives
    the local side trust is taken to care for the other side, too.
    """
    owners = context.provider.owners
    is_local_planned = owners.is_planned(_TRUST, f"{local.facts.id}/")
    return owners.is_planned(_TRUST, f"{side.facts.id}/") or (side.place is not local.place and is_local_planned)


async def _side_seen(side: Side) -> SideSeen | None:
    deployment = await seen(side.place.deployments.get(side.facts.id))
    if deployment is None:
        return None
    environment = side.environment_id or await seen(side.place.environment_id(side.facts.id))
    return SideSeen(
        side.words,
        side.facts.cluster_id,
        environment_id=environment,
        trust=trust_of(deployment),
        deployment_id=side.facts.id,
    )


def _milder(finding: Finding) -> Finding:
    """In a plan: the same run may bring what is missing."""
    detail = f"{finding.detail} Nothing in this plan so far changes that."
    return Finding(finding.summary, detail, Severity.WARNING, finding.field, finding.code)


async def _filter_findings(
    context: PlanContext[ConfiguredProvider], planned: Values, local: Side, remote: Side
) -> list[Finding]:
    if remote.place.name is not None or remote.place.kind != ECE or not await _is_filtered(remote):
        return []
    lists = context.provider.lists
    rulesets = await lists.for_check(lists.traffic_filters) or []
    attached = [each for each in rulesets if remote.facts.id in _deployments_on(each)]
    if not attached:
        return []
    is_same = local.place is remote.place
    environment = await seen(local.place.environment_id(local.facts.id)) if is_same else None
    alias = planned["alias"] if is_set(planned["alias"]) else "?"
    peer = KeyPeer(local.words, alias, local.facts.cluster_id, environment, is_same)
    finding = blocked_finding(remote.words, peer, [rule for each in attached for rule in rules_of(each)])
    return [] if finding is None else [_milder(finding)]


async def _is_filtered(remote: Side) -> bool:
    """Whether the deployment's own record, which is read anyway, names rule sets; no further call without any."""
    deployment = await seen(remote.place.deployments.get(remote.facts.id)) or {}
    filters = (deployment.get("settings") or {}).get("traffic_filter_settings") or {}
    return bool(filters.get("rulesets"))


def _deployments_on(ruleset: Json) -> list[str]:
    return [str(each["id"]) for each in ruleset.get("associations") or () if each.get("entity_type") == "deployment"]


def rules_of(ruleset: Json) -> Iterator[Rule]:
    """The rules of a rule set as the API gives them."""
    for rule in ruleset.get("rules") or ():
        yield Rule(
            source=str(rule.get("source") or ""),
            environment_id=str(rule.get("remote_cluster_org_id") or ""),
            cluster_id=str(rule.get("remote_cluster_id") or ""),
        )


@dataclass(frozen=True)
class ProxyChain:
    """What the proxies of an installation show."""

    certificates: list[Certificate]
    """Server first."""
    is_own: bool
    """True when ECE made it itself, so that its CA is a private one."""


_CHAINS: WeakKeyDictionary[Place, asyncio.Task[ProxyChain | None]] = WeakKeyDictionary()


async def proxy_chain(place: Place) -> ProxyChain | None:
    """The chain of an ECE (``GET …/security/tls/proxy``), asked for once per run; None where it does not tell."""
    if place.kind != ECE:
        return None
    if place not in _CHAINS:
        _CHAINS[place] = asyncio.ensure_future(seen(_fetched_chain(place)))
    return await asyncio.shield(_CHAINS[place])


async def _fetched_chain(place: Place) -> ProxyChain:
    reply = await (await place.client()).call("get-tls-certificate", path={"service_name": "proxy"})
    texts = [str(link.get("pem") or "") if isinstance(link, dict) else str(link) for link in reply.data["chain"] or ()]
    certificates = [each for text in texts for each in read_certificates(text)]
    return ProxyChain(certificates, not reply.data.get("user_supplied", True))


async def _proxy_findings(context: PlanContext[ConfiguredProvider], local: Side, remote: Side) -> list[Finding]:
    """Of another environment only: within one, a diagnosis names the certificate, and a plan makes no call for it."""
    if local.place is remote.place:
        return []
    chain = await proxy_chain(remote.place)
    if chain is None or not chain.certificates:
        return []
    found: list[Finding] = []
    if remote.facts.endpoint:
        found += proxy_findings(chain.certificates, remote.facts.endpoint, remote.place.words, datetime.now(UTC))
    is_private = local.facts.is_deployment and chain.is_own
    if not is_private or context.provider.owners.is_planned(_TRUST, f"{local.facts.id}/direct"):
        return found
    mine = await _side_seen(local)
    if mine is not None and mine.trust is not None and not _is_trusted(mine.trust, chain.certificates):
        found.append(_milder(private_proxy_finding(local.words)))
    return found


def _is_trusted(trust: Json, chain: list[Certificate]) -> bool:
    """Whether one of the direct entries has a CA of the chain."""
    wanted = {certificate.fingerprint for certificate in chain}
    for entry in trust.get("direct") or ():
        for certificate in entry.get("certificates") or ():
            try:
                if any(each.fingerprint in wanted for each in read_certificates(str(certificate.get("pem") or ""))):
                    return True
            except InvalidValue:
                continue
    return False
