"""What is judged about a connection before anything is written: arguments against each other, then both sides."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from ece_domain.compatibility import connection_finding, model_finding
from ece_domain.findings import Finding, InvalidValue
from ece_domain.remote_clusters import Address, ConnectionId, port_finding, self_finding
from ece_domain.security_models import CLOUD_PORTS, MODELS, SecurityModel
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import report
from ece_provider.resources.remote_cluster.schema import PLATFORM
from ece_provider.side_checks import side_for_check
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


def _key_findings(config: Values) -> Iterator[Finding]:
    model, key = config["security_model"], config["cross_cluster_api_key_id"]
    if model == SecurityModel.API_KEY and key is None and config["external_secret"] in (None, False):
        yield Finding(
            "The key is missing",
            'security_model = "api_key" works with a key in the local keystore: give cross_cluster_api_key_id = '
            "ece_cross_cluster_api_key.<name>.id, which also makes this object wait for it. If something else puts "
            "the secret there, set external_secret = true.",
            field="cross_cluster_api_key_id",
        )
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
    if is_set(config["alias"]) and key.alias != config["alias"]:
        yield Finding(
            "The key is for another alias",
            f'The secret is for alias "{key.alias}", and the connection is named "{config["alias"]}": Elasticsearch '
            "finds a secret by the alias, so both must be the same.",
            field="cross_cluster_api_key_id",
        )
    if is_set(config["deployment_id"]) and key.deployment_id != config["deployment_id"]:
        yield Finding(
            "The key is for another deployment",
            f"The secret is in the keystore of deployment {key.deployment_id}, and this connection starts at "
            f"{config['deployment_id']}.",
            field="cross_cluster_api_key_id",
        )


def _platform_findings(config: Values) -> Iterator[Finding]:
    if config["security_model"] == SecurityModel.API_KEY:
        yield Finding(
            "The platform's list knows the certificate model only",
            'managed_through = "platform" goes with security_model = "certificate". Leave managed_through out.',
            field="managed_through",
        )
    if config["remote"] is None:
        yield Finding(
            "The platform's list needs a remote deployment",
            'managed_through = "platform" names the remote side by remote = { deployment_id = … }.',
            field="managed_through",
        )
    elif is_set(config["remote"]):
        here, there = config["environment"], config["remote"]["environment"]
        if is_known(here) and is_known(there) and here != there:
            yield Finding(
                "The platform's list knows its own deployments only",
                'managed_through = "platform" connects two deployments of one ECE; these are in different '
                "environments. Leave managed_through out.",
                field="managed_through",
            )


async def check_sides(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """Judge both sides where they can be seen: they exist, may take part, and their versions fit."""
    local = await side_for_check(context, planned, Path())
    if local is not None:
        report(context.diagnostics, _cluster_key_findings(planned, local))
    remote = await side_for_check(context, planned["remote"], Path("remote"))
    if local is None or remote is None:
        return
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
