"""How the CA of another environment's region gets to the proxies of an ECE: an explicit choice, none by default.

A remote cluster filter knows the local cluster by its node certificate. Inside one ECE the proxies know the CA; that of
another environment (on Elastic Cloud Hosted each region has its own) they would have to be told. Which call does it is
not documented (inferred: one of these), and with today's rules it is not needed for IP filters, which are what works
between environments.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ece_domain.findings import InvalidValue


class RegionCertificate(StrEnum):
    """The strategies by name."""

    NONE = "none"
    """Nothing is sent: the default."""
    TRUST_RELATIONSHIP = "trust_relationship"
    """``POST platform/configuration/trust-relationships``, the only platform call that stores a foreign CA."""
    EXTRA_CERTIFICATE = "extra_certificate"
    """``PUT platform/configuration/security/extra_certs/{cert_id}``, which looks made for server certificates."""
    PROXY_CHAIN = "proxy_chain"
    """``POST platform/configuration/security/tls/proxy``: replaces the proxy's own chain. Refused."""


@dataclass(frozen=True)
class Strategy:
    """What a strategy does."""

    resource: str | None
    """The type of the object to declare; None where nothing is sent."""
    note: str
    """For the user."""


STRATEGIES: Final = {
    RegionCertificate.NONE: Strategy(
        None,
        "Nothing is sent. Use an IP rule set for clusters of another environment: remote cluster filters work inside "
        "one ECE only.",
    ),
    RegionCertificate.TRUST_RELATIONSHIP: Strategy(
        "ece_trust_relationship",
        "The CA is stored as a trust relationship of the platform, with the account (organization) of the other "
        "environment and trust_by_default = false. That filters see it there is inferred.",
    ),
    RegionCertificate.EXTRA_CERTIFICATE: Strategy(
        "ece_extra_certificate",
        "All CAs of the region are stored as one extra certificate of the platform. That filters see them there is "
        "inferred.",
    ),
}
"""Strategy → what to declare; all certificates of ``data.ece_certificate_authority`` go there, not only the active."""


def strategy_of(name: str) -> Strategy:
    """The strategy of a name.

    Raises:
        InvalidValue: no such strategy, or the one that would take the proxies' own certificate away.
    """
    if name == RegionCertificate.PROXY_CHAIN:
        raise InvalidValue(
            '"proxy_chain" would replace the chain that the proxies show to everybody with a foreign CA; ECE refuses a '
            "chain without the proxy's private key. Use trust_relationship or extra_certificate"
        )
    known = {each.value: each for each in STRATEGIES}
    if name not in known:
        raise InvalidValue(f'"{name}" is no strategy for region certificates: {", ".join(known)} are')
    return STRATEGIES[known[name]]
