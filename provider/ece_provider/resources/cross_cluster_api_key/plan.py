"""What a plan of ``ece_cross_cluster_api_key`` says: checks, and when a new key will be made.

Whether a key is due is never decided here but by read, which looks at the clock and at the world.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Final

from ece_domain.compatibility import identity_finding, model_finding, replication_finding, search_finding
from ece_domain.cross_cluster_keys import access_findings, expiry_finding, rotation_finding
from ece_domain.findings import Finding
from ece_domain.remote_clusters import self_finding
from ece_domain.security_models import SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.kinds import ECE, ECH, ELASTICSEARCH
from ece_provider.owners import claim_in_plan
from ece_provider.resources.cross_cluster_api_key.mapping import planned_id, thing_of
from ece_provider.resources.cross_cluster_api_key.schema import TYPE_NAME
from ece_provider.role_checks import check_ending, check_key_roles
from ece_provider.side_checks import side_for_check
from ece_provider.side_names import is_moved, is_other_cluster
from terraform_plugin.diagnostics import Path
from terraform_plugin.resource import PlanContext, ValidateContext
from terraform_plugin.values import UNKNOWN, Values, is_known, is_set, is_wholly_known

if TYPE_CHECKING:
    from ece_provider.deployment_reads import Facts

ROTATING: Final = ("name", "expiration", "certificate_identity")
"""Attributes whose change makes a new key, beside another remote deployment."""


def validate(context: ValidateContext) -> None:
    """Access, and times against each other."""
    report(context.diagnostics, _findings(context.config))
    if is_set(context.config.get("local")):
        report(context.diagnostics, _local_findings(context.config["local"]))
    if context.config.get("abandon_remote_key") is True and context.config.get("expiration") is None:
        context.diagnostics.error(
            "A key that is abandoned must expire",
            "abandon_remote_key = true leaves the key on a remote side that cannot be reached, so it must end by "
            'itself: give expiration, such as "90d".',
            Path("abandon_remote_key"),
        )


def _local_findings(local: Values) -> Iterator[Finding]:
    """A cluster that is known by name only is known by nothing else."""
    if not is_set(local["name"]):
        return
    for other in ("deployment_id", "environment"):
        if local[other] is not None:
            yield Finding(
                f"name and {other} exclude each other",
                f'local.name = "{local["name"]}" stands for a cluster that no API is reached of. Leave {other} out, or '
                "leave name out.",
                field="local",
            )
    if local["secret_file"] is None:
        yield from _missing_place(f'cluster "{local["name"]}"')


def _missing_place(words: str) -> Iterator[Finding]:
    from ece_provider.resources.cross_cluster_api_key.local_side import no_place

    told = no_place(words).diagnostics[0]
    yield Finding(told.summary, told.detail, field="local")


def _check_local(context: PlanContext[ConfiguredProvider], local: Values) -> None:
    """Whether the key has a place to go to, by the kind of the environment."""
    from ece_provider.resources.cross_cluster_api_key.local_side import needless_file

    report(context.diagnostics, _local_findings(local))
    environment, name, file = local["environment"], local["name"], local["secret_file"]
    if not is_known(environment) or name is not None or not is_known(file):
        return
    kind = context.provider.kind_of(environment)
    if kind == ELASTICSEARCH and file is None:
        report(context.diagnostics, _missing_place(f'cluster "{environment}"' if environment else "this cluster"))
    elif kind in (ECE, ECH) and file is not None and local["deployment_id"] is not None:
        context.diagnostics.extend(needless_file("the local deployment").diagnostics)


def _findings(config: Values) -> Iterator[Finding | None]:
    access = config.get("access")
    if is_set(access) and is_known(access["search"]) and is_known(access["replication"]):
        yield from access_findings(access)
    if is_set(config.get("rotate_after")) and is_set(config.get("expiration")):
        yield rotation_finding(config["rotate_after"], config["expiration"])
    elif is_set(config.get("expiration")) and config.get("rotate_after") is None:
        yield expiry_finding(config["expiration"])
    if is_set(config.get("certificate_identity")):
        yield identity_finding(config["certificate_identity"], None, None)


async def check_plan(context: PlanContext[ConfiguredProvider]) -> None:
    """Say which computed values change, refuse a second owner, and check both sides where they can be seen."""
    planned, prior = context.planned, context.prior
    if planned is None or not is_set(planned["local"]):
        return
    local = planned["local"]
    environments = context.provider.environment_names
    if prior is not None and is_other_cluster(prior["local"], local, environments):
        context.replace_paths.append(Path("local").attribute("environment"))
    _plan_values(planned, prior, environments, is_create=context.is_create or context.replaces)
    _check_local(context, local)
    thing = thing_of(local)
    if thing is not None:
        claim_in_plan(context, TYPE_NAME, thing, f'the key of alias "{local["alias"]}"', Path("local"))
    if is_wholly_known(planned["access"]):
        report(context.diagnostics, _findings(planned))
    check_ending(context, planned)
    makes_key = context.is_create or context.replaces or rotates(prior or {}, planned, environments)
    if makes_key and not context.diagnostics.has_errors:
        await _check_sides(context, planned)
    if (makes_key or context.changed & {"roles", "access"}) and not context.diagnostics.has_errors:
        await check_key_roles(context, planned)


def _plan_values(planned: Values, prior: Values | None, environments: Iterable[str], *, is_create: bool) -> None:
    if is_create and (identifier := planned_id(planned["local"])) is not None:
        planned["id"] = identifier
    if is_create or rotates(prior or {}, planned, environments):
        planned["key_id"] = UNKNOWN
        planned["expires_at"] = None if planned["expiration"] is None else UNKNOWN
        planned["secret_present"], planned["rotation_due"] = True, False
    elif prior is not None:
        planned["key_id"], planned["expires_at"] = prior["key_id"], prior["expires_at"]
        if planned["local"]["secret_file"] != prior["local"]["secret_file"]:
            planned["secret_present"] = UNKNOWN


def rotates(prior: Values, planned: Values, environments: Iterable[str]) -> bool:
    """True when the change from ``prior`` makes a new key in place.

    A secret that is missing in a keystore is made again. A file may be missing on purpose: whoever put its key into the
    keystore need not keep it, and another machine never had it.
    """
    if prior.get("rotation_due"):
        return True
    has_file = planned["local"]["secret_file"] is not None or (prior.get("local") or {}).get("secret_file") is not None
    if prior.get("secret_present") is False and not has_file:
        return True
    if any(planned[name] != prior.get(name) for name in ROTATING):
        return True
    return is_moved(prior.get("remote"), planned["remote"], environments)


async def _check_sides(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    local = None
    if planned["local"]["name"] is None:
        local = await side_for_check(context, planned["local"], Path("local"))
    remote = await side_for_check(context, planned["remote"], Path("remote"))
    if local is not None and remote is not None:
        report(context.diagnostics, _pair_findings(local, remote, planned["access"]), Path("remote"))
        if is_set(planned["certificate_identity"]):
            pattern = planned["certificate_identity"]
            report(context.diagnostics, [identity_finding(pattern, local.version, remote.version)])


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
