"""What a handler gets and what it gives back."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from ece_simulator.message import Reply, Request

if TYPE_CHECKING:
    from ece_simulator.users.accounts import User
    from ece_simulator.world import World


@dataclass(frozen=True)
class Call:
    """A checked call: the world it acts on, who calls, path and query values, decoded body."""

    world: World
    user: User
    path: dict[str, str]
    query: dict[str, Any]
    body: Any
    operation_id: str
    session: str | None = None
    """The bearer token used, if the caller came with one."""
    request: Request = field(default_factory=lambda: Request("GET", "/"))
    """The call as it came."""


@dataclass(frozen=True)
class Answer:
    """A handler's result: the vendor's JSON, the exact success status, headers."""

    body: Any = field(default_factory=dict)
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Later:
    """A result that needs the network: `finish` is called without the lock. A finished reply goes out as it is."""

    finish: Callable[[], Answer | Reply]


Outcome = Answer | Reply | Later
