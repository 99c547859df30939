"""Identifiers of ECE: their forms, and ids made of two of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.validations.trust import V39

_HEX_32: Final = re.compile(r"[0-9a-f]{32}")
_ENVIRONMENT: Final = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]*")


def is_hex_id(text: str) -> bool:
    """True for 32 hexadecimal characters: the form of deployment, Elasticsearch cluster, account and ruleset ids."""
    return _HEX_32.fullmatch(text) is not None


def check_hex_id(text: str, noun: str) -> str:
    """Return ``text`` when it is 32 hexadecimal characters; ``noun`` names it in the error (``deployment id``).

    Raises:
        InvalidValue: any other form.
    """
    if not is_hex_id(text):
        raise InvalidValue(f'"{text}" is not a {noun}: 32 characters of 0-9 and a-f are needed, got {len(text)}')
    return text


def environment_id_finding(text: str) -> Finding | None:
    """Judge the form of an environment id (ECE) or organisation id (Elastic Cloud Hosted).

    Documented samples are numbers such as ``1053523734``; no rule is documented, so only blanks and foreign
    characters are errors, and 32 hexadecimal characters, the form of a cluster id, are a warning (inferred).
    """
    if _ENVIRONMENT.fullmatch(text) is None:
        return V39.says(
            f'"{text}" is not an environment id: letters, digits, ".", "_" and "-" are allowed, no blanks. '
            "It stands in the console under Platform > Trust Management > Trust parameters.",
            summary="Not an environment id",
            severity=Severity.ERROR,
            field="environment_id",
        )
    if is_hex_id(text):
        return V39.says(
            f'"{text}" has the form of an Elasticsearch cluster id; environment ids are usually numbers such as '
            "1053523734. If it names a cluster, move it to cluster_id.",
            summary="Environment id looks like a cluster id",
            field="environment_id",
        )
    return None


class IdKind(StrEnum):
    """Kinds of ids that people hand over, and mix up."""

    HEX_32 = "hex_32"
    """Deployment, Elasticsearch cluster, account, rule set and trust relationship ids: nothing tells them apart."""
    NUMBER = "number"
    """Environment id of an ECE, organization id of Elastic Cloud Hosted (in all samples)."""
    CLUSTER_UUID = "cluster_uuid"
    """Cluster UUID of a self-managed or ECK cluster: 22 characters."""
    OTHER = "other"


_UUID: Final = re.compile(r"[0-9A-Za-z_-]{22}")


def kind_of_id(text: str) -> IdKind:
    """What an id is by its form alone."""
    if is_hex_id(text):
        return IdKind.HEX_32
    if text.isascii() and text.isdecimal():
        return IdKind.NUMBER
    return IdKind.CLUSTER_UUID if _UUID.fullmatch(text) else IdKind.OTHER


def organization_id_finding(text: str) -> Finding | None:
    """Judge an organization id of Elastic Cloud Hosted: digits in all samples (inferred)."""
    kind = kind_of_id(text)
    if kind is IdKind.NUMBER:
        return None
    if kind is IdKind.OTHER and (not text or re.search(r"\s", text)):
        return V39.says(
            f'"{text}" holds blanks or is empty: an organization id has digits only.',
            summary="Not an organization id",
            severity=Severity.ERROR,
        )
    looks_like = {IdKind.HEX_32: "a cluster, deployment or account id", IdKind.CLUSTER_UUID: "a cluster UUID"}
    return V39.finding(
        id=text,
        looks_like=looks_like.get(kind, "no organization id"),
        wanted="an organization id",
        hint="digits, such as 803289842, from the organization page of Elastic Cloud",
    )


@dataclass(frozen=True)
class AssociationId:
    """The id of a traffic filter association: ``<deployment id>/<traffic filter id>``."""

    deployment_id: str
    traffic_filter_id: str

    @classmethod
    def parse(cls, text: str) -> AssociationId:
        """Read an association id; a comma is accepted in place of the slash.

        Raises:
            InvalidValue: not two ids of 32 hexadecimal characters.
        """
        parts = [part.strip() for part in re.split(r"[/,]", text)]
        if len(parts) != 2:
            raise InvalidValue(f'"{text}" is not an association id: <deployment id>/<traffic filter id> is needed')
        return cls(check_hex_id(parts[0], "deployment id"), check_hex_id(parts[1], "traffic filter id"))

    def __str__(self) -> str:
        """The canonical form, with a slash."""
        return f"{self.deployment_id}/{self.traffic_filter_id}"
