"""The installations that a run reaches: the provider's own, and those that ``environments`` names.

An object that touches two sides works with two places; each has its own client, locks and shared reads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING

from ece_provider.deployment_reads import DeploymentReads, Facts
from ece_provider.elasticsearch_access import direct_access
from ece_provider.environment_ids import environment_id, organization_id
from ece_provider.kinds import ECE, ECH, ELASTICSEARCH
from ece_provider.local_cluster import LocalCluster
from ece_provider.locks import Locks
from ece_provider.remote_list import RemoteList
from ece_provider.settings import Settings
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_client import Client, Elasticsearch, OperationId, PlanWatcher
    from ece_provider.configured import ConfiguredProvider


class EnvironmentUnknown(DiagnosticError):
    """An entry of ``environments`` holds values that are known only after apply: plan without it."""


class Place:
    """One installation; nothing is opened before the first call."""

    def __init__(self, provider: ConfiguredProvider, name: str | None, credentials: Values) -> None:
        self._provider = provider
        self.name = name
        """The entry of ``environments``, None for the provider's own installation."""
        self._credentials = credentials
        self.deployments = DeploymentReads(self.client)
        """Deployments, asked for once for all who need them."""
        self._locks: Locks | None = None
        self._clusters: dict[str, LocalCluster] = {}
        self._remote_lists: dict[str, RemoteList] = {}
        self._elasticsearch: dict[str, Elasticsearch] = {}
        self._environment_id: asyncio.Task[str | None] | None = None

    @property
    def kind(self) -> str:
        """What it is: ``ece`` or ``ech``; ``ece`` while the provider block is not known."""
        return self._provider.kind_of(self.name) or ECE

    @property
    def user_agent(self) -> str:
        """What requests name as their sender."""
        return self._provider.user_agent

    async def known_settings(self) -> Settings:
        """How it is reached; raises DiagnosticError when that is not known, as ``client`` does."""
        settings = self.settings
        if settings is None:
            raise self._provider.not_known_yet()
        return settings

    @property
    def words(self) -> str:
        """The place, for messages."""
        return "this environment" if self.name is None else f'environment "{self.name}"'

    @property
    def settings(self) -> Settings | None:
        """How it is reached; raises DiagnosticError for an entry that is missing or cannot be completed."""
        return self._provider.settings if self.name is None else self._provider.environment_settings(self.name)

    @property
    def locks(self) -> Locks:
        """Locks around writes to one object; raises as ``settings``."""
        if self.name is None:
            return self._provider.locks
        if self._locks is None:
            settings = self.settings
            self._locks = Locks(settings.endpoint if settings else "")
        return self._locks

    async def client(self) -> Client:
        """The client of the API.

        Raises:
            EnvironmentUnknown: the entry holds unknown values.
            DiagnosticError: it cannot be completed, or names a kind of place that cannot be worked with.
        """
        if self.name is None:
            return await self._provider.client()
        return await self._provider.environment_client(self.name)

    async def watcher(self, on_progress: Callable[[str], None] | None = None) -> PlanWatcher:
        """A watcher of plans; ``on_progress`` gets one line per step."""
        from ece_client import PlanWatcher

        return PlanWatcher(await self.client(), poll_interval=self.poll_interval, on_progress=on_progress)

    @property
    def poll_interval(self) -> float:
        """Longest pause between two looks, in seconds."""
        settings = self._provider.settings
        return settings.poll_interval if settings else 2.0

    async def environment_id(self, deployment_id: str | None = None) -> str | None:
        """What others call this installation, None where it does not tell; asked once."""
        if self._environment_id is None:
            asked = [deployment_id] if deployment_id else []
            identifier = organization_id if self.kind == ECH else environment_id
            self._environment_id = asyncio.ensure_future(identifier(await self.client(), asked))
        return await self._environment_id

    def has_credentials(self, deployment_id: str) -> bool:
        """True when Elasticsearch of a deployment is reached by its own endpoint (``elasticsearch_credentials``)."""
        return is_set(self._credentials.get(deployment_id))

    async def elasticsearch(self, facts: Facts) -> Elasticsearch:
        """Elasticsearch of a deployment: by ``elasticsearch_credentials`` if given, else by the management channel."""
        from ece_client import Elasticsearch

        if facts.id not in self._elasticsearch:
            given = self._credentials.get(facts.id)
            if is_set(given):
                made = direct_access(facts, given, self._provider.environ, self._provider.user_agent)
            elif self.kind == ECH:
                raise no_channel(facts)
            else:
                made = Elasticsearch(await self.client(), facts.id, facts.ref_id)
            self._elasticsearch[facts.id] = made
        return self._elasticsearch[facts.id]

    def cluster(self, facts: Facts) -> LocalCluster:
        """A deployment as the local side of connections."""
        if facts.id not in self._clusters:
            self._clusters[facts.id] = LocalCluster(self, facts)
        return self._clusters[facts.id]

    def remote_list(self, facts: Facts) -> RemoteList:
        """ECE's own list of a deployment's remote clusters."""
        if facts.id not in self._remote_lists:
            self._remote_lists[facts.id] = RemoteList(self, facts)
        return self._remote_lists[facts.id]

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment variables of the process."""
        return self._provider.environ

    def note_write(self, operation: OperationId) -> None:
        """Something is being written here, or was."""
        from ece_provider.watched_client import PLANLESS_WRITES

        self._provider.lists.drop()
        if operation not in PLANLESS_WRITES:
            self.deployments.drop()

    async def close(self) -> None:
        """Close what belongs to this place alone."""
        for elasticsearch in self._elasticsearch.values():
            with suppress(Exception):  # the process ends
                await elasticsearch.aclose()


class Places:
    """All places of a run, by name."""

    def __init__(self, provider: ConfiguredProvider, config: Values) -> None:
        self._provider = provider
        self._config = config
        self._places: dict[str | None, Place] = {}

    def of(self, name: str | None) -> Place:
        """The place of an entry of ``environments``, None for the provider's own; nothing is checked yet."""
        if name not in self._places:
            from ece_provider.cluster_place import ClusterPlace

            given = self._config.get("elasticsearch_credentials")
            made = ClusterPlace if self._provider.kind_of(name) == ELASTICSEARCH else Place
            self._places[name] = made(self._provider, name, given if is_set(given) else {})
        return self._places[name]

    async def find(self, name: str | None, environment_id: str | None = None, path: Path | None = None) -> Place:
        """The place that configuration or state names; an entry that was renamed is found by its environment id.

        Raises:
            EnvironmentUnknown: the entry holds unknown values.
            DiagnosticError: there is no such entry.
        """
        if name is None or name in self._provider.environment_names:
            return self.of(name)
        if environment_id is not None:
            for other in self._provider.environment_names:
                if self._is_usable(other) and await self._id_of(other) == environment_id:
                    return self.of(other)
        raise self._missing(name, environment_id, path)

    async def close(self) -> None:
        """Close what the places opened for themselves."""
        for place in self._places.values():
            await place.close()

    def _is_usable(self, name: str) -> bool:
        try:
            self._provider.environment_settings(name)
        except DiagnosticError:
            return False
        return True

    async def of_cluster(self, text: str) -> str | None:
        """The entry (None: the provider's own) of a cluster without a deployment, by the entry's name or its UUID.

        Raises:
            DiagnosticError: there is none.
        """
        if text in self._provider.environment_names:
            return text
        for name in (None, *self._provider.environment_names):
            if self._provider.kind_of(name) == ELASTICSEARCH and await self._id_of(name) == text:
                return name
        raise self._missing(text, None, None)

    async def _id_of(self, name: str | None) -> str | None:
        """The environment id of an entry; None for one that cannot be asked: it is not the one that is looked for."""
        from ece_client import ApiError

        try:
            return await self.of(name).environment_id()
        except (ApiError, DiagnosticError):
            return None

    def _missing(self, name: str, environment_id: str | None, path: Path | None) -> DiagnosticError:
        known = ", ".join(self._provider.environment_names) or "none"
        identifier = f" (environment id {environment_id})" if environment_id else ""
        advice = (
            "Put the entry back, under any name, until all objects that reach it are destroyed."
            if environment_id
            else "Correct the name, or add an entry; one that was taken out must stay until all objects that reach "
            "it are destroyed."
        )
        return DiagnosticError(
            f'No environment "{name}"',
            f'The provider has no entry "{name}"{identifier} in environments; it has: {known}. {advice}',
            path,
        )


def no_channel(facts: Facts) -> DiagnosticError:
    """The refusal to ask Elasticsearch of a hosted deployment without credentials."""
    return DiagnosticError(
        "Elasticsearch of a hosted deployment needs credentials",
        f"Elastic Cloud Hosted has no management channel, so Elasticsearch of {facts.words} is reached at its own "
        f'endpoint. Give the provider elasticsearch_credentials = {{ "{facts.id}" = {{ username = "elastic", '
        'password_env = "…" } }; for cross-cluster API keys it must be a user, as API keys cannot make them.',
    )
