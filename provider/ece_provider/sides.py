"""The two sides of keys and connections: the deployment that a configuration or state names, wherever it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ece_domain.connection_checks import system_finding
from ece_domain.remote_clusters import ConnectionId
from ece_provider.cluster_place import ClusterPlace
from ece_provider.deployment_reads import Facts
from ece_provider.findings import refusal
from ece_provider.kinds import WORDS
from ece_provider.validators import DEPLOYMENT_ID, REMOTE_ADDRESS, SERVER_NAME
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.schema import Attribute
from terraform_plugin.types import STRING
from terraform_plugin.validators import NotEmpty
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_client import Elasticsearch
    from ece_provider.configured import ConfiguredProvider
    from ece_provider.local_cluster import LocalCluster
    from ece_provider.places import Place

MEMBERS: Final = ("deployment_id", "environment", "environment_id", "ref_id")
"""Attributes that name a side."""


_NO_DEPLOYMENT: Final = "Left out for an environment of kind `elasticsearch`, which is one cluster."


def side_attributes(
    deployment: str, *, replace: bool, changes_with: str | None = None, only_deployments: bool = False
) -> dict[str, Attribute]:
    """The attributes that name a deployment, or a cluster that has no deployment; ``deployment`` says which one.

    ``changes_with`` is the attribute that they stand in, None at the top level.
    """
    computed = (changes_with,) if changes_with else ("deployment_id", "environment")
    return {
        "deployment_id": Attribute(
            type=STRING,
            required=only_deployments,
            optional=not only_deployments,
            replace=replace,
            description=f"Id of {deployment}." if only_deployments else f"Id of {deployment}. {_NO_DEPLOYMENT}",
            validators=(DEPLOYMENT_ID,),
        ),
        "environment": Attribute(
            type=STRING,
            optional=True,
            description=(
                "Entry of the provider's `environments` that the deployment is in; left out: the provider's own. "
                "An entry may be renamed: its objects are found by the environment's id."
            ),
            validators=(NotEmpty(),),
        ),
        "ref_id": Attribute(
            type=STRING,
            optional=True,
            computed=True,
            changes_with=() if replace else computed,
            description="Reference id of Elasticsearch within the deployment; found unless given.",
            validators=(NotEmpty(),),
        ),
        "environment_id": Attribute(
            type=STRING,
            computed=True,
            changes_with=computed,
            description=(
                "Id of that environment, by which a renamed entry is found: for kind `elasticsearch` the cluster UUID; "
                "null for the provider's own."
            ),
        ),
    }


def address_attributes() -> dict[str, Attribute]:
    """The attributes that say under which address others reach a remote side; they stand in ``remote``."""
    return {
        "address": Attribute(
            type=STRING,
            optional=True,
            description=(
                "`host` or `host:port` under which the local cluster reaches this one; the port is that of the "
                "security model unless given: 9443, or for certificates 9300 (9400 on ECE and Elastic Cloud Hosted). "
                "Needed for an environment of kind `elasticsearch`; for a deployment it replaces its endpoint, as a "
                "private endpoint does."
            ),
            validators=(REMOTE_ADDRESS,),
        ),
        "server_name": Attribute(
            type=STRING,
            optional=True,
            description=(
                "Host name that TLS asks for, where the certificate has another one than `address`; for a deployment "
                "its endpoint unless given."
            ),
            validators=(SERVER_NAME,),
        ),
    }


@dataclass(frozen=True)
class Side:
    """One deployment of a connection, found."""

    place: Place
    facts: Facts
    environment_id: str | None

    @property
    def cluster(self) -> LocalCluster:
        """The deployment as a local side: keystore and settings."""
        return self.place.cluster(self.facts)

    async def elasticsearch(self) -> Elasticsearch:
        """Elasticsearch of the deployment."""
        return await self.place.elasticsearch(self.facts)

    @property
    def words(self) -> str:
        """The deployment or cluster, for messages."""
        is_elsewhere = self.facts.is_deployment and self.place.name is not None
        return f"{self.facts.words}{f' in {self.place.words}' if is_elsewhere else ''}"

    def members(self, given: Values) -> Values:
        """The attributes of this side for the state; what was ``given`` stays as it is."""
        is_deployment = self.facts.is_deployment
        return {
            **given,
            "deployment_id": self.facts.id if is_deployment else None,
            "ref_id": self.facts.ref_id if is_deployment else None,
            "environment_id": self.environment_id,
        }

    def connection_id(self, alias: str) -> str:
        """The id of an alias of this side, or of its key."""
        return str(ConnectionId(self.facts.id, self.facts.ref_id, alias))

    def is_same(self, other: Side) -> bool:
        """True when both are one deployment or cluster."""
        return self.facts.id == other.facts.id


async def locate(provider: ConfiguredProvider, given: Values, path: Path | None = None) -> Side:
    """Find a side; ``given`` holds ``MEMBERS``, whose unknown ones do not count, and stands at ``path``.

    Raises:
        NotFound: there is no such deployment.
        EnvironmentUnknown: its environment cannot be known yet.
        DiagnosticError: there is no such environment.
        ApiError: the API cannot be reached or refuses.
    """
    at = (path or Path()).attribute("environment")
    known_id = given.get("environment_id")
    place = await provider.places.find(given.get("environment"), known_id if is_set(known_id) else None, at)
    deployment_id = given.get("deployment_id")
    if isinstance(place, ClusterPlace):
        if is_set(deployment_id):
            raise no_deployment(place, path)
        facts = await place.facts()
        return Side(place, facts, None if place.name is None else facts.cluster_id)
    if not is_set(deployment_id):
        raise deployment_missing(place, path)
    facts = await place.deployments.facts(deployment_id)
    environment_id = None
    if place.name is not None:
        environment_id = await place.environment_id(facts.id)
    return Side(place, facts, environment_id)


async def named_side(provider: ConfiguredProvider, named: ConnectionId) -> Values:
    """The members of the side that an import names.

    Raises:
        DiagnosticError: there is no such environment.
    """
    side: Values = {"deployment_id": named.deployment_id, "ref_id": named.ref_id, "environment_id": None}
    if not named.is_cluster:
        return {**side, "environment": named.environment}
    environment = named.environment or await provider.places.of_cluster(named.deployment_id)
    return {**side, "deployment_id": None, "ref_id": None, "environment": environment}


def deployment_missing(place: Place, path: Path | None) -> DiagnosticError:
    """The refusal of a side that names no deployment where there are many."""
    return DiagnosticError(
        "The deployment is missing",
        f"{place.words[:1].upper()}{place.words[1:]} is {WORDS[place.kind]}, so deployment_id says which deployment is "
        'meant. It is left out only for environments of kind "elasticsearch", which are one cluster.',
        (path or Path()).attribute("deployment_id"),
    )


def no_deployment(place: Place, path: Path | None) -> DiagnosticError:
    """The refusal of a deployment id where there are no deployments."""
    return DiagnosticError(
        "No deployments there",
        f'{place.words[:1].upper()}{place.words[1:]} is of kind "elasticsearch": it is one cluster and has no '
        "deployments. Leave deployment_id out, or name the environment that the deployment is in.",
        (path or Path()).attribute("deployment_id"),
    )


def check_renamed(prior: Values, side: Side, environments: Sequence[str], path: Path) -> None:
    """An entry under a new name must be the cluster that the old one was: a plan took it for the same, unseen.

    Raises:
        DiagnosticError: it is another cluster.
    """
    known, found = prior.get("environment_id"), side.environment_id
    if side.facts.is_deployment or prior["environment"] in (None, *environments):
        return
    if known is not None and known != found:
        raise DiagnosticError(
            "Another cluster under a new name",
            f'Environment "{prior["environment"]}" is gone, and {side.place.words} is not the same cluster: its UUID '
            f"is {found}, and was {known}. Give the old entry back its name, or replace the object: terraform apply "
            "-replace=<its address>.",
            path.attribute("environment"),
        )


async def require(provider: ConfiguredProvider, given: Values, path: Path | None = None) -> Side:
    """Find a side that something is to be written to.

    Raises:
        DiagnosticError: there is none, or it cannot take part in remote clusters. Else as ``locate``.
    """
    from ece_client import NotFound

    place = path or Path()
    try:
        side = await locate(provider, given, path)
    except NotFound as error:
        named = given.get("environment")
        where = f'environment "{named}"' if named else "this environment"
        raise DiagnosticError(
            "Deployment does not exist",
            f"There is no deployment {given['deployment_id']} in {where}. Use the id of an ece_deployment, not its "
            f"cluster_id, and name the environment it is in. {error}.",
            place.attribute("deployment_id"),
        ) from error
    if side.facts.is_system_owned:
        raise system_owned(side, place)
    wanted = given.get("ref_id")
    if is_set(wanted) and wanted != side.facts.ref_id:
        raise DiagnosticError(
            "No such ref_id",
            f"Elasticsearch of {side.words} has the ref_id {side.facts.ref_id}, not {wanted}. Leave ref_id out.",
            place.attribute("ref_id"),
        )
    return side


def system_owned(side: Side, path: Path) -> DiagnosticError:
    """The refusal of a deployment of the platform itself."""
    return refusal(system_finding(side.words), path.attribute("deployment_id"))
