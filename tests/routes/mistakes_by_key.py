"""Mistakes with the API-key model, by route."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, Final

from tests.routes.cells import Cell
from tests.routes.draft import DIRECT, Draft
from tests.routes.mistakes import Mistake
from tests.support.certificates import certificate

_OFFICE: Final = {"source": "192.0.2.0/24"}


# O1: the keystore has the key under the name of another alias


def _secret_named(alias: str) -> Any:
    """The key was made in Kibana, and Terraform puts it into the keystore."""

    def change(draft: Draft) -> None:
        local: Any = draft.cell.local
        file = draft.cell.folder / "key"
        if not file.exists():
            key = {"name": "k", "access": {"search": [{"names": ["logs-*"]}]}}
            made = draft.cell.remote.call("POST", "_security/cross_cluster/api_key", key)
            file.write_text(made["encoded"], encoding="utf-8")
        draft.take_out("ece_cross_cluster_api_key")
        del draft.connection["cross_cluster_api_key_id"]
        draft.connection["external_secret"] = True
        name = f"cluster.remote.{alias}.credentials"
        draft.add("ece_keystore_secret", "key", deployment_id=local.id, name=name, value_file=str(file))

    return change


# O2: the CA of the nodes in place of the proxies'


def _authority_of_nodes(draft: Draft) -> None:
    remote: Any = draft.cell.remote
    draft.read("ece_certificate_authority", "nodes", "routes_paris", deployment_id=remote.id)
    draft.trust(draft.cell.local)["certificates"] = "${data.ece_certificate_authority.nodes.certificates_pem}"


# O3: the port that the deployment's page shows


def _port_of_the_page(draft: Draft) -> None:
    remote: Any = draft.cell.remote
    del draft.connection["remote"]
    draft.connection.update(proxy_address=f"{remote.endpoint}:9400", server_name=remote.endpoint)


def _port_by_hand(cell: Cell) -> None:
    name = cell.local.call("GET", "_remote/info")[cell.alias]["server_name"]
    values = {f"cluster.remote.{cell.alias}.proxy_address": f"{name}:9400"}
    cell.local.call("PUT", "_cluster/settings", {"persistent": values})


# O4: the CA of HTTP in place of the server's


def _authority_of_http(draft: Draft) -> None:
    draft.trust(draft.cell.local)["certificates"] = [certificate("onprem HTTP CA").pem]


# O5: no server_name


def _no_server_name(draft: Draft) -> None:
    del draft.connection["remote"]["server_name"]


# I1: a filter for people


def _for_people(draft: Draft, *, is_used: bool = True) -> None:
    draft.filter("ip", _OFFICE, is_used=is_used)


def _for_people_and_the_local_side(draft: Draft) -> None:
    _for_people(draft)
    local: Any = draft.cell.local
    draft.filter("remote_cluster", {"cluster_id": local.cluster_id}, name="peers")


# I2: a rule for a cluster of another ECE


def _by_cluster(draft: Draft, *, is_used: bool = True) -> None:
    local: Any = draft.cell.local
    draft.filter("remote_cluster", {"cluster_id": local.cluster_id}, is_used=is_used)


def _by_address(draft: Draft) -> None:
    local: Any = draft.cell.local
    draft.filter("ip", {"source": local.installation.world.egress}, name="allocators")


# I3: the CA of the own proxies is not told


def _no_authority(draft: Draft) -> None:
    local: Any = draft.cell.local
    draft.take_out(DIRECT, deployment_id=local.id)


# I4: another alias in the keystore of the nodes


def _other_alias(_: Cell, folder: Path) -> None:
    script = folder / "keystore.sh"
    text = script.read_text(encoding="utf-8")
    assert "cluster.remote.central." in text
    script.write_text(text.replace("cluster.remote.central.", "cluster.remote.ece."), encoding="utf-8")


# I5: the addresses of pods


def _pods(draft: Draft, *, is_used: bool = True) -> None:
    draft.filter("ip", {"source": "10.42.0.0/16"}, is_used=is_used)


def _gateway(draft: Draft) -> None:
    local: Any = draft.cell.local
    draft.filter("ip", {"source": local.cluster.egress}, name="gateway")


MISTAKES: Final[dict[str, Mistake]] = {
    "O1": Mistake(
        "keystore entry under another alias",
        "tls",
        ("has no entry cluster.remote.logs.credentials", "cluster.remote.central.credentials"),
        configured=_secret_named("central"),
        repaired=_secret_named("logs"),
    ),
    "O2": Mistake(
        "CA of the remote nodes in place of its proxies'",
        "tls",
        ("no direct trust (type proxy)", "data.ece_proxy_certificate"),
        warned=("is the CA of the node certificates of environment", "(V16)"),
        configured=_authority_of_nodes,
    ),
    "O3": Mistake(
        "port 9400, as the deployment's page shows it",
        "tls",
        ("9400 is a port of the certificate model", "9443"),
        configured=_port_of_the_page,
        refused=("which uses port 9443", '"proxy_address"'),
        by_hand=_port_by_hand,
    ),
    "O4": Mistake(
        "CA of the cluster's HTTP in place of its remote cluster server's",
        "tls",
        ("its CA belongs into certificates of an ece_deployment_trust_direct of type proxy", "HTTP"),
        configured=_authority_of_http,
    ),
    "O5": Mistake(
        "no server_name",
        "tls",
        ("server_name is not set", "<name>-es-remote-cluster.<namespace>.svc"),
        configured=_no_server_name,
    ),
    "I1": Mistake(
        "a traffic filter for people only",
        "BLOCKED_BY_TRAFFIC_FILTER",
        ("has traffic filters, and no rule names", "cluster_id"),
        warned=("it would be cut off", "(V31)"),
        before=partial(_for_people, is_used=False),
        configured=_for_people,
        repaired=_for_people_and_the_local_side,
    ),
    "I2": Mistake(
        "remote_cluster rule for a cluster of another ECE",
        "BLOCKED_BY_TRAFFIC_FILTER",
        ("have no effect here", "the addresses of its allocators"),
        warned=("Add a rule with the addresses that it comes from", "(V31)"),
        before=partial(_by_cluster, is_used=False),
        configured=_by_cluster,
        repaired=_by_address,
    ),
    "I3": Mistake(
        "the ECE's private proxy CA is not told to Elastic Cloud Hosted",
        "tls",
        ("no direct trust (type proxy)", "data.ece_proxy_certificate"),
        warned=("no direct trust (type proxy)", "(V37)"),
        configured=_no_authority,
    ),
    "I4": Mistake(
        "key in the nodes' keystore under another alias",
        "tls",
        ("has loaded no secret cluster.remote.central.credentials", "elasticsearch-keystore add"),
        misread=_other_alias,
    ),
    "I5": Mistake(
        "filter with the addresses of pods in place of their gateway's",
        "BLOCKED_BY_TRAFFIC_FILTER",
        ("has traffic filters, and no rule names", "the gateway"),
        warned=("it would be cut off", "(V31)"),
        before=partial(_pods, is_used=False),
        configured=_pods,
        repaired=_gateway,
    ),
}
