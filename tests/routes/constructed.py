"""A cell as a program with constructs writes it: two clusters and one ``connect_to``."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from constructs import Construct

from ece_constructs import (
    Access,
    ConnectingCluster,
    Deployment,
    EckCluster,
    ElasticsearchApi,
    Environment,
    HostedDeployment,
    HostedEnvironment,
    Secret,
    SelfManagedCluster,
    testing,
)
from ece_constructs.cdk import TerraformStack
from ece_domain.security_models import SecurityModel
from tests.routes import partners, places

KEY: Final = SecurityModel.API_KEY
STACK: Final = "routes"
SECRET: Final = "secrets/key"
"""The file that the key is handed over in, below the folder of the workspace."""


class Written:
    """The program, and what it synthesizes to.

    ``is_reached`` says whether Terraform reaches the partner's Elasticsearch; unless given, only where it is remote.
    """

    def __init__(
        self,
        local: places.Place,
        remote: places.Place,
        model: SecurityModel,
        folder: Path,
        *,
        is_reached: bool | None = None,
    ) -> None:
        self._is_reached = isinstance(remote, places.Partner) if is_reached is None else is_reached
        self.app = testing.app()
        self.stack = TerraformStack(self.app, STACK)
        self.ece = Environment(self.stack, "ece", egress=[_egress_of_own(local, remote)], private_proxy_ca=True)
        sides = {side.name: self._cluster(side) for side in (local, remote)}
        by_key, is_partner = model is KEY, isinstance(local, places.Partner)
        is_made_by_hand = by_key and isinstance(remote, places.Partner) and not self._is_reached
        connection = sides[local.name].connect_to(
            sides[remote.name],
            access=Access.search("logs-*") if by_key else None,
            security_model=model.value,
            wait_for_connected=False,
            hand_over=folder / "hand-over",
            secret_file=folder / SECRET if by_key and is_partner else None,
            secret=Secret.from_file(folder / SECRET) if is_made_by_hand else None,
        )
        if connection.hand_over is not None:
            connection.hand_over.override_logical_id("h")
        if not is_partner or self._is_reached:
            connection.resource.override_logical_id("r")

    def _cluster(self, side: places.Place) -> ConnectingCluster:
        if isinstance(side, places.Hosted):
            return self._hosted(side)
        if isinstance(side, places.Deployment):
            return Deployment.from_id(self.stack, side.name, side.id, environment=self._environment(side))
        api = ElasticsearchApi(env_prefix=side.name.upper()) if self._is_reached else None
        made = _self_managed if isinstance(side, partners.SelfManaged) else _eck
        return made(self.stack, side, api)

    def _environment(self, side: places.Deployment) -> Environment:
        if side.number == 0:
            return self.ece
        egress = [side.installation.world.egress]
        return Environment(self.stack, "paris", env_prefix="PARIS", egress=egress, private_proxy_ca=True)

    def _hosted(self, side: places.Hosted) -> ConnectingCluster:
        place = side.organization
        return HostedDeployment.from_id(
            self.stack,
            side.name,
            side.id,
            environment=HostedEnvironment(self.stack, "elastic", env_prefix="ELASTIC", egress=[place.egress]),
            password=Secret.from_env("HOSTED_PASSWORD"),
            elasticsearch_url=place.elasticsearch_endpoint,
            elasticsearch_ca_file=place.proxy_ca_file,
        )

    def configuration(self) -> dict[str, Any]:
        """Terraform's JSON of the one stack."""
        written = testing.Template.from_app(self.app).json()[STACK]
        return {name: block for name, block in written.items() if name in ("provider", "resource", "data")}


def _egress_of_own(*sides: places.Place) -> str:
    own = next(side for side in sides if isinstance(side, places.Deployment) and side.number == 0)
    return str(own.installation.world.egress)


def _self_managed(scope: Construct, side: Any, api: ElasticsearchApi | None) -> ConnectingCluster:
    place = side.cluster
    return SelfManagedCluster(
        scope,
        side.name,
        version=place.version,
        address=place.host,
        ca_pem=[place.ca_pem],
        scope_id=place.scope_id,
        cluster_id=place.cluster_id,
        node_names=["node1"],
        egress=[place.egress],
        api=api,
        home=str(place.home),
        config_folder=str(place.config),
        ca_file="ca/ca.crt",
        ca_key_file="ca/ca.key",
        restart_command=f"touch {place.home / partners.RESTART}",
    )


def _eck(scope: Construct, side: Any, api: ElasticsearchApi | None) -> ConnectingCluster:
    place = side.cluster
    return EckCluster(
        scope,
        side.name,
        manifest=side.manifest,
        address=place.remote_cluster_host,
        transport_address=place.transport_host,
        ca_pem=[place.ca_pem],
        egress=[place.egress],
        api=api,
    )
