"""Trust restriction files: whom nodes outside of ECE let in, by the names that certificates carry.

Source: Elastic documentation, "Access clusters of a self-managed environment". Only names that the file lists are let
in, the cluster's own nodes among them: a file without those makes the nodes reject each other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.hand_over.content import File, Line, plain
from ece_domain.hand_over.facts import Side
from ece_domain.platforms import Platform

_NAME = re.compile(r"[0-9A-Za-z*_.-]+")


def cloud_pattern(cluster_id: str, scope_id: str) -> str:
    """The names of the nodes of one cluster in Elastic Cloud's form (``*`` stands for the node)."""
    return f"*.node.{cluster_id}.cluster.{scope_id}.account"


def node_suffix(side: Side) -> str | None:
    """What follows a node's own name in Elastic Cloud's form; None where the side has no ids for it."""
    if not side.scope_id or not side.cluster_id:
        return None
    return f"node.{side.cluster_id}.cluster.{side.scope_id}.account"


def certificate_names(side: Side) -> tuple[str, ...]:
    """The otherName of each of its nodes that is known by name."""
    suffix = node_suffix(side)
    if suffix is None:
        return side.node_names
    return tuple(name if name.endswith(suffix) else f"{name}.{suffix}" for name in side.node_names)


def own_names(side: Side) -> tuple[str, ...]:
    """Patterns or names by which a cluster's own nodes are let in, the one that counts after the hand-over first."""
    suffix = node_suffix(side)
    names = [] if suffix is None else [f"*.{suffix}"]
    if side.platform is Platform.ECK:
        names.append(f"*.{_present_suffix(side)}")
    if suffix is None:
        names += [name for name in side.node_names if not any(fnmatchcase(name, pattern) for pattern in names)]
    return tuple(dict.fromkeys(names))


def _present_suffix(side: Side) -> str:
    """What the operator puts behind a pod's name: ``otherNameSuffix`` of the resource, else ECK's own form."""
    found: Any = side.manifest or {}
    for name in ("spec", "transport", "tls", "otherNameSuffix"):
        found = found.get(name) if isinstance(found, Mapping) else None
    return str(found) if found else f"node.{side.cluster_name}.{side.namespace}.es.local"


def trust_lines(trusted: Sequence[str], own: Sequence[str], nodes: Iterable[str] = ()) -> tuple[Line, ...]:
    """The lines of a trust restriction file: others that are ``trusted``, and the cluster's ``own`` nodes.

    ``nodes`` are names of own nodes as far as they are known: each must be let in.

    Raises:
        InvalidValue: own nodes would be locked out, nobody else is trusted, or a name that no certificate carries.
    """
    for name in (*trusted, *own):
        if _NAME.fullmatch(name) is None:
            raise InvalidValue(f'"{name}" is no name of nodes: letters, digits, ".", "-", "_", and "*" as a wildcard')
    if not trusted:
        raise InvalidValue("a trust file without foreign names lets nobody in: name the nodes of the other side")
    if not own:
        raise InvalidValue(
            "the trust file would lock out the cluster's own nodes: a node lets in only names that the file lists, so "
            "they would reject each other. Name them, as names or as a pattern"
        )
    for node in nodes:
        if not any(fnmatchcase(node, pattern) for pattern in own):
            raise InvalidValue(
                f'the trust file would lock out the cluster\'s own node "{node}": none of {", ".join(own)} matches it'
            )
    lines = [Line("trust.subject_name:")]
    lines += [Line(f'  - "{name}"', required=True) for name in trusted if name not in own]
    lines += [Line(f'  - "{name}"', required=number == 0 or "*" not in name) for number, name in enumerate(own)]
    return tuple(lines)


def trust_file(local_name: str, trusted: Side, own: Side) -> File:
    """``trust.yml`` of ``own``, which lets in one cluster on ECE or Elastic Cloud Hosted; raises as ``trust_lines``."""
    if not trusted.cluster_id or not trusted.scope_id:
        raise InvalidValue(f"{trusted.words}: cluster_id and scope_id are needed, they are the names of its nodes")
    head = plain(
        f"# Whom the nodes of {local_name} let in by their certificates: {trusted.words}, and themselves.",
        "# The file is watched: a change counts without a restart. Without the own names the nodes reject each other.",
    )
    known = certificate_names(own) if own.platform is Platform.SELF_MANAGED else ()
    lines = trust_lines((cloud_pattern(trusted.cluster_id, trusted.scope_id),), own_names(own), known)
    return File("trust.yml", head + lines)
