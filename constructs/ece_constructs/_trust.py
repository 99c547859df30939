"""Trust of one deployment, collected from its connections: one account entry, one external entry per relationship.

Ids of constructs made here are contract: they are part of Terraform's addresses.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from constructs import Construct

import ece_l1 as l1
from ece_constructs import _direct_trust as direct
from ece_constructs._checks import literal
from ece_constructs._routes import deployment, partner
from ece_constructs._scopes import child, place_of
from ece_constructs.errors import EceValueError
from ece_domain.security_models import SecurityModel
from ece_domain.validations.trust import V19
from ece_l1._cdk import TerraformStack

if TYPE_CHECKING:
    from ece_constructs.connecting import ConnectingCluster
    from ece_constructs.deployment import EceDeployment
    from ece_constructs.environment import Environment
    from ece_constructs.partner import PartnerCluster
    from ece_constructs.trust_relationship import TrustRelationship

Entry = l1.DeploymentTrustAccount | l1.DeploymentTrustExternal | l1.DeploymentTrustDirect
Needed = Entry | l1.DeploymentTrustMember
"""What a connection waits for."""


ACCOUNT = "Account"
"""Key of the entry for clusters of the same environment."""


class Trust:
    """The entries of one deployment that this app knows of. An entry is one list, so it stands in one stack."""

    def __init__(self, deployment: EceDeployment) -> None:
        self._deployment = deployment
        self._peers: dict[str, dict[str, EceDeployment]] = {}
        self._entries: dict[str, tuple[Entry, TerraformStack]] = {}
        self._cas: dict[tuple[str, ...], str] = {}
        self._partners: dict[str, dict[str, PartnerCluster]] = {}
        self._members: dict[tuple[str, str, str], l1.DeploymentTrustMember] = {}
        self._is_shared = False

    def share(self) -> None:
        """From now on no list has an owner: each stack adds its own peers.

        Raises:
            EceValueError: a list has one already.
        """
        owned = sorted(key for key in self._entries if key in self._peers)
        if owned and not self._is_shared:
            raise EceValueError(
                place_of(self._deployment).path,
                "share_trust",
                owned[0],
                "this list has an owner already: call it before the first connection by certificate",
            )
        self._is_shared = True

    def peer(self, peer: ConnectingCluster, stack: TerraformStack, relationship: TrustRelationship | None) -> Needed:
        """Trust a cluster, for connections by certificate.

        Raises:
            EceValueError: the same entry is made in another stack already.
        """
        outside = partner(peer)
        if outside is not None:
            key = self._key_of_ca("Direct", outside, SecurityModel.CERTIFICATE)
            return self._entry(key, stack, direct.of_partners(self._deployment, self._trusted_by(key, outside)))
        inside = deployment(peer)
        key, make = self._entry_for(inside, stack, relationship)
        self._peers.setdefault(key, {}).setdefault(place_of(peer).path, inside)
        if self._is_shared:
            return self._member(key, inside, stack, make)
        return self._entry(key, stack, make)

    def _member(
        self, key: str, peer: EceDeployment, stack: TerraformStack, make: Callable[[Construct, str], Entry]
    ) -> l1.DeploymentTrustMember:
        """The peer alone, in the stack of its connection; the entry around it stands in the first one that asked."""
        if key not in self._entries and key != ACCOUNT:
            self._entries[key] = (make(self._scope(key, stack), key), stack)
        known_as = (place_of(stack).path, key, place_of(peer).path)
        if known_as not in self._members:
            entry = None if key == ACCOUNT else self._entries[key][0]
            self._members[known_as] = l1.DeploymentTrustMember(
                child(self._scope(key, stack), ["Members", *place_of(peer).seen_from(stack)]),
                "Resource",
                deployment_id=self._id(),
                trust=l1.Deferred(lambda: _name_of(entry)),
                cluster_id=l1.Deferred(lambda: peer.cluster_id),
                provider=self._deployment.environment.provider_in(stack),
            )
        return self._members[known_as]

    def _entry_for(
        self, peer: EceDeployment, stack: TerraformStack, relationship: TrustRelationship | None
    ) -> tuple[str, Callable[[Construct, str], Entry]]:
        """The key of the entry that a deployment belongs to, and what makes it."""
        here, there = self._deployment.environment, peer.environment
        if here is there:
            return ACCOUNT, self._account
        if relationship is not None:
            return f"External-{place_of(relationship).alias}", self._external_of(relationship)
        key = f"Direct-{there.alias}"
        if there.KIND == here.KIND or there.KIND == "ece":
            return key, self._direct_of(peer)
        direct.hosted_authority(peer, stack)
        return key, direct.of_organization(self._deployment, there, stack, self._cluster_ids(key))

    def server_ca(self, peer: PartnerCluster, stack: TerraformStack, path: str) -> list[Entry]:
        """Trust the private CA of a partner's remote cluster server, for connections by API key.

        Raises:
            EceValueError: the CA is not told.
        """
        make = direct.of_server(self._deployment, peer, path)
        return self._entry_without_list(self._key_of_ca("ServerCa", peer, SecurityModel.API_KEY), stack, make)

    def _key_of_ca(self, kind: str, peer: PartnerCluster, model: SecurityModel) -> str:
        """The entry of a partner's CA, called like the first partner that has it: ECE keeps one entry for a CA."""
        key = self._cas.setdefault(direct.authorities_of(peer, model), f"{kind}-{peer.alias}")
        if not key.startswith(kind):
            raise EceValueError(
                place_of(self._deployment).path,
                "trust",
                peer,
                f"its CA is trusted by the entry {key} already, and ECE keeps one entry for a CA: use one security "
                f"model for both, or have its server certified by another CA and name that, server_ca_pem ({V19})",
            )
        return key

    def _trusted_by(self, key: str, peer: PartnerCluster) -> dict[str, PartnerCluster]:
        """All partners of an entry, this one among them."""
        partners = self._partners.setdefault(key, {})
        partners[place_of(peer).path] = peer
        scopes = {each.scope_id for each in partners.values() if direct.has_pattern(each)}
        if len(scopes) > 1:
            raise EceValueError(
                place_of(self._deployment).path,
                "trust",
                peer,
                f"partners of one CA stand in one entry of trust, and it has one scope_id; here are "
                f"{', '.join(sorted(map(str, scopes)))}: give them one, or name their nodes without it ({V19})",
            )
        return partners

    def proxy_ca(self, peer: EceDeployment, stack: TerraformStack) -> list[Entry]:
        """Trust the private CA of the proxies of another environment, for connections by API key."""
        environment = peer.environment
        certificate = _proxy_certificate(environment, stack)  # now: lowering must create nothing
        return self._entry_without_list(
            f"ProxyCa-{environment.alias}",
            stack,
            lambda scope, _: l1.DeploymentTrustDirect(
                scope,
                "Resource",
                deployment_id=self._id(),
                name=literal(f"{environment.alias}-proxy"),
                type="proxy",
                certificates=l1.Deferred(lambda: [certificate.ca_pem]),
                provider=self._deployment.environment.provider_in(stack),
            ),
        )

    def _entry_without_list(
        self, key: str, stack: TerraformStack, make: Callable[[Construct, str], Entry]
    ) -> list[Entry]:
        """An entry that is the same for all; stacks that need it, too, come after the one that has it."""
        if key in self._entries and (owner := self._entries[key][1]) is not stack:
            stack.add_dependency(owner)
            return []
        return [self._entry(key, stack, make)]

    def _entry(self, key: str, stack: TerraformStack, make: Callable[[Construct, str], Entry]) -> Entry:
        if key not in self._entries:
            self._entries[key] = (make(self._scope(key, stack), key), stack)
        entry, owner = self._entries[key]
        if owner is not stack:
            raise EceValueError(
                place_of(self._deployment).path,
                "trust",
                place_of(stack).path,
                f"its entry {key} is one list, made in stack {place_of(owner).path} already: "
                "make all its connections by certificate there, connect_to(…, scope=…), "
                f"or say {place_of(self._deployment).below[-1]}.share_trust() before the first one",
            )
        return entry

    def _scope(self, key: str, stack: TerraformStack) -> Construct:
        """Where objects about an entry stand in a stack."""
        own = place_of(self._deployment)
        if own.stack is stack:
            return child(self._deployment, ["Trust", key])
        return child(stack, ["Trust", *own.seen_from(stack), key])

    def _id(self) -> l1.Deferred:
        return l1.Deferred(lambda: self._deployment.deployment_id)

    def _cluster_ids(self, key: str) -> l1.Deferred | None:
        """The list; None leaves it to members."""
        if self._is_shared:
            return None
        return l1.Deferred(lambda: [peer.cluster_id for _, peer in sorted(self._peers[key].items())])

    def _account(self, scope: Construct, key: str) -> Entry:
        return l1.DeploymentTrustAccount(
            scope,
            "Resource",
            deployment_id=self._id(),
            cluster_ids=self._cluster_ids(key),
            provider=self._deployment.environment.provider_in(scope),
        )

    def _external_of(self, relationship: TrustRelationship) -> Callable[[Construct, str], Entry]:
        record = relationship.record_of(self._deployment.environment)
        return lambda scope, key: l1.DeploymentTrustExternal(
            scope,
            "Resource",
            deployment_id=self._id(),
            trust_relationship_id=l1.Deferred(lambda: record.id),
            cluster_ids=self._cluster_ids(key),
            provider=self._deployment.environment.provider_in(scope),
        )

    def _direct_of(self, peer: EceDeployment) -> Callable[[Construct, str], Entry]:
        environment = peer.environment

        def make(scope: Construct, key: str) -> Entry:
            authority = l1.DataCertificateAuthority(
                scope,
                "Authority",
                deployment_id=l1.Deferred(lambda: peer.deployment_id),
                provider=environment.provider_in(scope),
            )
            facts = environment.lookup(scope)
            return l1.DeploymentTrustDirect(
                scope,
                "Resource",
                deployment_id=self._id(),
                name=literal(environment.alias),
                type="ECE",
                certificates=l1.Deferred(lambda: authority.certificates_pem),
                scope_id=l1.Deferred(lambda: facts.environment_id),
                cluster_ids=self._cluster_ids(key),
                provider=self._deployment.environment.provider_in(scope),
            )

        return make


def _name_of(entry: Entry | None) -> str:
    """How a member names its entry; the reference also puts it behind the entry."""
    if isinstance(entry, l1.DeploymentTrustExternal):
        return f"external/{entry.trust_relationship_id}"
    if isinstance(entry, l1.DeploymentTrustDirect):
        return f"direct/{entry.uid}"
    return "account"


def _proxy_certificate(environment: Environment, stack: TerraformStack) -> l1.DataProxyCertificate:
    """The proxy's chain of an environment, read once per stack."""
    id_ = f"EceProxyCertificate-{environment.alias}"
    found = stack.node.try_find_child(id_)
    if isinstance(found, l1.DataProxyCertificate):
        return found
    return l1.DataProxyCertificate(stack, id_, provider=environment.provider_in(stack))
