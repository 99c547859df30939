"""Validators of attribute values that rest on the rules of ``ece_domain``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_domain.remote_clusters import Address, check_alias, check_local_name, check_server_name
from ece_domain.sizes import parse_size
from ece_domain.time_values import parse_time_value
from ece_domain.versions import Version
from terraform_plugin.diagnostics import Diagnostic, Path


@dataclass(frozen=True)
class Rule:
    """Runs ``parse`` on a value; an ``InvalidValue`` it raises becomes the error at the value's place."""

    description: str
    parse: Callable[[Any], object]

    def check(self, value: Any, path: Path) -> Iterable[Diagnostic]:
        """Yield one error when the value cannot be read."""
        try:
            self.parse(value)
        except InvalidValue as problem:
            yield Diagnostic(f"Invalid {path}", problem.sentence, path)


SIZE = Rule("a size such as `8g`, `0.5g` or `512m`", parse_size)
"""Memory per instance and zone, as ``ece_domain.sizes`` reads it."""

VERSION = Rule("a full version such as `9.2.0`", Version.parse)
"""A version of the Elastic Stack."""

DEPLOYMENT_ID = Rule("a deployment id: 32 hexadecimal characters", lambda text: check_hex_id(text, "deployment id"))
"""The id of a deployment."""

TRAFFIC_FILTER_ID = Rule(
    "a traffic filter id: 32 hexadecimal characters", lambda text: check_hex_id(text, "traffic filter id")
)
"""The id of a rule set."""

ALIAS = Rule("an alias: lower-case letters, digits, `-` and `_`", check_alias)
"""The name of a remote cluster in the local one."""

LOCAL_NAME = Rule("a name: letters, digits, `-`, `_` and `.`", check_local_name)
"""The name of a local cluster that no API is reached of."""

TIME_VALUE = Rule("a time value such as `90d` or `12h`", parse_time_value)
"""A time value of Elasticsearch."""

PROXY_ADDRESS = Rule("a host and port such as `es.example.com:9443`", Address.parse)
"""Where a remote cluster is reached."""

REMOTE_ADDRESS = Rule("a host, with a port where it is not the usual one", lambda text: Address.parse_host(text, 9443))
"""Where a remote cluster is reached; the port may be left out."""

SERVER_NAME = Rule("a host name", check_server_name)
"""The host that TLS asks for."""
