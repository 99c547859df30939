"""Connections: a local deployment that searches a remote one, or replicates from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import flag, judged, known, literal, text
from ece_constructs._scopes import place_of
from ece_constructs.access import Access
from ece_constructs.errors import EceValueError
from ece_constructs.trust_relationship import TrustRelationship
from ece_domain import compatibility
from ece_domain.cross_cluster_keys import rotation_finding
from ece_domain.findings import Finding
from ece_domain.remote_clusters import check_alias
from ece_domain.security_models import MODELS, SecurityModel
from ece_domain.time_values import parse_time_value
from ece_domain.versions import Version
from ece_l1._base import Guarded
from ece_l1._cdk import Annotations, IResolvable

if TYPE_CHECKING:
    from ece_constructs.deployment import EceDeployment


class RemoteCluster(Guarded, Construct):
    """A connection of two deployments, of the same environment or of two.

    In the API-key model it makes the key, brings it into the local keystore, writes the settings and waits until the
    connection stands. In the certificate model it makes the trust of both sides instead.
    Filters of the remote are not opened: say ``remote.allow_from(local, …)``. They count in the API-key model only.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        local: EceDeployment,
        remote: EceDeployment,
        access: Access | None = None,
        alias: str | None = None,
        security_model: str | None = None,
        trust: TrustRelationship | None = None,
        expiration: str | None = None,
        rotate_after: str | None = None,
        skip_unavailable: bool | IResolvable | None = None,
        wait_for_connected: bool | IResolvable | None = None,
    ) -> None:
        """Connect two deployments.

        Args:
            scope: Where it belongs; its stack refers to the stacks of both sides.
            id_: Its name in that scope.
            local: Sends the requests; holds the followers of a replication.
            remote: Answers them.
            access: What the key gives access to; needed in the API-key model, and meaningless in the other one.
            alias: Name of the remote in the local one, as in ``<alias>:logs-*``; the remote's name unless given, or
                its construct id where the name is known later. It cannot be changed in place.
            security_model: ``api_key`` unless given, or ``certificate`` where a side is known to be older than 8.14.
            trust: Platform trust to build on, for certificates between two environments; without it each side trusts
                the other one's CA directly.
            expiration: Life of the key, such as ``90d``; it never expires unless given.
            rotate_after: Age at which the next deploy makes a new key, such as ``60d``; never unless given.
            skip_unavailable: Searches go on without this remote while it is away; they do unless switched off.
            wait_for_connected: Wait until the connection stands, and repair it; so unless switched off.

        Raises:
            EceValueError: sides, versions, alias or options that do not fit together.
        """
        super().__init__(scope, id_)
        path = place_of(self).path
        for name, side in (("local", local), ("remote", remote)):
            _check_side(path, name, side)
        self._local, self._remote = local, remote
        self._alias = self.alias_for(local, remote, alias, path)
        self._security_model = _model(path, security_model, local, remote)
        self._check_options(path, access, trust, expiration, rotate_after)
        self._judge_versions(path, access)
        local.connections.add(path, self._alias, remote)
        self._warn_of_circles()
        key = self._make_key(access, expiration, rotate_after) if self._is_by_key else None
        needed = self._make_trust(trust)
        self._resource = l1.RemoteCluster(
            self,
            "Resource",
            deployment_id=l1.Deferred(lambda: local.deployment_id),
            alias_=literal(self._alias),
            security_model=self._security_model.value,
            remote=self._side(remote),
            cross_cluster_api_key_id=None if key is None else l1.Deferred(lambda: key.id),
            skip_unavailable=flag(path, "skip_unavailable", skip_unavailable),
            wait_for_connected=flag(path, "wait_for_connected", wait_for_connected),
            provider=local.environment.provider_in(self),
        )
        self._resource.follow(lambda: needed)

    @staticmethod
    def alias_for(local: Any, remote: Any, alias: str | None, path: str | None = None) -> str:
        """The alias that a connection gets.

        Raises:
            EceValueError: not the form of an alias.
        """
        for name, side in (("local", local), ("remote", remote)):
            _check_side(path or "connect_to", name, side)
        where = path or place_of(local).path
        if alias is None:
            own = getattr(remote, "_name", None)
            alias = own if own is not None and known(own) else remote.node.id.lower()
        return judged(where, "alias", text(where, "alias", alias), check_alias)

    @property
    def _is_by_key(self) -> bool:
        return self._security_model is SecurityModel.API_KEY

    def _side(self, side: EceDeployment) -> Any:
        """How blocks of the local environment name a side."""
        foreign = side.environment is not self._local.environment
        found: dict[str, Any] = {"deployment_id": l1.Deferred(lambda: side.deployment_id)}
        return {**found, "environment": side.environment.alias} if foreign else found

    def _check_options(
        self,
        path: str,
        access: Access | None,
        trust: TrustRelationship | None,
        expiration: str | None,
        rotate_after: str | None,
    ) -> None:
        model = self._security_model.value
        if access is not None and not isinstance(access, Access):
            raise EceValueError(path, "access", access, "Access.search(…) or Access.replicate(…) is needed")
        if self._is_by_key and access is None:
            raise EceValueError(path, "access", access, 'the key must give access, such as Access.search("logs-*")')
        if self._is_by_key and trust is not None:
            raise EceValueError(path, "trust", trust, "connections by API key need no trust; leave it out")
        for name, value in (("access", access), ("expiration", expiration), ("rotate_after", rotate_after)):
            if not self._is_by_key and value is not None:
                raise EceValueError(path, name, value, f"the model {model} has no key; roles of both sides decide")
        if trust is not None and not isinstance(trust, TrustRelationship):
            raise EceValueError(path, "trust", trust, "a TrustRelationship is needed")
        if trust is not None and self._local.environment is self._remote.environment:
            raise EceValueError(path, "trust", trust, "both sides are of one environment; leave it out")
        for name, value in (("expiration", expiration), ("rotate_after", rotate_after)):
            if value is not None:
                judged(path, name, text(path, name, value), parse_time_value)
        if expiration is not None and rotate_after is not None and known([expiration, rotate_after]):
            self._tell(path, rotation_finding(rotate_after, expiration), "rotate_after", rotate_after)

    def _judge_versions(self, path: str, access: Access | None) -> None:
        local, remote = _version_known(self._local), _version_known(self._remote)
        if local is None or remote is None:
            return
        findings = [compatibility.model_finding(self._security_model, local, remote)]
        if access is None:
            findings.append(compatibility.connection_finding(local, remote))
        if access is not None and access.searches:
            findings.append(compatibility.search_finding(local, remote))
        if access is not None and access.replicates:
            findings.append(compatibility.replication_finding(local, remote))
        for finding in findings:
            self._tell(path, finding, "remote", self._remote)

    def _tell(self, path: str, finding: Finding | None, property_: str, value: Any) -> None:
        """Raise an error, annotate a warning."""
        if finding is not None and finding.is_error:
            raise EceValueError(path, finding.field or property_, value, finding.detail)
        if finding is not None:
            Annotations.of(self).add_warning(str(finding))

    def _warn_of_circles(self) -> None:
        if self._local is self._remote:
            Annotations.of(self).add_warning("the deployment is connected to itself; this works, and is rarely meant")
        elif self._remote.connections.leads_to(self._local):
            Annotations.of(self).add_warning(
                f"{place_of(self._remote).path} leads back to {place_of(self._local).path}, so neither is upgraded "
                "first: upgrade them one after the other, and keep both on one version for replication both ways"
            )

    def _make_key(
        self, access: Access | None, expiration: str | None, rotate_after: str | None
    ) -> l1.CrossClusterApiKey:
        given: Any = access.arguments() if access is not None else {}
        local: Any = {"deployment_id": l1.Deferred(lambda: self._local.deployment_id), "alias": literal(self._alias)}
        name = place_of(self._local).default_name
        return l1.CrossClusterApiKey(
            self,
            "Key",
            name=literal(f"{name}-to-{self._alias}"),
            access=given,
            expiration=expiration,
            rotate_after=rotate_after,
            remote=self._side(self._remote),
            local=local,
            provider=self._local.environment.provider_in(self),
        )

    def _make_trust(self, trust: TrustRelationship | None) -> list[Any]:
        """Entries that must be there before the settings."""
        stack = place_of(self).stack
        if not self._is_by_key:
            return [
                self._local.trust.peer(self._remote, stack, trust),
                self._remote.trust.peer(self._local, stack, trust),
            ]
        foreign = self._local.environment is not self._remote.environment
        return [self._local.trust.proxy_ca(self._remote, stack)] if foreign and _is_private(self._remote) else []

    @property
    def local(self) -> EceDeployment:
        """The side that sends the requests."""
        return self._local

    @property
    def remote(self) -> EceDeployment:
        """The side that answers them."""
        return self._remote

    @property
    def alias(self) -> str:
        """Name of the remote in the local one."""
        return self._alias

    @property
    def security_model(self) -> str:
        """``api_key`` or ``certificate``."""
        return self._security_model.value

    @property
    def resource(self) -> l1.RemoteCluster:
        """The Terraform resource."""
        return self._resource


def _is_private(remote: EceDeployment) -> bool:
    return remote.environment.private_proxy_ca


def _check_side(path: str, name: str, side: Any) -> None:
    from ece_constructs.deployment import EceDeployment  # which offers connect_to, so it imports this module

    if not isinstance(side, EceDeployment):
        raise EceValueError(path, name, side, "a Deployment is needed, or Deployment.from_id(…)")


def _version_known(side: Any) -> str | None:
    """The version where the program gives it; of imported deployments it is known later."""
    given = getattr(side, "_version", None)
    return given if given is not None and known(given) else None


def _model(path: str, given: str | None, local: EceDeployment, remote: EceDeployment) -> SecurityModel:
    if given is not None:
        if given not in MODELS:
            raise EceValueError(path, "security_model", given, f"{' or '.join(MODELS)} is needed")
        return SecurityModel(given)
    versions = [version for side in (local, remote) if (version := _version_known(side)) is not None]
    capable = all(compatibility.is_key_capable(Version.parse(version)) for version in versions)
    return SecurityModel.API_KEY if capable else SecurityModel.CERTIFICATE
