"""Functions that configurations may call as ``provider::ece::<name>``: rules of ``ece_domain``, without any call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from ece_domain.cloud_ids import CloudId
from ece_domain.compatibility import can_replicate, can_search
from ece_domain.findings import InvalidValue
from ece_domain.remote_clusters import Address
from ece_domain.security_models import CLOUD_PORTS, MODELS, OTHER_PORTS, SecurityModel
from ece_domain.versions import Version
from terraform_plugin.resource import Function, FunctionError
from terraform_plugin.schema import FunctionSignature, Parameter
from terraform_plugin.types import BOOL, NUMBER, STRING, ListOf, ObjectOf
from terraform_plugin.values import Value

USES: Final = ("search", "replication")
"""What two clusters may be connected for."""


def _read(argument: int, parse: Callable[[Any], Any], value: Any) -> Any:
    """Run ``parse``; an error blames the argument at this place."""
    try:
        return parse(value)
    except InvalidValue as problem:
        raise FunctionError(f"{problem}.", argument) from None


def _one_of(argument: int, value: str, allowed: Sequence[str]) -> str:
    if value not in allowed:
        choices = ", ".join(f'"{one}"' for one in allowed)
        raise FunctionError(f'"{value}" is not allowed: one of {choices} is needed.', argument)
    return value


class VersionCompatible(Function):
    """Whether two versions may be connected."""

    name = "version_compatible"
    signature = FunctionSignature(
        parameters=(
            Parameter("local", STRING, "Version of the local cluster, such as `9.2.0`."),
            Parameter("remote", STRING, "Version of the remote cluster."),
            Parameter(
                "use", STRING, "`search` or `replication`; for `replication` the local cluster has the follower."
            ),
        ),
        returns=BOOL,
        summary="Tells whether two versions may be connected",
        description=(
            "True when a local cluster of one version may search, or replicate from, a remote one of another. The "
            "printed tables end at 9.3; what lies beyond follows their rule (inferred), and majors that nothing is "
            "known of give `false`."
        ),
    )

    def call(self, *arguments: Value) -> Value:
        """Ask the tables."""
        local, remote = (_read(number, Version.parse, arguments[number]) for number in (0, 1))
        if _one_of(2, arguments[2], USES) == "replication":
            return can_replicate(local, remote)
        return bool(can_search(local.minor_line, remote.minor_line))


class RemoteAddress(Function):
    """Where a remote cluster is reached."""

    name = "remote_address"
    signature = FunctionSignature(
        parameters=(
            Parameter("host", STRING, "Host of the remote's endpoint, with a port where it is not the usual one."),
            Parameter("security_model", STRING, "`api_key` or `certificate`."),
        ),
        variadic=Parameter(
            "kind", STRING, "Where the remote runs, at most one: `ece` (default), `ech`, `self_managed` or `eck`."
        ),
        returns=STRING,
        summary="Makes the proxy address of a remote cluster",
        description=(
            "`host:port` for `proxy_address`: port 9443 for API keys, for certificates 9400 on ECE and Elastic Cloud "
            "Hosted and 9300 elsewhere. A port that is given stays."
        ),
    )

    def call(self, *arguments: Value) -> Value:
        """Put host and port together."""
        host, model, *kinds = arguments
        if len(kinds) > 1:
            raise FunctionError("At most one kind is taken.", 3)
        kind = _one_of(2, kinds[0], ("ece", "ech", "self_managed", "eck")) if kinds else "ece"
        ports = CLOUD_PORTS if kind in ("ece", "ech") else OTHER_PORTS
        port = ports[SecurityModel(_one_of(1, model, MODELS))]
        return str(_read(0, lambda text: Address.parse_host(text, port), host))


class ParseCloudId(Function):
    """What a cloud id says."""

    name = "parse_cloud_id"
    signature = FunctionSignature(
        parameters=(Parameter("cloud_id", STRING, "A cloud id, as the console shows it."),),
        returns=ObjectOf({"name": STRING, "elasticsearch_host": STRING, "kibana_host": STRING, "port": NUMBER}),
        summary="Reads a cloud id",
        description=(
            "The deployment's name, the host names of Elasticsearch and Kibana (null without Kibana), and the HTTPS "
            "port. The host of Elasticsearch is what `remote_address` takes."
        ),
    )

    def call(self, *arguments: Value) -> Value:
        """Decode it."""
        found = _read(0, CloudId.parse, arguments[0])
        return {
            "name": found.name,
            "elasticsearch_host": found.elasticsearch_host,
            "kibana_host": found.kibana_host,
            "port": found.port,
        }


class TrustFile(Function):
    """A trust restriction file."""

    name = "trust_file"
    signature = FunctionSignature(
        parameters=(
            Parameter(
                "trusted",
                ListOf(STRING),
                "Patterns or names of foreign nodes, such as `trust_restriction` of `ece_certificate_authority`.",
            ),
            Parameter(
                "own",
                ListOf(STRING),
                "Patterns or names of the cluster's own nodes: without them the nodes would reject each other.",
            ),
        ),
        returns=STRING,
        summary="Makes a trust restriction file",
        description=(
            "The text of a `trust.yml` for nodes outside of ECE. One that would lock out the cluster's own nodes is "
            "refused (V44). `ece_hand_over` makes the whole set of files."
        ),
    )

    def call(self, *arguments: Value) -> Value:
        """Write it."""
        from ece_domain.hand_over import trust_lines

        trusted, own = arguments
        if not own:
            _read(1, lambda names: trust_lines(trusted or ("*",), names), own)
        lines = _read(0, lambda names: trust_lines(names, own), trusted)
        return "".join(f"{line.text}\n" for line in lines)


FUNCTIONS: Final[tuple[Function, ...]] = (ParseCloudId(), RemoteAddress(), TrustFile(), VersionCompatible())
"""One instance of each function."""
