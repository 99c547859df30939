"""The contract of a resource, data source, ephemeral resource and function: what a provider's author writes.

The plan engine around it keeps the promises that no resource should have to keep by itself: defaults, unknown values,
write-only values, state after a failure, state after an interruption, stable computed values.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Generic, TypeVar

from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.schema import FunctionSignature, IdentitySchema, Schema
from terraform_plugin.values import Value, Values

C = TypeVar("C")
"""What the provider's ``configure`` returned, usually an object that holds a client."""


PENDING: Final = "pending_attempt"
"""Key in private state under which an interrupted create or update leaves what its successor needs."""


class Interrupted(Exception):
    """Raised when the user stopped Terraform while the resource was waiting.

    After a create that saved its state the object is kept untainted, with a warning and ``pending`` in private state
    under the key ``pending_attempt``; the next read goes on from there.
    """

    def __init__(self, message: str, pending: Mapping[str, Any] | None = None) -> None:
        super().__init__(message)
        self.pending = dict(pending or {})


@dataclass(kw_only=True)
class Context(Generic[C]):
    """What every call gets."""

    provider: C
    diagnostics: Diagnostics = field(default_factory=Diagnostics)
    stop: asyncio.Event = field(default_factory=asyncio.Event)
    """Set when the user presses Ctrl-C: end soon, keep what exists."""
    private: dict[str, Any] = field(default_factory=dict)
    """JSON that travels with the resource beside its state; no secrets. Changes are stored (not in plan: see there)."""
    timeouts: Mapping[str, float] = field(default_factory=dict)
    """Seconds by verb, from the ``timeouts`` attribute or the defaults of the resource."""


@dataclass(kw_only=True)
class PlanContext(Context[C]):
    """A planned change after defaults and the rules of the schema; the hook may refine it.

    It must stay a pure function of its input and the provider's configuration: Terraform plans twice and compares.
    It may read the API to *check* (add diagnostics), never to choose values. ``private`` given back is the planned
    private state; it does not outlive a failed apply.
    """

    config: Values | None
    prior: Values | None
    planned: Values | None
    """The planned state; change members in place. None when the object is to be destroyed."""
    changed: frozenset[str] = frozenset()
    """Top-level attributes whose planned value differs from the prior one."""
    replace_paths: list[Path] = field(default_factory=list)
    """Attributes whose change replaces the object; append to it."""

    @property
    def is_create(self) -> bool:
        """The object does not exist yet."""
        return self.prior is None

    @property
    def is_destroy(self) -> bool:
        """The object is to go, not to be replaced by this very call."""
        return self.planned is None

    @property
    def is_update(self) -> bool:
        """The object exists and stays (it may still be replaced: see ``replace_paths``)."""
        return self.prior is not None and self.planned is not None

    @property
    def replaces(self) -> bool:
        """The change replaces the object."""
        return bool(self.replace_paths) and self.is_update


@dataclass(kw_only=True)
class CreateContext(Context[C]):
    """Make the object. ``save`` as soon as it exists: what was saved survives any failure."""

    config: Values
    planned: Values
    _save: Callable[[Values], None] = lambda state: None

    def save(self, state: Values) -> None:
        """Record the state known so far; members left unknown are stored as null if the create fails."""
        self._save(state)


@dataclass(kw_only=True)
class UpdateContext(Context[C]):
    """Change the object. ``save`` what really took effect: after a failure the rest keeps its prior value."""

    config: Values
    prior: Values
    planned: Values
    changed: frozenset[str] = frozenset()
    _save: Callable[[Values], None] = lambda state: None

    def save(self, state: Values) -> None:
        """Record what took effect so far, as a whole state."""
        self._save(state)


@dataclass(kw_only=True)
class ReadContext(Context[C]):
    """Look at the object. ``state`` is the prior state, or what the import returned."""

    state: Values
    identity: Values | None = None
    imported: bool = False
    """True on the first read after an import: ``state`` then holds the import's values only."""


@dataclass(kw_only=True)
class DeleteContext(Context[C]):
    """Remove the object. There is no configuration any more, so no write-only values."""

    state: Values


@dataclass(kw_only=True)
class ImportContext(Context[C]):
    """Adopt an object: exactly one of ``id`` and ``identity`` is given."""

    id: str | None = None
    identity: Values | None = None


