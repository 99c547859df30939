"""How objects change: a merge patch, a JSON patch, and `kubectl apply`, which also removes what it set before."""

from __future__ import annotations

import copy
from typing import Any

from ece_simulator.eck.kinds import Refused


def merged(target: Any, patch: Any) -> Any:
    """A JSON merge patch: objects are merged, null removes, everything else (lists too) is replaced."""
    if not isinstance(patch, dict):
        return copy.deepcopy(patch)
    result = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            result.pop(name, None)
        else:
            result[name] = merged(result.get(name), value)
    return result


def without(target: Any, last: Any, new: Any) -> Any:
    """The target without what was applied last and is not in the new manifest any more."""
    if not isinstance(target, dict) or not isinstance(last, dict):
        return target
    kept = {}
    for name, value in target.items():
        if name in last and (not isinstance(new, dict) or name not in new):
            continue
        kept[name] = without(value, last.get(name), new.get(name) if isinstance(new, dict) else None)
    return kept


def json_patched(target: Any, operations: Any) -> Any:
    """A JSON patch; operations add, replace, remove and test."""
    if not isinstance(operations, list):
        raise Refused("cannot decode the patch: a JSON patch is a list of operations")
    result = copy.deepcopy(target)
    for operation in operations:
        _operate(result, operation)
    return result


def _operate(target: Any, operation: dict[str, Any]) -> None:
    verb, path = operation.get("op"), str(operation.get("path", ""))
    *steps, last = [part.replace("~1", "/").replace("~0", "~") for part in path.lstrip("/").split("/")]
    place = target
    try:
        for step in steps:
            place = place[int(step)] if isinstance(place, list) else place[step]
        _change(place, last, str(verb), operation.get("value"))
    except (KeyError, IndexError, ValueError, TypeError):
        cause = f"{verb} operation does not apply: doc is missing path: {path}"
        raise Refused(f"the server rejected our request: {cause}") from None


def _change(place: Any, last: str, verb: str, value: Any) -> None:
    key: Any = last
    if isinstance(place, list):
        key = len(place) if last == "-" else int(last)
    match verb:
        case "add" if isinstance(place, list):
            place.insert(key, value)
        case "add":
            place[key] = value
        case "replace":
            _ = place[key]
            place[key] = value
        case "remove":
            del place[key]
        case "test":
            if place[key] != value:
                raise ValueError(verb)
        case _:
            raise ValueError(verb)
