"""What a run of Terraform gave: exit code, messages, plan, stored state, in a shape that is easy to assert on."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any


class TerraformError(AssertionError):
    """Terraform ended otherwise than the test expected; the text holds the command and all it said."""

    def __init__(self, why: str, result: Result) -> None:
        super().__init__(f"{why}: {result.describe()}")
        self.result = result


@dataclass(frozen=True)
class Message:
    """One diagnostic of Terraform, its own or a provider's."""

    severity: str
    summary: str
    detail: str = ""
    address: str = ""
    """The address of the resource it is about, empty when it is about none."""
    file: str = ""
    line: int = 0
    """The line of the configuration that it points to (from 1), 0 for none."""
    code: str = ""
    """The text of that line."""

    @classmethod
    def of(cls, diagnostic: Mapping[str, Any]) -> Message:
        """Read Terraform's JSON form of a diagnostic."""
        place = diagnostic.get("range") or {}
        return cls(
            severity=diagnostic["severity"],
            summary=diagnostic.get("summary", ""),
            detail=diagnostic.get("detail", ""),
            address=diagnostic.get("address", ""),
            file=place.get("filename", ""),
            line=place.get("start", {}).get("line", 0),
            code=(diagnostic.get("snippet") or {}).get("code", ""),
        )

    @property
    def text(self) -> str:
        """Summary and detail as one text with single blanks, for searches across line breaks."""
        return " ".join(f"{self.summary} {self.detail}".split())


@dataclass(frozen=True)
class Result:
    """A finished run of Terraform."""

    command: Sequence[str]
    exit_code: int
    stdout: str
    stderr: str
    seconds: float

    @cached_property
    def events(self) -> list[dict[str, Any]]:
        """The JSON lines of a command that ran with ``-json``."""
        return [event for event in _json_lines(self.stdout) if "@level" in event]

    @cached_property
    def messages(self) -> list[Message]:
        """All diagnostics in the order they came (only of commands that ran with ``-json``)."""
        found = [event["diagnostic"] for event in self.events if "diagnostic" in event]
        if not found and '"diagnostics"' in self.stdout:
            found = _diagnostics_of_validate(self.stdout)
        return [Message.of(diagnostic) for diagnostic in found]

    @property
    def errors(self) -> list[Message]:
        """The errors among the messages."""
        return [message for message in self.messages if message.severity == "error"]

    @property
    def warnings(self) -> list[Message]:
        """The warnings among the messages."""
        return [message for message in self.messages if message.severity == "warning"]

    @property
    def text(self) -> str:
        """All that was printed, with single blanks instead of line breaks and frames, for searches."""
        kept = (self.stdout + "\n" + self.stderr).replace("│", " ").replace("╷", " ").replace("╵", " ")
        return " ".join(kept.split())

    @property
    def error_text(self) -> str:
        """The texts of all errors; for commands without ``-json`` all that was printed."""
        return " ".join(error.text for error in self.errors) or self.text

    def error_text_at(self, address: str) -> str:
        """The texts of all errors of one object, each with the line of the configuration that it points to."""
        return " ".join(f"{error.text} {error.code}" for error in self.errors if error.address == address)

    def json(self) -> Any:
        """The output of a command that prints one JSON document."""
        return json.loads(self.stdout)

    def describe(self) -> str:
        """Command, exit code and what was said, for a person."""
        lines = [event.get("@message", "") for event in self.events] or [self.stdout]
        lines += [f"    {message.severity}: {message.text} ({message.address})" for message in self.messages]
        said = "\n".join(lines)[-6000:]
        return f"{' '.join(self.command)}\nexit code {self.exit_code}\n{said}\n{self.stderr[-3000:]}"


