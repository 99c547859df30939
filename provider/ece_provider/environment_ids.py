"""How an installation is called by others: its environment id, found in the names that its certificates carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from terraform_plugin.diagnostics import DiagnosticError, Path

if TYPE_CHECKING:
    from ece_client import Client
    from ece_client._generated.operations import OperationId

_NOT_OFFERED: Final = frozenset({403, 404, 449, 501})
"""Refusals that leave a part unknown: no right to see it, or an installation that does not have the call."""

_TRIES: Final = 3


async def optional_answer(client: Client, operation: OperationId, **options: Any) -> dict[str, Any] | None:
    """The answer of a call that not every installation or user may make; None where it may not be made."""
    from ece_client import StatusError

    try:
        reply = await client.call(operation, **options)
    except StatusError as error:
        if error.status not in _NOT_OFFERED:
            raise
        return None
    return dict(reply.data or {})


async def environment_id(client: Client, deployment_ids: Iterable[str] = ()) -> str | None:
    """The environment id, as one of these deployments tells it, or else one of the first in the list of all.

    No field of the API is documented for it, so this is inferred: it is the text between ``.cluster.`` and
    ``.account`` in the pattern for trust restriction files.
    """
    asked = list(deployment_ids)
    if not asked:
        deployments = (await client.call("list-deployments")).data.get("deployments") or ()
        asked = [str(deployment["id"]) for deployment in deployments]
    for identifier in asked[:_TRIES]:  # the first one tells, unless it is just being deleted
        path = {"deployment_id": identifier}
        reply = await optional_answer(client, "get-deployment-certificate-authority", path=path) or {}
        if found := scope_of(str(reply.get("recommended_trust_restriction") or "")):
            return found
    return None


async def organization_id(client: Client, deployment_ids: Iterable[str] = ()) -> str | None:
    """The id of an organization of Elastic Cloud Hosted: the last part of the names in its node certificates.

    ``GET /organizations`` tells it to whoever may see it; else it is read as on ECE, or is that of the account, which
    on Elastic Cloud Hosted is the organization (inferred).
    """
    reply = await optional_answer(client, "list-organizations") or {}
    found = [str(organization["id"]) for organization in reply.get("organizations") or ()]
    if len(found) == 1:
        return found[0]
    told = await environment_id(client, deployment_ids)
    if told is not None:
        return told
    account = await optional_answer(client, "get-current-account") or {}
    return str(account["id"]) if account.get("id") else None


async def regions_in_use(client: Client) -> list[str]:
    """The regions that deployments are in, sorted (``POST deployments/_search``)."""
    reply = await client.call("search-deployments", body={})
    resources = (deployment.get("resources") or {} for deployment in reply.data.get("deployments") or ())
    elasticsearch = (each for kinds in resources for each in kinds.get("elasticsearch") or ())
    return sorted({str(each["region"]) for each in elasticsearch if each.get("region")})


async def hosted_region(client: Client) -> str:
    """The only region that deployments of an organization are in.

    Raises:
        DiagnosticError: there are none, or several: which one is meant must be said.
    """
    regions = await regions_in_use(client)
    if len(regions) == 1:
        return regions[0]
    raise DiagnosticError(
        "The region is not clear",
        f"Deployments of this organization are in {', '.join(regions) or 'no region'}, and what is made here belongs "
        "to one region. Give region, here or in the provider block, such as aws-eu-west-1.",
        Path("region"),
    )


def scope_of(pattern: str) -> str | None:
    """The scope in ``*.node.<cluster id>.cluster.<scope>.account``, None when the text has another form."""
    _, separator, rest = pattern.partition(".cluster.")
    scope, end, _ = rest.partition(".account")
    return scope if separator and end and scope else None
