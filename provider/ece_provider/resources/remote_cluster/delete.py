"""Removing an alias: every key of it, as what stays behind would keep it alive."""

from __future__ import annotations

from ece_client import NotFound
from ece_provider.configured import ConfiguredProvider
from ece_provider.owners import must_keep
from ece_provider.resources.deployment.calls import Deadline
from ece_provider.resources.remote_cluster.mapping import made_as
from ece_provider.resources.remote_cluster.routes import route_of
from ece_provider.resources.remote_cluster.schema import TYPE_NAME
from ece_provider.sides import locate
from terraform_plugin.resource import DeleteContext


async def delete(context: DeleteContext[ConfiguredProvider]) -> None:
    """Remove the alias; the remote side is not asked. One that will be made again stays, so that nothing is cut.

    Raises:
        Interrupted: the user stopped Terraform.
        ApiError: the local side cannot be reached or refuses.
    """
    state = context.state
    thing = made_as(state)
    if must_keep(context, TYPE_NAME, thing):
        context.provider.owners.keep(TYPE_NAME, thing)
        return
    deadline = Deadline(context.timeouts.get("delete"))
    try:
        local = await locate(context.provider, state)
        route = route_of(local, state["managed_through"])
        await route.remove(state["alias"], stop=context.stop, deadline=deadline.left())
    except NotFound:
        return  # the deployment is gone, and its settings with it
