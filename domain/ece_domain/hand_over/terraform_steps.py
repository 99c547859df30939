"""What an apply does for a connection, told in the run-book so that the order of all steps can be seen."""

from __future__ import annotations

from collections.abc import Iterator

from ece_domain.hand_over.content import Step
from ece_domain.hand_over.facts import Connection, Platform, Side
from ece_domain.hand_over.key_request import key_steps

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
                yield _trust(side, peer)


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


def _trust(side: Side, peer: Side) -> Step:
    if peer.platform is side.platform is Platform.ECE:
        what = f"ece_deployment_trust_account or ece_deployment_trust_external makes {side.words} trust {peer.words}."
    else:
        what = f"ece_deployment_trust_direct makes {side.words} trust {peer.words}{_names(peer)}."
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
