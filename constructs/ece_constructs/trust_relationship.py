"""Platform trust between two installations: a record on each side that names the other one."""

from __future__ import annotations

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import literal
from ece_constructs._scopes import place_of
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_l1._base import Guarded


class TrustRelationship(Guarded, Construct):
    """Two records, one in each installation. No cluster is trusted by it alone: connections name whom they trust."""

    def __init__(self, scope: Construct, id_: str, *, first: Environment, second: Environment) -> None:
        """Let two platforms know each other.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            first: One installation.
            second: The other one.

        Raises:
            EceValueError: not two environments.
        """
        super().__init__(scope, id_)
        path = place_of(self).path
        for name, side in (("first", first), ("second", second)):
            if not isinstance(side, Environment):
                raise EceValueError(path, name, side, "an Environment is needed")
        if first is second:
            raise EceValueError(path, "second", second, "another environment than the first is needed")
        self._records = {first.alias: self._record(first, second), second.alias: self._record(second, first)}

    @staticmethod
    def between(first: Environment, second: Environment, *, scope: Construct) -> TrustRelationship:
        """Platform trust of two environments, as ``scope``'s ``Trust-<first>-<second>``."""
        return TrustRelationship(scope, f"Trust-{first.alias}-{second.alias}", first=first, second=second)

    def _record(self, owner: Environment, other: Environment) -> l1.TrustRelationship:
        facts = other.lookup(self)
        return l1.TrustRelationship(
            self,
            f"On-{owner.alias}",
            name=literal(other.alias),
            public_ca_cert=l1.Deferred(lambda: facts.ca_pem),
            account_ids=l1.Deferred(lambda: [facts.account_id]),
            installation_id=l1.Deferred(lambda: facts.installation_id),
            provider=owner.provider_in(self),
        )

    def record_of(self, environment: Environment) -> l1.TrustRelationship:
        """The record that stands in one of the two installations.

        Raises:
            EceValueError: a third environment.
        """
        if environment.alias not in self._records:
            raise EceValueError(place_of(self).path, "trust", environment, "it is none of the two environments")
        return self._records[environment.alias]
