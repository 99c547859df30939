"""Finds the operation of a method and path: literals before parameters, with or without `/regions/{region}`."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import unquote

from ece_simulator.specification import Operation, Specification


@dataclass
class _Node:
    """One path segment; `ends` holds per method the templates that end here."""

    literals: dict[str, _Node] = field(default_factory=dict)
    parameter: _Node | None = None
    ends: dict[str, list[_End]] = field(default_factory=dict)
    takes_rest: bool = False


@dataclass(frozen=True)
class _End:
    operation_id: str
    names: tuple[str, ...]
    allowed: dict[str, tuple[str, ...]]
    supported: bool


@dataclass(frozen=True)
class Match:
    """What a path means: operation, path parameters, the region of the URL if it had one."""

    operation_id: str
    parameters: dict[str, str]
    supported: bool
    region: str | None


class Router:
    """All operations of the document, also those that are only refused with 501."""

    def __init__(self, document: Specification) -> None:
        self._root = _Node()
        self._base = document.base_path.strip("/").split("/")
        for operation in document.operations.values():
            self._enter(operation.method, operation.path, operation.operation_id, _allowed(operation), True)
        for method, path, operation_id in document.unsupported:
            self._enter(method, path, operation_id, {}, False)

    def _enter(
        self, method: str, path: str, operation_id: str, allowed: dict[str, tuple[str, ...]], supported: bool
    ) -> None:
        node, names = self._root, []
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                names.append(segment[1:-1])
                node.parameter = node.parameter or _Node()
                node = node.parameter
                node.takes_rest = names[-1] == "proxy_path"  # the management channel: any path may follow
            else:
                node = node.literals.setdefault(segment, _Node())
        node.ends.setdefault(method, []).append(_End(operation_id, tuple(names), allowed, supported))

    def find(self, method: str, path: str) -> Match | None:
        """The operation meant, or None for an unknown route."""
        segments = [unquote(segment) for segment in path.strip("/").split("/")]
        if segments[-1] == "proxy" and path.endswith("/"):
            segments.append("/")  # the management channel: the root of what is behind it
        if segments[: len(self._base)] != self._base:
            return None
        segments = segments[len(self._base) :]
        region = None
        if len(segments) > 2 and segments[0] == "regions":
            region, segments = segments[1], segments[2:]
        found = self._descend(self._root, method, segments, [])
        if found is None:
            return None
        end, values = found
        return Match(end.operation_id, dict(zip(end.names, values, strict=True)), end.supported, region)

    def _descend(self, node: _Node, method: str, rest: list[str], values: list[str]) -> tuple[_End, list[str]] | None:
        if node.takes_rest and rest:
            values = [*values[:-1], "/".join([values[-1], *rest])]
            rest = []
        if not rest:
            return next(((end, values) for end in node.ends.get(method, ()) if _fits(end, values)), None)
        head, *tail = rest
        if head in node.literals:
            found = self._descend(node.literals[head], method, tail, values)
            if found is not None:
                return found
        if node.parameter is not None and head:
            return self._descend(node.parameter, method, tail, [*values, head])
        return None


def _allowed(operation: Operation) -> dict[str, tuple[str, ...]]:
    return {p.name: p.allowed for p in operation.parameters if p.place == "path" and p.allowed}


def _fits(end: _End, values: list[str]) -> bool:
    pairs = zip(end.names, values, strict=True)
    return all(value in end.allowed[name] for name, value in pairs if name in end.allowed)
