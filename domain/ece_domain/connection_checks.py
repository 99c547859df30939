"""Judgements of a connection as a whole: its key, its sides, the platform's list, followers that hang on its alias.

Versions are judged in ``compatibility``, addresses and aliases in ``remote_clusters``, a failed connection in
``connection_causes``.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any, Final

from ece_domain.findings import Finding, Severity
from ece_domain.remote_clusters import ConnectionId
from ece_domain.security_models import SecurityModel
from ece_domain.validations.connections import V7, V8, V12, V13, V21, V40, V41, V43, V47

SYSTEM_NAMES: Final = frozenset({"admin-console-elasticsearch", "logging-and-metrics", "security"})
"""Deployments of the platform itself; an administrator may have switched their flag off for a while."""


def alias_owner_finding(alias: str, owner: str) -> Finding:
    """The error for an alias that another connection of the same local cluster has."""
    return V7.says(
        f'{owner} owns the alias "{alias}" of this local cluster; choose another one.',
        summary="The alias has an owner",
        field="alias",
    )


def key_findings(key: ConnectionId, local: str | None, alias: str | None) -> Iterator[Finding]:
    """Judge the key of a connection (its id) against the local deployment and the alias; None is "not known yet"."""
    if alias is not None and key.alias != alias:
        yield V8.finding(secret=key.alias, alias=alias, field="cross_cluster_api_key_id")
    if local is not None and key.deployment_id != local:
        yield V8.says(
            f"The secret is in the keystore of deployment {key.deployment_id}, and this connection starts at {local}.",
            summary="The key is for another deployment",
            field="cross_cluster_api_key_id",
        )


def missing_key_finding(model: SecurityModel, *, has_key: bool, has_external_secret: bool) -> Finding | None:
    """Judge what a connection depends on: by key there must be one, or somebody else who writes the secret."""
    if model is not SecurityModel.API_KEY or has_key or has_external_secret:
        return None
    return V41.finding(field="cross_cluster_api_key_id")


def system_finding(deployment: str) -> Finding:
    """The error for a deployment of the platform itself; ``deployment`` names it."""
    return V12.finding(deployment=f"{deployment[:1].upper()}{deployment[1:]}", field="deployment_id")


def old_deployment_finding(deployment: str, trust: Mapping[str, Any]) -> Finding | None:
    """The warning for a deployment that may date from before ECE 2.9.0: it trusts no account at all.

    Nothing in the API tells whether Enable CCR was done (inferred); trust that is there proves it.
    """
    if any(trust.get(name) for name in ("accounts", "external", "direct")):
        return None
    return V13.finding(deployment=f"{deployment[:1].upper()}{deployment[1:]}")


def platform_list_findings(
    model: SecurityModel, *, has_remote: bool, is_same_environment: bool | None
) -> Iterator[Finding]:
    """Judge a connection in the platform's own list of remote clusters; None is "not known yet"."""
    if model is SecurityModel.API_KEY:
        yield V21.says(
            'managed_through = "platform" goes with security_model = "certificate". Leave managed_through out.',
            summary="The platform's list knows the certificate model only",
            field="managed_through",
        )
    if not has_remote:
        yield V21.says(
            'managed_through = "platform" names the remote side by remote = { deployment_id = … }.',
            summary="The platform's list needs a remote deployment",
            field="managed_through",
        )
    elif is_same_environment is False:
        yield V21.says(V21.text, summary="The platform's list knows its own deployments only", field="managed_through")


def busy_finding(deployment: str) -> Finding:
    """What is said while a write waits for another change of the same deployment."""
    return V40.finding(deployment=deployment)


def down_finding(alias: str, deployment: str, time: str) -> Finding:
    """The error for a connection that does not stand in time; its causes follow in ``connection_causes``."""
    return V43.finding(alias=alias, deployment=deployment, time=time)


def renamed_finding(alias: str, new: str | None, followers: Collection[str]) -> Finding | None:
    """Judge an alias that goes, or becomes ``new``, while these indices follow over it."""
    if not followers:
        return None
    listed = ", ".join(sorted(followers)[:5]) + (" and others" if len(followers) > 5 else "")
    if new is not None:
        return V47.finding(alias=alias, new=new, followers=listed, field="alias")
    return V47.says(
        f'The alias "{alias}" goes, and {listed} follow over it: they stop.', severity=Severity.WARNING, field="alias"
    )
