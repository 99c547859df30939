"""Mistakes with the model of TLS certificates, by route."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from tests.routes.cells import Cell
from tests.routes.draft import DIRECT, Draft
from tests.routes.mistakes import Mistake
from tests.routes.places import Deployment
from tests.support.certificates import certificate

NAMES: Final = "does not match the trusted names"
"""Of the side that calls: it looks at the name in the certificate after the handshake, and hangs up."""

# O1: trust on one side only


def _trusts_another(draft: Draft) -> None:
    draft.trust(draft.cell.remote)["cluster_ids"] = [Deployment(draft.cell.simulator, "staging").cluster_id]


# O2: the id of the own environment


def _own_environment(draft: Draft) -> None:
    draft.trust(draft.cell.local)["scope_id"] = "${data.ece_environment.EceEnvironment-routes_ece.environment_id}"


# O3: the CA of another region


def _other_region(draft: Draft) -> None:
    remote: Any = draft.cell.remote
    _, other = remote.organization.regions.values()
    draft.trust(draft.cell.local)["certificates"] = list(other.ca_pems)


# O4: node certificates as they were


def _old_certificates(_: Cell, folder: Path) -> None:
    settings = folder / "elasticsearch.yml"
    lines = settings.read_text(encoding="utf-8").splitlines(keepends=True)
    own = tuple(f"xpack.security.transport.ssl.{name}:" for name in ("certificate", "key"))
    kept = [line for line in lines if not line.startswith(own)]
    assert len(kept) == len(lines) - 2
    settings.write_text("".join(kept), encoding="utf-8")


# O5: the scope of the documentation's example


def _scope_of_the_example(draft: Draft) -> None:
    trust = draft.trust(draft.cell.local)
    del trust["additional_node_names"]
    trust.update(scope_id="default.es.local", trust_all=True)


# I1: the id of the deployment


def _deployment_id(draft: Draft) -> None:
    local: Any = draft.cell.local
    draft.trust(draft.cell.remote)["cluster_ids"] = [local.id]


def _deployment_id_by_hand(cell: Cell) -> None:
    local: Any = cell.local
    remote: Any = cell.remote
    account = {"account_id": remote.installation.account_id, "trust_all": False, "trust_allowlist": [local.id]}
    remote.put_trust(accounts=[account])


# I2: nothing on the other side


def _one_side(draft: Draft) -> None:
    remote: Any = draft.cell.remote
    draft.take_out(DIRECT, deployment_id=remote.id)


# I3: ids of the wrong environments


def _own_id(draft: Draft) -> None:
    draft.trust(draft.cell.remote)["scope_id"] = "${data.ece_environment.EceEnvironment-routes_ece.environment_id}"


# I4: the CA of the proxies


def _authority_of_proxies(cell: Cell, folder: Path) -> None:
    remote: Any = cell.remote
    authority = folder / "ca" / "central.crt"
    assert authority.is_file()
    authority.write_bytes(Path(remote.installation.proxy_ca_file).read_bytes())


# I5: the CA of HTTP


def _authority_of_http(draft: Draft) -> None:
    draft.trust(draft.cell.remote)["certificates"] = [certificate("shop-http").pem]


MISTAKES: Final[dict[str, Mistake]] = {
    "O1": Mistake(
        "the remote side trusts another cluster",
        "untrusted_name",
        ("does not trust", "back", "nor the cluster id"),
        configured=_trusts_another,
    ),
    "O2": Mistake(
        "scope_id of the own environment",
        NAMES,
        ("does not trust", "but for its scope_id", "Put that into scope_id"),
        warned=("is the id of the environment that the deployment itself is in", "(V39)"),
        configured=_own_environment,
    ),
    "O3": Mistake(
        "CA of another region",
        "tls",
        ("certificates of the ece_deployment_trust_direct", "each region of Elastic Cloud Hosted has a CA of its own"),
        configured=_other_region,
    ),
    "O4": Mistake(
        "node certificates without an otherName",
        NAMES,
        ("carry no otherName", "instances.yaml"),
        misread=_old_certificates,
        skipped=("certutil.sh", "node1.crt", "node.key", "elasticsearch.trust.yml"),
    ),
    "O5": Mistake(
        "scope_id default.es.local, as in the example",
        NAMES,
        ("additional_node_names", "scope_id", "names that ECK makes by itself do not"),
        configured=_scope_of_the_example,
    ),
    "I1": Mistake(
        "deployment id in place of the cluster id",
        "untrusted_name",
        ("does not trust", "back", "which is the id of the deployment"),
        configured=_deployment_id,
        refused=("use the id of its Elasticsearch cluster", '"cluster_ids"'),
        by_hand=_deployment_id_by_hand,
    ),
    "I2": Mistake(
        "trust on the local side only",
        "tls",
        ("does not trust", "back", "needs trust on both sides"),
        configured=_one_side,
    ),
    "I3": Mistake(
        "scope_id of the ECE in place of the organization's id",
        "untrusted_name",
        ("does not trust", "back", "but for its scope_id", "Put that into scope_id"),
        warned=("is the id of the environment that the deployment itself is in", "(V39)"),
        configured=_own_id,
    ),
    "I4": Mistake(
        "CA of the proxies in place of the ECE's nodes'",
        "tls",
        ("xpack.security.transport.ssl.certificate_authorities", "data.ece_certificate_authority"),
        misread=_authority_of_proxies,
    ),
    "I5": Mistake(
        "CA of the cluster's HTTP in place of its transport's",
        "tls",
        ("does not trust back", "certificates of an ece_deployment_trust_direct", "es-transport-certs-public"),
        configured=_authority_of_http,
    ),
}
