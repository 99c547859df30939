"""What acceptance tests of trust share: certificates, configurations, and what the simulator holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from tests.support.certificates import certificate
from tests.support.ece import Ece

ACCOUNT = "ece_deployment_trust_account"
DIRECT = "ece_deployment_trust_direct"
EXTERNAL = "ece_deployment_trust_external"
MEMBER = "ece_deployment_trust_member"
RELATIONSHIP = "ece_trust_relationship"

CA = certificate("ours").pem
NEXT_CA = certificate("ours, next").pem
FOREIGN_CA = certificate("theirs").pem
SOMEBODY = "f" * 32
"""A cluster of some other environment."""

Lists = dict[str, list[dict[str, Any]]]


def trust(ece: Ece, name: str = "logs") -> Lists:
    """The trust of a deployment as the simulator holds it."""
    found: Lists = ece.elasticsearch(name)["trust"]
    return found


def trust_lists(ece: Ece, deployment_id: str, installation: int = 0) -> Lists:
    """The trust of a deployment as the API shows it."""
    read = ece.ask("GET", f"/deployments/{deployment_id}?show_settings=true", installation=installation)
    found = read["resources"]["elasticsearch"][0]["info"]["settings"]["trust"]
    return {name: entries or [] for name, entries in found.items()}


def set_trust(ece: Ece, deployment_id: str, installation: int = 0, **lists: Any) -> None:
    """Somebody changes lists of a deployment in the console and leaves the others."""
    target = f"/deployments/{deployment_id}"
    read = ece.ask("GET", f"{target}?show_settings=true&enrich_with_template=false", installation=installation)
    resource = read["resources"]["elasticsearch"][0]
    payload = {
        "ref_id": resource["ref_id"],
        "region": resource["region"],
        "plan": resource["info"]["plan_info"]["current"]["plan"],
        "settings": {"trust": {**trust_lists(ece, deployment_id, installation), **lists}},
    }
    body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
    ece.ask("PUT", target, body, installation=installation)


def relationship_of_somebody(ece: Ece, name: str = "theirs") -> str:
    """A trust relationship made in the console; its id."""
    body = {"name": name, "public_ca_cert": certificate(name).pem, "installation_id": "42"}
    return str(ece.ask("POST", "/platform/configuration/trust-relationships", body)["id"])


def seed_foreign(ece: Ece, name: str = "logs") -> dict[str, Any]:
    """A deployment made in the console, with trust, a secret, a filter and tags of others."""
    relationship = relationship_of_somebody(ece)
    direct = {
        "name": "theirs", "type": "ECE", "trust_all": False, "trust_allowlist": [SOMEBODY], "scope_id": "1053523734",
        "certificates": [{"pem": FOREIGN_CA}],
    }  # fmt: skip
    external = {"trust_relationship_id": relationship, "trust_all": True}
    made: dict[str, Any] = ece.control.seed(
        name=name,
        trust={"external": [external], "direct": [direct]},
        keystore={"somebodys.secret": "x"},
        tags={"owner": "somebody"},
    )
    return made


def account(deployment: Mapping[str, Any], *cluster_ids: Any, **more: Any) -> dict[str, Any]:
    """Arguments of account trust: a list of clusters, or what is given."""
    return {"deployment_id": deployment["id"], **({} if more else {"cluster_ids": list(cluster_ids)}), **more}


def direct(deployment: Mapping[str, Any], *pems: str, **more: Any) -> dict[str, Any]:
    """Arguments of a direct entry."""
    given = {
        "deployment_id": deployment["id"],
        "name": "orders",
        "type": "ECE",
        "scope_id": "77",
        "cluster_ids": [SOMEBODY],
        "certificates": list(pems) or [CA],
        **more,
    }
    return {name: value for name, value in given.items() if value is not None}


def attempts(ece: Ece, name: str = "logs") -> int:
    """How many plans a deployment had."""
    return len(ece.control.plan_history(deployment=name))


UPDATE = "update-deployment"
