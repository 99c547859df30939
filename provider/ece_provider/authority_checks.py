"""What a plan can see of the CAs in direct trust: what environments use them for, and who trusts them already.

Checks only complain, and only where the API answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from ece_domain.certificate_checks import AuthorityKind, KnownAuthority, authority_findings
from ece_domain.certificates import Certificate, read_certificates
from ece_domain.findings import InvalidValue
from ece_domain.trust import DirectTrustType, own_scope_finding
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.kinds import ECE
from ece_provider.live_checks import proxy_chain, seen
from ece_provider.places import Place
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import Values, is_known, is_set


async def check_authorities(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """The certificates of a new direct entry against those of all environments that the provider knows."""
    provider = context.provider
    is_new = context.is_create or context.replaces or "certificates" in context.changed
    if not is_new or provider.is_unknown or provider.lists.has_written or context.diagnostics.has_errors:
        return
    if not is_known(planned["type"]) or not is_set(planned["certificates"]):
        return
    certificates = [each for pem in planned["certificates"] if is_set(pem) for each in _readable(pem)]
    known: dict[str, list[KnownAuthority]] = {}
    for name in (None, *provider.environment_names):
        if certificates and provider.kind_of(name) == ECE:
            for certificate, authority in await _of_place(provider.places.of(name)):
                known.setdefault(certificate.fingerprint, []).append(authority)
    kind = planned["type"] or "generic"
    report(context.diagnostics, authority_findings(kind, certificates, known), Path("certificates"))


async def check_scope(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """The scope of a new direct entry for another ECE, or an organization, against the id of the own environment."""
    provider, scope = context.provider, planned["scope_id"]
    is_new = context.is_create or context.replaces or "scope_id" in context.changed
    if not is_new or provider.is_unknown or provider.lists.has_written or context.diagnostics.has_errors:
        return
    if planned["type"] not in (DirectTrustType.ECE, DirectTrustType.ESS) or not is_set(scope):
        return
    identifier = planned["deployment_id"] if is_set(planned["deployment_id"]) else None
    own = await seen(provider.places.of(None).environment_id(identifier))
    report(context.diagnostics, [own_scope_finding(scope, own)] if own else [], Path("scope_id"))


def _readable(pem: str) -> list[Certificate]:
    try:
        return read_certificates(pem)
    except InvalidValue:
        return []  # told by the validator


async def _of_place(place: Place) -> list[tuple[Certificate, KnownAuthority]]:
    chain = await proxy_chain(place)
    found = [
        (each, KnownAuthority(AuthorityKind.PROXY, place.words))
        for each in (chain.certificates if chain else ())
        if each.is_ca
    ]
    for pem in await seen(_node_authorities(place)) or ():
        found += [(each, KnownAuthority(AuthorityKind.NODES, place.words)) for each in _readable(pem)]
    return found


async def _node_authorities(place: Place) -> list[str]:
    """The CA that an ECE tells of itself in its local record of trust relationships."""
    query = {"include_certificate": True}
    reply = await (await place.client()).call("get-trust-relationships", query=query)
    return list(_local_ones(reply.data.get("trust_relationships") or ()))


def _local_ones(relationships: Iterable[Values]) -> Iterator[str]:
    for each in relationships:
        if each.get("local") and each.get("public_ca_cert"):
            yield str(each["public_ca_cert"])
