"""Schemas: what a resource, data source or provider may be told, and how each attribute behaves in a plan.

An attribute says here, once, what other frameworks spread over plan modifiers: its default, what replaces the object,
whether a computed value survives an update, which changes never reach the API.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import Any, Final, Protocol

from terraform_plugin.diagnostics import Diagnostic, Path
from terraform_plugin.types import ListOf, MapOf, ObjectOf, SetOf, Type
from terraform_plugin.values import Value, Values


class Validator(Protocol):
    """Checks one known, non-null value of an attribute; called for each known part of a configuration.

    The value of a list, set, map or nested attribute is known as soon as its length is: its members may be unknown.
    """

    @property
    def description(self) -> str:
        """What is allowed, for the documentation: ``one of "ip", "remote_cluster"``."""

    def check(self, value: Value, path: Path) -> Iterable[Diagnostic]:
        """Yield a diagnostic for each thing that is wrong with ``value``, which stands at ``path``."""


_ROOT: Final = Path()


class Nesting(Enum):
    """How the objects of a nested attribute are held."""

    SINGLE = 1
    LIST = 2
    SET = 3
    MAP = 4


class _NoDefault:
    def __repr__(self) -> str:
        return "NO_DEFAULT"


NO_DEFAULT: Final = _NoDefault()
"""The attribute has no default."""


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One attribute. Exactly one of ``type`` and ``nested`` is given.

    ``replace``: a change replaces the object; or a function of (prior, planned) values of the attribute that says so.
    A planned value that is not yet wholly known replaces without being asked about.
    ``changes_with``: names of top-level attributes; a computed value becomes unknown when one of them changes.
    Without it a computed value keeps what it has through every update. Also inside nested objects.
    ``local``: lives in Terraform only; when nothing but local attributes change, the resource's ``update`` is not
    called, and ``read`` need not fill it (its state is kept, or its default is taken after an import).
    ``equivalent``: two values that mean the same; the prior spelling is then kept after read, apply and in plans.
    It is asked about wholly known values; after read and apply either may be null.
    ``write_only``: refused where Terraform does not announce support (below 1.11 it would land in state in clear).
    """

    description: str
    type: Type | None = None
    nested: Nested | None = None
    required: bool = False
    optional: bool = False
    computed: bool = False
    sensitive: bool = False
    write_only: bool = False
    deprecated: str | None = None
    default: Any = NO_DEFAULT
    validators: Sequence[Validator] = ()
    replace: bool | Callable[[Value, Value], bool] = False
    changes_with: Sequence[str] = ()
    local: bool = False
    equivalent: Callable[[Value, Value], bool] | None = None

    def __post_init__(self) -> None:
        """Refuse combinations that Terraform would refuse only at run time."""
        if (self.type is None) == (self.nested is None):
            raise ValueError("an attribute has exactly one of type and nested")
        if self.required and (self.optional or self.computed):
            raise ValueError("a required attribute is neither optional nor computed")
        if not (self.required or self.optional or self.computed):
            raise ValueError("an attribute is required, optional or computed")
        if self.default is not NO_DEFAULT and not self.optional:
            raise ValueError("only an optional attribute has a default")
        if self.write_only and self.computed:
            raise ValueError("a write-only attribute is never computed")

    @property
    def has_default(self) -> bool:
        """True when a value is filled in where the configuration gives none."""
        return self.default is not NO_DEFAULT

    @cached_property
    def value_type(self) -> Type:
        """The type of the attribute's value, nested objects written out."""
        if self.nested is not None:
            return self.nested.value_type
        assert self.type is not None  # noqa: S101  (__post_init__ refuses it)
        return self.type


@dataclass(frozen=True)
class Nested:
    """Objects inside an attribute, with attributes of their own."""

    nesting: Nesting
    attributes: Mapping[str, Attribute]

    def __post_init__(self) -> None:
        """Refuse what only a top-level attribute can be."""
        for name, attribute in self.attributes.items():
            if attribute.local:
                raise ValueError(f"{name}: only a top-level attribute is local")
            if attribute.write_only and self.nesting is Nesting.SET:
                raise ValueError(f"{name}: elements of a set have no write-only attributes")

    @cached_property
    def object_type(self) -> ObjectOf:
        """The type of one object."""
        return ObjectOf({name: attribute.value_type for name, attribute in self.attributes.items()})

    @cached_property
    def value_type(self) -> Type:
        """The type of the whole: an object, or a list, set or map of objects."""
        wrap: dict[Nesting, Callable[[Type], Type]] = {
            Nesting.SINGLE: lambda element: element,
            Nesting.LIST: ListOf,
            Nesting.SET: SetOf,
            Nesting.MAP: MapOf,
        }
        return wrap[self.nesting](self.object_type)

    def objects(self, value: Value, path: Path = _ROOT) -> Iterator[tuple[Path, Values]]:
        """The known objects in the attribute's ``value``, each with its place below ``path``.

        Elements of a set have no place of their own: theirs is the set's.
        """
        if isinstance(value, list):
            for number, element in enumerate(value):
                if isinstance(element, dict):
                    yield (path if self.nesting is Nesting.SET else path.index(number)), element
        elif isinstance(value, dict) and self.nesting is Nesting.MAP:
            for name, element in value.items():
                if isinstance(element, dict):
                    yield path.key(name), element
        elif isinstance(value, dict):
            yield path, value


@dataclass(frozen=True)
class Schema:
    """The attributes of a resource, data source, ephemeral resource or provider."""

    attributes: Mapping[str, Attribute]
    description: str = ""
    version: int = 0
    deprecated: str | None = None

    @cached_property
    def value_type(self) -> ObjectOf:
        """The type of a whole configuration or state."""
        return ObjectOf({name: attribute.value_type for name, attribute in self.attributes.items()})

    def null(self) -> Values:
        """An object with every attribute null."""
        return dict.fromkeys(self.attributes)


@dataclass(frozen=True)
class IdentityAttribute:
    """One part of a resource's identity (Terraform 1.12 and newer)."""

    type: Type
    description: str
    required_for_import: bool = True


@dataclass(frozen=True)
class IdentitySchema:
    """What names an object apart from its configuration; a subset of its state by the same names."""

    attributes: Mapping[str, IdentityAttribute]
    version: int = 0


TIMEOUT_VERBS: Final = ("create", "read", "update", "delete")


def timeouts(defaults: Mapping[str, str]) -> Attribute:
    """The attribute ``timeouts``: how long each verb may wait; ``defaults`` maps verb to a duration like ``"30m"``.

    It is local: setting it after an import calls nothing.
    """
    from terraform_plugin.types import STRING
    from terraform_plugin.validators import Duration

    return Attribute(
        description="How long to wait, such as `90s`, `30m` or `2h`.",
        optional=True,
        local=True,
        nested=Nested(
            Nesting.SINGLE,
            {
                verb: Attribute(
                    type=STRING,
                    optional=True,
                    description=f"For {verb}; {default} unless given.",
                    validators=(Duration(),),
                )
                for verb, default in defaults.items()
            },
        ),
    )


@dataclass(frozen=True)
class Parameter:
    """A parameter of a function."""

    name: str
    type: Type
    description: str
    allow_null: bool = False
    allow_unknown: bool = False


@dataclass(frozen=True)
class FunctionSignature:
    """What a function takes and gives."""

    parameters: Sequence[Parameter]
    returns: Type
    summary: str
    description: str = ""
    variadic: Parameter | None = None
    deprecated: str | None = field(default=None)
