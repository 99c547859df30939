"""Creating: a key for an alias that has none, or that takes over from one that is being replaced."""

from __future__ import annotations

from typing import Any

from ece_client import CreatedKey
from ece_domain.compatibility import model_finding
from ece_domain.security_models import SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import to_diagnostic
from ece_provider.owners import note_done, settle
from ece_provider.resources.cross_cluster_api_key.handover import Handover, Steps
from ece_provider.resources.cross_cluster_api_key.local_side import LocalSide, require_local
from ece_provider.resources.cross_cluster_api_key.mapping import thing_of, time_text
from ece_provider.resources.cross_cluster_api_key.old_keys import OldKey, end_elsewhere, tell_to_deliver
from ece_provider.resources.cross_cluster_api_key.schema import TYPE_NAME
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.sides import Side, require
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import Context, CreateContext
from terraform_plugin.values import Values


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Make the key and hand it over; returns the whole state.

    Raises:
        DiagnosticError: a side does not exist or cannot take part, or the connection did not come back.
        Interrupted: the user stopped Terraform.
        ApiError: a step was refused.
    """
    settle(context)
    planned = context.planned
    deadline = Deadline(context.timeouts.get("create"))
    local, remote = await sides_of(context, planned)
    thing = str(thing_of(planned["local"]))
    left: OldKey | None = context.provider.owners.take_kept(TYPE_NAME, thing)
    base = {**with_sides(planned, local, remote), "secret_present": False, "rotation_due": False}

    def made(created: CreatedKey) -> None:
        context.save({**base, **key_values(created)})

    def written(created: CreatedKey) -> None:
        context.save({**base, **key_values(created), "secret_present": True})

    handover = Handover(context, local, remote, planned, deadline)
    older = [left.key_id] if left is not None and left.is_on(remote) else []
    try:
        created = await handover.run(Steps(made, written, takes_back=False), *older)
    except Exception:
        _tell_what_is_left(context, left)
        raise
    if left is not None and local.file is not None:
        tell_to_deliver(context, local.file, left, is_here=left.is_on(remote))
    elif left is not None and not left.is_on(remote):
        await end_elsewhere(context, left)
    note_done(context, TYPE_NAME, thing)
    return {**base, **key_values(created), "secret_present": True}


async def sides_of(context: Context[ConfiguredProvider], planned: Values) -> tuple[LocalSide, Side]:
    """Both sides of a key that is to be made; raises DiagnosticError when one cannot take part."""
    local = await require_local(context.provider, planned["local"])
    remote = await require(context.provider, planned["remote"], Path("remote"))
    if local.facts.version and remote.facts.version:
        finding = model_finding(SecurityModel.API_KEY, local.facts.version, remote.facts.version)
        if finding is not None:
            told = to_diagnostic(finding, Path("remote"))
            raise DiagnosticError(told.summary, told.detail, told.path)
    return local, remote


def with_sides(planned: Values, local: LocalSide, remote: Side) -> Values:
    """The planned state with what is known of both sides."""
    found = {**planned, "local": local.members(planned["local"]), "remote": remote.members(planned["remote"])}
    return {**found, "id": local.connection_id(found["local"]["alias"])}


def key_values(created: CreatedKey) -> dict[str, Any]:
    """The attributes that a new key changes."""
    return {"key_id": created.id, "expires_at": time_text(created.expiration)}


def _tell_what_is_left(context: CreateContext[ConfiguredProvider], left: OldKey | None) -> None:
    """The half of a replacement that deletes left the connection standing; nobody may be surprised by that."""
    if left is not None:
        context.diagnostics.warning(
            "The key before it is still in use",
            f"This key was to take the place of key {left.key_id} on {left.remote.words}, which was left in place with "
            "its secret so that the connection is never cut. Apply again: the new key takes over then.",
        )
