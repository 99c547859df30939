"""Making a key and handing it over: remote side → keystore of the local side → connected → older keys invalidated.

The secret is in memory only between the answer of the first step and the request of the second. Metadata on the key
says how far this came, so that whatever a crash leaves is found and ended by the next key that works.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from ece_client import ApiError, CreatedKey, ElasticsearchError, WriteUncertain
from ece_domain.cross_cluster_keys import ACTIVE, PENDING, KeyLabel
from ece_domain.findings import InvalidValue
from ece_domain.remote_clusters import Address, Connection, alias_settings, credentials_setting, removal
from ece_domain.security_models import CLOUD_PORTS, SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.local_cluster import Secret
from ece_provider.resources.cross_cluster_api_key.access import to_request
from ece_provider.resources.cross_cluster_api_key.local_side import LocalSide
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.remote_cluster.mapping import connection_to
from ece_provider.sides import Side
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, Interrupted, UpdateContext
from terraform_plugin.values import Values

if TYPE_CHECKING:
    from ece_client import Elasticsearch, KeyInfo

LOG = logging.getLogger("ece_provider.cross_cluster_api_key")

GRACE: Final = 10.0
"""Seconds for a connection that was down before to come up with the new key; it may be down for another reason."""


@dataclass(frozen=True)
class Steps:
    """What is told as the handover goes on, so that state is saved at the right moments."""

    made: Callable[[CreatedKey], None]
    """The key exists."""
    written: Callable[[CreatedKey], None]
    """The keystore holds it: the one before is of no use any more."""
    takes_back: bool
    """Whether a key that did not get into the keystore is invalidated at once, as nothing refers to it."""


class Handover:
    """One key for one alias; ``run`` does all of it."""

    def __init__(
        self,
        context: CreateContext[ConfiguredProvider] | UpdateContext[ConfiguredProvider],
        local: LocalSide,
        remote: Side,
        planned: Values,
        deadline: Deadline,
    ) -> None:
        self._context = context
        self._local = local
        self._remote = remote
        self._planned = planned
        self._deadline = deadline
        self._alias = str(planned["local"]["alias"])

    async def run(self, steps: Steps, *older: str) -> CreatedKey:
        """Make the key and bring it into use; ``older`` are keys on the same remote that it takes the place of.

        Raises:
            DiagnosticError: the connection did not come back with the new key.
            Interrupted: the user stopped Terraform.
            ApiError: a step was refused.
        """
        if self._context.stop.is_set():
            raise Interrupted("Stopped before the key was made; nothing was changed.")
        elasticsearch = await self._remote.elasticsearch()
        known = await labelled(elasticsearch, self._local.facts.cluster_id, self._alias)
        replaced = {*older, *(key.id for key in known)}
        if self._local.file is not None:
            self._local.file.check_free(replaced)
        created = await self._made(elasticsearch, replaced)
        steps.made(created)
        try:
            connection = await self._cleared()
            was_connected = connection is not None and await self._is_connected()
            await self._write(created)
        except Exception:
            if steps.takes_back:
                with suppress(ApiError):
                    await elasticsearch.invalidate_api_keys([created.id])
            raise
        steps.written(created)
        if connection is not None and self._leads_there(connection):
            await self._wait(was_connected=was_connected)
        if self._local.file is not None:
            replaced -= {*older, *last_active(known)}  # in use until somebody has put the new one into the keystore
        # In this order: as long as older keys may be alive the label says that work is left to be done.
        await elasticsearch.invalidate_api_keys(sorted(replaced))
        await elasticsearch.update_cross_cluster_key(created.id, metadata=self._label(ACTIVE).metadata())
        if replaced:
            LOG.info("alias %s: key %s took the place of %s", self._alias, created.id, ", ".join(sorted(replaced)))
        return created

    def _label(self, state: str) -> KeyLabel:
        return KeyLabel(self._local.facts.cluster_id, self._alias, state, self._planned["rotate_after"])

    async def _made(self, elasticsearch: Elasticsearch, known: set[str]) -> CreatedKey:
        """Make the key; one whose answer got lost can never be used, so it is ended and another one made."""
        try:
            return await self._create(elasticsearch)
        except (WriteUncertain, ElasticsearchError) as problem:
            if isinstance(problem, ElasticsearchError) and not problem.is_down:
                raise _refused(problem) from problem
            LOG.info("alias %s: %s; looking for the key", self._alias, problem)
            present = await labelled_keys(elasticsearch, self._local.facts.cluster_id, self._alias)
            lost = [key for key in present if key not in known]
            await elasticsearch.invalidate_api_keys(lost)
            return await self._create(elasticsearch)

    async def _create(self, elasticsearch: Elasticsearch) -> CreatedKey:
        return await elasticsearch.create_cross_cluster_key(
            self._planned["name"],
            to_request(self._planned["access"]),
            self._label(PENDING).metadata(),
            self._planned["expiration"],
            self._planned["certificate_identity"],
        )

    async def _cleared(self) -> Connection | None:
        """The connection that the alias has on the API-key model; one of the other model is removed first.

        With the secret such a connection would go on dialling the wrong port; the connection's own object writes the
        new address.
        """
        if self._local.file is not None:
            return None  # whatever is there goes on until its administrator has put the key into the keystore
        cluster = self._local.cluster
        found = alias_settings(await cluster.settings(), self._alias)
        if not found:
            return None
        connection = Connection.read(found)
        if _port(connection) == CLOUD_PORTS[SecurityModel.API_KEY]:
            return connection
        if credentials_setting(self._alias) in await cluster.secrets():
            return connection  # an unusual port, mapped by something in between
        LOG.info("alias %s: removing the settings of the certificate model", self._alias)
        await cluster.change_settings(
            lambda present: removal(self._alias, alias_settings(present, self._alias)),
            stop=self._context.stop,
            deadline=self._deadline.left(),
        )
        return None

    async def _is_connected(self) -> bool:
        found = (await self._local.cluster.remotes()).get(self._alias)
        return found is not None and found.connected

    def _leads_there(self, connection: Connection) -> bool:
        given = self._planned["remote"]
        if given.get("address") is None and self._remote.facts.is_deployment and given.get("server_name") is None:
            return connection.server_name == self._remote.facts.endpoint
        try:
            wanted = connection_to(self._remote, given, SecurityModel.API_KEY, skip_unavailable=True)
        except DiagnosticError:
            return False  # no address was given, so where the connection leads to cannot be told
        return wanted.proxy_address == connection.proxy_address

    async def _write(self, created: CreatedKey) -> None:
        if self._local.file is not None:
            self._local.file.write(created.encoded)
            return
        await self._local.cluster.write_secret(
            Secret(credentials_setting(self._alias), created.encoded),
            stop=self._context.stop,
            deadline=self._deadline.left(),
        )

    async def _wait(self, *, was_connected: bool) -> None:
        left = self._deadline.left()
        patience = left if was_connected else min(GRACE, GRACE if left is None else left)
        found = await self._local.cluster.wait_connected(
            self._alias, by_key=True, stop=self._context.stop, deadline=patience
        )
        if found is not None:
            return
        if was_connected:
            raise DiagnosticError(
                "The connection did not come back with the new key",
                f'Alias "{self._alias}" of {self._local.words} was connected before its secret changed, and is not '
                f"since {patience:g} s. The key before it is still valid. The next apply makes another key.",
                Path("timeouts"),
            )
        LOG.info("alias %s: not connected, as before; ece_remote_cluster tells why", self._alias)


async def labelled_keys(elasticsearch: Elasticsearch, local_cluster_id: str, alias: str) -> list[str]:
    """The ids of live keys on a remote side that the provider made for an alias of a local cluster."""
    return [key.id for key in await labelled(elasticsearch, local_cluster_id, alias)]


async def labelled(elasticsearch: Elasticsearch, local_cluster_id: str, alias: str) -> list[KeyInfo]:
    """These keys as Elasticsearch shows them: of this run, and of runs that did not end."""
    return [
        key
        for key in await elasticsearch.api_keys()
        if (label := KeyLabel.read(key.metadata)) is not None and label.is_for(local_cluster_id, alias)
    ]


def last_active(keys: Sequence[KeyInfo]) -> list[str]:
    """The newest key whose handover came to its end: what a keystore that nobody sees most likely holds."""
    ended = [key for key in keys if (label := KeyLabel.read(key.metadata)) is not None and label.state == ACTIVE]
    return [max(ended, key=lambda key: key.creation).id] if ended else []


def _port(connection: Connection) -> int | None:
    try:
        return Address.parse(connection.proxy_address).port
    except InvalidValue:
        return None


def _refused(problem: ElasticsearchError) -> Exception:
    """A refused creation, told at the attribute that it is about where Elasticsearch says so."""
    if problem.status != 400:
        return problem
    attribute = next((name for name in ("expiration", "access", "name") if name in problem.reason), None)
    place = "access" if attribute is None and "query" in problem.reason else attribute
    return DiagnosticError("The key was refused", f"{problem}.", Path(place) if place else None)
