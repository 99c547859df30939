"""What a configured provider hands to its resources: clients made on first use, locks, the journal, shared reads."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from ece_provider import VERSION, journal
from ece_provider.environment_ids import hosted_region
from ece_provider.filter_facts import FilterFacts
from ece_provider.journal import Journal
from ece_provider.kinds import ECH, ELASTICSEARCH
from ece_provider.list_reads import ListReads
from ece_provider.locks import Locks
from ece_provider.owners import Owners
from ece_provider.places import EnvironmentUnknown, Places
from ece_provider.settings import Settings, environment_settings, is_unknown
from ece_provider.templates import Templates
from ece_provider.tls_files import check_files
from ece_provider.trust.owners import ListOwners
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.values import Values, is_set

if TYPE_CHECKING:
    from ece_client import ApiKey, Client, Login, OperationId, PlanWatcher
    from ece_provider.trust.direct_uids import DirectUids
    from ece_provider.trust.writer import TrustWriter


class ConfiguredProvider:
    """One provider block; Terraform runs one process per block and walk, so nothing here outlives a plan or an apply.

    Nothing is opened and no HTTP library is loaded before the first ``client()``: plans without the API work offline.
    """

    def __init__(
        self,
        settings: Settings | None,
        config: Values,
        *,
        terraform_version: str = "",
        environ: Mapping[str, str] | None = None,
    ) -> None:
        self.settings = settings
        """How to reach the installation; None while the block holds unknown values."""
        self.terraform_version = terraform_version
        self.environ = os.environ if environ is None else environ
        self._config = config
        self._clients: dict[str, Client] = {}
        self._opening = asyncio.Lock()
        self.lists = ListReads(self.client)
        """Lists that many reads share."""
        self.journal = Journal(
            journal.default_directory(self.environ), self.endpoint, journal.workspace_of(self.environ)
        )
        """Creations that are under way, so that a killed run can be picked up."""
        self.locks = Locks(self.endpoint)
        """Locks around writes to one object."""
        self.filter_facts = FilterFacts(self.client)
        """What this run knows of traffic filters."""
        self.templates = Templates(self.client)
        """Deployment templates, each read once per run."""
        self.places = Places(self, config)
        """The installations that objects of two sides are in: this one and those of ``environments``."""
        self.owners = Owners()
        """Which object of this run owns an alias, a key or a keystore entry."""
        self.list_owners = ListOwners()
        """Which lists of trust entries are owned as a whole, and which in parts."""
        self._trust: TrustWriter | None = None
        self._direct_uids: DirectUids | None = None
        self.is_out_of_reach = False
        """Set by the first check of a deployment's plan that found no API, so that the others do not wait for it."""
        self.created: set[str] = set()
        """Ids of deployments that this process created: an id that comes twice was asked for twice."""

    @property
    def is_unknown(self) -> bool:
        """True at plan time when the block holds values that are known only after apply: plan without the API."""
        return self.settings is None

    @property
    def endpoint(self) -> str:
        """The endpoint of the installation, an empty text while it is unknown."""
        return self.settings.endpoint if self.settings else ""

    @property
    def user_agent(self) -> str:
        """What requests name as their sender."""
        terraform = f" (Terraform {self.terraform_version})" if self.terraform_version else ""
        return f"terraform-provider-ece/{VERSION}{terraform}"

    async def client(self) -> Client:
        """The client of the installation.

        Raises:
            DiagnosticError: the provider block holds values that are not known yet, or a file that cannot be read.
        """
        if self.settings is None:
            raise self.not_known_yet()
        if self.settings.kind == ELASTICSEARCH:
            return await self.places.of(None).client()  # says that there is none
        return await self._client("", self.settings)

    @staticmethod
    def not_known_yet() -> DiagnosticError:
        """The refusal to work with a provider block that holds unknown values."""
        return DiagnosticError(
            "Provider configuration is not known yet",
            "The provider block refers to values that are known only after apply, so the API cannot be reached "
            "now. Apply the objects that these values come from first, with -target.",
        )

    def kind_of(self, name: str | None) -> str | None:
        """What the provider's own place (None) or an entry of ``environments`` is; None while that is not known."""
        if name is None:
            return self.settings.kind if self.settings else None
        entries = self._config.get("environments")
        entry = entries.get(name) if is_set(entries) else None
        kind = entry.get("kind") if is_set(entry) else None
        return kind if is_set(kind) else None

    async def region(self) -> str:
        """The region of the installation; asks the API unless ``region`` is given.

        Raises:
            DiagnosticError: on Elastic Cloud Hosted, when it is not given and deployments are in none or several.
        """
        client = await self.client()
        if self.kind_of(None) == ECH and client.config.region is None:
            return await hosted_region(client)
        return await client.region()

    async def environment_client(self, name: str) -> Client:
        """The client of an entry of ``environments``.

        Raises:
            DiagnosticError: there is no such entry, or it cannot be completed.
        """
        return await self._client(name, self.environment_settings(name))

    @property
    def environment_names(self) -> list[str]:
        """The names of the entries of ``environments``."""
        entries = self._config.get("environments")
        return sorted(entries) if is_set(entries) else []

    def environment_settings(self, name: str) -> Settings:
        """How to reach an entry of ``environments``; resolved on use, so that an unused entry never fails.

        Raises:
            DiagnosticError: there is no such entry, it holds unknown values, or it cannot be completed.
        """
        entries = self._config.get("environments")
        entry = entries.get(name) if is_set(entries) else None
        if not is_set(entry):
            known = ", ".join(sorted(entries)) if is_set(entries) and entries else "none"
            raise DiagnosticError(
                f'No environment "{name}"',
                f'The provider has no entry "{name}" in environments; it has: {known}.',
            )
        if is_unknown(entry):
            raise EnvironmentUnknown(
                f'Environment "{name}" is not known yet',
                "Its entry refers to values that are known only after apply. Apply those objects first, with -target.",
            )
        return environment_settings(name, entry, self.environ)

    def secrets(self) -> list[str]:
        """Secrets that came from environment variables: no schema marks them as sensitive."""
        names = []
        for entry in _known_entries(self._config.get("environments")):
            if is_set(prefix := entry.get("env_prefix")):
                names += [f"{prefix}_API_KEY", f"{prefix}_PASSWORD"]
        for entry in _known_entries(self._config.get("elasticsearch_credentials")):
            names += [entry[name] for name in ("api_key_env", "password_env") if is_set(entry.get(name))]
        own = self.settings.secrets() if self.settings else []
        return own + [self.environ[name] for name in names if self.environ.get(name)]

    async def watcher(self, on_progress: Callable[[str], None] | None = None) -> PlanWatcher:
        """A watcher of plans with the poll interval of the block; ``on_progress`` gets one line per step."""
        from ece_client import PlanWatcher

        interval = self.settings.poll_interval if self.settings else 2.0
        return PlanWatcher(await self.client(), poll_interval=interval, on_progress=on_progress)

    @property
    def trust(self) -> TrustWriter:
        """The only writer of trust of the deployments of this installation."""
        if self._trust is None:
            from ece_provider.trust.writer import TrustWriter

            self._trust = TrustWriter(self.places.of(None))
        return self._trust

    @property
    def direct_uids(self) -> DirectUids:
        """Which CA this installation trusts under which ``uid``."""
        if self._direct_uids is None:
            from ece_provider.trust.direct_uids import DirectUids

            self._direct_uids = DirectUids(self.places.of(None))
        return self._direct_uids

    async def close(self) -> None:
        """Close all connections and give up the journal."""
        self.journal.close()
        if self._trust is not None:
            await self._trust.close()
        await self.places.close()
        clients, self._clients = self._clients, {}
        for client in clients.values():
            with suppress(Exception):  # the process ends; a connection that cannot be closed is of no interest
                await client.aclose()
        self.journal.close()

    async def _client(self, name: str, settings: Settings) -> Client:
        async with self._opening:
            if name not in self._clients:
                on_write = self.places.of(name or None).note_write
                self._clients[name] = _made(settings, self.user_agent, on_write)
            return self._clients[name]


