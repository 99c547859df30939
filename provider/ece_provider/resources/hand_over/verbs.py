"""Writes, looks at and removes the files of a hand-over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_domain.findings import InvalidValue
from ece_domain.hand_over import HandOver, findings, hand_over
from ece_provider.findings import to_diagnostic
from ece_provider.owners import must_keep, note_done, settle
from ece_provider.places import EnvironmentUnknown
from ece_provider.resources.hand_over.facts import ENVIRONMENTS, connection_of
from ece_provider.resources.hand_over.folder import Folder, Record
from ece_provider.resources.hand_over.mapping import computed, record_of, state_of
from ece_provider.resources.hand_over.schema import TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import Context, CreateContext, DeleteContext, ReadContext, UpdateContext
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_domain.findings import Finding
    from ece_provider.configured import ConfiguredProvider


def place_of(finding: Finding) -> Path:
    """The attribute that a finding names (``remote.ca_pem``)."""
    first, *rest = (finding.field or "folder").split(".")
    path = Path(first)
    for name in rest:
        path = path.attribute(name)
    return path


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Write all files; nothing is written when something of somebody else is in the way."""
    settle(context)
    values = context.planned
    made = await _made(context, values)
    folder, record = Folder(values["folder"]), record_of(values, made)
    before = folder.record()
    kept = context.provider.owners.take_kept(TYPE_NAME, folder.key)
    if before is not None and kept is None and not before.is_same_connection(record):
        raise _taken(values["folder"], before)
    owned = {**(before.files if before is not None else {}), **(kept or {})}
    folder.check_free(made.files, owned)
    state = state_of(values, made)
    context.save(state)
    _write(context, folder, made, record, owned)
    note_done(context, TYPE_NAME, folder.key)
    return state


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Write what differs, and what was changed or is missing; remove what is no longer wanted."""
    values = context.planned
    made = await _made(context, values)
    folder, record = Folder(values["folder"]), record_of(values, made)
    before = folder.record()
    owned = {**(before.files if before is not None else {}), **(context.prior["files"] or {})}
    folder.check_free(made.files, owned)
    _write(context, folder, made, record, owned)
    note_done(context, TYPE_NAME, folder.key)
    return state_of(values, made)


def _write(
    context: Context[ConfiguredProvider], folder: Folder, made: HandOver, record: Record, owned: dict[str, str]
) -> None:
    obsolete = {name: sha for name, sha in owned.items() if name not in record.files}
    _tell_kept(context, folder, folder.write(made.files, record, obsolete))


async def read(context: ReadContext[ConfiguredProvider]) -> Values:
    """Look whether the files are as they were written, and whether the facts still say the same."""
    state = dict(context.state)
    files: dict[str, str] = state["files"] or {}
    changed = Folder(state["folder"]).changed(files)
    if changed:
        context.diagnostics.warning(
            "Files of the hand-over were changed",
            f"In {state['folder']} these are missing or not as they were written: {', '.join(changed)}. "
            "The next apply writes them again.",
        )
    wanted = await _wanted(context, state)
    if wanted is None:
        return {**state, "up_to_date": not changed}
    fresh = computed(state, wanted)
    if state["steps"] is None:  # just imported
        state |= {"steps": fresh["steps"], "route": fresh["route"]}
    is_same = fresh["files"] == files and fresh["steps"] == state["steps"] and fresh["route"] == state["route"]
    if not is_same:
        context.diagnostics.warning(
            "The hand-over is out of date",
            f"What it rests on changed (certificates, addresses or versions): {_differing(files, fresh['files'])}. "
            "The next apply writes it again; hand it over again then.",
        )
    return {**state, "up_to_date": is_same and not changed}


def _differing(before: dict[str, str], after: dict[str, Any]) -> str:
    names = sorted(name for name in before.keys() | after.keys() if before.get(name) != after.get(name))
    return ", ".join(names) or "its steps"


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove the files that are as they were written, and the folder when nothing else is in it.

    Where they are written again by the other half of a replacement they stay.
    """
    folder = Folder(context.state["folder"])
    if must_keep(context, TYPE_NAME, folder.key):
        context.provider.owners.keep(TYPE_NAME, folder.key, context.state["files"] or {})
        return
    _tell_kept(context, folder, folder.remove(context.state["files"] or {}))


def _tell_kept(context: Context[ConfiguredProvider], folder: Folder, names: list[str]) -> None:
    if names:
        context.diagnostics.warning(
            "Changed files were left",
            f"In {folder.name} somebody changed {', '.join(names)}, so what is no longer wanted was not removed there.",
        )


async def _made(context: Context[ConfiguredProvider], values: Values) -> HandOver:
    """Files and steps; every trouble with the facts is told at its attribute."""
    environment_ids = dict(context.private.get(ENVIRONMENTS) or {})
    connection = await connection_of(context.provider, values, environment_ids)
    if environment_ids:
        context.private[ENVIRONMENTS] = environment_ids
    for finding in findings(connection):
        message = to_diagnostic(finding, place_of(finding))
        raise DiagnosticError(message.summary, message.detail, message.path) from InvalidValue(str(finding))
    return hand_over(connection)


async def _wanted(context: ReadContext[ConfiguredProvider], state: Values) -> HandOver | None:
    """What the facts say now; None where they cannot be had, which is told."""
    from ece_client import NotFound

    try:
        return await _made(context, state)
    except EnvironmentUnknown:
        return None
    except DiagnosticError as problem:
        if not isinstance(problem.__cause__, NotFound | InvalidValue):
            raise
        context.diagnostics.warning(
            "The facts of the hand-over are gone", f"The files stay as they are. {problem.diagnostics[0].detail}"
        )
        return None


def _taken(folder: str, record: Record) -> DiagnosticError:
    inputs = record.inputs
    local, remote = (inputs.get(place) or {} for place in ("local", "remote"))
    return DiagnosticError(
        "The folder belongs to another hand-over",
        f'{folder} holds that of alias "{inputs.get("alias")}" from {local.get("name")} to {remote.get("name")}. '
        "Choose another folder: each hand-over has its own.",
        Path("folder"),
    )
