"""Connections: a local cluster that searches a remote one, or replicates from it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import file_path, flag, judged, known, listed, literal, text, version_known
from ece_constructs._hand_over import HandOver
from ece_constructs._judgement import Checked, tell
from ece_constructs._objects import Objects
from ece_constructs._routes import Route, check_route, deployment, partner
from ece_constructs._scopes import place_of, settle
from ece_constructs.access import Access
from ece_constructs.cluster import ICluster, inner
from ece_constructs.errors import EceValueError
from ece_constructs.secret import Secret
from ece_constructs.trust_relationship import TrustRelationship
from ece_domain import compatibility
from ece_domain.connection_checks import platform_list_findings
from ece_domain.cross_cluster_keys import expiry_finding, rotation_finding
from ece_domain.remote_clusters import check_alias, self_finding
from ece_domain.security_models import MODELS, SecurityModel
from ece_domain.time_values import parse_time_value
from ece_domain.versions import Version
from ece_l1._base import Guarded
from ece_l1._cdk import IResolvable

if TYPE_CHECKING:
    from ece_constructs.connecting import ConnectingCluster

PLATFORM: Final = "platform"
"""ECE's own list keeps the settings of a connection, and not the local cluster."""
WAYS: Final = ("elasticsearch", PLATFORM)


