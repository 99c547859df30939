"""One connection per route and model, as a user would describe it; the golden folders are made from these.

`python -m tests.domain.hand_over.cases` writes the folders again after a wished change.
"""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from ece_domain.hand_over import Connection, HandOver, Side, hand_over
from ece_domain.platforms import Platform
from ece_domain.security_models import SecurityModel

GOLDEN: Final = Path(__file__).resolve().parents[2] / "golden" / "hand_over"
CA: Final = {file.stem: file.read_text(encoding="utf-8") for file in (GOLDEN / "authorities").glob("*.pem")}

MANIFEST: Final[dict[str, Any]] = {
    "apiVersion": "elasticsearch.k8s.elastic.co/v1",
    "kind": "Elasticsearch",
    "metadata": {"name": "shop", "namespace": "elastic"},
    "spec": {
        "version": "9.2.0",
        "secureSettings": [{"secretName": "snapshots"}],
        "nodeSets": [
            {
                "name": "default",
                "count": 3,
                "config": {"node.store.allow_mmap": False},
                "volumeClaimTemplates": [
                    {
                        "metadata": {"name": "elasticsearch-data"},
                        "spec": {"resources": {"requests": {"storage": "1Ti"}}},
                    }
                ],
            }
        ],
    },
}
"""An Elasticsearch resource that holds what must not be lost."""

ECE: Final = Side(
    Platform.ECE,
    "central",
    address="0a1b2c3d4e5f60718293a4b5c6d7e8f9.ece.example.com",
    version="9.2.0",
    ca_pem=(CA["central"],),
    cluster_id="0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    scope_id="1053523734",
    egress=("198.51.100.0/28",),
)
FAR: Final = replace(
    ECE,
    name="orders",
    address="ffeeddccbbaa99887766554433221100.paris.example.com",
    cluster_id="ffeeddccbbaa99887766554433221100",
    scope_id="83988631",
    egress=("203.0.113.64/28",),
)
HOSTED: Final = Side(
    Platform.ECH,
    "hosted",
    address="1234567890abcdef1234567890abcdef.eu-central-1.aws.example.com",
    version="9.2.0",
    ca_pem=(CA["onprem"],),
    public_ca=True,
    cluster_id="1234567890abcdef1234567890abcdef",
    scope_id="803289842",
    egress=("192.0.2.128/25",),
)
SELF: Final = Side(
    Platform.SELF_MANAGED,
    "onprem",
    address="onprem.example.com",
    version="9.2.0",
    ca_pem=(CA["onprem"],),
    scope_id="onprem",
    cluster_id="onprem-cluster",
    node_names=("es01.example.com", "es02"),
    egress=("203.0.113.0/28",),
)
ECK: Final = Side(
    Platform.ECK,
    "shop",
    address="shop.example.com",
    version="9.2.0",
    ca_pem=(CA["onprem"],),
    cluster_name="shop",
    namespace="elastic",
    manifest=MANIFEST,
    egress=("203.0.113.128/28",),
)

ACCESS: Final[dict[str, Any]] = {"search": [{"names": ["orders-*"]}]}
"""What the key of a cluster gives access to that Terraform does not reach."""

PAIRS: Final[dict[str, tuple[Side, Side]]] = {
    "O1": (ECE, FAR),
    "O2": (ECE, FAR),
    "O3": (ECE, HOSTED),
    "O4": (ECE, SELF),
    "O5": (ECE, ECK),
    "I3": (HOSTED, ECE),
    "I4": (SELF, ECE),
    "I5": (ECK, ECE),
}
"""Local and remote side by route; I1 and I2 are O1 and O2 seen from the other end."""

CASES: Final = [(route, model) for route in PAIRS for model in SecurityModel]


def connection(route: str, model: SecurityModel, **more: Any) -> Connection:
    """The connection of a route."""
    local, remote = PAIRS[route]
    alias = remote.name
    by_hand = model is SecurityModel.API_KEY and not remote.is_cloud
    return Connection(
        **{
            "alias": alias,
            "model": model,
            "local": local,
            "remote": remote,
            "folder": f"hand-over/{alias}",
            "secret_file": None if local.is_cloud and not by_hand else f"secrets/{alias}",
            "access": ACCESS if by_hand else None,
            "same_installation": route == "O1",
            **more,
        }
    )


def made(route: str, model: SecurityModel, **more: Any) -> HandOver:
    """What is handed over for it."""
    return hand_over(connection(route, model, **more))


def folder(route: str, model: SecurityModel) -> Path:
    """Where its golden files are."""
    return GOLDEN / f"{route}-{model.value}"


def main() -> None:
    """Write all golden folders."""
    for route, model in CASES:
        place = folder(route, model)
        shutil.rmtree(place, ignore_errors=True)
        for file in made(route, model).files:
            target = place / file.name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(file.text, encoding="utf-8")


if __name__ == "__main__":
    main()
