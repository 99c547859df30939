"""What an apply does for a connection, told in the run-book so that the order of all steps can be seen."""

from __future__ import annotations

from collections.abc import Iterator

from ece_domain.hand_over.content import Step
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.hand_over.key_request import key_steps
from ece_domain.platforms import Platform

_WHO = "Terraform"


def _step(what: str, check: str, undo: str) -> Step:
    return Step(_WHO, what, (), check, undo, by_terraform=True)


def before(connection: Connection) -> Iterator[Step]:
    """Key or trust: what comes first on the sides that Terraform reaches."""
    if connection.is_by_key:
        if connection.key_is_made_by_hand:
            yield from key_steps(connection)
        else:
            yield _key(connection)
    else:
        for side, peer in ((connection.remote, connection.local), (connection.local, connection.remote)):
            if side.is_cloud:
                yield _trust(side, peer, _trust_objects(connection))


def _key(connection: Connection) -> Step:
    local, remote = connection.local, connection.remote
    goes = "the keystore" if local.is_cloud else f"{connection.secret_file}"
    return _step(
        f"ece_cross_cluster_api_key makes the key on {remote.words}; its value goes into {goes} of {local.name}."
        if local.is_cloud
        else f"ece_cross_cluster_api_key makes the key on {remote.words}; its value goes into the file {goes}.",
        "`terraform state show` tells key_id and secret_present.",
        "Destroy the object, after the alias.",
    )


def _trust_objects(connection: Connection) -> str:
    """Which objects can make the trust of this pair."""
    if connection.same_installation:
        return "ece_deployment_trust_account"
    is_between_eces = connection.local.platform is connection.remote.platform is Platform.ECE
    direct = "ece_deployment_trust_direct"
    return f"{direct}, or ece_deployment_trust_external with a trust relationship," if is_between_eces else direct


def _trust(side: Side, peer: Side, objects: str) -> Step:
    names = "" if peer.platform is side.platform is Platform.ECE else _names(peer)
    what = f"{objects} makes {side.words} trust {peer.words}{names}."
    return _step(what, "Its page Security in the console shows the trusted environment.", "Destroy the object.")


def _names(peer: Side) -> str:
    if peer.scope_id:
        return f", scope_id {peer.scope_id}"
    return ", its nodes named in additional_node_names" if peer.node_names else ""


def authority(connection: Connection) -> Iterator[Step]:
    """The CA of a server with a private certificate, for a local side that is a deployment."""
    local, remote = connection.local, connection.remote
    if connection.is_by_key and local.is_cloud and not remote.public_ca and not connection.same_installation:
        if remote.platform is Platform.ECH:
            return
        yield _step(
            f'ece_deployment_trust_direct of type "proxy" makes {local.words} trust the CA that signed the server '
            f"certificate of {remote.words}.",
            "Its page Security in the console shows the trusted environment.",
            "Destroy the object, when no other alias needs this CA.",
        )


def filters(connection: Connection) -> Iterator[Step]:
    """Traffic filters of a remote deployment, which count for API keys alone."""
    local, remote = connection.local, connection.remote
    if not connection.is_by_key or not remote.is_cloud:
        return
    if connection.same_installation:
        rules = f"of type remote_cluster with cluster_id {local.cluster_id}"
    else:
        sources = ", ".join(local.egress) or f"the addresses from which {local.name} connects"
        rules = f"of type ip with {sources}"
    yield _step(
        f"Only where {remote.words} has traffic filters: an ece_traffic_filter {rules} on it lets {local.name} in.",
        f"Without it the connection is closed at once, and the proxy log of {remote.name} tells of a filter.",
        "Take the rule out.",
    )


def roles(connection: Connection) -> Iterator[Step]:
    """What users need; without it the connection stands and searches are refused."""
    local, remote, alias = connection.local, connection.remote, connection.alias
    if connection.is_by_key:
        what = (
            f'Give users of {local.name} a role with remote_indices: clusters ["{alias}"], names, and the privileges '
            "read, read_cross_cluster and view_index_metadata. Nothing goes beyond what the key gives access to."
        )
    else:
        what = (
            f"Give users of {local.name} a role, and make one of the same name on {remote.name} with read and "
            "read_cross_cluster on the indices: names of roles are sent, and looked up there."
        )
    yield Step(
        f"Security administrator of {local.name}",
        what,
        check=f"A user of the role searches {alias}:<index> and finds documents.",
        undo="Take the role away.",
    )


def after(connection: Connection) -> Iterator[Step]:
    """The alias, and the proof."""
    local, alias = connection.local, connection.alias
    leads = f"{connection.remote.reached_at(connection.model)}"
    name = connection.remote.asked_name(connection.model)
    if local.is_cloud or local.is_reached:
        yield _step(
            f"ece_remote_cluster writes alias {alias} of {local.words}: proxy_address {leads}"
            + (f", server_name {name}." if name else "."),
            "`connected` of the object is true.",
            "Destroy the object, before everything else.",
        )
    credentials = " and `cluster_credentials`, the sign of the API-key model" if connection.is_by_key else ""
    yield Step(
        f"Anybody who may search on {local.name}",
        "See that the connection stands.",
        check=f"`GET _remote/info` on {local.name} shows {alias} with `connected: true`{credentials}; "
        f"`GET _resolve/cluster/{alias}:*` answers.",
    )