def _json_lines(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        if line.startswith("{"):
            try:
                yield json.loads(line)
            except ValueError:
                continue


def _diagnostics_of_validate(text: str) -> list[dict[str, Any]]:
    try:
        return list(json.loads(text)["diagnostics"])
    except (ValueError, KeyError):
        return []


@dataclass(frozen=True)
class PlannedChange:
    """What a plan does with one resource."""

    address: str
    actions: tuple[str, ...]
    before: Any
    after: Any
    after_unknown: Any
    replace_paths: tuple[tuple[str | int, ...], ...] = ()
    action_reason: str = ""

    @property
    def action(self) -> str:
        """``create``, ``update``, ``delete``, ``replace``, ``read`` or ``no-op``."""
        return "replace" if set(self.actions) == {"create", "delete"} else self.actions[0]

    @property
    def changed(self) -> set[str]:
        """Top-level attributes whose value differs or becomes unknown."""
        before, after, unknown = self.before or {}, self.after or {}, self.after_unknown or {}
        names = before.keys() | after.keys()
        differing = {name for name in names if before.get(name) != after.get(name)}
        return differing | {name for name, value in unknown.items() if holds_true(value)}

    def unknown(self, name: str) -> bool:
        """True when the top-level attribute ``name`` is known only after apply."""
        return isinstance(self.after_unknown, dict) and self.after_unknown.get(name) is True


def holds_true(value: Any) -> bool:
    """True when a mask (nested lists and dicts of bools) marks anything."""
    if isinstance(value, dict):
        return any(holds_true(member) for member in value.values())
    if isinstance(value, list):
        return any(holds_true(member) for member in value)
    return bool(value)


@dataclass(frozen=True)
class Plan:
    """A plan: the run that made it, and its JSON form, which is asked for when it is first looked at."""

    result: Result
    read: Callable[[], Mapping[str, Any]] = dict

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """``terraform show -json`` of the plan file; empty for a plan without changes."""
        return self.read()

    @property
    def is_empty(self) -> bool:
        """True when Terraform's detailed exit code says that there is nothing to do."""
        return self.result.exit_code == 0

    @property
    def actions(self) -> dict[str, str]:
        """``create``, ``update``, ``delete``, ``replace`` … by address, as the plan announced them."""
        changes = [event["change"] for event in self.result.events if event.get("type") == "planned_change"]
        found = {change["resource"]["addr"]: change["action"] for change in changes}
        return {address: action for address, action in found.items() if action not in {"noop", "import"}}

    @cached_property
    def changes(self) -> dict[str, PlannedChange]:
        """Planned changes by address, those that do nothing left out."""
        found = (_change(item) for item in self.document.get("resource_changes", ()))
        return {change.address: change for change in found if change.action not in {"no-op"}}

    @cached_property
    def drift(self) -> dict[str, PlannedChange]:
        """What refresh found changed outside of Terraform."""
        return {change.address: change for change in map(_change, self.document.get("resource_drift", ()))}

    @property
    def warnings(self) -> list[Message]:
        """The warnings that the plan printed."""
        return self.result.warnings

    def describe(self) -> str:
        """The changes in short, for a person."""
        return "; ".join(f"{change.action} {name} {sorted(change.changed)}" for name, change in self.changes.items())


def _change(item: Mapping[str, Any]) -> PlannedChange:
    change = item["change"]
    return PlannedChange(
        address=item["address"],
        actions=tuple(change["actions"]),
        before=change.get("before"),
        after=change.get("after"),
        after_unknown=change.get("after_unknown"),
        replace_paths=tuple(tuple(path) for path in change.get("replace_paths", ())),
        action_reason=item.get("action_reason", ""),
    )


@dataclass(frozen=True)
class StoredResource:
    """One instance of a resource as the state file holds it."""

    address: str
    values: Mapping[str, Any]
    tainted: bool = False
    private: Mapping[str, Any] = field(default_factory=dict)
    identity: Mapping[str, Any] | None = None
    schema_version: int = 0

    def __getitem__(self, name: str) -> Any:
        """The stored value of an attribute."""
        return self.values[name]
