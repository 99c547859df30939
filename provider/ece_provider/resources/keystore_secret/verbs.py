"""Writing, finding and removing a keystore entry, always alone: a PATCH removes what it names without a value."""

from __future__ import annotations

import logging

from ece_client import NotFound
from ece_provider.configured import ConfiguredProvider
from ece_provider.elasticsearch_access import file_text, variable_value
from ece_provider.local_cluster import Secret
from ece_provider.owners import must_keep, note_done, settle
from ece_provider.places import EnvironmentUnknown
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.keystore_secret.resource import id_of, thing_of
from ece_provider.resources.keystore_secret.schema import TYPE_NAME
from ece_provider.sides import locate, require
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import CreateContext, DeleteContext, Interrupted, ReadContext, UpdateContext
from terraform_plugin.values import Values

LOG = logging.getLogger("ece_provider.keystore_secret")

AnyContext = CreateContext[ConfiguredProvider] | UpdateContext[ConfiguredProvider]


async def create(context: CreateContext[ConfiguredProvider]) -> Values:
    """Write the entry; one of this name that is there already is replaced, with a warning.

    Raises:
        DiagnosticError: the deployment does not exist, or the value cannot be had.
        Interrupted: the user stopped Terraform.
        ApiError: the write was refused.
    """
    settle(context)
    side = await require(context.provider, context.planned)
    owners, thing = context.provider.owners, thing_of(context.planned)
    is_own = bool(owners.take_kept(TYPE_NAME, thing))
    was_there = context.planned["name"] in await side.cluster.secrets()
    state = await _write(context, Deadline(context.timeouts.get("create")))
    if was_there and not is_own:
        context.diagnostics.warning(
            "The keystore entry was there already",
            f'{side.words[:1].upper()}{side.words[1:]} had an entry "{context.planned["name"]}", whose value was '
            "replaced. It is managed here from now on.",
            Path("name"),
        )
    return state


async def update(context: UpdateContext[ConfiguredProvider]) -> Values:
    """Write the entry again. Raises as ``create``."""
    settle(context)
    return await _write(context, Deadline(context.timeouts.get("update")))


async def _write(context: AnyContext, deadline: Deadline) -> Values:
    planned = context.planned
    side = await require(context.provider, planned)
    value = _value(context)
    if context.stop.is_set():
        raise Interrupted("Stopped before the keystore was written.")
    secret = Secret(planned["name"], value, as_file=planned["as_file"])
    await side.cluster.write_secret(secret, stop=context.stop, deadline=deadline.left())
    state = {**planned, **side.members({"environment": planned["environment"]})}
    state["id"] = id_of(state)
    context.save(state)
    note_done(context, TYPE_NAME, thing_of(planned))
    return state


def _value(context: AnyContext) -> str:
    """The value, from where the configuration says."""
    config = context.config
    if config.get("value_wo") is not None:
        return str(config["value_wo"])
    if config.get("value_env") is not None:
        return variable_value(str(config["value_env"]), context.provider.environ, "value_env", Path("value_env"))
    if config.get("value_file") is None:
        raise DiagnosticError("The value is missing", "Give value_wo, value_env or value_file.", Path("value_wo"))
    return file_text(str(config["value_file"]), "value_file", Path("value_file"))


async def read(context: ReadContext[ConfiguredProvider]) -> Values | None:
    """The state, None when entry or deployment is gone.

    Raises:
        DiagnosticError: its environment is missing.
        ApiError: the API cannot be reached or refuses.
    """
    state = context.state
    try:
        side = await locate(context.provider, state)
        names = await side.cluster.secrets()
    except NotFound:
        return None
    except EnvironmentUnknown as problem:
        LOG.info("%s: kept as it is: %s", state.get("id"), problem)
        return state
    if state["name"] not in names:
        return None
    found = {**state, **side.members({"environment": state["environment"]}), "as_file": names[state["name"]]}
    return {**found, "id": id_of(found)}


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove the entry; one that will be written again stays until then.

    Raises:
        Interrupted: the user stopped Terraform.
        ApiError: the write was refused.
    """
    state = context.state
    thing = thing_of(state)
    if must_keep(context, TYPE_NAME, thing):
        context.provider.owners.keep(TYPE_NAME, thing)
        return
    deadline = Deadline(context.timeouts.get("delete"))
    try:
        side = await locate(context.provider, state)
        if state["name"] in await side.cluster.secrets():
            secret = Secret(state["name"], None)
            await side.cluster.write_secret(secret, stop=context.stop, deadline=deadline.left())
    except NotFound:
        LOG.info("the deployment is gone, and its keystore with it")
