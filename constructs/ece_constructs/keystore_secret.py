"""Secure settings of Elasticsearch, by the name of what holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import flag, known, literal, text, text_mapping, version_known
from ece_constructs._judgement import Checked, acknowledged_argument, escalated_argument, tell
from ece_constructs._scopes import place_of
from ece_constructs.cluster import ICluster
from ece_constructs.cross_cluster_enablement import ece_deployment
from ece_constructs.errors import EceValueError
from ece_constructs.secret import Secret
from ece_domain.compatibility import restart_finding
from ece_domain.remote_clusters import alias_of_credentials
from ece_l1._base import Guarded
from ece_l1._cdk import IResolvable

if TYPE_CHECKING:
    from ece_constructs.deployment import EceDeployment


class KeystoreSecret(Checked, Guarded, Construct):
    """One entry of the keystore of a deployment; entries beside it stay as they are.

    Connections make the entries that they need themselves.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        deployment: ICluster,
        name: str,
        value: Secret,
        value_version: int | float | None = None,
        as_file: bool | IResolvable | None = None,
        timeouts: Mapping[str, str] | None = None,
    ) -> None:
        """Write an entry.

        Args:
            scope: Where it belongs.
            id_: Its name in that scope.
            deployment: Whose keystore it is.
            name: The setting, such as ``s3.client.default.secret_key``. Most take effect after a restart.
            value: Where the value lies when Terraform runs: ``Secret.from_env(…)`` or ``Secret.from_file(…)``.
            value_version: Any number; a changed one writes the value again, as nobody can see that it is another one.
            as_file: Put it into the keystore as a file, such as a service account's JSON; not so unless given.
            timeouts: How long to wait, by verb, such as ``{"create": "20m"}``.

        Raises:
            EceValueError: no deployment, no name, or a value instead of the place where it lies.
        """
        super().__init__(scope, id_)
        path = place_of(self).path
        found = ece_deployment(path, deployment)
        if not isinstance(value, Secret):
            allowed = 'where it lies is needed: Secret.from_env("S3_KEY") or Secret.from_file("s3-key")'
            raise EceValueError(path, "value", "(not shown)", allowed)
        self._warn_of_restart(name, found)
        given: dict[str, Any] = value.arguments("value")
        self._resource = l1.KeystoreSecret(
            self,
            "Resource",
            deployment_id=l1.Deferred(lambda: found.deployment_id),
            name=literal(text(path, "name", name)),
            value_wo_version=value_version,
            as_file=flag(path, "as_file", as_file),
            timeouts=cast("l1.KeystoreSecretTimeouts | None", literal(text_mapping(path, "timeouts", timeouts))),
            acknowledge=l1.Deferred(lambda: literal(acknowledged_argument(self))),
            escalate=l1.Deferred(lambda: escalated_argument(self)),
            provider=found.environment.provider_in(self),
            **given,
        )

    def _warn_of_restart(self, name: str, deployment: EceDeployment) -> None:
        version = version_known(deployment)
        if version is not None and known(name) and alias_of_credentials(name) is not None:
            tell(self, restart_finding(place_of(deployment).path, version), "name", name)

    @property
    def resource(self) -> l1.KeystoreSecret:
        """The Terraform resource."""
        return self._resource
