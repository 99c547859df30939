"""Why a remote cluster is not connected, judged by what can be seen from the sides that are known. Pure, no calls.

Sources: Elasticsearch documentation, "Troubleshooting remote clusters"; the ECE pages on trust, traffic filters and
load balancers. Elasticsearch says little about a failed connection, so several causes may be named, likeliest first.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Final

from ece_domain import connection_hints as hints
from ece_domain.compatibility import connection_finding, model_finding
from ece_domain.findings import InvalidValue
from ece_domain.platforms import Platform, port_of
from ece_domain.remote_clusters import Address, Connection, credentials_setting
from ece_domain.security_models import SecurityModel, model_of_port, other

Json = Mapping[str, Any]


class Piece(StrEnum):
    """The part of a connection that a cause is about; each is an object of its own."""

    SETTINGS = "settings"
    SECRET = "secret"  # noqa: S105  (a word)
    SECRET_VALUE = "value of the secret"  # noqa: S105  (a word)
    KEY = "key"
    TRUST = "trust"
    CERTIFICATE_AUTHORITY = "certificate authority"
    FILTER = "filter"
    DEPLOYMENT = "deployment"
    NETWORK = "network"


@dataclass(frozen=True)
class Cause:
    """One thing that is wrong, or may be."""

    piece: Piece
    text: str
    """What is seen, and what to do."""
    is_certain: bool = True


@dataclass(frozen=True)
class SideSeen:
    """A side, as far as it can be seen; None is "not seen"."""

    words: str
    cluster_id: str = ""
    version: str | None = None
    endpoint: str | None = None
    environment_id: str | None = None
    trust: Json | None = None
    """``accounts``, ``external``, ``direct`` of its trust settings."""
    status: str | None = None
    """What its Elasticsearch is doing: ``started``, ``stopped`` …"""
    platform: Platform = Platform.ECE
    """Where it runs; a cluster of its own counts as self-managed, as what it runs on cannot be seen."""

    @property
    def has_keystore_api(self) -> bool:
        """Whether the entries of its keystore are seen, and not only what Elasticsearch has loaded."""
        return self.platform.is_cloud


@dataclass(frozen=True)
class Evidence:
    """What was found out about a connection that is down."""

    alias: str
    model: SecurityModel
    local: SideSeen
    remote: SideSeen | None = None
    connection: Connection | None = None
    """What the settings say; None without the alias."""
    is_same_environment: bool = False
    has_secret: bool | None = None
    is_secret_loaded: bool | None = None
    live_keys: int | None = None
    """Live keys on the remote side that were made for this alias; None when they are none of our business."""
    filters: Collection[Json] | None = None
    """Rule sets on the remote deployment (``type``, ``rules``)."""
    proxy_fingerprints: Collection[str] | None = field(default=None)
    """Fingerprints of the CA that signs what the remote's proxy shows."""
    trusted_fingerprints: Collection[str] = ()
    """Fingerprints of all CAs in the local side's direct trust."""
    said: str = ""
    """What Elasticsearch of the local side says about the failure."""


def causes(seen: Evidence) -> list[Cause]:
    """What is wrong, certain causes first; there is at least one."""
    found = [*_settings(seen), *_keystore(seen), *_sides(seen)]
    if seen.model is SecurityModel.CERTIFICATE:
        found += _trust(seen)
    else:
        found += [*_key(seen), *_authority(seen), *_filters(seen)]
    said = list(_said(seen))
    pieces = {cause.piece for cause in found}
    found += [cause for cause in said if cause.piece not in pieces]
    ordered = sorted(found, key=lambda cause: not cause.is_certain)
    return ordered or [_network(seen)]


def _settings(seen: Evidence) -> Iterator[Cause]:
    connection = seen.connection
    if connection is None or not connection.proxy_address:
        yield Cause(Piece.SETTINGS, f"{seen.local.words} has no proxy_address for this alias: apply writes it.")
        return
    try:
        address = Address.parse(connection.proxy_address)
    except InvalidValue as problem:
        yield Cause(Piece.SETTINGS, f"The proxy_address cannot be used: {problem}.")
        return
    if model_of_port(address.port) is other(seen.model):
        yield Cause(
            Piece.SETTINGS,
            f"{address} is a port of the {other(seen.model).value} model, and this connection is to use the "
            f"{seen.model.value} model, whose port is {port_of(_remote_platform(seen), seen.model)}.",
        )
    endpoint = seen.remote.endpoint if seen.remote else None
    if endpoint and connection.server_name != endpoint:
        yield Cause(
            Piece.SETTINGS,
            f"server_name is {connection.server_name or 'not set'}, and the endpoint of the remote side is {endpoint}: "
            "the proxy finds a deployment by this name only.",
        )


