"""Which stack versions go together: nodes that can talk, clusters that can search each other, followers and leaders.

From the compatibility tables of Elastic's documentation; pairs beyond 9.3 follow the rule behind them (inferred).
"""

from __future__ import annotations

from ece_simulator.stack.versions import parse


def can_talk(one: str, other: str) -> bool:
    """Whether nodes of these versions can talk: the same major, or the last minor of a major with the next major."""
    lower, upper = sorted((parse(one), parse(other)))
    if lower[0] == upper[0]:
        return True
    if upper[0] != lower[0] + 1:
        return False
    return lower[:2] >= _oldest_of_last_major(upper)


def _oldest_of_last_major(version: tuple[int, int, int]) -> tuple[int, int]:
    if version[0] == 8:
        return 7, 17
    return (8, 18) if version[:2] == (9, 0) else (8, 19)


def oldest_partner(version: str) -> str:
    """The oldest version a node of that version talks to, for error messages."""
    major, minor = _oldest_of_last_major(parse(version))
    return f"{major}.{minor}.0" if parse(version)[0] > 7 else "6.8.0"


def can_search(local: str, remote: str) -> bool:
    """Whether a local cluster may search a remote one: one minor back, and everything later of the major."""
    here, there = parse(local)[:2], parse(remote)[:2]
    if here[0] == there[0]:
        return there[1] >= here[1] - 1
    if here in ((8, 0), (7, 17)):
        return there == (7, 17) or there[0] == 8
    if here[0] == 8 and there[0] == 9:
        return here[1] >= 19 or (here[1] == 18 and there[1] == 0)
    return here == (9, 0) and there == (8, 18)


def can_follow(local: str, remote: str) -> bool:
    """Whether a follower's cluster may replicate from a leader's: same or newer, and the nodes can talk."""
    return parse(local) >= parse(remote) and can_talk(local, remote)
