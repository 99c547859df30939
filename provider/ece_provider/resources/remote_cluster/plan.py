"""What a plan of ``ece_remote_cluster`` says: addresses that are put right, and when the connection is repaired."""

from __future__ import annotations

from typing import Any, Final

from ece_domain.security_models import SecurityModel
from ece_domain.validations.connections import V7
from ece_provider.configured import ConfiguredProvider
from ece_provider.kinds import ELASTICSEARCH as KIND_ELASTICSEARCH
from ece_provider.live_checks import check_followers
from ece_provider.owners import claim_in_plan
from ece_provider.resources.remote_cluster.checks import check_arguments, check_sides
from ece_provider.resources.remote_cluster.mapping import id_of, made_as, thing_of
from ece_provider.resources.remote_cluster.schema import SCHEMA, TYPE_NAME
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import UNKNOWN, Values, is_known, is_set

ADDRESSES: Final = ("proxy_address", "server_name")

EXPECTED: Final = "expected"
"""Key in private state: the addresses that the remote deployment has, as read last saw it."""

OWNER: Final = "down_because_of"
"""Key in private state: the kind of object whose missing piece keeps the connection down, as read found out."""

UNFINISHED: Final = "unfinished"
"""Key in private state while the alias is on its way to the certificate model, and may be missing meanwhile."""

_LOCAL: Final = frozenset(name for name, attribute in SCHEMA.attributes.items() if attribute.local)
_CHECKED: Final = frozenset({"remote", "security_model", "proxy_address", "server_name", "roles"})


async def check_plan(context: PlanContext[ConfiguredProvider]) -> None:
    """Say which computed values change, refuse a second owner, and check both sides where they can be seen."""
    planned, config = context.planned, context.config
    if planned is None or config is None:
        return
    is_new = context.is_create or context.replaces
    if is_new:
        _plan_new(planned)
        _tell_of_delivery(context, planned)
    else:
        _plan_repairs(context, planned, config)
    thing = thing_of(planned)
    if thing is not None:
        words = f'alias "{planned["alias"]}"'
        claim_in_plan(context, TYPE_NAME, thing, words, Path("alias"), made_as=made_as(planned), code=V7.id)
    check_arguments({**planned, **{name: config.get(name) for name in ADDRESSES}}, context.diagnostics)
    if context.replaces and not context.diagnostics.has_errors:
        await check_followers(context, planned)
    if (is_new or context.changed & _CHECKED) and not context.diagnostics.has_errors:
        await check_sides(context, planned)


def _tell_of_delivery(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """An apply that waits for a person should not be a surprise."""
    is_cluster = planned["deployment_id"] is None and is_known(planned["environment"])
    if not is_cluster or context.provider.kind_of(planned["environment"]) != KIND_ELASTICSEARCH:
        return
    key_is_new = planned["cross_cluster_api_key_id"] is UNKNOWN
    if planned["security_model"] == SecurityModel.API_KEY and key_is_new and planned["wait_for_connected"] is True:
        context.diagnostics.warning(
            "The key has to be delivered while this apply waits",
            f'Alias "{planned["alias"]}" is connected once somebody has put its key (local.secret_file of the '
            "ece_cross_cluster_api_key) into the keystore of every node. To deploy before that, set "
            "wait_for_connected = false: a later plan tells when it is connected.",
            Path("wait_for_connected"),
        )


def _plan_new(planned: Values) -> None:
    if is_set(planned["deployment_id"]) and is_set(planned["ref_id"]):
        planned["id"] = id_of(planned)
    if planned["remote"] is None and planned["server_name"] is UNKNOWN:
        planned["server_name"] = None


def _plan_repairs(context: PlanContext[ConfiguredProvider], planned: Values, config: Values) -> None:
    prior = context.prior or {}
    expected: dict[str, Any] = context.private.get(EXPECTED) or {}
    if planned["remote"] is not None and expected:
        for name in ADDRESSES:
            if config.get(name) is None and is_known(planned[name]) and planned[name] != expected.get(name):
                planned[name] = expected.get(name)
    if planned["remote"] is None and config["server_name"] is None:
        planned["server_name"] = None
    changes = any(planned[name] != prior.get(name) for name in planned.keys() - _LOCAL - {"connected"})
    waits = planned["wait_for_connected"] is True
    if prior.get("connected") is True:
        planned["connected"] = UNKNOWN if changes and not waits else True
    elif changes or (waits and not context.private.get(OWNER)):
        planned["connected"] = UNKNOWN
    else:
        planned["connected"] = prior.get("connected")