def _remote_platform(seen: Evidence) -> Platform:
    return seen.remote.platform if seen.remote else Platform.ECE


def _keystore(seen: Evidence) -> Iterator[Cause]:
    name = credentials_setting(seen.alias)
    if not seen.local.has_keystore_api:
        yield from _loaded(seen)
        return
    if seen.model is SecurityModel.API_KEY and seen.has_secret is False:
        yield Cause(
            Piece.SECRET,
            f"The keystore of {seen.local.words} has no entry {name}, so Elasticsearch uses the certificate model and "
            "finds no trust at port 9443. An ece_cross_cluster_api_key for this alias puts it there.",
        )
    elif seen.model is SecurityModel.API_KEY and seen.has_secret and seen.is_secret_loaded is False:
        yield Cause(
            Piece.SECRET,
            f"The keystore of {seen.local.words} has the entry {name}, but Elasticsearch has not loaded it: from 8.14 "
            "on a reload of secure settings is enough, before that a restart is needed.",
        )
    elif seen.model is SecurityModel.CERTIFICATE and seen.has_secret:
        yield Cause(
            Piece.SECRET,
            f"The keystore of {seen.local.words} has the entry {name}, which turns the alias to the API-key model: "
            "that cannot work at port 9400. Remove the entry (and the ece_cross_cluster_api_key that owns it).",
        )


def _loaded(seen: Evidence) -> Iterator[Cause]:
    """The keystore of a cluster of its own: only what is loaded can be seen."""
    by_key, is_loaded = seen.model is SecurityModel.API_KEY, seen.has_secret
    if by_key and is_loaded is False:
        yield Cause(Piece.SECRET, hints.missing_secret(seen.local.words, seen.alias))
    elif not by_key and is_loaded:
        yield Cause(Piece.SECRET, hints.needless_secret(seen.local.words, seen.alias))


def _sides(seen: Evidence) -> Iterator[Cause]:
    for side in (seen.local, seen.remote):
        if side is not None and side.status not in (None, "started"):
            yield Cause(Piece.DEPLOYMENT, f"Elasticsearch of {side.words} is {side.status}.")
    if seen.remote is None or seen.local.version is None or seen.remote.version is None:
        return
    pair = (seen.local.version, seen.remote.version)
    for finding in (model_finding(seen.model, *pair), connection_finding(*pair)):
        if finding is not None and finding.is_error:
            yield Cause(Piece.DEPLOYMENT, f"{finding.summary}: {finding.detail}")


def _trust(seen: Evidence) -> Iterator[Cause]:
    if seen.remote is None:
        return
    for side, peer in ((seen.local, seen.remote), (seen.remote, seen.local)):
        if side.trust is not None and not trusts(side.trust, peer, is_same_environment=seen.is_same_environment):
            back = " back" if side is seen.remote else ""
            if not peer.platform.is_cloud:
                yield Cause(Piece.TRUST, hints.missing_generic_trust(side.words, peer.words, back))
                continue
            yield Cause(
                Piece.TRUST,
                f"{side.words} does not trust {peer.words}{back}: its trust settings name neither all clusters of that "
                f"environment nor the cluster id {peer.cluster_id}. The certificate model needs trust on both sides.",
            )


def trusts(trust: Json, peer: SideSeen, *, is_same_environment: bool) -> bool:
    """Whether trust settings let in a cluster; an entry whose environment cannot be told counts when it could fit.

    Names in the node certificates of a cluster outside of both platforms are its owner's choice, and are not seen: any
    entry for a CA of nodes may be the one for it.
    """
    if not peer.platform.is_cloud:
        return any(entry.get("type") != "proxy" for entry in trust.get("direct") or ())
    entries = trust.get("accounts") or () if is_same_environment else trust.get("external") or ()
    if any(_names(entry, peer) for entry in entries):
        return True
    if is_same_environment:
        return False
    for entry in trust.get("direct") or ():
        scope = entry.get("scope_id")
        if entry.get("type") == "proxy" or (scope and peer.environment_id and scope != peer.environment_id):
            continue
        if entry.get("additional_node_names") or _names(entry, peer):
            return True
    return False


def _names(entry: Json, peer: SideSeen) -> bool:
    return bool(entry.get("trust_all")) or peer.cluster_id in (entry.get("trust_allowlist") or ())


