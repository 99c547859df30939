"""What is judged about a connection before anything is written: arguments against each other, then both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ece_domain.compatibility import connection_finding, model_finding
from ece_domain.connection_checks import key_findings, missing_key_finding, platform_list_findings
from ece_domain.findings import Finding, InvalidValue
from ece_domain.remote_clusters import Address, ConnectionId, port_finding, self_finding
from ece_domain.security_models import CLOUD_PORTS, MODELS, SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.live_checks import check_connection, check_local
from ece_provider.resources.remote_cluster.schema import PLATFORM
from ece_provider.side_checks import side_seen
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.resource import PlanContext
from terraform_plugin.values import UNKNOWN, Values, is_known, is_set

if TYPE_CHECKING:
    from ece_provider.deployment_reads import Facts


def check_arguments(config: Values, diagnostics: Diagnostics) -> None:
    """Judge all that is known; ``config`` may be a plan, whose addresses are then those that were given."""
    report(diagnostics, _address_findings(config))
    report(diagnostics, _key_findings(config))
    if config.get("managed_through") == PLATFORM:
        report(diagnostics, _platform_findings(config))


def _address_findings(config: Values) -> Iterator[Finding | None]:
    remote, address, name = config["remote"], config["proxy_address"], config["server_name"]
    if remote is None and address is None:
        yield Finding(
            "The remote side is missing",
            "Give remote = { deployment_id = … } for a deployment, remote = { environment = …, address = … } for a "
            'cluster of kind "elasticsearch", or proxy_address (and server_name) for anything else; exactly one of '
            "both.",
            field="remote",
        )
    if is_set(remote) and not _is_redundant(config):
        for given, value in (("proxy_address", address), ("server_name", name)):
            if value is not None:
                yield exclusion(given)
    yield from _remote_address_findings(config)
    if is_set(address) and remote is None and config["security_model"] in MODELS:
        try:
            yield port_finding(Address.parse(address), SecurityModel(config["security_model"]))
        except InvalidValue:
            return  # told by the validator


def _remote_address_findings(config: Values) -> Iterator[Finding | None]:
    """The port in ``remote.address``, where one is given."""
    remote = config["remote"]
    if not is_set(remote) or not is_set(remote["address"]) or config["security_model"] not in MODELS:
        return
    model = SecurityModel(config["security_model"])
    try:
        finding = port_finding(Address.parse_host(remote["address"], CLOUD_PORTS[model]), model)
    except InvalidValue:
        return  # told by the validator
    yield None if finding is None else replace(finding, field="remote")


def exclusion(given: str) -> Finding:
    """The refusal of an address beside ``remote``."""
    return Finding(
        f"remote and {given} exclude each other",
        f"{given} is found by itself when remote is given. Leave {given} out, or give proxy_address and "
        "server_name without remote.",
        field=given,
    )


def _is_redundant(config: Values) -> bool:
    """True for both addresses in the form that they are found in: configuration that Terraform generated has them.

    Whether they are those of the remote side is judged where that can be seen.
    """
    address, name, model = config["proxy_address"], config["server_name"], config["security_model"]
    if config["remote"]["address"] is not None or config["remote"]["server_name"] is not None:
        return False
    if not (is_set(address) and is_set(name) and model in MODELS):
        return address is UNKNOWN or name is UNKNOWN
    return bool(address == f"{name}:{CLOUD_PORTS[SecurityModel(model)]}")


def _key_findings(config: Values) -> Iterator[Finding | None]:
    model, key = config["security_model"], config["cross_cluster_api_key_id"]
    if model == SecurityModel.API_KEY and key is None and config["external_secret"] in (None, False):
        yield missing_key_finding(SecurityModel.API_KEY, has_key=False, has_external_secret=False)
    if model == SecurityModel.CERTIFICATE and key is not None:
        yield Finding(
            "A key turns the connection to the other model",
            'security_model = "certificate" works without a secret in the keystore. Leave cross_cluster_api_key_id '
            'out, or set security_model = "api_key".',
            field="cross_cluster_api_key_id",
        )
    if is_set(key):
        yield from _foreign_key_findings(config, key)


def _foreign_key_findings(config: Values, text: str) -> Iterator[Finding]:
    try:
        key = ConnectionId.parse(text)
    except InvalidValue:
        yield Finding(
            "Not the id of a key",
            f'"{text}" is not the id of an ece_cross_cluster_api_key: <local deployment>/<ref_id>/<alias>. '
            "Use its attribute id, not key_id.",
            field="cross_cluster_api_key_id",
        )
        return
    local = config["deployment_id"] if is_set(config["deployment_id"]) else None
    yield from key_findings(key, local, config["alias"] if is_set(config["alias"]) else None)


def _platform_findings(config: Values) -> Iterator[Finding]:
    is_same: bool | None = None
    if is_set(config["remote"]):
        here, there = config["environment"], config["remote"]["environment"]
        is_same = here == there if is_known(here) and is_known(there) else None
    model = config["security_model"]
    yield from platform_list_findings(
        SecurityModel(model) if model in MODELS else SecurityModel.CERTIFICATE,
        has_remote=config["remote"] is not None,
        is_same_environment=is_same,
    )


async def check_sides(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """Judge both sides where they can be seen: they exist, may take part, and their versions fit."""
    here = await side_seen(context, planned, Path())
    local = None if here is None else here.facts
    if local is not None:
        report(context.diagnostics, _cluster_key_findings(planned, local))
    there = await side_seen(context, planned["remote"], Path("remote"))
    if here is not None:
        await check_local(context, planned, here)
    if here is None or there is None or local is None:
        return
    remote = there.facts
    report(context.diagnostics, _pair_findings(local, remote, planned["security_model"]))
    if not remote.is_deployment and planned["remote"]["address"] is None:
        context.diagnostics.error(
            "The address of the remote cluster is missing",
            'A remote side of kind "elasticsearch" does not tell under which name others reach it. Give '
            "remote.address: a host, with a port if it is not the usual one.",
            Path("remote").attribute("address"),
        )
    name = (context.config or {}).get("server_name")
    if is_set(name) and remote.endpoint and not planned["remote"]["server_name"] and name != remote.endpoint:
        report(context.diagnostics, [exclusion("server_name")])
    if not context.diagnostics.has_errors:
        await check_connection(context, planned, here, there)


def _cluster_key_findings(planned: Values, local: Facts) -> Iterator[Finding]:
    """The key of a cluster without a deployment; that of a deployment is judged by its id alone."""
    text = planned["cross_cluster_api_key_id"]
    if local.is_deployment or not is_set(text):
        return
    key = ConnectionId.parse(text)
    if not key.is_named and key.deployment_id != local.id:
        yield Finding(
            "The key is for another cluster",
            f"The key {text} is for {key.deployment_id}, and this connection starts at {local.words} ({local.id}).",
            field="cross_cluster_api_key_id",
        )


def _pair_findings(local: Facts, remote: Facts, model: Any) -> Iterator[Finding | None]:
    yield self_finding(local.id, remote.id)
    if local.version is None or remote.version is None:
        return
    if model in MODELS:
        yield model_finding(SecurityModel(model), local.version, remote.version)
    yield connection_finding(local.version, remote.version)
