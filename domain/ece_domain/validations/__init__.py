"""The 48 validations before a deploy: their ids, severities, moments and words, for constructs, provider and docs.

``rules`` (imported by name only) says which functions find them.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from ece_domain.findings import InvalidValue
from ece_domain.validations import connections, filters, keys, trust, versions
from ece_domain.validations.validation import Moment, Validation

__all__ = ["VALIDATIONS", "Moment", "Validation", "validation"]


def _collected() -> Mapping[str, Validation]:
    groups = (versions, connections, trust, keys, filters)
    found = {each.id: each for group in groups for each in group.VALIDATIONS}
    return MappingProxyType(dict(sorted(found.items(), key=lambda item: int(item[0][1:]))))


VALIDATIONS: Final = _collected()
"""All validations by id, V1 first."""


def validation(text: str) -> Validation:
    """The validation of an id.

    Raises:
        InvalidValue: there is none of this id.
    """
    if text not in VALIDATIONS:
        raise InvalidValue(
            f'"{text}" is no validation: V1 to V{len(VALIDATIONS)} are, see docs/reference/validations.md'
        )
    return VALIDATIONS[text]
