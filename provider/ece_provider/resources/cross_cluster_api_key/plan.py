"""What a plan of ``ece_cross_cluster_api_key`` says: checks, and when a new key will be made.

Whether a key is due is never decided here but by read, which looks at the clock and at the world.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from ece_domain.compatibility import model_finding, replication_finding, search_finding
from ece_domain.cross_cluster_keys import access_findings, rotation_finding
from ece_domain.findings import Finding
from ece_domain.remote_clusters import self_finding
from ece_domain.security_models import SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.owners import claim_in_plan
from ece_provider.resources.cross_cluster_api_key.mapping import key_id_of, thing_of
from ece_provider.resources.cross_cluster_api_key.schema import TYPE_NAME
from ece_provider.side_checks import side_for_check
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import PlanContext, ValidateContext
from terraform_plugin.values import UNKNOWN, Values, is_known, is_set, is_wholly_known

if TYPE_CHECKING:
    from ece_provider.deployment_reads import Facts

ROTATING: Final = ("name", "expiration")
"""Attributes whose change makes a new key, beside another remote deployment."""


def validate(context: ValidateContext) -> None:
    """Access, and times against each other."""
    report(context.diagnostics, _findings(context.config))
    if context.config.get("abandon_remote_key") is True and context.config.get("expiration") is None:
        context.diagnostics.error(
            "A key that is abandoned must expire",
            "abandon_remote_key = true leaves the key on a remote side that cannot be reached, so it must end by "
            'itself: give expiration, such as "90d".',
            Path("abandon_remote_key"),
        )


def _findings(config: Values) -> Iterator[Finding | None]:
    access = config.get("access")
    if is_set(access) and is_known(access["search"]) and is_known(access["replication"]):
        yield from access_findings(access)
    if is_set(config.get("rotate_after")) and is_set(config.get("expiration")):
        yield rotation_finding(config["rotate_after"], config["expiration"])


async def check_plan(context: PlanContext[ConfiguredProvider]) -> None:
    """Say which computed values change, refuse a second owner, and check both sides where they can be seen."""
    planned, prior = context.planned, context.prior
    if planned is None or not is_set(planned["local"]):
        return
    local = planned["local"]
    _plan_values(planned, prior, is_create=context.is_create or context.replaces)
    thing = thing_of(local)
    if thing is not None:
        claim_in_plan(context, TYPE_NAME, thing, f'the key of alias "{local["alias"]}"', Path("local"))
    if is_wholly_known(planned["access"]):
        report(context.diagnostics, _findings(planned))
    makes_key = context.is_create or context.replaces or rotates(prior or {}, planned)
    if makes_key and not context.diagnostics.has_errors:
        await _check_sides(context, planned)


def _plan_values(planned: Values, prior: Values | None, *, is_create: bool) -> None:
    if is_create and is_set(planned["local"]["deployment_id"]) and is_set(planned["local"]["ref_id"]):
        planned["id"] = key_id_of(planned["local"])
    if is_create or rotates(prior or {}, planned):
        planned["key_id"] = UNKNOWN
        planned["expires_at"] = None if planned["expiration"] is None else UNKNOWN
        planned["secret_present"], planned["rotation_due"] = True, False
    elif prior is not None:
        planned["key_id"], planned["expires_at"] = prior["key_id"], prior["expires_at"]


def rotates(prior: Values, planned: Values) -> bool:
    """True when the change from ``prior`` makes a new key in place."""
    if prior.get("rotation_due") or prior.get("secret_present") is False:
        return True
    if any(planned[name] != prior.get(name) for name in ROTATING):
        return True
    return is_moved(prior.get("remote"), planned["remote"])


def is_moved(prior: Any, planned: Any) -> bool:
    """True for another deployment; the environment may be called otherwise, and ids are unique across all."""
    if not is_set(planned) or not is_set(prior):
        return True
    ref_id = planned["ref_id"]
    return bool(planned["deployment_id"] != prior["deployment_id"] or (is_set(ref_id) and ref_id != prior["ref_id"]))


async def _check_sides(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    local = await side_for_check(context, planned["local"], Path("local"))
    remote = await side_for_check(context, planned["remote"], Path("remote"))
    if local is not None and remote is not None:
        report(context.diagnostics, _pair_findings(local, remote, planned["access"]), Path("remote"))


def _pair_findings(local: Facts, remote: Facts, access: Any) -> Iterator[Finding | None]:
    yield self_finding(local.id, remote.id)
    if local.version is None or remote.version is None:
        return
    yield model_finding(SecurityModel.API_KEY, local.version, remote.version)
    if not is_set(access):
        return
    if is_set(access["search"]):
        yield search_finding(local.version, remote.version)
    if is_set(access["replication"]):
        yield replication_finding(local.version, remote.version)
