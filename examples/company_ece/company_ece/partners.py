"""Clusters of the company that are on no ECE, with what is the same for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from constructs import Construct

from ece_constructs import ElasticsearchApi, SelfManagedCluster

AUTHORITY = Path(__file__).with_name("data_centre_ca.crt")
"""The CA that signs all nodes of the company's data centres."""


class DataCentreCluster(SelfManagedCluster):
    """A self-managed cluster in a data centre: one CA, one domain, and nodes named by number."""

    def __init__(self, scope: Construct, id_: str, *, version: str, nodes: int, egress: Sequence[str]) -> None:
        super().__init__(
            scope,
            id_,
            version=version,
            address=f"{id_}.dc.example.com",
            ca_pem=[AUTHORITY.read_text(encoding="utf-8")],
            node_names=[f"{id_}-{number}.dc.example.com" for number in range(1, nodes + 1)],
            egress=egress,
            api=ElasticsearchApi(env_prefix=f"DC_{id_.upper()}"),
        )
