"""Which settings a node knows: those of TLS, of the remote cluster server and of remote clusters one by one.

Everything Elasticsearch does not know keeps it from starting; of areas that have nothing to do with remote clusters
only the beginning of a name is looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from ece_simulator.elasticsearch.errors import ElasticsearchError
from ece_simulator.elasticsearch.remote_settings import PREFIX, check_together, check_value, split
from ece_simulator.partners.failure import StartFailure
from ece_simulator.stack.versions import parse

TRANSPORT = "xpack.security.transport.ssl"
HTTP = "xpack.security.http.ssl"
SERVER = "xpack.security.remote_cluster_server.ssl"
CLIENT = "xpack.security.remote_cluster_client.ssl"
CONTEXTS = (TRANSPORT, HTTP, SERVER, CLIENT)

_SSL = {
    "enabled", "key", "key_passphrase", "certificate", "certificate_authorities", "keystore.path", "keystore.type",
    "keystore.password", "keystore.algorithm", "truststore.path", "truststore.type", "truststore.password",
    "truststore.algorithm", "verification_mode", "client_authentication", "supported_protocols", "cipher_suites",
    "trust_restrictions.path", "trust_restrictions.x509_fields",
}  # fmt: skip
_SECURE = {
    "secure_key_passphrase", "keystore.secure_password", "keystore.secure_key_password", "truststore.secure_password",
}  # fmt: skip
_REMOTE_CLUSTER = {
    "host", "bind_host", "publish_host", "port", "publish_port", "tcp.keep_alive", "tcp.keep_idle",
    "tcp.keep_interval", "tcp.keep_count", "tcp.no_delay", "tcp.reuse_address", "tcp.send_buffer_size",
    "tcp.receive_buffer_size",
}  # fmt: skip
_SINGLE = {
    "remote_cluster_server.enabled", "xpack.security.enabled", "xpack.security.remote_cluster.filter.allow",
    "xpack.security.remote_cluster.filter.deny", "xpack.security.transport.filter.enabled",
    "xpack.security.transport.filter.allow", "xpack.security.transport.filter.deny",
    "cluster.remote.initial_connect_timeout", "cluster.remote.node.attr",
}  # fmt: skip
REMOTE_CLUSTER_SERVER = (8, 10)
"""From this version on there are remote cluster servers, and API keys for them (documented as beta until 8.13)."""
_NEWER = ("remote_cluster_server.", "remote_cluster.", f"{SERVER}.", f"{CLIENT}.")
_LOOKED_AT = ("xpack.security.", "remote_cluster_server.", "remote_cluster.", PREFIX)
_OF_SECURITY = (
    "xpack.security.authc.", "xpack.security.audit.", "xpack.security.enrollment.", "xpack.security.http.filter.",
    "xpack.security.fips_mode.", "xpack.security.operator_privileges.", "xpack.security.autoconfiguration.",
    "xpack.security.dls.", "xpack.security.ssl.diagnose.",
)  # fmt: skip
_ELSEWHERE = (
    "action.", "bootstrap.", "cluster.", "discovery.", "gateway.", "http.", "indices.", "ingest.", "logger.",
    "network.", "node.", "path.", "repositories.", "script.", "search.", "thread_pool.", "transport.", "xpack.",
)  # fmt: skip
_CREDENTIALS = re.compile(r"cluster\.remote\.[\w.-]+\.credentials\Z")


def is_secure(name: str) -> bool:
    """Whether a setting lives in the keystore only."""
    if _CREDENTIALS.match(name):
        return True
    return any(name == f"{context}.{secure}" for context in CONTEXTS for secure in _SECURE)


def check_settings(settings: dict[str, Any], file: str, version: str) -> None:
    """StartFailure for the first setting that a node of a version does not know or that cannot have its value."""
    for name, value in settings.items():
        if is_secure(name):
            raise StartFailure(
                f"Setting [{name}] is a secure setting and must be stored inside the Elasticsearch keystore, "
                f"but was found inside {file}"
            )
        if not _is_known(name) or (name.startswith(_NEWER) and parse(version)[:2] < REMOTE_CLUSTER_SERVER):
            raise StartFailure(
                f"unknown setting [{name}] please check that any required plugins are installed, or check the "
                "breaking changes documentation for removed settings"
            )
        if name.endswith((".enabled", ".filter.enabled")) and str(value) not in ("true", "false"):
            raise StartFailure(f"Failed to parse value [{value}] as only [true] or [false] are allowed.")
    _check_remotes(settings)


def check_secrets(names: Iterable[str]) -> None:
    """StartFailure for an entry of the keystore that no setting asks for."""
    for name in names:
        if not is_secure(name) and name not in ("keystore.seed", "bootstrap.password"):
            raise StartFailure(f"unknown secure setting [{name}] please check that any required plugins are installed")


def _is_known(name: str) -> bool:
    if name in _SINGLE or name.startswith(_OF_SECURITY):
        return True
    for context in CONTEXTS:
        if name.startswith(f"{context}."):
            return name.removeprefix(f"{context}.") in _SSL
    if name.startswith("remote_cluster."):
        return name.removeprefix("remote_cluster.") in _REMOTE_CLUSTER
    if name.startswith(PREFIX):
        return split(name) is not None
    return name.startswith(_ELSEWHERE) and not name.startswith(_LOOKED_AT)


def remotes_of(settings: dict[str, Any]) -> dict[str, Any]:
    """The settings of remote clusters."""
    return {name: value for name, value in settings.items() if name.startswith(PREFIX) and name not in _SINGLE}


def _check_remotes(settings: dict[str, Any]) -> None:
    remotes = remotes_of(settings)
    try:
        for name, value in remotes.items():
            check_value("", name, value)
        check_together(remotes)
    except ElasticsearchError as error:
        raise StartFailure(error.reason.strip()) from error