class RemoteCluster(Checked, Guarded, Construct):
    """A connection of two clusters, of the same environment or of two, or of a deployment and a partner elsewhere.

    In the API-key model it makes the key, brings it into the local keystore, writes the settings and waits until the
    connection stands. In the certificate model it makes the trust of both sides instead.
    What no API does on a partner comes out as a hand-over: files with all values filled in, and a run-book.
    Filters of the remote are not opened: say ``remote.allow_from(local, …)``. They count in the API-key model only.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        local: ICluster,
        remote: ICluster,
        access: Access | None = None,
        alias: str | None = None,
        security_model: str | None = None,
        trust: TrustRelationship | None = None,
        expiration: str | None = None,
        rotate_after: str | None = None,
        skip_unavailable: bool | IResolvable | None = None,
        wait_for_connected: bool | IResolvable | None = None,
        certificate_identity: str | None = None,
        roles: Sequence[str] = (),
        secret_file: str | Path | None = None,
        secret: Secret | None = None,
        hand_over: str | Path | None = None,
        managed_through: str | None = None,
    ) -> None:
        """Connect two clusters, at least one of them a deployment.

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
            certificate_identity: Regular expression on the subject of the local node certificates, which must then sign
                their requests (strong identity verification, both sides from 9.3 on, preview); none unless given.
            roles: Names of local roles whose users use the connection; plans warn when they cannot (V23, V24).
            secret_file: File (mode 0600) that gets the key for a local cluster whose keystore no API writes; needed by
                key where the local side is self-managed or ECK. A relative path counts from the folder of this program.
            secret: Where the key lies that the administrator of a partner without ``api`` made; needed by key where
                the remote side is one.
            hand_over: Folder for the files of a hand-over, made where a side is a partner; ``hand-over/<local>-to-
                <alias>`` in the folder of this program unless given.
            managed_through: ``elasticsearch`` unless given, the settings of the local cluster; or ``platform``, ECE's
                own list of remote clusters, for certificates within one ECE. Elastic deprecated that list.

        Raises:
            EceValueError: sides, versions, alias or options that do not fit together.
        """
        super().__init__(scope, id_)
        path = settle(self, scope, id_).path
        self._local, self._remote = connecting(path, "local", local), connecting(path, "remote", remote)
        self._alias = self.alias_for(local, remote, alias, path)
        self._security_model = security_model_of(path, security_model, self._local, self._remote)
        self._roles = [text(path, "roles", each) for each in listed(path, "roles", roles)] or None
        self._identity = certificate_identity
        route = self._route = Route(path, self._local, self._remote, self._security_model, self._alias)
        check_route(route, trust, secret_file, secret)
        self._check_options(path, access, trust, expiration, rotate_after)
        self._judge_versions(path, access)
        self._judge_way(path, managed_through)
        self._warn_of_circles()
        self._local.connections.add(self)
        self._warn_of_filters()
        if skip_unavailable is None and (version := version_known(self._local)) is not None:
            tell(self, compatibility.skip_default_finding(version), "skip_unavailable")
        objects = Objects(self, route)
        skip = flag(path, "skip_unavailable", skip_unavailable)
        file = file_path(path, "secret_file", secret_file)
        of_key: dict[str, Any] = {
            "access": access.arguments() if access is not None else {},
            "expiration": expiration,
            "rotate_after": rotate_after,
            "roles": self._roles,
            "certificate_identity": literal(self._identity),
        }
        key = objects.key(file, of_key) if route.makes_key else None
        needed: list[Any] = [] if secret is None else [objects.secret(secret)]
        needed += objects.trust(trust)
        handed = {"skip_unavailable": skip, "access": None if secret is None else of_key["access"]}
        self._hand_over = self._handed_over(objects, hand_over, file if secret is None else secret.file, handed)
        if self._hand_over is not None:
            needed.append(self._hand_over)
        self._resource = None
        if route.writes_settings:
            waits = flag(path, "wait_for_connected", wait_for_connected)
            given = {"skip_unavailable": skip, "wait_for_connected": waits, "roles": self._roles}
            self._resource = objects.settings(key, {**given, "managed_through": managed_through})
            self._resource.follow(lambda: [*needed, *self._enablements()])

    def _enablements(self) -> list[l1.CrossClusterEnablement]:
        """What makes deployments of before ECE 2.9 able to connect; asked for late, as it may be said afterwards."""
        stack = place_of(self).stack
        return [
            found.resource
            for side in (self._local, self._remote)
            if (found := getattr(side, "_enablement", None)) is not None and place_of(found).stack is stack
        ]

    def _handed_over(
        self, objects: Objects, folder: str | Path | None, secret_file: str | None, given: Mapping[str, Any]
    ) -> l1.HandOver | None:
        """The hand-over, where a side is a partner or a folder is named."""
        if folder is None and not self._route.is_handed_over:
            return None
        path = place_of(self).path
        default = f"hand-over/{place_of(self._local).alias}-to-{self._alias}"
        place = file_path(path, "hand_over", default if folder is None else folder) or default
        found = HandOver(self._route, place, secret_file)
        found.check()
        return objects.hand_over(found, given)

    @staticmethod
    def alias_for(local: Any, remote: Any, alias: str | None, path: str | None = None) -> str:
        """The alias that a connection gets.

        Raises:
            EceValueError: not the form of an alias.
        """
        where = path or place_of(connecting("connect_to", "local", local)).path
        found = connecting(path or where, "remote", remote)
        if alias is None:
            own = getattr(found, "_name", None)
            alias = own if own is not None and known(own) else remote.node.id.lower()
        return judged(where, "alias", text(where, "alias", alias), check_alias)

    @property
    def _is_by_key(self) -> bool:
        return self._security_model is SecurityModel.API_KEY

    def _check_options(
        self,
        path: str,
        access: Access | None,
        trust: TrustRelationship | None,
        expiration: str | None,
        rotate_after: str | None,
    ) -> None:
        if access is not None and not isinstance(access, Access):
            raise EceValueError(path, "access", access, "Access.search(…) or Access.replicate(…) is needed")
        outside = partner(self._remote)
        is_made_elsewhere = self._is_by_key and outside is not None and not outside.has_api
        if self._is_by_key and access is None:
            raise EceValueError(path, "access", access, 'the key must give access, such as Access.search("logs-*")')
        if self._is_by_key and trust is not None:
            raise EceValueError(path, "trust", trust, "connections by API key need no trust; leave it out")
        of_keys = {"access": access, "expiration": expiration, "rotate_after": rotate_after}
        self._check_key_options(path, {**of_keys, "certificate_identity": self._identity}, is_made_elsewhere)
        if trust is not None and not isinstance(trust, TrustRelationship):
            raise EceValueError(path, "trust", trust, "a TrustRelationship is needed")
        if trust is not None and self._local.environment is self._remote.environment:
            raise EceValueError(path, "trust", trust, "both sides are of one environment; leave it out")
        for name, value in (("expiration", expiration), ("rotate_after", rotate_after)):
            if value is not None:
                judged(path, name, text(path, name, value), parse_time_value)
        if expiration is not None and rotate_after is not None and known([expiration, rotate_after]):
            tell(self, rotation_finding(rotate_after, expiration), "rotate_after", rotate_after)
        if expiration is not None and rotate_after is None and known(expiration):
            tell(self, expiry_finding(expiration), "expiration", expiration)

    def _check_key_options(self, path: str, given: Mapping[str, Any], is_made_elsewhere: bool) -> None:
        """What only a key has, where none is made here."""
        for name, value in given.items():
            if not self._is_by_key and value is not None:
                told = f"the model {self._security_model.value} has no key; roles of both sides decide"
                raise EceValueError(path, name, value, told)
            if is_made_elsewhere and name != "access" and value is not None:
                told = f"no API reaches {place_of(self._remote).path}: its administrator makes the key; leave it out"
                raise EceValueError(path, name, value, told)

    def _judge_versions(self, path: str, access: Access | None) -> None:
        local, remote = version_known(self._local), version_known(self._remote)
        if self._identity is not None and known(self._identity):
            tell(self, compatibility.identity_finding(self._identity, local, remote), value=self._identity)
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
            tell(self, finding, "remote", self._remote)

    def _judge_way(self, path: str, managed_through: str | None) -> None:
        if managed_through not in (None, *WAYS):
            raise EceValueError(path, "managed_through", managed_through, f"{' or '.join(WAYS)} is needed")
        if managed_through == PLATFORM:
            is_same = self._local.environment is self._remote.environment and partner(self._local) is None
            has_remote = partner(self._remote) is None
            for finding in platform_list_findings(
                self._security_model, has_remote=has_remote, is_same_environment=is_same
            ):
                tell(self, finding, value=managed_through)

    def _warn_of_circles(self) -> None:
        local, remote = place_of(self._local).path, place_of(self._remote).path
        if self._local is self._remote:
            tell(self, self_finding(local, remote))
        elif self._local.connections.closes_circle(self._remote):
            tell(self, compatibility.two_way_finding(local, remote))

    def _warn_of_filters(self) -> None:
        """Only where the remote filters: its own filters do nothing for a connection by certificate."""
        if not self._is_by_key and partner(self._remote) is None:
            deployment(self._remote).admission.note_certificate_peer(self)

    @property
    def local(self) -> ConnectingCluster:
        """The side that sends the requests."""
        return self._local

    @property
    def remote(self) -> ConnectingCluster:
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
        """The Terraform resource.

        Raises:
            EceValueError: there is none, as no API reaches the local cluster; its settings are handed over.
        """
        if self._resource is None:
            raise EceValueError(
                place_of(self).path,
                "resource",
                None,
                "the settings of the local cluster are handed over: see hand_over",
            )
        return self._resource

    @property
    def hand_over(self) -> l1.HandOver | None:
        """The files and the run-book of what people do; None where an API does everything."""
        return self._hand_over


def connecting(path: str, name: str, side: Any) -> ConnectingCluster:
    """A side as what connects; of a class around a cluster, the cluster.

    Raises:
        EceValueError: no such cluster.
    """
    from ece_constructs.connecting import ConnectingCluster  # which offers connect_to, so it imports this module

    found = inner(side)
    if not isinstance(found, ConnectingCluster):
        allowed = "a cluster is needed: a Deployment, Deployment.from_id(…), a partner, or a construct around one"
        raise EceValueError(path, name, side, f'{allowed} that calls it "Resource"')
    return found


def security_model_of(
    path: str, given: str | None, local: ConnectingCluster, remote: ConnectingCluster
) -> SecurityModel:
    """The model of a connection: the given one, else by key, else by certificate where a side is known to be too old.

    Raises:
        EceValueError: no such model.
    """
    if given is not None:
        if given not in MODELS:
            raise EceValueError(path, "security_model", given, f"{' or '.join(MODELS)} is needed")
        return SecurityModel(given)
    versions = [version for side in (local, remote) if (version := version_known(side)) is not None]
    capable = all(compatibility.is_key_capable(Version.parse(version)) for version in versions)
    return SecurityModel.API_KEY if capable else SecurityModel.CERTIFICATE
