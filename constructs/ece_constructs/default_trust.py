"""Whom the deployments of an environment trust from the start: a setting of the whole installation."""

from __future__ import annotations

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import flag
from ece_constructs._scopes import place_of
from ece_constructs.environment import Environment
from ece_constructs.errors import EceValueError
from ece_l1._base import Guarded
from ece_l1._cdk import IResolvable


class DefaultTrust(Guarded, Construct):
    """Whether deployments that are made later trust all others of their environment, or none.

    Connections by API key need no trust, so ``trust_all=False`` loses nothing for them. Deployments that exist keep
    what they have. Deployments of this app that are made after this line wait for it.
    """

    def __init__(self, scope: Construct, id_: str, *, environment: Environment, trust_all: bool | IResolvable) -> None:
        """Set it. Destroying this leaves the setting as it is.

        Args:
            scope: Where it belongs; stacks with deployments of the environment come after its stack.
            id_: Its name in that scope.
            environment: The installation.
            trust_all: True: new deployments trust all others of the environment, as ECE is delivered. False: none.

        Raises:
            EceValueError: no environment, or one that has a default trust in this app already.
        """
        super().__init__(scope, id_)
        path = place_of(self).path
        if not isinstance(environment, Environment):
            raise EceValueError(path, "environment", environment, "an Environment is needed")
        if trust_all is None:
            raise EceValueError(path, "trust_all", trust_all, "True or False is needed")
        self._resource = l1.DefaultTrust(
            self,
            "Resource",
            trust_all=flag(path, "trust_all", trust_all),
            provider=environment.provider_in(self),
        )
        environment.take_default(path, self._resource, place_of(self).stack)

    @property
    def resource(self) -> l1.DefaultTrust:
        """The Terraform resource."""
        return self._resource
