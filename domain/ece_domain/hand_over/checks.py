"""What must be known for a hand-over, and in which form; each finding names the member that is to be changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from ipaddress import ip_network
from typing import Final

from ece_domain.certificates import read_certificates
from ece_domain.findings import Finding, InvalidValue
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.hand_over.node_sets import spec_of
from ece_domain.hand_over.trust_files import own_names
from ece_domain.platforms import Platform
from ece_domain.remote_clusters import check_server_name
from ece_domain.trust import cluster_id_findings, scope_findings
from ece_domain.validations.trust import V44

_NAME: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,62}")
_NODE: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z_.-]{0,252}")
_KUBERNETES: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_ONE_LINE: Final = re.compile(r"[^\x00-\x1f\x7f]+")


def findings(connection: Connection, unknown: frozenset[str] = frozenset()) -> Iterator[Finding]:
    """Judge the facts; ``unknown`` names members (``remote.ca_pem``) that are given and not known yet.

    All errors: none of them leaves a hand-over that works.
    """
    yield from (finding for finding in _all(connection) if finding.field not in unknown)


def _all(connection: Connection) -> Iterator[Finding]:
    yield from _side(connection, connection.local, "local")
    yield from _side(connection, connection.remote, "remote")
    yield from _whole(connection)


def _whole(connection: Connection) -> Iterator[Finding]:
    local, remote = connection.local, connection.remote
    if local.name == remote.name:
        yield Finding("Two clusters of one name", "Files and steps could not be told apart.", field="remote.name")
    if not local.is_cloud and not remote.is_cloud:
        yield Finding(
            "No deployment",
            "At least one of local and remote is a deployment on Elastic Cloud Enterprise or Hosted.",
            field="local.kind",
        )
    if connection.is_by_key and not local.is_cloud and not connection.secret_file:
        yield Finding(
            "secret_file is missing",
            f"The key reaches the keystore of {local.name} out of a file: name the one that "
            "ece_cross_cluster_api_key.local.secret_file writes.",
            field="secret_file",
        )
    if connection.secret_file and _ONE_LINE.fullmatch(connection.secret_file) is None:
        yield Finding("Not a path", "secret_file holds a line break or another control character.", field="secret_file")


def _side(connection: Connection, side: Side, place: str) -> Iterator[Finding]:
    if _NAME.fullmatch(side.name) is None:
        yield Finding(
            "Not a name",
            f'"{side.name}": letters, digits, "-", "_" and "." are allowed, at most 63, as it stands in file names.',
            field=f"{place}.name",
        )
    yield from _forms(side, place)
    if side is connection.remote:
        yield from _address(connection, side, place)
    if side.platform is Platform.ECK:
        yield from _kubernetes(connection, side, place)
    yield from _authorities(connection, side, place)
    if not connection.is_by_key:
        yield from _names(side, place)


def _forms(side: Side, place: str) -> Iterator[Finding]:
    for finding in scope_findings(side.scope_id) if side.scope_id else ():
        if finding.is_error:
            yield Finding(finding.summary, finding.detail, field=f"{place}.scope_id")
    for finding in cluster_id_findings(side.cluster_id, is_exact=side.is_cloud) if side.cluster_id else ():
        yield Finding(finding.summary, finding.detail, field=f"{place}.cluster_id")
    for name in side.node_names:
        if _NODE.fullmatch(name) is None:
            yield Finding(
                "Not a name of a node",
                f'"{name}": letters, digits, "-", "_" and "." only, no wildcard; it stands in certificates.',
                field=f"{place}.node_names",
            )
    for source in side.egress:
        yield from _network(source, f"{place}.egress")
    for name in ("home", "config_folder", "ca_file", "ca_key_file", "restart_command"):
        given = getattr(side, name)
        if given is not None and _ONE_LINE.fullmatch(given) is None:
            yield Finding("Not one line", f"{name} is empty or holds a control character.", field=f"{place}.{name}")


def _network(text: str, field: str) -> Iterator[Finding]:
    try:
        ip_network(text)
    except ValueError as problem:
        yield Finding("Not an address", f'"{text}": {problem}. Give an address or CIDR block.', field=field)


def _address(connection: Connection, side: Side, place: str) -> Iterator[Finding]:
    if not side.address:
        yield Finding("address is missing", f"Where is {side.name} reached?", field=f"{place}.address")
        return
    try:
        side.reached_at(connection.model)
        if side.server_name is not None:
            check_server_name(side.server_name)
    except InvalidValue as problem:
        yield Finding("Not an address", f"{problem}.", field=f"{place}.address")


def _kubernetes(connection: Connection, side: Side, place: str) -> Iterator[Finding]:
    for name in ("cluster_name", "namespace"):
        if not _KUBERNETES.fullmatch(getattr(side, name) or ""):
            yield Finding(
                f"{name} is missing or no name",
                f'"{getattr(side, name) or ""}": the {name} of the Elasticsearch resource of {side.name} is needed.',
                field=f"{place}.{name}",
            )
    known = (side.manifest or {}).get("metadata") or {}
    if isinstance(known, Mapping) and known.get("name") not in (None, side.cluster_name):
        yield Finding(
            "manifest is another resource",
            f'It is that of "{known["name"]}", and cluster_name is "{side.cluster_name}": the patch would give one '
            "cluster the node sets of another.",
            field=f"{place}.manifest",
        )
    patches_lists = not connection.is_by_key or side is connection.local
    if patches_lists:
        try:
            spec_of(side.manifest)
        except InvalidValue as problem:
            yield Finding("manifest is needed", f"{problem}.", field=f"{place}.manifest")


def _authorities(connection: Connection, side: Side, place: str) -> Iterator[Finding]:
    try:
        for pem in side.ca_pem:
            read_certificates(pem)
    except InvalidValue as problem:
        yield Finding("Not a CA certificate", f"{problem}.", field=f"{place}.ca_pem")
    if side.ca_pem:
        return
    if not connection.is_by_key and side.platform is not Platform.ECK:
        yield Finding(
            "ca_pem is missing",
            f"The CAs that sign the node certificates of {side.name} are needed, as the certificate model rests on "
            "them.",
            field=f"{place}.ca_pem",
        )
    elif _shows_private_certificate(connection, side):
        yield Finding(
            "ca_pem is missing",
            f"{connection.local.name} must know the CA that signed the proxies' certificate of {side.name}; set "
            "public_ca = true where everybody knows it.",
            field=f"{place}.ca_pem",
        )


def _shows_private_certificate(connection: Connection, side: Side) -> bool:
    """The partner connects to its proxies, whose CA it has to be told."""
    is_asked = connection.is_by_key and side is connection.remote and connection.partner is connection.local
    return is_asked and side.is_cloud and not side.public_ca


def _names(side: Side, place: str) -> Iterator[Finding]:
    if side.is_cloud:
        if not side.cluster_id or not side.scope_id:
            yield Finding(
                "The names of its nodes are not known",
                f"cluster_id and scope_id of {side.name} are needed: they are part of the names of its nodes.",
                field=f"{place}.scope_id",
            )
    elif not own_names(side):
        yield V44.says(
            f"Nodes of {side.name} let in only names that the file lists, so without their own they reject each "
            "other. Give node_names, or scope_id and cluster_id where the certificates carry them.",
            field=f"{place}.node_names",
        )