def _known_entries(entries: Any) -> list[Values]:
    return [entry for entry in entries.values() if is_set(entry)] if is_set(entries) else []


def _made(settings: Settings, user_agent: str, on_write: Callable[[OperationId], None]) -> Client:
    from ece_client import ClientConfig, Tls
    from ece_provider.watched_client import WatchedClient

    check_files(settings)
    try:
        config = ClientConfig(
            endpoint=settings.endpoint,
            auth=_auth(settings),
            tls=Tls(
                ca_file=settings.ca_file,
                ca_pem=settings.ca_pem,
                ca_fingerprint=settings.ca_fingerprint,
                client_cert_file=settings.client_cert_file,
                client_key_file=settings.client_key_file,
                insecure=settings.insecure,
            ),
            region=settings.region,
            request_timeout=settings.request_timeout,
            max_retries=settings.max_retries,
            user_agent=user_agent,
        )
    except ValueError as problem:  # its text names the argument and never a secret (ece_client.config)
        source = settings.origin.get(str(problem).split(" ", 1)[0])
        raise DiagnosticError(
            "Invalid provider configuration", f"{source}: {problem}." if source else f"{problem}."
        ) from None
    return WatchedClient(config, on_write, settings)


def _auth(settings: Settings) -> ApiKey | Login:
    from ece_client import ApiKey, Login

    if settings.api_key:
        return ApiKey(settings.api_key)
    return Login(settings.username or "", settings.password or "")
