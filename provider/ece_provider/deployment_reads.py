"""Reads of single deployments that several objects need at the same time: trust, keys and connections of one pair.

An answer is used for two seconds at most and not after a write that may have changed it. Ids and addresses, which
never change while a run lasts, are kept.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ece_provider.resources.deployment.mapping import addresses_of, is_pending, is_system_owned, resource_of, version_of
from ece_provider.shared_read import MAX_AGE, SharedRead

if TYPE_CHECKING:
    from ece_client import Client

Json = Mapping[str, Any]

_QUERY: Final = {
    "show_plans": True,
    "show_settings": True,
    "show_instance_configurations": False,
    "enrich_with_template": False,
    "clear_transient": True,
}


@dataclass(frozen=True)
class Facts:
    """What connections need to know of a deployment."""

    id: str
    name: str
    ref_id: str
    cluster_id: str
    """Id of the Elasticsearch cluster: what trust, filters and node certificates name."""
    endpoint: str | None
    """Host name of Elasticsearch; None for a deployment that never came up."""
    https_url: str | None
    version: str | None
    is_system_owned: bool
    is_deployment: bool = True
    """False for a cluster of its own, without a platform around it; ``id`` is its UUID then, or ``-`` if unknown."""

    @property
    def words(self) -> str:
        """The deployment or cluster, for messages."""
        if not self.is_deployment:
            return f'cluster "{self.name}"' if self.name else f"cluster {self.id}"
        return f'deployment {self.id} ("{self.name}")'


class DeploymentReads:
    """The deployments of one installation, each asked for once at a time (``GET deployments/{id}``)."""

    def __init__(self, client: Callable[[], Awaitable[Client]]) -> None:
        self._client = client
        self._reads: dict[str, SharedRead[Json]] = {}
        self._facts: dict[str, Facts] = {}

    def drop(self) -> None:
        """Forget what changes, as something is being written or was."""
        for read in self._reads.values():
            read.drop()

    async def get(self, deployment_id: str, max_age: float = MAX_AGE) -> Json:
        """The deployment with its plans and settings (trust among them).

        Raises:
            NotFound: it is gone.
            ApiError: the API cannot be reached or refuses.
        """
        read = self._reads.get(deployment_id)
        if read is None:
            read = self._reads[deployment_id] = SharedRead(lambda: self._fetched(deployment_id))
        return await read.get(max_age)

    async def facts(self, deployment_id: str) -> Facts:
        """What the deployment is called and where it is, asked for once per run; raises as ``get``."""
        if deployment_id not in self._facts:
            found = facts_of(await self.get(deployment_id))
            if found.endpoint is None:
                return found  # it is just being made
            self._facts[deployment_id] = found
        return self._facts[deployment_id]

    async def is_quiet(self, deployment_id: str) -> bool:
        """True when no plan was pending a moment ago; raises as ``get``."""
        return not is_pending(await self.get(deployment_id))

    async def _fetched(self, deployment_id: str) -> Json:
        client = await self._client()
        reply = await client.call("get-deployment", path={"deployment_id": deployment_id}, query=_QUERY)
        return dict(reply.data)


def facts_of(deployment: Json) -> Facts:
    """The facts in an answer of ``GET deployments/{id}``."""
    elasticsearch = resource_of(deployment, "elasticsearch") or {}
    addresses = addresses_of(deployment)
    return Facts(
        id=str(deployment.get("id")),
        name=str(deployment.get("name") or ""),
        ref_id=str(addresses["ref_id"] or ""),
        cluster_id=str(addresses["cluster_id"] or ""),
        endpoint=addresses["endpoint"],
        https_url=addresses["https_url"],
        version=version_of(elasticsearch, "elasticsearch"),
        is_system_owned=is_system_owned(deployment),
    )


def trust_of(deployment: Json) -> Json:
    """The trust settings of a deployment's Elasticsearch: ``accounts``, ``external``, ``direct``."""
    elasticsearch = resource_of(deployment, "elasticsearch") or {}
    settings = (elasticsearch.get("info") or {}).get("settings") or {}
    return settings.get("trust") or {}
