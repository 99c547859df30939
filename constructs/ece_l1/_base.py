"""What the generated classes have in common: arguments in, Terraform JSON or HCL out, references back.

Nothing about single types belongs here; those are generated.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import get_annotations
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, cast

from constructs import Construct

from ece_l1._cdk import (
    IResolvable,
    ITerraformDependable,
    ITerraformIterator,
    TerraformCount,
    TerraformDataSource,
    TerraformProvider,
    TerraformProviderGeneratorMetadata,
    TerraformResource,
    TerraformResourceLifecycle,
)
from ece_l1._lowering import Deferred, check, hcl_attribute, is_foreign, to_json

Text = str | IResolvable | Deferred
"""A string argument."""
Number = int | float | IResolvable | Deferred
"""A number argument."""
Flag = bool | IResolvable | Deferred
"""A boolean argument."""
Opaque = IResolvable | Deferred
"""A whole list, set, map or object that is not written out in Python."""


class Arguments:
    """The arguments of one block, and what they become."""

    def __init__(self, scope: Construct, id_: str, values: Mapping[str, Any]) -> None:
        self.values = {name: value for name, value in values.items() if value is not None}
        for name, value in self.values.items():
            try:
                check(value, name)
            except TypeError as error:
                raise TypeError(f"{scope.node.path}/{id_}: {error}") from None

    def lowered(self) -> dict[str, Any]:
        """The arguments as JSON types; those that turned out to be None are left out."""
        values = ((name, to_json(value)) for name, value in self.values.items())
        return {name: value for name, value in values if value is not None}


class References:
    """Makes each reference to an attribute once: a second object would not know of a reference across stacks."""

    def __init__(self, element: TerraformResource | TerraformDataSource) -> None:
        self._element = element
        self._made: dict[str, Any] = {}

    def _get(self, method: str, name: str) -> Any:
        if name not in self._made:
            self._made[name] = getattr(self._element, method)(name)
        return self._made[name]

    def string(self, name: str) -> str:
        """The reference as a string."""
        return cast("str", self._get("get_string_attribute", name))

    def number(self, name: str) -> float:
        """The reference as a number."""
        return cast("float", self._get("get_number_attribute", name))

    def strings(self, name: str) -> list[str]:
        """The reference as a list of strings."""
        return cast("list[str]", self._get("get_list_attribute", name))

    def string_map(self, name: str) -> Mapping[str, str]:
        """The reference as a mapping to strings."""
        return cast("Mapping[str, str]", self._get("get_string_map_attribute", name))

    def opaque(self, name: str) -> IResolvable:
        """The reference as a value that only Terraform looks into."""
        return cast("IResolvable", self._get("interpolation_for_attribute", name))


class Guarded:
    """Refuses attributes that no class declares, so that a misspelt one does not pass in silence."""

    if not TYPE_CHECKING:  # a type checker that saw it would let every name pass

        def __setattr__(self, name: str, value: object) -> None:
            """Set a private attribute, a declared one, or a property that may be set.

            Raises:
                AttributeError: any other name.
            """
            if not name.startswith("_") and not _may_set(type(self), name):
                raise AttributeError(_refusal(type(self), name))
            object.__setattr__(self, name, value)


def _may_set(owner: type, name: str) -> bool:
    found = next((base.__dict__[name] for base in owner.__mro__ if name in base.__dict__), None)
    if isinstance(found, property):
        return found.fset is not None
    return any(name in get_annotations(base) for base in owner.__mro__)


def _refusal(owner: type, name: str) -> str:
    if hasattr(owner, name):
        return f"{owner.__name__}.{name} cannot be set: give it to the constructor, or use a method"
    return f"{owner.__name__} has no attribute {name!r}; a subclass declares its own in the class body: {name}: <type>"


def _metadata(version: str) -> TerraformProviderGeneratorMetadata:
    return TerraformProviderGeneratorMetadata(provider_name="ece", provider_version_constraint=version)


class Resource(Guarded, TerraformResource):
    """A resource block. ``arguments`` shows what was given; references are properties of the subclass."""

    TERRAFORM_TYPE: ClassVar[str]
    VERSION_CONSTRAINT: ClassVar[str]
    WRITE_ONLY: ClassVar[frozenset[str]] = frozenset()

    def __init__(
        self,
        scope: Construct,
        id_: str,
        values: Mapping[str, Any],
        *,
        provider: TerraformProvider | None,
        depends_on: Sequence[ITerraformDependable] | None,
        count: int | TerraformCount | None,
        for_each: ITerraformIterator | None,
        lifecycle: TerraformResourceLifecycle | Mapping[str, Any] | None,
    ) -> None:
        self._arguments = Arguments(scope, id_, values)
        self._followed: Callable[[], Sequence[TerraformResource]] | None = None
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TERRAFORM_TYPE,
            terraform_generator_metadata=_metadata(self.VERSION_CONSTRAINT),
            provider=provider,
            depends_on=depends_on,
            count=count,
            for_each=for_each,
            lifecycle=cast("Any", lifecycle),
        )
        self._references = References(self)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was given, by Terraform's names; to change one afterwards use ``add_override``."""
        return MappingProxyType(self._arguments.values)

    def follow(self, others: Callable[[], Sequence[TerraformResource]]) -> None:
        """Depend on further resources of the stack, asked for when it is written; they replace ``depends_on``.

        Like a deferred value, ``others`` must not raise.
        """
        self._followed = others

    def _settle_order(self) -> None:
        """Called while the attributes are written; the library reads ``depends_on`` after them."""
        if self._followed is not None and (found := [f"{each.terraform_resource_type}.{each.friendly_unique_id}" for each in self._followed()]):
            self.depends_on = found

    def _marked(self, name: str, value: Any) -> Any:
        """Tell cdktn which arguments are write-only; cdktf has no such mark."""
        mark = getattr(self, "_mark_write_only_attribute", None)
        return mark(value) if mark is not None and name in self.WRITE_ONLY else value

    def _synthesize_attributes(self) -> dict[str, Any]:
        self._settle_order()
        return {name: self._marked(name, value) for name, value in self._arguments.lowered().items()}

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        self._settle_order()
        attributes = {name: hcl_attribute(value) for name, value in self._arguments.lowered().items()}
        for name in self.WRITE_ONLY & attributes.keys():
            attributes[name]["value"] = self._marked(name, attributes[name]["value"])
        return attributes