def _key(seen: Evidence) -> Iterator[Cause]:
    if seen.live_keys == 0 and seen.has_secret is not False:
        where = seen.remote.words if seen.remote else "the remote side"
        yield Cause(
            Piece.KEY,
            f"{where} has no valid key for this alias: it expired, or somebody invalidated it. The next apply of its "
            "ece_cross_cluster_api_key makes another one.",
        )


def _authority(seen: Evidence) -> Iterator[Cause]:
    """Only where the local side has to be told: a CA of its own ECE is known to it (inferred), a public one to all."""
    if seen.is_same_environment or not seen.proxy_fingerprints:
        return
    if set(seen.proxy_fingerprints) & set(seen.trusted_fingerprints):
        return
    said = _matches(seen, _NO_TRUST) is not None and "transport.ssl" not in seen.said
    if not seen.local.has_keystore_api:
        yield Cause(Piece.CERTIFICATE_AUTHORITY, hints.proxy_authority(seen.local.words), is_certain=said)
        return
    yield Cause(
        Piece.CERTIFICATE_AUTHORITY,
        f"{seen.local.words} has no direct trust (type proxy) for the CA that signed the proxy certificate of the "
        "remote environment, which it needs unless that CA is a public one: the last certificate of "
        "data.ece_proxy_certificate there. The CA of the remote deployment's nodes is another one and does not help.",
        is_certain=said,
    )


def _filters(seen: Evidence) -> Iterator[Cause]:
    if not seen.filters:
        return
    if any(_lets_in(rule, seen) for ruleset in seen.filters for rule in ruleset.get("rules") or ()):
        return
    where = seen.remote.words if seen.remote else "the remote side"
    has_addresses = any(ruleset.get("type") == "ip" for ruleset in seen.filters)
    kind = "its own cluster id or environment id" if seen.is_same_environment else hints.sources(seen.local.platform)
    closed = _matches(seen, _CLOSED) is not None
    yield Cause(
        Piece.FILTER,
        f"{where} has traffic filters, and no rule names {seen.local.words}. A rule with {kind} must let it in at "
        "port 9443"
        + (", unless one of the IP rules covers the addresses that it comes from." if has_addresses else ".")
        + (
            " Rules with a cluster id or an environment id act within one environment, so those that name it have no "
            "effect here."
            if _names_in_vain(seen)
            else ""
        ),
        is_certain=not has_addresses or closed,
    )


def _names_in_vain(seen: Evidence) -> bool:
    """Whether rules that cannot act on this pair name the local side: what somebody thinks to have let in."""
    if seen.is_same_environment:
        return False
    rules = [rule for ruleset in seen.filters or () for rule in ruleset.get("rules") or ()]
    clusters = {rule.get("remote_cluster_id") for rule in rules} - {None, ""}
    environments = {rule.get("remote_cluster_org_id") for rule in rules} - {None, ""}
    return seen.local.cluster_id in clusters or seen.local.environment_id in environments


def _lets_in(rule: Json, seen: Evidence) -> bool:
    """Rules for remote clusters act within one ECE; a rule with both ids asks for both (inferred)."""
    cluster, environment = rule.get("remote_cluster_id"), rule.get("remote_cluster_org_id")
    if not seen.is_same_environment or not (cluster or environment):
        return False
    here = seen.local.environment_id
    return cluster in (None, "", seen.local.cluster_id) and (environment in (None, "") or here in (None, environment))


_NO_TRUST: Final = re.compile(
    r"failed to establish trust with server|not configured to trust|unable to find valid", re.I
)
_CLOSED: Final = re.compile(r"closed by remote|connection reset|BLOCKED_BY|forbidden|end of file|closed_channel", re.I)

_KEYED, _CERTIFIED = SecurityModel.API_KEY, SecurityModel.CERTIFICATE
_WRONG_PORT: Final = (
    "A connection with a key reached a port of the certificate model: the API-key model uses port 9443."
)

