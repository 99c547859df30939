"""What Elasticsearch's own words about a failed connection mean, on each model and each kind of place. Pure.

Source: Elasticsearch documentation, "Troubleshooting remote clusters", whose log lines these patterns find.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from ece_domain import connection_hints as hints
from ece_domain.connection_evidence import Cause, Evidence, Piece
from ece_domain.security_models import SecurityModel

NO_TRUST: Final = re.compile(
    r"failed to establish trust with server|not configured to trust|unable to find valid", re.I
)
"""The side that dials does not know the CA of what the other one shows."""

CLOSED: Final = re.compile(r"closed by remote|connection reset|BLOCKED_BY|forbidden|end of file|closed_channel", re.I)
"""The other side, or something before it, closed the connection."""

_OTHER_NAME: Final = re.compile(r"(?:otherName|common names) \[+([^\]]*)\]", re.I)
_WRONG_HOST: Final = r"does not fit the name|hostname mismatch|no subject alternative|no name matching"
_ALERT: Final = r"fatal alert|bad_certificate|unknown_ca|certificate_unknown"

_KEYED, _CERTIFIED = SecurityModel.API_KEY, SecurityModel.CERTIFICATE
_WRONG_PORT: Final = (
    "A connection with a key reached a port of the certificate model: the API-key model uses port 9443."
)


def matches(seen: Evidence, pattern: re.Pattern[str]) -> bool:
    """Whether Elasticsearch said something of this kind."""
    return pattern.search(seen.said) is not None


def said(seen: Evidence) -> Iterator[Cause]:
    """The cause that Elasticsearch's words tell; none where it said nothing, or what is not known here."""
    for line in _LINES:
        if line.model in (None, seen.model) and re.search(line.pattern, seen.said, re.IGNORECASE | re.DOTALL):
            text = line.text if isinstance(line.text, str) else line.text(seen)
            is_certain = line.piece is not Piece.NETWORK
            yield Cause(_refined(line.piece, seen), f"{text} {quote(seen.said)}", is_certain=is_certain)
            return


def quote(text: str) -> str:
    """Elasticsearch's words, for a search in its log."""
    return f"Elasticsearch says: {' '.join(text.split())[:300]}."


def _refined(piece: Piece, seen: Evidence) -> Piece:
    """A key that is dead explains why it is refused."""
    return Piece.KEY if piece is Piece.SECRET_VALUE and seen.live_keys == 0 else piece


def _unknown_node(seen: Evidence) -> str:
    """Certificate model: the CA of the other side's nodes."""
    remote = seen.remote_platform
    return (
        "The certificate that the other side shows is not trusted: its CA is missing on the local side. "
        f"{hints.node_authority(seen.local.platform, seen.local.words, remote)}"
    )


def _unknown_server(seen: Evidence) -> str:
    """API-key model: the CA of the other side's proxies or server."""
    return (
        "The certificate that the other side shows is not trusted: its CA is missing on the local side, or the name or "
        f"the time of the certificate does not fit.{hints.server_authority(seen.remote_platform)}"
    )


def _wrong_host(seen: Evidence) -> str:
    name = seen.connection.server_name if seen.connection else None
    given = f"server_name is {name}" if name else "server_name is not set, so the host in the address counts"
    return (
        f"The certificate that the other side shows is for another name: {given}. "
        f"{hints.server_names(seen.remote_platform)}"
    )


def _unknown_name(seen: Evidence) -> str:
    """Certificate model: the local side knows the CA, and lets in other names."""
    found = _OTHER_NAME.search(seen.said)
    name = found.group(1).strip() if found else ""
    if found and name in ("", "none"):
        return hints.unnamed_nodes(seen.remote.words if seen.remote else "the other side")
    told = f" ({name})" if name else ""
    return (
        f"The name in the other side's node certificate{told} fits no trust entry. "
        f"{hints.node_names(seen.local.platform, seen.local.words, seen.remote_platform)}"
    )


def _refused_back(seen: Evidence) -> str:
    """Certificate model: the other side does not know the local side's CA."""
    return (
        "The other side refuses the local side's certificate: it does not trust back. "
        f"{hints.trust_back(seen.remote_platform, seen.local.platform)}"
    )


def _closed(seen: Evidence) -> str:
    return (
        "The other side closed the connection: a traffic filter, a firewall, a load balancer's time-out, or a proxy "
        f"that does not know server_name.{hints.server(seen.remote_platform, seen.model)}"
    )


def _no_answer(seen: Evidence) -> str:
    return (
        "Nothing answers at the address: wrong host or port, a firewall, or a closed port."
        f"{hints.server(seen.remote_platform, seen.model)}"
    )


@dataclass(frozen=True)
class _Line:
    """Words of Elasticsearch, on which model (None: any), the piece they are about, and what they mean."""

    pattern: str
    model: SecurityModel | None
    piece: Piece
    text: str | Callable[[Evidence], str]


_LINES: Final[tuple[_Line, ...]] = (
    _Line(
        r"_cross_cluster_access_credentials\] but none found",
        None,
        Piece.SECRET,
        "It sent no key: no secret is loaded for this alias, or the secret has another alias in its name.",
    ),
    _Line(
        r"expected API key type of \[cross_cluster\]|has type \[rest\]",
        None,
        Piece.SECRET_VALUE,
        "The secret holds an ordinary API key. Only a cross-cluster API key opens a remote cluster.",
    ),
    _Line(
        r"unable to authenticate|Authentication using apikey failed|invalid api key|api key .*expired",
        None,
        Piece.SECRET_VALUE,
        "The remote side refuses the key in the keystore: it is wrong, expired or invalidated, or the secret was "
        "overwritten. terraform apply -replace=<address of its ece_cross_cluster_api_key> makes another one.",
    ),
    _Line(
        r"missing authentication credentials|remote_cluster/handshake\] is unauthorized|channel profile to be|"
        r"Empty client certificate chain",
        None,
        Piece.SETTINGS,
        _WRONG_PORT,
    ),
    _Line(r"does not match the trusted names", None, Piece.TRUST, _unknown_name),
    _Line(
        rf"({NO_TRUST.pattern}).*transport\.ssl",
        _KEYED,
        Piece.SECRET,
        "Elasticsearch dialled with its node certificate, as if there were no key: no secret is loaded for this alias.",
    ),
    _Line(
        rf"({NO_TRUST.pattern}).*remote_cluster_client\.ssl",
        _CERTIFIED,
        Piece.SECRET,
        "Elasticsearch dialled with a key: a secret for this alias is loaded, which turns it to the API-key model.",
    ),
    _Line(_WRONG_HOST, _KEYED, Piece.SETTINGS, _wrong_host),
    _Line(NO_TRUST.pattern, _CERTIFIED, Piece.TRUST, _unknown_node),
    _Line(NO_TRUST.pattern, None, Piece.CERTIFICATE_AUTHORITY, _unknown_server),
    _Line(_ALERT, _KEYED, Piece.SETTINGS, _WRONG_PORT),
    _Line(_ALERT, None, Piece.TRUST, _refused_back),
    _Line(CLOSED.pattern, None, Piece.NETWORK, _closed),
    _Line(r"connect_exception|connection refused|timed? ?out|UnknownHost|no route", None, Piece.NETWORK, _no_answer),
)