class DataSource(Guarded, TerraformDataSource):
    """A data block."""

    TERRAFORM_TYPE: ClassVar[str]
    VERSION_CONSTRAINT: ClassVar[str]

    def __init__(
        self,
        scope: Construct,
        id_: str,
        values: Mapping[str, Any],
        *,
        provider: TerraformProvider | None,
        depends_on: Sequence[ITerraformDependable] | None,
        count: int | TerraformCount | None,
        for_each: ITerraformIterator | None,
        lifecycle: TerraformResourceLifecycle | Mapping[str, Any] | None,
    ) -> None:
        self._arguments = Arguments(scope, id_, values)
        super().__init__(
            scope,
            id_,
            terraform_resource_type=self.TERRAFORM_TYPE,
            terraform_generator_metadata=_metadata(self.VERSION_CONSTRAINT),
            provider=provider,
            depends_on=depends_on,
            count=count,
            for_each=for_each,
            lifecycle=cast("Any", lifecycle),
        )
        self._references = References(self)

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was given, by Terraform's names; to change one afterwards use ``add_override``."""
        return MappingProxyType(self._arguments.values)

    def _synthesize_attributes(self) -> dict[str, Any]:
        return self._arguments.lowered()

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        return {name: hcl_attribute(value) for name, value in self._arguments.lowered().items()}


class Provider(Guarded, TerraformProvider):
    """The provider block. Two in one stack need an alias each."""

    SOURCE: ClassVar[str]
    VERSION_CONSTRAINT: ClassVar[str]
    MAPS: ClassVar[frozenset[str]] = frozenset()
    """Arguments whose keys are the user's: the library would turn them into snake case on the usual way."""

    def __init__(self, scope: Construct, id_: str, values: Mapping[str, Any], *, alias: str | None) -> None:
        self._alias = alias
        self._arguments = Arguments(scope, id_, values)
        super().__init__(
            scope,
            id_,
            terraform_resource_type="ece",
            terraform_provider_source=self.SOURCE,
            terraform_generator_metadata=_metadata(self.VERSION_CONSTRAINT),
        )

    @property
    def arguments(self) -> Mapping[str, Any]:
        """What was given, by Terraform's names; to change one afterwards use ``add_override``."""
        return MappingProxyType(self._arguments.values)

    # The base class forgets what its setter is given: both accessors are overridden.
    @property
    def alias(self) -> str | None:
        """Name that tells this block from the stack's other ones."""
        return self._alias

    @alias.setter
    def alias(self, value: str | None) -> None:
        self._alias = value

    @property
    def fqn(self) -> str:
        """What resources name it by; as each of them asks, it is answered here in one step."""
        return "ece" if self._alias is None else f"ece.{self._alias}"

    @property
    def meta_attributes(self) -> Mapping[str, Any]:
        """The alias, and the arguments whose keys must stay as they are."""
        maps = {name: value for name, value in self._arguments.lowered().items() if name in self.MAPS}
        return {**({"alias": self._alias} if self._alias is not None else {}), **maps}

    def _synthesize_attributes(self) -> dict[str, Any]:
        return {name: value for name, value in self._arguments.lowered().items() if name not in self.MAPS}

    def _synthesize_hcl_attributes(self) -> dict[str, Any]:
        return {name: hcl_attribute(value) for name, value in self._synthesize_attributes().items()}


__all__ = ["DataSource", "Deferred", "Flag", "Number", "Opaque", "Provider", "Resource", "Text", "is_foreign"]