_WORDS: Final[tuple[tuple[str, SecurityModel | None, Piece, str], ...]] = (
    (
        r"_cross_cluster_access_credentials\] but none found",
        None,
        Piece.SECRET,
        "It sent no key: no secret is loaded for this alias, or the secret has another alias in its name.",
    ),
    (
        r"expected API key type of \[cross_cluster\]|has type \[rest\]",
        None,
        Piece.SECRET_VALUE,
        "The secret holds an ordinary API key. Only a cross-cluster API key opens a remote cluster.",
    ),
    (
        r"unable to authenticate|Authentication using apikey failed|invalid api key|api key .*expired",
        None,
        Piece.SECRET_VALUE,
        "The remote side refuses the key in the keystore: it is wrong, expired or invalidated, or the secret was "
        "overwritten. terraform apply -replace=<address of its ece_cross_cluster_api_key> makes another one.",
    ),
    (
        r"missing authentication credentials|remote_cluster/handshake\] is unauthorized|channel profile to be|"
        r"Empty client certificate chain",
        None,
        Piece.SETTINGS,
        _WRONG_PORT,
    ),
    (
        r"does not match the trusted names",
        None,
        Piece.TRUST,
        "The name in the other side's node certificate fits no trust entry. Trust must be on both sides, and name the "
        "Elasticsearch cluster id and the environment id of the other one; neither is verified when it is written.",
    ),
    (
        rf"({_NO_TRUST.pattern}).*transport\.ssl",
        _KEYED,
        Piece.SECRET,
        "Elasticsearch dialled with its node certificate, as if there were no key: no secret is loaded for this alias.",
    ),
    (
        rf"({_NO_TRUST.pattern}).*remote_cluster_client\.ssl",
        _CERTIFIED,
        Piece.SECRET,
        "Elasticsearch dialled with a key: a secret for this alias is loaded, which turns it to the API-key model.",
    ),
    (
        _NO_TRUST.pattern,
        _CERTIFIED,
        Piece.TRUST,
        "The certificate that the other side shows is not trusted: its CA is missing on the local side.",
    ),
    (
        _NO_TRUST.pattern,
        None,
        Piece.CERTIFICATE_AUTHORITY,
        "The certificate that the other side shows is not trusted: its CA is missing on the local side, or the name or "
        "the time of the certificate does not fit.",
    ),
    (r"fatal alert|bad_certificate|unknown_ca|certificate_unknown", _KEYED, Piece.SETTINGS, _WRONG_PORT),
    (
        r"fatal alert|bad_certificate|unknown_ca|certificate_unknown",
        None,
        Piece.TRUST,
        "The other side refuses the local side's certificate: it does not trust back.",
    ),
    (
        _CLOSED.pattern,
        None,
        Piece.NETWORK,
        "The other side closed the connection: a traffic filter, a firewall, a load balancer's time-out, or a proxy "
        "that does not know server_name.",
    ),
    (
        r"connect_exception|connection refused|timed? ?out|UnknownHost|no route",
        None,
        Piece.NETWORK,
        "Nothing answers at the address: wrong host or port, a firewall, or a closed port.",
    ),
)
"""What Elasticsearch says, on which model (None: any) → the piece it is about, and what that means."""


def _matches(seen: Evidence, pattern: re.Pattern[str]) -> str | None:
    return seen.said if pattern.search(seen.said) else None


def _said(seen: Evidence) -> Iterator[Cause]:
    for pattern, model, piece, text in _WORDS:
        if model in (None, seen.model) and re.search(pattern, seen.said, re.IGNORECASE | re.DOTALL):
            told = f"{text}{_hint(piece, seen)} {_quote(seen.said)}"
            yield Cause(_refined(piece, seen), told, is_certain=piece is not Piece.NETWORK)
            return
    if seen.said:
        yield Cause(Piece.NETWORK, f"{_quote(seen.said)} {_network(seen).text}", is_certain=False)


def _hint(piece: Piece, seen: Evidence) -> str:
    """What the same words mean where the remote side is no deployment of ECE."""
    if piece is Piece.CERTIFICATE_AUTHORITY:
        return hints.server_authority(_remote_platform(seen))
    is_about_reach = piece in (Piece.NETWORK, Piece.TRUST)
    return hints.server(_remote_platform(seen), seen.model) if is_about_reach else ""


def _refined(piece: Piece, seen: Evidence) -> Piece:
    """A key that is dead explains why it is refused."""
    return Piece.KEY if piece is Piece.SECRET_VALUE and seen.live_keys == 0 else piece


def _quote(said: str) -> str:
    return f"Elasticsearch says: {' '.join(said.split())[:300]}."


def _network(seen: Evidence) -> Cause:
    address = seen.connection.proxy_address if seen.connection else "the remote side"
    who = hints.dials(seen.local.platform, seen.local.words)
    return Cause(
        Piece.NETWORK,
        f"Nothing is wrong with what can be seen from here. Check that {who} "
        f"{address} (firewall, load balancer in TCP mode without proxy protocol, DNS), and the log of Elasticsearch."
        f"{hints.server(_remote_platform(seen), seen.model)}",
        is_certain=False,
    )