@dataclass(kw_only=True)
class ValidateContext:
    """Check a configuration without the API; members may be unknown (``is_set`` asks for known and not null)."""

    config: Values
    diagnostics: Diagnostics = field(default_factory=Diagnostics)


class Resource(Generic[C]):
    """One type of object. Subclass it, set the class attributes, write the verbs."""

    type_name: str
    schema: Schema
    identity: IdentitySchema | None = None
    default_timeouts: Mapping[str, str] = {}
    """Durations by verb (``{"create": "30m"}``), used where the ``timeouts`` attribute gives none."""

    def validate(self, context: ValidateContext) -> None:
        """Check the configuration as a whole; single values are checked by the validators of the schema."""

    async def plan(self, context: PlanContext[C]) -> None:
        """Refine or check a planned change; also called for a destroy."""

    async def create(self, context: CreateContext[C]) -> Values:
        """Make the object and return its whole state."""
        raise TypeError(f"{self.type_name} cannot be created")

    async def read(self, context: ReadContext[C]) -> Values | None:
        """Return the object's state, None when it is gone. Any other trouble is an error: the state is then kept."""
        raise TypeError(f"{self.type_name} cannot be read")

    async def update(self, context: UpdateContext[C]) -> Values:
        """Change the object and return its whole state."""
        raise TypeError(f"{self.type_name} cannot be updated")

    async def delete(self, context: DeleteContext[C]) -> None:
        """Remove the object; when it is gone already that is fine."""
        raise TypeError(f"{self.type_name} cannot be deleted")

    async def import_state(self, context: ImportContext[C]) -> Values:
        """Return the members of the state that ``read`` needs; the others are null."""
        raise TypeError(f"{self.type_name} cannot be imported")

    def identity_of(self, state: Values) -> Values:
        """The identity of an object with this state; by default the members of the same names."""
        names = self.identity.attributes if self.identity is not None else {}
        return {name: state.get(name) for name in names}

    def upgrade_state(self, version: int, state: Values) -> Values:
        """Bring the raw JSON of a state of an older schema ``version`` to today's attributes.

        Attributes that no longer exist are dropped and missing ones filled with null afterwards.
        """
        return state

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        """State for an object that was ``source_type`` before (a ``moved`` block); None when it cannot be moved."""
        return None


@dataclass(kw_only=True)
class DataContext(Context[C]):
    """Read a data source."""

    config: Values


class DataSource(Generic[C]):
    """Something that is only read."""

    type_name: str
    schema: Schema

    def validate(self, context: ValidateContext) -> None:
        """Check the configuration as a whole."""

    async def read(self, context: DataContext[C]) -> Values:
        """Return all attributes."""
        raise TypeError(f"{self.type_name} cannot be read")


@dataclass(kw_only=True)
class OpenResult:
    """What an ephemeral resource gave: its values, when to renew (seconds from now), what renew and close need."""

    result: Values
    renew_after: float | None = None
    private: dict[str, Any] = field(default_factory=dict)


class EphemeralResource(Generic[C]):
    """A value that lives for one run only and never reaches plan or state (Terraform 1.10)."""

    type_name: str
    schema: Schema

    def validate(self, context: ValidateContext) -> None:
        """Check the configuration as a whole."""

    async def open(self, context: DataContext[C]) -> OpenResult:
        """Make or fetch the value."""
        raise TypeError(f"{self.type_name} cannot be opened")

    async def renew(self, context: Context[C]) -> float | None:
        """Keep it alive; return seconds until the next renewal, None for never. ``context.private`` is open's."""
        return None

    async def close(self, context: Context[C]) -> None:
        """Give it back."""


class Function:
    """A pure function that configurations may call as ``provider::<name>::<function>`` (Terraform 1.8)."""

    name: str
    signature: FunctionSignature

    def call(self, *arguments: Value) -> Value:
        """Return the result; raise ``FunctionError`` to blame an argument."""
        raise TypeError(f"{self.name} cannot be called")


class FunctionError(Exception):
    """What is wrong with a call; ``argument`` counts from 0."""

    def __init__(self, message: str, argument: int | None = None) -> None:
        super().__init__(message)
        self.argument = argument
