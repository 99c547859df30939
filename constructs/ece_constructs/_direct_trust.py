"""Direct trust of a deployment in clusters that are on no ECE: what each kind of peer needs.

Source: Elastic documentation, "Remote clusters" of each pair of platforms.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from constructs import Construct

import ece_l1 as l1
from ece_constructs._checks import known, literal
from ece_constructs._scopes import child, place_of
from ece_constructs.errors import EceValueError
from ece_domain.security_models import SecurityModel
from ece_l1._cdk import TerraformStack

if TYPE_CHECKING:
    from ece_constructs.deployment import EceDeployment
    from ece_constructs.environment import Environment
    from ece_constructs.partner import PartnerCluster

Make = Callable[[Construct, str], l1.DeploymentTrustDirect]


def hosted_authority(peer: EceDeployment, stack: TerraformStack) -> None:
    """Have the CA of a hosted deployment, which is that of its region, read in ``stack``."""
    authorities = _authorities(peer.environment, stack)
    path = place_of(peer).path
    if path not in authorities:
        authorities[path] = l1.DataCertificateAuthority(
            child(stack, ["Authority", *place_of(peer).seen_from(stack)]),
            "Resource",
            deployment_id=l1.Deferred(lambda: peer.deployment_id),
            provider=peer.environment.provider_in(stack),
        )


def _authorities(environment: Environment, stack: TerraformStack) -> dict[str, l1.DataCertificateAuthority]:
    """All that the stack reads of one organization: a CA is known under one set of certificates to all deployments."""
    kept: dict[str, dict[str, l1.DataCertificateAuthority]] = vars(environment).setdefault("_ece_authorities", {})
    return kept.setdefault(place_of(stack).path, {})


def of_organization(
    deployment: EceDeployment, environment: Environment, stack: TerraformStack, cluster_ids: l1.Deferred | None
) -> Make:
    """Trust in clusters of an organization on Elastic Cloud Hosted, with the CA of each region that is involved."""
    authorities = _authorities(environment, stack)

    def certificates() -> str:
        read = ", ".join(f"{each.fqn}.certificates_pem" for _, each in sorted(authorities.items()))
        return f"${{distinct(concat({read}))}}"

    return lambda scope, _: l1.DeploymentTrustDirect(
        scope,
        "Resource",
        deployment_id=l1.Deferred(lambda: deployment.deployment_id),
        name=literal(environment.alias),
        type="ESS",
        certificates=l1.Deferred(certificates),
        scope_id=l1.Deferred(lambda: authorities[min(authorities)].environment_id),
        cluster_ids=cluster_ids,
        provider=deployment.environment.provider_in(scope),
    )


def of_partners(deployment: EceDeployment, peers: Mapping[str, PartnerCluster]) -> Make:
    """Trust in self-managed and ECK clusters of one CA: by scope and cluster where certificates have them, or by name.

    ``peers`` may grow; what it holds is asked for when the stack is written.
    """

    def named() -> PartnerCluster:
        return peers[min(peers)]

    def by_pattern() -> list[PartnerCluster]:
        return [peer for _, peer in sorted(peers.items()) if has_pattern(peer)]

    def by_name() -> list[str]:
        return [name for _, peer in sorted(peers.items()) if not has_pattern(peer) for name in peer.node_names]

    return lambda scope, _: l1.DeploymentTrustDirect(
        scope,
        "Resource",
        deployment_id=l1.Deferred(lambda: deployment.deployment_id),
        name=l1.Deferred(lambda: literal(named().name)),
        type="generic",
        certificates=l1.Deferred(lambda: literal(named().authorities(SecurityModel.CERTIFICATE))),
        scope_id=l1.Deferred(lambda: next((literal(peer.scope_id) for peer in by_pattern()), None)),
        cluster_ids=l1.Deferred(lambda: [literal(peer.cluster_id) for peer in by_pattern()] or None),
        additional_node_names=l1.Deferred(lambda: literal(by_name()) or None),
        provider=deployment.environment.provider_in(scope),
    )


def has_pattern(peer: PartnerCluster) -> bool:
    """True where the names in its node certificates follow Elastic Cloud's pattern."""
    return peer.scope_id is not None and peer.cluster_id != ""


def authorities_of(peer: PartnerCluster, model: SecurityModel) -> tuple[str, ...]:
    """What tells its CAs from others: the texts, or the cluster while they are not known."""
    found = peer.authorities(model)
    return tuple(sorted(pem.strip() for pem in found)) if known(found) else (peer.alias,)


def of_server(deployment: EceDeployment, peer: PartnerCluster, path: str) -> Make:
    """Trust in the private CA of a partner's remote cluster server, for connections by key; others may have the same.

    Raises:
        EceValueError: the CA is not told.
    """
    certificates = peer.authorities(SecurityModel.API_KEY)
    if not certificates:
        raise EceValueError(
            path,
            "remote",
            peer,
            "the CA of its remote cluster server is needed: give it ca_pem=[…], or public_ca=True where everybody "
            "trusts that CA",
        )
    return lambda scope, _: l1.DeploymentTrustDirect(
        scope,
        "Resource",
        deployment_id=l1.Deferred(lambda: deployment.deployment_id),
        name=literal(f"{peer.name}-server"),
        type="proxy",
        certificates=literal(certificates),
        provider=deployment.environment.provider_in(scope),
    )
