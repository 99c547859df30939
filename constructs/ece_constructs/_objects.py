"""The objects that one connection is made of, for every route; which of them a route needs is said here, once.

Ids of constructs made here are contract: they are part of Terraform's addresses.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ece_l1 as l1
from ece_constructs._checks import literal
from ece_constructs._hand_over import HandOver
from ece_constructs._judgement import acknowledged_argument, escalated_argument
from ece_constructs._routes import Route, deployment, partner
from ece_constructs._scopes import place_of
from ece_constructs.secret import Secret
from ece_constructs.trust_relationship import TrustRelationship
from ece_domain.remote_clusters import credentials_setting

if TYPE_CHECKING:
    from ece_constructs.remote_cluster import RemoteCluster


class Objects:
    """Makes what a connection needs, below the construct of the connection."""

    def __init__(self, connection: RemoteCluster, route: Route) -> None:
        self._connection = connection
        self._route = route
        self._provider = route.home.provider_in(connection)
        self._decisions: dict[str, Any] = {
            "acknowledge": l1.Deferred(lambda: literal(acknowledged_argument(connection))),
            "escalate": l1.Deferred(lambda: escalated_argument(connection)),
        }

    def key(self, secret_file: str | None, given: Mapping[str, Any]) -> l1.CrossClusterApiKey:
        """The key, made on the remote side and brought to the local one."""
        name = place_of(self._route.local).default_name
        return l1.CrossClusterApiKey(
            self._connection,
            "Key",
            name=literal(f"{name}-to-{self._route.alias}"),
            remote=self._route.reference(self._route.remote),
            local=self._route.key_local(secret_file),
            provider=self._provider,
            **self._decisions,
            **given,
        )

    def secret(self, secret: Secret) -> l1.KeystoreSecret:
        """The keystore entry for a key that the remote's administrator made."""
        given: dict[str, Any] = {**self._route.reference(self._route.local), **secret.arguments("value")}
        return l1.KeystoreSecret(
            self._connection,
            "Secret",
            name=literal(credentials_setting(self._route.alias)),
            provider=self._provider,
            **given,
        )

    def trust(self, trust: TrustRelationship | None) -> list[Any]:
        """Entries that must be there before the settings."""
        route, stack = self._route, place_of(self._connection).stack
        sides = ((route.local, route.remote), (route.remote, route.local))
        if not route.is_by_key:
            return [deployment(one).trust.peer(other, stack, trust) for one, other in sides if partner(one) is None]
        if partner(route.local) is not None:
            return []
        local, outside = deployment(route.local), partner(route.remote)
        if outside is not None:
            return [] if outside.public_ca else local.trust.server_ca(outside, stack, route.path)
        remote = deployment(route.remote)
        foreign = local.environment is not remote.environment
        return list(local.trust.proxy_ca(remote, stack)) if foreign and remote.environment.private_proxy_ca else []

    def hand_over(self, hand_over: HandOver, given: Mapping[str, Any]) -> l1.HandOver:
        """The files and the run-book of what people do."""
        local: Any = literal(hand_over.side(self._route.local))
        remote: Any = literal(hand_over.side(self._route.remote))
        return l1.HandOver(
            self._connection,
            "HandOver",
            folder=hand_over.folder,
            alias_=literal(self._route.alias),
            security_model=self._route.model.value,
            local=local,
            remote=remote,
            secret_file=hand_over.secret_file,
            provider=self._provider,
            **given,
        )

    def settings(self, key: l1.CrossClusterApiKey | None, given: Mapping[str, Any]) -> l1.RemoteCluster:
        """The alias, and where it leads."""
        is_foreign_key = self._route.is_by_key and key is None
        return l1.RemoteCluster(
            self._connection,
            "Resource",
            alias_=literal(self._route.alias),
            security_model=self._route.model.value,
            cross_cluster_api_key_id=None if key is None else l1.Deferred(lambda: key.id),
            external_secret=True if is_foreign_key else None,
            provider=self._provider,
            **self._route.reference(self._route.local),
            **self._route.target(),
            **self._decisions,
            **given,
        )
