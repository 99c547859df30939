"""Versions of the Elastic Stack: order, downgrade, and the way an upgrade may take.

Which version may be upgraded to which is data of the environment (``GET stack/versions``) and passed in.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import total_ordering

from ece_domain.findings import Finding, InvalidValue

_FORM = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?")


@total_ordering
@dataclass(frozen=True)
class Version:
    """A full version: ``9.2.0``, ``8.19.3``, ``9.3.0-SNAPSHOT``; ordered as semantic versions are."""

    major: int
    minor: int
    patch: int
    suffix: str = ""
    """What follows the dash: a pre-release, which comes before the release itself."""

    @classmethod
    def parse(cls, text: str) -> Version:
        """Read a version.

        Raises:
            InvalidValue: the text is not three numbers with an optional suffix.
        """
        match = _FORM.fullmatch(text)
        if match is None:
            raise InvalidValue(f'"{text}" is not a version: three numbers are needed, such as "9.2.0"')
        return cls(int(match[1]), int(match[2]), int(match[3]), match[4] or "")

    @property
    def minor_line(self) -> tuple[int, int]:
        """Major and minor: what compatibility tables are made of."""
        return (self.major, self.minor)

    def at_least(self, major: int, minor: int = 0) -> bool:
        """True from ``major.minor`` on; pre-releases of that minor count."""
        return self.minor_line >= (major, minor)

    def __str__(self) -> str:
        """As the API writes it."""
        text = f"{self.major}.{self.minor}.{self.patch}"
        return f"{text}-{self.suffix}" if self.suffix else text

    def __lt__(self, other: object) -> bool:
        """Numbers first, then a pre-release before its release."""
        if not isinstance(other, Version):
            return NotImplemented
        return self._key() < other._key()

    def _key(self) -> tuple[int, int, int, bool, tuple[tuple[int, int, str], ...]]:
        parts = tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in self.suffix.split(".") if part)
        return (self.major, self.minor, self.patch, not self.suffix, parts)


@dataclass(frozen=True)
class StackVersion:
    """What the environment says of one version it offers (``StackVersionConfig``)."""

    version: str
    upgradable_to: frozenset[str] = field(default_factory=frozenset)
    min_upgradable_from: str | None = None


def is_downgrade(current: str, target: str) -> bool:
    """True when ``target`` is older than ``current``."""
    return Version.parse(target) < Version.parse(current)


def newest(versions: Iterable[str]) -> str | None:
    """The newest of some versions, None when there are none."""
    return max(versions, key=Version.parse, default=None)


def upgrade_path(current: str, target: str, offered: Mapping[str, StackVersion]) -> list[str] | None:
    """The shortest chain of versions from ``current`` (left out) to ``target`` (last); None when there is none.

    ``offered`` maps each version that the environment has to what it says of it.
    """
    frontier: list[list[str]] = [[current]]
    seen = {current}
    while frontier:
        path = frontier.pop(0)
        if path[-1] == target:
            return path[1:]
        for step in _next_steps(path[-1], offered):
            if step not in seen and Version.parse(step) <= Version.parse(target):
                seen.add(step)
                frontier.append([*path, step])
    return None


def _next_steps(version: str, offered: Mapping[str, StackVersion]) -> list[str]:
    """Versions reachable in one upgrade, newest first."""
    known = offered.get(version)
    steps = [other for other in offered if _may_upgrade(version, known, offered[other])]
    return sorted(steps, key=Version.parse, reverse=True)


def _may_upgrade(current: str, known: StackVersion | None, target: StackVersion) -> bool:
    """True for one permitted step.

    ``upgradable_to`` of the current version decides. A version that the environment no longer offers has none;
    then the lower bound of the target decides (inferred).
    """
    if Version.parse(target.version) <= Version.parse(current):
        return False
    if known is not None:
        return target.version in known.upgradable_to
    lowest = target.min_upgradable_from
    return lowest is None or Version.parse(lowest) <= Version.parse(current)


def version_change(current: str, target: str, offered: Mapping[str, StackVersion]) -> Finding | None:
    """Judge a change of version: None when it may be done in one upgrade, else an error that names the way.

    An empty ``offered`` judges the direction only.
    """
    if current == target:
        return None
    if is_downgrade(current, target):
        return Finding(
            "Version would be downgraded",
            f"{target} is older than the running {current}, and the Elastic Stack cannot go back. "
            f"Set version to {current} or newer; an older version needs a new deployment and a snapshot to restore.",
            field="version",
        )
    if not offered:
        return None
    return _upgrade_finding(current, target, offered)


def _upgrade_finding(current: str, target: str, offered: Mapping[str, StackVersion]) -> Finding | None:
    if target not in offered:
        return unknown_version(target, offered)
    path = upgrade_path(current, target, offered)
    if path == [target]:
        return None
    if path:
        way = f"Upgrade to {path[0]} first; the whole way is {current} → {' → '.join(path)}."
    else:
        reachable = _next_steps(current, offered)
        way = f"From {current} this environment allows: {', '.join(reversed(reachable)) or 'nothing newer'}."
    return Finding(
        "Upgrade path is not allowed", f"{current} cannot be upgraded to {target} directly. {way}", field="version"
    )


def unknown_version(version: str, offered: Iterable[str]) -> Finding:
    """The error for a version that the environment does not offer."""
    names = ", ".join(sorted(offered, key=Version.parse)) or "none"
    return Finding(
        "Version is not available", f"{version} is not in this environment. Available: {names}.", field="version"
    )
