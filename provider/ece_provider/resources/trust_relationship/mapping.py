"""Between the state of ``ece_trust_relationship`` and ``TrustRelationship…`` of the API. No calls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ece_domain.certificates import same_certificates
from terraform_plugin.values import Values

Json = Mapping[str, Any]


def to_request(planned: Values) -> dict[str, Any]:
    """The body that makes the record; what is not given is left out."""
    body: dict[str, Any] = {
        "name": planned["name"],
        "public_ca_cert": planned["public_ca_cert"],
        "trust_by_default": planned["trust_by_default"],
    }
    if planned["account_ids"]:
        body["account_ids"] = sorted(planned["account_ids"])
    if planned["installation_id"]:
        body["installation_id"] = planned["installation_id"]
    return body


def to_update(planned: Values, prior: Values) -> dict[str, Any]:
    """The body that changes the record; an id that is taken away is sent empty, as what is left out stays."""
    body = to_request(planned)
    if prior["account_ids"]:
        body.setdefault("account_ids", [])
    if prior["installation_id"]:
        body.setdefault("installation_id", "")
    return body


def to_state(record: Json, prior: Values) -> Values:
    """The state of a record; a reply without the certificate keeps that of ``prior``."""
    return {
        "id": str(record["id"]),
        "name": record.get("name"),
        "public_ca_cert": record.get("public_ca_cert") or prior.get("public_ca_cert"),
        "account_ids": sorted(record.get("account_ids") or ()) or None,
        "installation_id": record.get("installation_id") or None,
        "trust_by_default": bool(record.get("trust_by_default")),
    }


def is_as(record: Json, body: Json) -> bool:
    """True when a record, read with its certificate, is what ``body`` asked for."""
    return (
        record.get("name") == body["name"]
        and bool(record.get("trust_by_default")) == body["trust_by_default"]
        and sorted(record.get("account_ids") or ()) == body.get("account_ids", [])
        and (record.get("installation_id") or "") == body.get("installation_id", "")
        and same_certificates([record.get("public_ca_cert") or ""], [body["public_ca_cert"]])
    )
