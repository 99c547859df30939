"""A place of kind ``elasticsearch``: one cluster with endpoint and credentials of its own, no platform around it.

It is known by its cluster UUID. No API writes its keystore; what is loaded there is told by ``_remote/info``.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from ece_domain.remote_clusters import NO_REF_ID, credentials_setting
from ece_provider.deployment_reads import Facts
from ece_provider.kinds import ELASTICSEARCH
from ece_provider.local_cluster import LocalCluster, Secret
from ece_provider.merged_writer import Batch
from ece_provider.places import Place
from ece_provider.settings import Settings
from ece_provider.shared_read import SharedRead
from ece_provider.tls_files import check_files
from terraform_plugin.diagnostics import DiagnosticError

if TYPE_CHECKING:
    from ece_client import Client, Elasticsearch

LOG = logging.getLogger("ece_provider.remote_clusters")

FACTS_AGE = 3600.0
"""Seconds for which UUID and version are taken as known: longer than a run lasts."""


class ClusterPlace(Place):
    """One Elasticsearch cluster; nothing is opened before the first call."""

    _opened: Elasticsearch | None = None
    _facts: SharedRead[Facts] | None = None

    @property
    def kind(self) -> str:
        """``elasticsearch``."""
        return ELASTICSEARCH

    @property
    def words(self) -> str:
        """The cluster, for messages."""
        return "this cluster" if self.name is None else f'cluster "{self.name}"'

    async def client(self) -> Client:
        """There is no platform API.

        Raises:
            DiagnosticError: always.
        """
        raise DiagnosticError(
            "No API of a platform",
            f'{self.words[:1].upper()}{self.words[1:]} is of kind "{ELASTICSEARCH}": it is reached by Elasticsearch '
            "alone, and has no deployments, keystore calls, trust settings or traffic filters.",
        )

    async def facts(self) -> Facts:
        """UUID and version of the cluster, asked for once (``GET /``).

        Raises:
            ApiError: it cannot be reached or refuses.
            DiagnosticError: its entry cannot be completed.
        """
        if self._facts is None:
            self._facts = SharedRead(self._fetched_facts)
        return await self._facts.get(FACTS_AGE)

    async def environment_id(self, deployment_id: str | None = None) -> str | None:
        """The UUID; raises as ``facts``."""
        return (await self.facts()).cluster_id

    async def elasticsearch(self, facts: Facts | None = None) -> Elasticsearch:
        """Elasticsearch of the cluster; raises DiagnosticError when its entry cannot be completed."""
        if self._opened is None:
            self._opened = _opened(await self.known_settings(), self.words, self.user_agent)
        return self._opened

    def cluster(self, facts: Facts) -> LocalCluster:
        """The cluster as the local side of connections."""
        if facts.id not in self._clusters:
            self._clusters[facts.id] = ReachedCluster(self, facts)
        return self._clusters[facts.id]

    async def close(self) -> None:
        """Close the connection."""
        if self._opened is not None:
            await self._opened.aclose()

    async def _fetched_facts(self) -> Facts:
        info = await (await self.elasticsearch()).info()
        return Facts(
            id=info.cluster_uuid,
            name=self.name or "",
            ref_id=NO_REF_ID,
            cluster_id=info.cluster_uuid,
            endpoint=None,
            https_url=None,
            version=info.version or None,
            is_system_owned=False,
            is_deployment=False,
        )


class ReachedCluster(LocalCluster):
    """Settings and connections of a cluster whose keystore is a file on its nodes."""

    has_keystore_api = False

    async def _fetched_secrets(self) -> dict[str, bool]:
        """The credentials that Elasticsearch has loaded, as far as aliases show them."""
        return {
            credentials_setting(alias): False for alias, info in (await self.remotes()).items() if info.has_credentials
        }

    async def _write_secrets(self, batch: Batch[Secret]) -> None:
        """Nothing writes there but the cluster's own administrator."""
        for request in batch:
            request.fail(no_keystore(self.facts, request.item.name))

    async def wake_up(self, alias: str) -> None:
        """Let the nodes read their keystores again, as somebody may just have put the key there, and try to connect."""
        from ece_client import ApiError

        try:
            info = (await self.remotes()).get(alias)
            if info is not None and not info.has_credentials:
                await (await self.elasticsearch()).reload_secure_settings()
        except ApiError as problem:
            LOG.debug("%s: _nodes/reload_secure_settings: %s", self.facts.words, problem)
        await super().wake_up(alias)


def no_keystore(facts: Facts, name: str) -> DiagnosticError:
    """The refusal to write a keystore entry where no API does."""
    return DiagnosticError(
        "No API writes this keystore",
        f"{facts.words[:1].upper()}{facts.words[1:]} keeps its keystore on its nodes. Put {name} there with "
        "elasticsearch-keystore on every node (on ECK with a Secret in spec.secureSettings); local.secret_file of an "
        "ece_cross_cluster_api_key writes the key into a file for that.",
    )


def _opened(settings: Settings, words: str, user_agent: str) -> Elasticsearch:
    from ece_client import ApiKey, Basic, Elasticsearch, Tls

    check_files(settings)
    auth = ApiKey(settings.api_key) if settings.api_key else Basic(settings.username or "", settings.password or "")
    try:
        return Elasticsearch.direct(
            settings.endpoint,
            auth,
            Tls(
                settings.ca_file,
                settings.ca_pem,
                settings.ca_fingerprint,
                settings.client_cert_file,
                settings.client_key_file,
                settings.insecure,
            ),
            cluster=words,
            request_timeout=settings.request_timeout,
            max_retries=settings.max_retries,
            user_agent=user_agent,
        )
    except ValueError as problem:  # its text names the argument and never a secret (ece_client.config)
        raise DiagnosticError(f"Invalid configuration of {words}", f"{problem}.") from None
