"""Why a remote cluster is not connected, judged by what can be seen from the sides that are known. Pure, no calls.

Sources: Elasticsearch documentation, "Troubleshooting remote clusters"; the ECE pages on trust, traffic filters and
load balancers. Elasticsearch says little about a failed connection, so several causes may be named, likeliest first.
"""

from __future__ import annotations

from collections.abc import Iterator

from ece_domain import connection_hints as hints
from ece_domain.compatibility import connection_finding, model_finding
from ece_domain.connection_evidence import Cause, Evidence, Json, Piece, SideSeen
from ece_domain.connection_said import CLOSED, NO_TRUST, matches, quote, said
from ece_domain.findings import InvalidValue
from ece_domain.platforms import port_of
from ece_domain.remote_clusters import Address, credentials_setting
from ece_domain.security_models import SecurityModel, model_of_port, other


def causes(seen: Evidence) -> list[Cause]:
    """What is wrong, certain causes first; there is at least one."""
    found = [*_settings(seen), *_keystore(seen), *_sides(seen)]
    if seen.model is SecurityModel.CERTIFICATE:
        found += _trust(seen)
    else:
        found += [*_key(seen), *_authority(seen), *_filters(seen)]
    pieces = {cause.piece for cause in found}
    found += [cause for cause in _told(seen) if cause.piece not in pieces]
    ordered = sorted(found, key=lambda cause: not cause.is_certain)
    return ordered or [_network(seen)]


def _told(seen: Evidence) -> Iterator[Cause]:
    """What Elasticsearch itself tells, in words that are known or not."""
    known = list(said(seen))
    yield from known
    if seen.said and not known:
        yield Cause(Piece.NETWORK, f"{quote(seen.said)} {_network(seen).text}", is_certain=False)


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
            f"{seen.model.value} model, whose port is {port_of(seen.remote_platform, seen.model)}.",
        )
    endpoint = seen.remote.endpoint if seen.remote else None
    if endpoint and connection.server_name != endpoint:
        yield Cause(
            Piece.SETTINGS,
            f"server_name is {connection.server_name or 'not set'}, and the endpoint of the remote side is {endpoint}: "
            "the proxy finds a deployment by this name only.",
        )


def _keystore(seen: Evidence) -> Iterator[Cause]:
    name = credentials_setting(seen.alias)
    if not seen.local.has_keystore_api:
        yield from _loaded(seen)
        return
    if seen.model is SecurityModel.API_KEY and seen.has_secret is False:
        yield Cause(
            Piece.SECRET,
            f"The keystore of {seen.local.words} has no entry {name}, so Elasticsearch uses the certificate model and "
            f"finds no trust at port 9443. An ece_cross_cluster_api_key for this alias puts it there.{_idle(seen)}",
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


def _idle(seen: Evidence) -> str:
    if not seen.idle_secrets:
        return ""
    names = ", ".join(sorted(seen.idle_secrets))
    return f" There is {names}, which no alias has: the alias in the name of the entry must be the one in the settings."


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
            yield Cause(Piece.TRUST, mistrust(side, peer, back))


def mistrust(side: SideSeen, peer: SideSeen, back: str = "") -> str:
    """Why the trust settings of a side do not let in a deployment: missing, or with an id that is another one's."""
    trust = side.trust or {}
    start = f"{side.words} does not trust {peer.words}{back}: "
    for entry in trust.get("direct") or ():
        if entry.get("type") != "proxy" and _names(entry, peer) and _is_of_another(entry, peer):
            return (
                f'{start}its direct trust "{entry.get("name", "")}" would, but for its scope_id {entry["scope_id"]}: '
                f"the environment or organization id of the other side is {peer.environment_id}. Put that into "
                "scope_id of the ece_deployment_trust_direct."
            )
    entries = [entry for name in ("accounts", "external", "direct") for entry in trust.get(name) or ()]
    is_mistaken = any(peer.deployment_id in (entry.get("trust_allowlist") or ()) for entry in entries)
    hint = f" They name {peer.deployment_id}, which is the id of the deployment." if is_mistaken else ""
    return (
        f"{start}its trust settings name neither all clusters of that environment nor the cluster id "
        f"{peer.cluster_id}.{hint} The certificate model needs trust on both sides."
    )


def _is_of_another(entry: Json, peer: SideSeen) -> bool:
    scope = entry.get("scope_id")
    return bool(scope and peer.environment_id and scope != peer.environment_id)


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
        if entry.get("type") == "proxy" or _is_of_another(entry, peer):
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
    said = matches(seen, NO_TRUST) and "transport.ssl" not in seen.said
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
    kind = f"cluster_id {seen.local.cluster_id} (its cluster id) or its environment_id"
    if not seen.is_same_environment:
        kind = hints.sources(seen.local.platform)
    closed = matches(seen, CLOSED)
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


def _network(seen: Evidence) -> Cause:
    address = seen.connection.proxy_address if seen.connection else "the remote side"
    who = hints.dials(seen.local.platform, seen.local.words)
    return Cause(
        Piece.NETWORK,
        f"Nothing is wrong with what can be seen from here. Check that {who} "
        f"{address} (firewall, load balancer in TCP mode without proxy protocol, DNS), and the log of Elasticsearch."
        f"{hints.server(seen.remote_platform, seen.model)}",
        is_certain=False,
    )
