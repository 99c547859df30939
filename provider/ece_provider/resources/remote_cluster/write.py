"""Creating and updating an alias: settings written, secret taken out where the model asks for it, then the wait."""

from __future__ import annotations

import logging

from ece_domain.compatibility import model_finding
from ece_domain.remote_clusters import Connection, credentials_setting
from ece_domain.security_models import SecurityModel
from ece_domain.validations.connections import V43
from ece_provider.configured import ConfiguredProvider
from ece_provider.diagnosis import diagnose
from ece_provider.findings import to_diagnostic
from ece_provider.local_cluster import Secret
from ece_provider.owners import note_done, settle
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.remote_cluster.checks import exclusion
from ece_provider.resources.remote_cluster.mapping import addresses_of, connection_of, made_as, model_of
from ece_provider.resources.remote_cluster.plan import EXPECTED, OWNER, UNFINISHED
from ece_provider.resources.remote_cluster.routes import Wanted, route_of
from ece_provider.resources.remote_cluster.schema import TYPE_NAME
from ece_provider.sides import Side, require
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, Interrupted, UpdateContext
from terraform_plugin.values import Values, is_known

LOG = logging.getLogger("ece_provider.remote_cluster")

AnyContext = CreateContext[ConfiguredProvider] | UpdateContext[ConfiguredProvider]


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Write the alias, and wait for the connection unless that is not wanted.

    Raises:
        DiagnosticError: the alias is somebody else's, a side cannot take part, or the connection is not up in time.
        Interrupted: the user stopped Terraform.
        ApiError: the write was refused.
    """
    settle(context)
    work = await _Work.begin(context, context.planned, Deadline(context.timeouts.get("create")))
    thing = made_as(context.planned)
    is_own = bool(context.provider.owners.take_kept(TYPE_NAME, thing))
    was_there = await work.write(is_own=is_own)
    state = work.state(connected=False)
    context.save(state)
    note_done(context, TYPE_NAME, thing)
    if was_there and not is_own:
        context.diagnostics.warning(
            "The alias was there already",
            f'{work.local.words[:1].upper()}{work.local.words[1:]} had a remote cluster "{context.planned["alias"]}" '
            "that leads to the same place. It is managed here from now on.",
            Path("alias"),
        )
    return {**state, "connected": await work.connected()}


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Bring the alias to what is planned; nothing is written that is there already. Raises as ``create``."""
    settle(context)
    work = await _Work.begin(context, context.planned, Deadline(context.timeouts.get("update")))
    if model_of(context.prior) is SecurityModel.API_KEY and work.model is SecurityModel.CERTIFICATE:
        context.private[UNFINISHED] = True
        await work.leave_key_model()
    await work.write(is_own=True)
    context.private.pop(UNFINISHED, None)
    state = work.state(connected=False)
    context.save(state)
    note_done(context, TYPE_NAME, made_as(context.planned))
    return {**state, "connected": await work.connected()}


class _Work:
    """One create or update."""

    def __init__(
        self, context: AnyContext, planned: Values, local: Side, remote: Side | None, deadline: Deadline
    ) -> None:
        self._context = context
        self._planned = planned
        self.local = local
        self._remote = remote
        self._deadline = deadline
        self.model = model_of(planned)
        self._connection: Connection = connection_of(planned, remote)
        self._route = route_of(local, planned["managed_through"])

    @classmethod
    async def begin(cls, context: AnyContext, planned: Values, deadline: Deadline) -> _Work:
        """Find both sides, and refuse what cannot work."""
        local = await require(context.provider, planned)
        remote = None
        if planned["remote"] is not None:
            remote = await require(context.provider, planned["remote"], Path("remote"))
        work = cls(context, planned, local, remote, deadline)
        work._check_versions()
        work._check_addresses()
        return work

    def _check_addresses(self) -> None:
        """Addresses that were planned, or written beside ``remote``, must be those that it has now."""
        for name, found in addresses_of(self._connection).items():
            if not is_known(self._planned[name]) or self._planned[name] == found:
                continue
            if self._context.config.get(name) is not None:
                told = to_diagnostic(exclusion(name))
                raise DiagnosticError(told.summary, f"{told.detail} It is {found} now.", told.path)
            raise DiagnosticError(
                "The remote side has another address by now",
                f"{name} was planned as {self._planned[name]} and is {found}. Run terraform plan again.",
                Path("remote"),
            )

    def _check_versions(self) -> None:
        if self._remote is None or not self.local.facts.version or not self._remote.facts.version:
            return
        finding = model_finding(self.model, self.local.facts.version, self._remote.facts.version)
        if finding is not None and finding.is_error:
            told = to_diagnostic(finding)
            raise DiagnosticError(told.summary, told.detail, told.path)

    async def write(self, *, is_own: bool) -> bool:
        """Write what differs; True when the alias was there before."""
        if self._context.stop.is_set():
            raise Interrupted("Stopped before the remote cluster was written.")
        wanted = Wanted(self._planned["alias"], self._connection, self._remote, is_own)
        was_there = await self._route.write(wanted, stop=self._context.stop, deadline=self._deadline.left())
        if self._remote is not None:
            self._context.private[EXPECTED] = addresses_of(self._connection)
        return was_there

    async def leave_key_model(self) -> None:
        """Settings away, secret away, keystore read again: only then the port of the certificate model works."""
        alias, stop = self._planned["alias"], self._context.stop
        await self._route.remove(alias, stop=stop, deadline=self._deadline.left())
        if not self.local.cluster.has_keystore_api:
            return  # its administrator removes the entry; until then the wait tells that it is there
        secret = Secret(credentials_setting(alias), None)
        await self.local.cluster.write_secret(secret, stop=stop, deadline=self._deadline.left())

    def state(self, *, connected: bool) -> Values:
        """The planned state with what is known now."""
        local = self.local.members({name: self._planned[name] for name in ("environment",)})
        remote = None if self._remote is None else self._remote.members(self._planned["remote"])
        found = {**self._planned, **local, "remote": remote, **addresses_of(self._connection)}
        return {**found, "id": self.local.connection_id(found["alias"]), "connected": connected}

    async def connected(self) -> bool:
        """Wait until the connection stands; without a wait, whether it does.

        Raises:
            DiagnosticError: it does not in time; tells why, as far as that can be seen.
            Interrupted: the user stopped Terraform.
        """
        alias = self._planned["alias"]
        by_key = self.model is SecurityModel.API_KEY
        waits = bool(self._planned["wait_for_connected"])
        found = await self.local.cluster.wait_connected(
            alias, by_key=by_key, stop=self._context.stop, deadline=self._deadline.left() if waits else 0.0
        )
        self._context.private.pop(OWNER, None)
        if found is not None or not waits:
            return found is not None
        diagnosis = await diagnose(self.local, self._remote, self._planned, self.model)
        LOG.info("alias %s of %s is not connected: %s", alias, self.local.words, diagnosis.text)
        raise DiagnosticError(
            f'Remote cluster "{alias}" is not connected',
            f"It is written, but {self.local.words} was not connected to it in time. {diagnosis.text}\n\n"
            "Apply again when the cause is gone. To go on without a connection set wait_for_connected = false. "
            f"({V43})",
            Path("alias"),
        )
