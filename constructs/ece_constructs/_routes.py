"""How a connection names its two sides to the provider, wherever they run; nothing is made here."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import ece_l1 as l1
from ece_constructs._checks import literal
from ece_constructs.errors import EceValueError
from ece_constructs.secret import Secret
from ece_domain.platforms import Platform
from ece_domain.security_models import SecurityModel

if TYPE_CHECKING:
    from ece_constructs.connecting import ConnectingCluster
    from ece_constructs.deployment import EceDeployment
    from ece_constructs.environment import Environment
    from ece_constructs.partner import PartnerCluster


def partner(side: ConnectingCluster) -> PartnerCluster | None:
    """The cluster when it is outside of ECE and Elastic Cloud Hosted."""
    from ece_constructs.partner import PartnerCluster  # which offers connect_to, so it imports this module

    return side if isinstance(side, PartnerCluster) else None


def deployment(side: ConnectingCluster) -> EceDeployment:
    """The cluster as a deployment, which it is where it is no partner.

    Raises:
        TypeError: it is neither.
    """
    from ece_constructs.deployment import EceDeployment  # which offers connect_to, so it imports this module

    if not isinstance(side, EceDeployment):
        raise TypeError(f"{type(side).__name__} is neither a deployment nor a partner")
    return side


def platform_of(side: ConnectingCluster) -> Platform:
    """Where it runs."""
    outside = partner(side)
    if outside is not None:
        return outside.PLATFORM
    return Platform(side.environment.KIND) if side.environment is not None else Platform.ECE


@dataclass(frozen=True)
class Route:
    """Two clusters and a security model."""

    path: str
    """Path of the connection, for errors."""
    local: ConnectingCluster
    remote: ConnectingCluster
    model: SecurityModel
    alias: str

    @property
    def is_by_key(self) -> bool:
        """The API-key model."""
        return self.model is SecurityModel.API_KEY

    @property
    def home(self) -> Environment:
        """The environment whose provider makes the objects: that of the local side, else of the remote one.

        Raises:
            EceValueError: neither side is a deployment.
        """
        for side in (self.local, self.remote):
            if side.environment is not None:
                return side.environment
        raise EceValueError(
            self.path,
            "remote",
            self.remote,
            "one side of a connection is a deployment on Elastic Cloud Enterprise or Hosted",
        )

    @property
    def is_handed_over(self) -> bool:
        """One side is a partner, so that people do a part of it."""
        return partner(self.local) is not None or partner(self.remote) is not None

    @property
    def makes_key(self) -> bool:
        """Terraform reaches the remote's Elasticsearch, which makes the key."""
        outside = partner(self.remote)
        return self.is_by_key and (outside is None or outside.has_api)

    @property
    def writes_settings(self) -> bool:
        """Terraform reaches the local side's Elasticsearch, which keeps the settings."""
        outside = partner(self.local)
        return outside is None or outside.has_api

    def reference(self, side: ConnectingCluster) -> Any:
        """How blocks of the home environment name a side that Terraform reaches."""
        outside = partner(side)
        if outside is not None:
            return {"environment": outside.alias}
        inside = deployment(side)
        foreign = inside.environment is not self.home
        found: dict[str, Any] = {"deployment_id": l1.Deferred(lambda: inside.deployment_id)}
        return {**found, "environment": inside.environment.alias} if foreign else found

    def key_local(self, secret_file: str | None) -> Any:
        """Whose keystore gets the key, or which file."""
        outside = partner(self.local)
        if outside is None:
            return {**self.reference(self.local), "alias": literal(self.alias)}
        named = self.reference(self.local) if outside.has_api else {"name": literal(outside.name)}
        return {**named, "alias": literal(self.alias), "secret_file": secret_file}

    def target(self) -> dict[str, Any]:
        """Where the settings lead: arguments of ``ece_remote_cluster``."""
        outside = partner(self.remote)
        if outside is None:
            return {"remote": self.reference(self.remote)}
        address, name = self.address_of(outside), literal(outside.server_name_for(self.model))
        if outside.has_api:
            named = {**self.reference(outside), "address": literal(address)}
            return {"remote": named if name is None else {**named, "server_name": name}}
        return {"proxy_address": literal(outside.proxy_address(self.model)), "server_name": name}

    def address_of(self, outside: PartnerCluster) -> str:
        """Where a partner is reached.

        Raises:
            EceValueError: nobody tells.
        """
        address = outside.address_for(self.model)
        if address is None:
            raise EceValueError(
                self.path,
                "remote",
                outside,
                'it tells no address: give it address="onprem.example.com"'
                + ("" if self.is_by_key else ', or transport_address="…" where the one for certificates differs'),
            )
        return address


def check_route(route: Route, trust: object, secret_file: object, secret: object) -> None:
    """Options that belong to some routes only.

    Raises:
        EceValueError: an option that this route needs, or has no use for.
    """
    _check_trust(route, trust)
    home = route.home
    local, remote = partner(route.local), partner(route.remote)
    if route.is_by_key and local is not None and secret_file is None:
        raise EceValueError(
            route.path,
            "secret_file",
            None,
            f"no API writes the keystore of {local.name}: name the file that gets the key, such as "
            f'"secrets/{route.alias}"',
        )
    if secret_file is not None and (local is None or not route.is_by_key):
        raise EceValueError(
            route.path, "secret_file", secret_file, f"no key goes to people here ({home.alias} writes it); leave it out"
        )
    if remote is not None:
        route.address_of(remote)
    _check_secret(route, remote, secret)
    _check_login(route)


def _check_login(route: Route) -> None:
    for name, side, is_written in (("local", route.local, True), ("remote", route.remote, route.is_by_key)):
        if is_written and not getattr(side, "has_login", True):
            raise EceValueError(
                route.path,
                name,
                side,
                "its Elasticsearch is written to, and Elastic Cloud has no management channel: give it "
                'HostedDeployment.from_id(…, password=Secret.from_env("NAME"))',
            )


def _check_trust(route: Route, trust: object) -> None:
    if trust is not None and any(platform_of(side) is not Platform.ECE for side in (route.local, route.remote)):
        raise EceValueError(
            route.path, "trust", trust, "platform trust is between two installations of ECE; leave it out"
        )


def _check_secret(route: Route, remote: PartnerCluster | None, secret: object) -> None:
    needed = route.is_by_key and not route.makes_key
    if needed and not isinstance(secret, Secret):
        name = remote.name if remote is not None else ""
        raise EceValueError(
            route.path,
            "secret",
            None if secret is None else "(not shown)",
            f"no API makes a key on {name}: give the cluster api=ElasticsearchApi(…), or say where the key lies that "
            'its administrator makes, such as Secret.from_env("ONPREM_KEY")',
        )
    if secret is not None and not needed:
        raise EceValueError(route.path, "secret", "(not shown)", "the key is made here; leave it out")
