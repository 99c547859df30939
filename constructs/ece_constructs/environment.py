"""Where deployments live: one installation of ECE, how it is reached, and from where its requests come."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any, ClassVar, Final

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import file_path, flag, judged, listed, literal, text
from ece_constructs._places import NamedPlace, credentials_of, places_of, register
from ece_constructs._scopes import place_of, validate_with
from ece_constructs.errors import EceValueError
from ece_domain.traffic_filters import egress_finding
from ece_l1._base import Guarded
from ece_l1._cdk import IResolvable, TerraformStack

DEFAULT_PREFIX: Final = "ECE"
"""Prefix of the environment variables that the provider reads unless another is named."""

_SHARED: Final = (
    "endpoint",
    "ca_file",
    "ca_pem",
    "ca_fingerprint",
    "client_cert_file",
    "client_key_file",
    "insecure",
    "region",
)
"""How to reach it: the same in the provider's own block and where other blocks name this environment."""


class Environment(NamedPlace, Guarded, Construct):
    """One ECE installation.

    Credentials are never given here: the provider reads ``<env_prefix>_API_KEY``, or ``<env_prefix>_USERNAME`` and
    ``<env_prefix>_PASSWORD``, when Terraform runs. What is left out is read from ``<env_prefix>_ENDPOINT``,
    ``<env_prefix>_CA_FILE`` and so on.

    Every stack that uses the environment gets a provider block of its own, with an alias made of this construct's
    path. Each block lists all other environments of the app, so that objects which touch two sides can reach both.
    """

    KIND: ClassVar[str] = "ece"

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        env_prefix: str | None = None,
        endpoint: str | None = None,
        egress: Sequence[str] = (),
        private_proxy_ca: bool = False,
        ca_file: str | Path | None = None,
        ca_pem: str | None = None,
        ca_fingerprint: str | None = None,
        client_cert_file: str | Path | None = None,
        client_key_file: str | Path | None = None,
        insecure: bool | IResolvable | None = None,
        region: str | None = None,
        request_timeout: str | None = None,
        max_retries: int | float | None = None,
        poll_interval: str | None = None,
    ) -> None:
        """Name an installation.

        Args:
            scope: A stack or the app; below the app it can be used by all stacks alike.
            id_: Its name; part of the provider's alias.
            env_prefix: Prefix of the environment variables; ``ECE`` unless given. With two or more environments in an
                app, all but one name a prefix.
            endpoint: URL of the API; from ``<env_prefix>_ENDPOINT`` unless given.
            egress: Addresses and blocks that requests of its deployments come from, as others see them; needed where
                a deployment of another environment lets its deployments in.
            private_proxy_ca: Its proxies show certificates of a private CA, which deployments of other environments
                are told to trust when they connect by API key. With a public CA, the default, nothing is needed.
            ca_file: File with the CA certificates of the API; a relative path counts from the folder of this program.
            ca_pem: The same as text.
            ca_fingerprint: SHA-256 fingerprint of a certificate in the chain of the API.
            client_cert_file: Client certificate for mutual TLS, together with ``client_key_file``.
            client_key_file: Its key.
            insecure: Do not check the API's certificate; for trials only.
            region: Region of the API; discovered unless given.
            request_timeout: How long one request may take, such as ``60s``.
            max_retries: How often a request is repeated that failed for a passing reason.
            poll_interval: Longest pause between two looks at a running plan, such as ``2s``.

        Raises:
            EceValueError: a value of the wrong form, or a path that gives the alias of another environment.
        """
        super().__init__(scope, id_)
        path = place_of(self).path
        self._env_prefix = None if env_prefix is None else text(path, "env_prefix", env_prefix)
        self._egress = _checked_egress(path, egress)
        if not isinstance(private_proxy_ca, bool):
            raise EceValueError(path, "private_proxy_ca", private_proxy_ca, "True or False is needed")
        self._private_proxy_ca = private_proxy_ca
        self._shared: dict[str, Any] = {
            "endpoint": endpoint,
            "ca_file": file_path(path, "ca_file", ca_file),
            "ca_pem": ca_pem,
            "ca_fingerprint": ca_fingerprint,
            "client_cert_file": file_path(path, "client_cert_file", client_cert_file),
            "client_key_file": file_path(path, "client_key_file", client_key_file),
            "insecure": flag(path, "insecure", insecure),
            "region": region,
        }
        self._own: dict[str, Any] = {
            "request_timeout": request_timeout,
            "max_retries": max_retries,
            "poll_interval": poll_interval,
        }
        self._alias = place_of(self).alias
        self._providers: dict[str, l1.EceProvider] = {}
        self._default: tuple[str, l1.DefaultTrust, TerraformStack] | None = None
        register(self)

    @property
    def alias(self) -> str:
        """Alias of its provider blocks, and its name in the ``environments`` of others."""
        return self._alias

    @property
    def env_prefix(self) -> str:
        """Prefix of the environment variables that the provider reads."""
        return self._env_prefix if self._env_prefix is not None else DEFAULT_PREFIX

    @property
    def egress(self) -> Sequence[str]:
        """Addresses and blocks that requests of its deployments come from."""
        return self._egress

    @property
    def region(self) -> str | None:
        """Region of its API, as it was given."""
        region: str | None = self._shared["region"]
        return region

    @property
    def private_proxy_ca(self) -> bool:
        """True when its proxies show certificates of a private CA."""
        return self._private_proxy_ca

    def provider_in(self, scope: Construct) -> l1.EceProvider:
        """The provider block of this environment in the stack of ``scope``; made on first use.

        Raises:
            EceValueError: ``scope`` belongs to another app.
        """
        if place_of(scope).root is not place_of(self).root:
            raise EceValueError(place_of(scope).path, "environment", self, "an environment of the same app is needed")
        stack = place_of(scope).stack
        path = place_of(stack).path
        if path not in self._providers:
            self._providers[path] = self._make_provider(stack)
        return self._providers[path]

    def take_default(self, path: str, resource: l1.DefaultTrust, stack: TerraformStack) -> None:
        """Note what new deployments trust; for :class:`DefaultTrust`.

        Raises:
            EceValueError: there is one already.
        """
        if self._default is not None:
            raise EceValueError(path, "environment", self, f"{self._default[0]} sets its default trust already")
        self._default = (path, resource, stack)

    def comes_after_default(self, stack: TerraformStack) -> None:
        """A deployment is made in ``stack``, which then comes after the stack of the default trust."""
        if self._default is not None and self._default[2] is not stack:
            stack.add_dependency(self._default[2])

    def defaults_in(self, stack: TerraformStack) -> list[l1.DefaultTrust]:
        """The default trust where it stands in ``stack``: deployments there are made after it."""
        return [self._default[1]] if self._default is not None and self._default[2] is stack else []

    def _make_provider(self, stack: TerraformStack) -> l1.EceProvider:
        provider = l1.EceProvider(
            stack,
            f"EceProvider-{self._alias}",
            alias=self._alias,
            kind=None if self.KIND == Environment.KIND else self.KIND,
            env_prefix=literal(self._env_prefix),
            environments=l1.Deferred(self._others),
            elasticsearch_credentials=l1.Deferred(lambda: credentials_of(self)),
            **literal(self._shared),
            **literal(self._own),
        )
        if not self._providers:
            # A construct below the app itself is never validated; its first provider block is.
            validate_with(provider, self._problems)
        return provider

    def _others(self) -> dict[str, dict[str, Any]] | None:
        """All other places of the app, also those that nothing uses any more: destroying needs them."""
        return {each.alias: each.entry() for each in places_of(self) if each is not self} or None

    def entry(self) -> dict[str, Any]:
        """How other provider blocks name this environment; an entry reads no variables unless it names a prefix."""
        shared = {name: value for name, value in self._shared.items() if value is not None}
        return {"kind": self.KIND, "env_prefix": literal(self.env_prefix), **literal(shared)}

    def _problems(self) -> list[str]:
        unnamed = [each for each in environments_of(self) if each._env_prefix is None]
        if self._env_prefix is not None or self is unnamed[0]:
            return []
        return [
            f"{place_of(self).path} and {place_of(unnamed[0]).path} would both read {DEFAULT_PREFIX}_API_KEY: "
            "give env_prefix to all environments but one"
        ]

    def lookup(self, scope: Construct) -> l1.DataEnvironment:
        """What the installation says of itself (environment id, version, CA …), read in the stack of ``scope``."""
        stack = place_of(scope).stack
        id_ = f"EceEnvironment-{self._alias}"
        found = stack.node.try_find_child(id_)
        return found if isinstance(found, l1.DataEnvironment) else self._make_lookup(stack, id_)

    def _make_lookup(self, stack: TerraformStack, id_: str) -> l1.DataEnvironment:
        return l1.DataEnvironment(stack, id_, provider=self.provider_in(stack))


def _checked_egress(path: str, egress: Sequence[str]) -> tuple[str, ...]:
    sources = listed(path, "egress", egress)
    if any(not isinstance(source, str) or source.startswith("#{") for source in sources):
        raise EceValueError(path, "egress", egress, "addresses as text are needed; a list known only later is not")
    return tuple(judged(path, "egress", source, egress_finding) for source in sources)


def environments_of(construct: Construct) -> tuple[Environment, ...]:
    """All environments of the construct's app, in the order they were made."""
    return tuple(each for each in places_of(construct) if isinstance(each, Environment))
