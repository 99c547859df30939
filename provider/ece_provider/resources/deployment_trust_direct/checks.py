"""What is judged of a direct entry before it is written: its certificates, and what must stand beside what."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from ece_domain.trust import DirectTrust, direct_findings
from ece_provider.findings import report
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.values import Values, is_known, is_set

_MEMBERS = {
    "trust_all": "trust_all",
    "cluster_ids": "cluster_ids",
    "scope_id": "scope_id",
    "additional_node_names": "node_names",
}
"""Attribute → member of the judged entry."""


def check_entry(config: Values, diagnostics: Diagnostics) -> None:
    """Judge the members against each other, as far as they are known."""
    kind = config["type"]
    if not is_known(kind):
        return
    unknown = frozenset(member for name, member in _MEMBERS.items() if not is_known(config[name]))
    known = {member: _known(config[name]) for name, member in _MEMBERS.items() if member not in unknown}
    if known.get("cluster_ids") == [] and not _known_only(config["cluster_ids"]):
        unknown |= {"cluster_ids"}
    entry = DirectTrust(
        type=kind or "generic",
        trust_all=bool(known.get("trust_all")),
        cluster_ids=known.get("cluster_ids"),
        scope_id=known.get("scope_id"),
        node_names=known.get("node_names"),
        unknown=unknown,
    )
    report(diagnostics, direct_findings(entry))


def _known(value: Any) -> Any:
    """The value, of a collection the elements that are known."""
    return [each for each in value if is_set(each)] if isinstance(value, list) else value


def _known_only(value: Any) -> bool:
    return not isinstance(value, list) or all(is_set(each) for each in value)


def check_certificates(planned: Values, prior: Values | None, diagnostics: Diagnostics) -> None:
    """Judge the certificates; those that were there before may have expired since (the clock adds messages only)."""
    from ece_domain.certificates import certificate_findings

    if not is_set(planned["certificates"]):
        return
    before = set((prior or {}).get("certificates") or ())
    now = datetime.now(UTC)
    for index, pem in enumerate(planned["certificates"]):
        if is_set(pem):
            path = Path("certificates").index(index)
            found = certificate_findings(pem, now, is_new=pem not in before)
            # Terraform shows the element alone, so the text says what it is an element of.
            report(diagnostics, [replace(each, detail=f"{path}: {each.detail}") for each in found], path)
