"""All places of an app that its provider blocks must reach: what is kept at the root, as blocks are written late."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from typing import Any

from constructs import Construct, IConstruct

from ece_constructs._scopes import Placed, place_of
from ece_constructs.errors import EceValueError


class NamedPlace:
    """An entry of ``environments`` in the provider blocks of others."""

    @property
    @abstractmethod
    def alias(self) -> str:
        """Its name there; made of a construct's path."""

    @abstractmethod
    def entry(self) -> dict[str, Any]:
        """How other provider blocks reach it; no secret stands in it."""


def register(place: Any) -> None:
    """Take one more place into the list of its app; ``place`` is a construct and a named place.

    Raises:
        EceValueError: another one has its alias.
    """
    for other in places_of(place):
        if other.alias == place.alias:
            raise EceValueError(
                place_of(place).path,
                "id",
                place.node.id,
                f"gives the alias {place.alias} of {place_of(_placed(other)).path}; rename one",
            )
    _kept(place_of(place).root, "_ece_places", list).append(place)


def _placed(place: Any) -> Placed:
    found: Placed = place
    return found


def places_of(construct: Construct) -> tuple[NamedPlace, ...]:
    """All places of the construct's app, in the order they were made."""
    return tuple(_kept(place_of(construct).root, "_ece_places", list))


def keep_credentials(construct: Construct, deployment_id: str, login: Mapping[str, Any]) -> None:
    """How Elasticsearch of a deployment is reached where no management channel leads to it; secrets by name only."""
    _kept(place_of(construct).root, "_ece_credentials", dict)[deployment_id] = dict(login)


def credentials_of(construct: Construct) -> dict[str, dict[str, Any]] | None:
    """All that were kept in the construct's app, by deployment id."""
    return dict(sorted(_kept(place_of(construct).root, "_ece_credentials", dict).items())) or None


def _kept(root: IConstruct, name: str, kind: type) -> Any:
    """What is kept at the root: searching the tree would ask the library for every construct of the app."""
    return vars(root).setdefault(name, kind())
