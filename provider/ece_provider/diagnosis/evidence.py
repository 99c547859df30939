"""Gathering evidence: calls to both sides, none of which may fail the diagnosis."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Collection, Iterable
from typing import Any, Final, TypeVar

from ece_client import ApiError
from ece_domain.certificates import fingerprints
from ece_domain.connection_evidence import Evidence, SideSeen
from ece_domain.findings import InvalidValue
from ece_domain.platforms import Platform
from ece_domain.remote_clusters import (
    Connection,
    alias_of_credentials,
    alias_settings,
    aliases_in,
    credentials_setting,
)
from ece_domain.security_models import SecurityModel
from ece_provider.deployment_reads import trust_of
from ece_provider.kinds import ECE, ECH, ELASTICSEARCH
from ece_provider.resources.cross_cluster_api_key.handover import labelled_keys
from ece_provider.resources.deployment.mapping import status_of
from ece_provider.sides import Side
from terraform_plugin.diagnostics import DiagnosticError

LOG = logging.getLogger("ece_provider.diagnosis")

T = TypeVar("T")

_PLATFORMS: Final = {ECE: Platform.ECE, ECH: Platform.ECH, ELASTICSEARCH: Platform.SELF_MANAGED}


async def gather(
    local: Side, remote: Side | None, alias: str, model: SecurityModel, server_name: str | None = None
) -> Evidence:
    """All that can be seen of a connection from the sides that are known; ``server_name`` where one was given."""
    cluster = local.cluster
    settings, remotes, secrets, said = await asyncio.gather(
        _seen(cluster.settings()), _seen(cluster.remotes()), _seen(cluster.secrets()), _seen(_failure(local, alias))
    )
    found = alias_settings(settings or {}, alias)
    info = (remotes or {}).get(alias)
    here = await _side(local)
    there = None if remote is None else await _side(remote, server_name)
    more: dict[str, Any] = {}
    if remote is not None and model is SecurityModel.API_KEY:
        more = await _of_key_model(local, remote, alias, here)
    return Evidence(
        alias=alias,
        model=model,
        local=here,
        remote=there,
        connection=Connection.read(found) if found else None,
        is_same_environment=remote is not None and local.place is remote.place,
        has_secret=None if secrets is None else credentials_setting(alias) in secrets,
        is_secret_loaded=None if info is None else info.has_credentials,
        idle_secrets=_idle(secrets or (), aliases_in(settings)) if settings is not None else (),
        said=said or "",
        **more,
    )


def _idle(secrets: Iterable[str], aliases: Collection[str]) -> list[str]:
    """Keystore entries for remote clusters that no settings name."""
    return [name for name in secrets if (alias := alias_of_credentials(name)) is not None and alias not in aliases]


async def _seen(work: Awaitable[T]) -> T | None:
    """The result, None where it cannot be seen."""
    try:
        return await work
    except (ApiError, DiagnosticError, InvalidValue) as problem:
        LOG.debug("not seen: %s", problem)
        return None


async def _failure(local: Side, alias: str) -> str:
    return await (await local.elasticsearch()).failure_of(alias)


async def _side(side: Side, server_name: str | None = None) -> SideSeen:
    facts = side.facts
    deployment = await _seen(side.place.deployments.get(facts.id)) if facts.is_deployment else None
    return SideSeen(
        words=side.words,
        platform=_PLATFORMS[side.place.kind],
        cluster_id=facts.cluster_id,
        version=facts.version,
        endpoint=server_name or facts.endpoint,
        environment_id=side.environment_id or await _seen(side.place.environment_id(facts.id)),
        trust=None if deployment is None else trust_of(deployment),
        status=None if deployment is None else status_of(deployment),
        deployment_id=facts.id if facts.is_deployment else "",
    )


async def _of_key_model(local: Side, remote: Side, alias: str, here: SideSeen) -> dict[str, Any]:
    keys = await _seen(_live_keys(local, remote, alias))
    is_foreign = local.place is not remote.place
    return {
        "live_keys": keys,
        "filters": await _seen(_filters(remote)),
        "proxy_fingerprints": await _seen(_proxy_authority(remote)) if is_foreign else None,
        "trusted_fingerprints": _direct_authorities(here),
    }


async def _live_keys(local: Side, remote: Side, alias: str) -> int | None:
    """Keys of this provider for the alias; None when there never was one that Elasticsearch still knows of."""
    return len(await labelled_keys(await remote.elasticsearch(), local.facts.cluster_id, alias))


async def _filters(remote: Side) -> list[dict[str, Any]]:
    """The rule sets on the remote deployment."""
    client = await remote.place.client()
    path = {"association_type": "deployment", "associated_entity_id": remote.facts.id}
    reply = await client.call("get-traffic-filter-deployment-ruleset-associations", path=path)
    found = []
    for identifier in reply.data.get("rulesets") or ():
        found.append((await client.call("get-traffic-filter-ruleset", path={"ruleset_id": identifier})).data)
    return found


async def _proxy_authority(remote: Side) -> frozenset[str]:
    """The fingerprint of the last certificate that the remote's proxy shows."""
    client = await remote.place.client()
    reply = await client.call("get-tls-certificate", path={"service_name": "proxy"})
    chain = reply.data.get("chain") or ()
    return fingerprints([_pem(chain[-1])]) if chain else frozenset()


def _pem(link: Any) -> str:
    return str(link.get("pem") or "") if isinstance(link, dict) else str(link)


def _direct_authorities(side: SideSeen) -> frozenset[str]:
    texts = [
        str(certificate.get("pem") or "")
        for entry in (side.trust or {}).get("direct") or ()
        for certificate in entry.get("certificates") or ()
    ]
    try:
        return fingerprints(texts) if texts else frozenset()
    except InvalidValue:
        return frozenset()
