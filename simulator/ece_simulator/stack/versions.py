"""Stack versions as data and the rules between them: order, upgrade paths."""

from __future__ import annotations

from functools import cache

OFFERED: dict[str, tuple[int, ...]] = {
    "7.17": (0, 20, 29),
    "8.13": (0, 4),
    "8.14": (0, 3),
    "8.15": (0, 5),
    "8.16": (0, 6),
    "8.17": (0, 10),
    "8.18": (0, 8),
    "8.19": (0, 5, 10),
    "9.0": (0, 8),
    "9.1": (0, 5),
    "9.2": (0, 1, 3),
    "9.3": (0, 2),
    "9.4": (0, 1),
    "9.5": (0,),
}
DELETED = ("8.12.2",)
"""Removed from the installation; shown with `show_deleted=true` only."""


def parse(version: str) -> tuple[int, int, int]:
    """`8.19.5` as three numbers; ValueError for anything else."""
    major, minor, patch = (int(part) for part in version.split("."))
    return major, minor, patch


@cache
def offered() -> tuple[str, ...]:
    """All offered versions, oldest first."""
    return tuple(f"{minor}.{patch}" for minor, patches in OFFERED.items() for patch in patches)


def upgradable(current: str, target: str) -> bool:
    """Whether a deployment can go from one version to the other in one step.

    Within a major: any newer one. To the next major: 7.17 to all of 8, 8.18 to 9.0, 8.19 to all of 9.
    """
    old, new = parse(current), parse(target)
    if old[0] == new[0]:
        return new > old
    if new[0] != old[0] + 1:
        return False
    if old[0] == 7:
        return old[1] == 17
    return (old[1] == 18 and new[1] == 0) or old[1] >= 19


@cache
def upgradable_to(version: str) -> tuple[str, ...]:
    """Offered versions that can be reached from this one in one step."""
    return tuple(candidate for candidate in offered() if upgradable(version, candidate))


def min_upgradable_from(version: str) -> str:
    """The oldest version that can be upgraded to this one."""
    major, minor, _ = parse(version)
    if major <= 7:
        return "6.8.0"
    if major == 8:
        return "7.17.0"
    return "8.18.0" if minor == 0 else "8.19.0"
