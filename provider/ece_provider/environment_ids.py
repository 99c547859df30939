"""How an installation is called by others: its environment id, found in the names that its certificates carry."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

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


def scope_of(pattern: str) -> str | None:
    """The scope in ``*.node.<cluster id>.cluster.<scope>.account``, None when the text has another form."""
    _, separator, rest = pattern.partition(".cluster.")
    scope, end, _ = rest.partition(".account")
    return scope if separator and end and scope else None
