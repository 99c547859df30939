"""The functions of the provider: what they give, and which argument they blame."""

from __future__ import annotations

import base64
from typing import Any

import pytest

from ece_provider.functions import FUNCTIONS
from ece_provider.provider import EceProvider
from terraform_plugin.resource import FunctionError

BY_NAME = {function.name: function for function in FUNCTIONS}
HOST = "0a1b2c3d4e5f60718293a4b5c6d7e8f9"


def cloud_id(text: str, name: str = "logs:") -> str:
    """A cloud id with this inside."""
    return name + base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("version_compatible", ("9.2.0", "9.1.4", "search"), True),
        ("version_compatible", ("9.0.0", "8.19.0", "search"), False),
        ("version_compatible", ("9.1.0", "9.2.0", "replication"), False),
        ("version_compatible", ("20.0.0", "20.0.0", "search"), False),
        ("remote_address", ("a.example.com", "api_key"), "a.example.com:9443"),
        ("remote_address", ("a.example.com", "certificate"), "a.example.com:9400"),
        ("remote_address", ("a.example.com", "certificate", "self_managed"), "a.example.com:9300"),
        ("remote_address", ("a.example.com:9999", "api_key", "eck"), "a.example.com:9999"),
        ("remote_address", ("2001:db8::1", "api_key"), "[2001:db8::1]:9443"),
        (
            "parse_cloud_id",
            (cloud_id(f"ece.example.com:9243${HOST}$kibana"),),
            {"name": "logs", "elasticsearch_host": f"{HOST}.ece.example.com", "kibana_host": "kibana.ece.example.com",
             "port": 9243},
        ),
        (
            "parse_cloud_id",
            (cloud_id(f"example.com${HOST}$", name=""),),
            {"name": "", "elasticsearch_host": f"{HOST}.example.com", "kibana_host": None, "port": 443},
        ),
        ("trust_file", (["*.node.a.cluster.b.account"], ["es01"]),
         'trust.subject_name:\n  - "*.node.a.cluster.b.account"\n  - "es01"\n'),
    ],
)  # fmt: skip
def test_a_function_gives(name: str, arguments: tuple[Any, ...], result: Any):
    """Configurations build on these values."""
    assert BY_NAME[name].call(*arguments) == result


@pytest.mark.parametrize(
    ("name", "arguments", "argument", "words"),
    [
        ("version_compatible", ("9.2", "9.1.4", "search"), 0, "not a version"),
        ("version_compatible", ("9.2.0", "x", "search"), 1, "not a version"),
        ("version_compatible", ("9.2.0", "9.1.4", "both"), 2, '"search", "replication"'),
        ("remote_address", ("https://a", "api_key"), 0, "no address"),
        ("remote_address", ("a", "tls"), 1, "certificate"),
        ("remote_address", ("a", "api_key", "aws"), 2, "self_managed"),
        ("remote_address", ("a", "api_key", "ece", "ece"), 3, "At most one"),
        ("parse_cloud_id", ("logs",), 0, "no cloud id"),
        ("parse_cloud_id", (cloud_id("example.com"),), 0, "no cloud id"),
        ("parse_cloud_id", (cloud_id("example.com:x$a"),), 0, "no cloud id"),
        ("trust_file", (["*.node.a.cluster.b.account"], []), 1, "lock out the cluster's own nodes"),
        ("trust_file", ([], ["es01"]), 0, "lets nobody in"),
        ("trust_file", (["a b"], ["es01"]), 0, "no name of nodes"),
    ],
)
def test_a_wrong_argument_is_blamed(name: str, arguments: tuple[Any, ...], argument: int, words: str):
    """Terraform underlines it."""
    with pytest.raises(FunctionError, match=words) as wrong:
        BY_NAME[name].call(*arguments)
    assert wrong.value.argument == argument


def test_the_provider_offers_them():
    """And each says what it is for."""
    assert [function.name for function in EceProvider().functions] == sorted(BY_NAME)
    assert all(function.signature.description for function in FUNCTIONS)
