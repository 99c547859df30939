"""Between the state of ``ece_hand_over``, what the domain makes of it, and the record in the folder. No calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ece_provider.resources.hand_over.folder import Record
from ece_provider.resources.hand_over.schema import INPUTS, SCHEMA
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_domain.hand_over import HandOver


def record_of(values: Values, made: HandOver) -> Record:
    """What the folder tells of itself; members that are not given are left out."""
    inputs = {name: _without_null(values[name]) for name in INPUTS if values[name] is not None}
    return Record(inputs, {file.name: file.sha256 for file in made.files})


def _without_null(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _without_null(member) for name, member in value.items() if member is not None}
    return value


def state_of(values: Values, made: HandOver) -> Values:
    """The state after the files were written."""
    return {**values, **computed(values, made)}


def computed(values: Values, made: HandOver) -> Values:
    """The computed attributes."""
    return {
        "id": values["folder"],
        "route": made.route,
        "files": {file.name: file.sha256 for file in made.files},
        "steps": [
            {
                "number": number,
                "who": step.who,
                "what": step.what,
                "commands": list(step.commands),
                "check": step.check,
                "undo": step.undo,
            }
            for number, step in enumerate(made.steps, 1)
        ],
        "up_to_date": True,
    }


def imported(folder: str, record: Record) -> Values:
    """The state that a folder tells; the steps are made again by the read that follows."""
    state = {**SCHEMA.null(), "id": folder, "folder": folder, "files": dict(record.files)}
    for name in INPUTS:
        attribute, value = SCHEMA.attributes[name], record.inputs.get(name)
        if attribute.nested is not None and isinstance(value, dict):
            value = {member: value.get(member) for member in attribute.nested.attributes}
        state[name] = value
    return state
