"""Reading an alias: its settings, whether the connection stands, and where the remote deployment is by now."""

from __future__ import annotations

import logging
from contextlib import suppress

from ece_client import ApiError, NotFound
from ece_domain.security_models import SecurityModel
from ece_domain.validations.connections import V43
from ece_provider.configured import ConfiguredProvider
from ece_provider.diagnosis import diagnose
from ece_provider.places import EnvironmentUnknown
from ece_provider.resources.remote_cluster.mapping import addresses_of, connection_to, model_of
from ece_provider.resources.remote_cluster.plan import ADDRESSES, EXPECTED, OWNER, UNFINISHED
from ece_provider.resources.remote_cluster.routes import route_of
from ece_provider.resources.remote_cluster.schema import PLATFORM
from ece_provider.sides import Side, locate
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import ReadContext
from terraform_plugin.values import Values

LOG = logging.getLogger("ece_provider.remote_cluster")


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The state of the alias, None when it or its deployment is gone. The remote side may be out of reach.

    Raises:
        DiagnosticError: its environment is missing.
        ApiError: the local side cannot be reached or refuses.
    """
    state = context.state
    try:
        local = await locate(context.provider, state)
        found = await route_of(local, state["managed_through"]).read(state)
    except NotFound:
        return None
    except EnvironmentUnknown as problem:
        LOG.info("%s: kept as it is: %s", state.get("id"), problem)
        return state
    if found is None:
        # an earlier update took it away on its way to the other model; the next one goes on
        return {**state, **dict.fromkeys(ADDRESSES), "connected": False} if UNFINISHED in context.private else None
    state, _, stands = found
    state = {**state, **local.members({"environment": state["environment"]})}
    remote = await _remote(context, state)
    if remote is not None:
        state = {**state, "remote": remote.members(state["remote"])}
        _note_expected(context, state, remote)
    context.private.pop(OWNER, None)
    if not stands and state["wait_for_connected"] is not False:
        await _tell(context, state, local, remote)
    return {**state, "id": local.connection_id(state["alias"]), "connected": stands}


async def _remote(context: ReadContext[ConfiguredProvider], state: Values) -> Side | None:
    """The remote side, None where there is none to be asked: that must not keep the local side from being read."""
    if state.get("remote") is None:
        return None
    try:
        return await locate(context.provider, state["remote"])
    except (ApiError, DiagnosticError) as problem:
        LOG.info("%s: the remote side cannot be looked at: %s", state.get("id"), problem)
        return None


def _note_expected(context: ReadContext[ConfiguredProvider], state: Values, remote: Side) -> None:
    """What plan compares the addresses with: plans look at nothing themselves."""
    context.private.pop(EXPECTED, None)
    if state["managed_through"] == PLATFORM:
        return
    with suppress(DiagnosticError):  # it has no address any more: nothing to compare with
        wanted = connection_to(remote, state["remote"], model_of(state), skip_unavailable=True)
        context.private[EXPECTED] = addresses_of(wanted)


async def _tell(context: ReadContext[ConfiguredProvider], state: Values, local: Side, remote: Side | None) -> None:
    """Say why the connection is down; where a piece of another object is missing, that one shows in the plan."""
    model = SecurityModel(state["security_model"])
    diagnosis = await diagnose(local, remote, state, model)
    if diagnosis.owner is not None:
        context.private[OWNER] = diagnosis.owner
    context.diagnostics.warning(
        f'Remote cluster "{state["alias"]}" is not connected',
        f"The connection of {local.words} is down. {diagnosis.text} ({V43})",
    )
