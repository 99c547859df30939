"""What a node is after it has started: everything its settings, files and secrets make of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.data_plane.certificates import other_names_of
from ece_simulator.data_plane.dial import KEY_PORT
from ece_simulator.data_plane.names import matches_any
from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.known_settings import (
    CLIENT,
    HTTP,
    SERVER,
    TRANSPORT,
    check_secrets,
    check_settings,
    remotes_of,
)
from ece_simulator.partners.node_files import Files, SslContext, certificates_in, issuer_of
from ece_simulator.partners.trust_file import patterns_of

_MODES = ("full", "certificate")


@dataclass(frozen=True)
class NodeSetup:
    """One started node. `patterns` are read from the trust file anew with `trusted_names`."""

    name: str
    settings: Mapping[str, Any]
    node: Shown
    issuer: str
    authorities: tuple[str, ...]
    transport: SslContext
    server: Shown | None
    """What the remote cluster server shows; None when it is switched off."""
    server_port: int
    server_authorities: tuple[str, ...]
    """Whom the node trusts when it calls a remote cluster server."""
    http: Shown | None
    node_names: tuple[str, ...] = ()
    remotes: dict[str, Any] = field(default_factory=dict)

    def trusted_names(self) -> tuple[str, ...] | None:
        """The patterns of the trust file now; None without one. StartFailure when it cannot be read any more."""
        return patterns_of(self.transport)

    @property
    def checks_node_host(self) -> bool:
        """Whether the host names of other nodes must fit their certificates."""
        return self.transport.get("verification_mode", "full") == "full"

    @property
    def checks_server_host(self) -> bool:
        """Whether the host names of remote cluster servers must fit their certificates."""
        return str(self.settings.get(f"{CLIENT}.verification_mode", "full")) == "full"


@dataclass(frozen=True)
class Ingredients:
    """What a node is started from; `public` holds the authorities that everybody trusts."""

    name: str
    settings: dict[str, Any]
    secrets: dict[str, str] = field(repr=False)
    files: Files
    public: tuple[str, ...]
    version: str
    source: str = "elasticsearch.yml"


def start(made_of: Ingredients) -> NodeSetup:
    """Starts a node; StartFailure with the words of its log."""
    settings = made_of.settings
    check_settings(settings, made_of.source, made_of.version)
    check_secrets(made_of.secrets)
    if settings.get("xpack.security.enabled", "true") != "true":
        raise StartFailure("remote clusters between environments need [xpack.security.enabled] to be true")
    contexts = {n: SslContext(n, settings, made_of.secrets, made_of.files) for n in (TRANSPORT, HTTP, SERVER, CLIENT)}
    for context in contexts.values():
        _check_mode(context)
    transport = contexts[TRANSPORT]
    node = _transport_certificate(transport)
    authorities = transport.authorities() or made_of.public
    port = int(settings.get("remote_cluster.port", KEY_PORT))
    setup = NodeSetup(
        name=made_of.name,
        settings=settings,
        node=node,
        issuer=issuer_of(node, authorities) or "",
        authorities=authorities,
        transport=transport,
        server=_server_certificate(contexts[SERVER]),
        server_port=port,
        server_authorities=_server_authorities(contexts[CLIENT], made_of.public),
        http=contexts[HTTP].shown() if contexts[HTTP].enabled("false") else None,
        node_names=tuple(other_names_of(certificates_in(node.chain_pem)[0])),
        remotes=remotes_of(settings),
    )
    setup.trusted_names()
    return setup


def _server_authorities(client: SslContext, public: tuple[str, ...]) -> tuple[str, ...]:
    """Whom to trust at the other end's 9443; a client without TLS gets nowhere there."""
    named = client.authorities()
    if not client.enabled("true"):
        return ()
    return public if named is None else named


def _check_mode(context: SslContext) -> None:
    mode = context.get("verification_mode", "full")
    if mode not in _MODES:
        known = " and ".join(_MODES)
        raise StartFailure(f"could not resolve verification mode [{mode}] of [{context.name}]: {known} are simulated")


def _transport_certificate(context: SslContext) -> Shown:
    if not context.enabled("false"):
        raise StartFailure(
            f"Transport SSL must be enabled if security is enabled. Please set [{context.name}.enabled] to [true]"
        )
    shown = context.shown()
    if shown is None:
        raise _lacks_certificate(context.name)
    return shown


def _server_certificate(context: SslContext) -> Shown | None:
    if context.settings.get("remote_cluster_server.enabled", "false") != "true":
        return None
    shown = context.shown()
    if shown is None or not context.enabled("true"):
        raise _lacks_certificate(context.name)
    return shown


def _lacks_certificate(name: str) -> StartFailure:
    return StartFailure(
        f"invalid SSL configuration for {name} - server ssl configuration requires a key and certificate, but these "
        f"have not been configured; you must set either [{name}.keystore.path], or both [{name}.key] and "
        f"[{name}.certificate]"
    )


def check_formation(nodes: list[NodeSetup]) -> None:
    """StartFailure when the nodes of one cluster reject each other: by authority, or by a trust file."""
    for judge in nodes:
        patterns = judge.trusted_names()
        for other in nodes:
            if issuer_of(other.node, judge.authorities) is None:
                raise StartFailure(
                    f"failed to establish trust with server at [{other.name}]; this ssl context ([{TRANSPORT}]) is not "
                    "configured to trust that issuer: the cluster's own certificate is signed by none of its "
                    "certificate_authorities; master not discovered"
                )
            if patterns is not None and not any(matches_any(name, patterns) for name in other.node_names):
                told = ", ".join(other.node_names) or "none"
                raise StartFailure(
                    f"certificate of the own node [{other.name}] with the otherName [{told}] does not match the "
                    f"trusted names {list(patterns)}; master not discovered"
                )
