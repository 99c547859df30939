"""Cross-cluster search and replication for deployments that are older than ECE 2.9."""

from __future__ import annotations

from typing import TYPE_CHECKING

from constructs import Construct

import ece_l1 as l1
from ece_constructs._scopes import place_of
from ece_constructs.cluster import ICluster, inner
from ece_constructs.errors import EceValueError
from ece_l1._base import Guarded

if TYPE_CHECKING:
    from ece_constructs.deployment import EceDeployment


class CrossClusterEnablement(Guarded, Construct):
    """Lets a deployment of before ECE 2.9 connect: until then it trusts only itself, and its certificates say nothing.

    Done once per deployment; nothing can be read back, and destroying this undoes nothing. Its connections in the same
    stack wait for it.
    """

    def __init__(self, scope: Construct, id_: str, *, deployment: ICluster) -> None:
        """Enable it.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            deployment: The deployment; usually ``Deployment.from_id(…)``, as new ones need none of this.

        Raises:
            EceValueError: no deployment on ECE, or one that has this already.
        """
        super().__init__(scope, id_)
        path = place_of(self).path
        found = ece_deployment(path, deployment)
        found.note_enablement(path, self)
        self._resource = l1.CrossClusterEnablement(
            self,
            "Resource",
            deployment_id=l1.Deferred(lambda: found.deployment_id),
            provider=found.environment.provider_in(self),
        )

    @property
    def resource(self) -> l1.CrossClusterEnablement:
        """The Terraform resource."""
        return self._resource


def ece_deployment(path: str, deployment: ICluster) -> EceDeployment:
    """The deployment, or the one inside of a class around it.

    Raises:
        EceValueError: it is none.
    """
    from ece_constructs.deployment import EceDeployment

    found = inner(deployment)
    if not isinstance(found, EceDeployment):
        raise EceValueError(path, "deployment", deployment, "a Deployment is needed, or Deployment.from_id(…)")
    return found
