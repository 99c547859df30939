"""Judgements of certificates against what they are for: the right CA for the model, names that are covered, one owner.

Certificates on their own are judged in ``certificates``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from ece_domain.certificates import MIN_VALIDITY, Certificate
from ece_domain.findings import Finding, Severity
from ece_domain.trust import DirectTrustType
from ece_domain.validations.trust import V16, V19, V36, V37


class AuthorityKind(StrEnum):
    """What a CA signs."""

    PROXY = "proxy"
    """What proxies show at port 9443."""
    NODES = "nodes"
    """What nodes show at port 9400."""


_KIND_WORDS = {
    AuthorityKind.PROXY: "CA of the proxy",
    AuthorityKind.NODES: "CA of the node certificates",
}


@dataclass(frozen=True)
class KnownAuthority:
    """A CA that an environment is known to have."""

    kind: AuthorityKind
    environment: str
    """The environment, for messages."""


def authority_findings(
    entry_type: str, certificates: Iterable[Certificate], known: Mapping[str, Iterable[KnownAuthority]]
) -> Iterator[Finding]:
    """Judge the CAs of a direct entry by what environments are known to use them for (fingerprint → uses).

    An ECE may use one CA for both, and then either fits. Unknown CAs are not judged.
    """
    wanted = AuthorityKind.PROXY if entry_type == DirectTrustType.PROXY else AuthorityKind.NODES
    for certificate in certificates:
        uses = list(known.get(certificate.fingerprint) or ())
        if not uses or any(use.kind is wanted for use in uses):
            continue
        consequence = (
            'type = "proxy" is for connections by key, where the proxy shows another one: the last certificate of '
            "data.ece_proxy_certificate is needed."
            if wanted is AuthorityKind.PROXY
            else "connections by certificate end at the nodes, which another CA signed: certificates_pem of "
            'data.ece_certificate_authority is needed. For connections by key set type = "proxy".'
        )
        words = certificate.words
        yield V16.finding(
            certificate=f"{words[:1].upper()}{words[1:]}",
            kind=_KIND_WORDS[uses[0].kind],
            environment=uses[0].environment,
            consequence=consequence,
            field="certificates",
        )


def covers(names: Iterable[str], host: str) -> bool:
    """Whether a certificate for these DNS names is good for a host: a wildcard stands for one label."""
    wanted = host.lower().rstrip(".")
    _, _, parent = wanted.partition(".")
    return any(name.lower() == wanted or (parent and name.lower() == f"*.{parent}") for name in names)


def proxy_findings(chain: Sequence[Certificate], host: str, environment: str, now: datetime) -> Iterator[Finding]:
    """Judge the proxy certificate of an environment (server first) for a host in it."""
    if not chain:
        return
    server = chain[0]
    if not covers(server.dns_names, host):
        names = ", ".join(server.dns_names) or "no DNS name"
        yield V36.finding(environment=environment, names=names, host=host)
    end = min(certificate.not_after for certificate in chain)
    if end - now < MIN_VALIDITY:
        said = "expired" if end <= now else "expires"
        yield V36.says(
            f"A certificate in the proxy's chain of {environment} {said} on {end:%Y-%m-%d}: connections by key to it "
            "fail from then on. Replace the chain before.",
            summary="The proxy's certificate expires soon",
        )


def private_proxy_finding(local: str, *, severity: Severity | None = None) -> Finding:
    """The finding for a local side that does not know the private CA of the remote's proxy."""
    return V37.finding(local=f"{local[:1].upper()}{local[1:]}", severity=severity)


def owner_finding(name: str, uid: str, deployment: str, missing: Iterable[str]) -> Finding:
    """The error for a CA that is trusted already together with certificates that are not given."""
    listed = ", ".join(sorted(missing))
    return V19.finding(name=name, uid=uid, deployment=deployment, missing=listed, field="certificates")
