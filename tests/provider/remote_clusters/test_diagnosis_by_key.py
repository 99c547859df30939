"""Why a connection by key is down, in the provider's words; the numbers are explained in ``diagnosis.py``."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509

from tests.provider.remote_clusters.connections import SECRET_NAME
from tests.provider.remote_clusters.diagnosis import CHAIN, NOBODY, RULESETS, Case
from tests.provider.remote_clusters.support import KEY, REMOTE, World
from tests.simulator.pems import bundle

# by key, in one installation


def not_encoded(case: Case) -> None:
    """``id:key`` in place of the encoded form."""
    key = case.there("POST", "_security/cross_cluster/api_key", {"name": "k", "access": {"search": [{"names": ["*"]}]}})
    case.put_secret(f"{key['id']}:{key['api_key']}")


def ordinary(case: Case) -> None:
    """A key for the REST API."""
    case.put_secret(case.there("POST", "_security/api_key", {"name": "rest"})["encoded"])


def forged(case: Case) -> None:
    """The id of the key with another secret."""
    case.put_secret(base64.b64encode(f"{case.live_key()}:{'x' * 22}".encode()).decode())


def anonymous(*roles: str) -> Callable[[Case], None]:
    """A good node certificate at 9400, and a key: the remote takes the request for one without a login."""

    def change(case: Case) -> None:
        entry = {"name": "wrong kind", "type": "proxy", "trust_all": False, "certificates": case.authorities("remote")}
        account = {"account_id": case.world.simulator.installations[0].account_id, "trust_all": True}
        case.trust("local", direct=[entry], accounts=[account])
        case.world.control.mark(case.pair.remote["id"], anonymous=list(roles))
        port_of_certificates(case)

    return change


def port_of_certificates(case: Case) -> None:
    """The port of the other model."""
    host = case.pair.world.elasticsearch(case.pair.local["id"], "GET", "_remote/info")["logs"]["server_name"]
    case.put_settings(proxy_address=f"{host}:9400")


def filter_that_misses(case: Case) -> None:
    """A rule set on the remote side that lets in somebody else."""
    ruleset = {
        "name": "peers", "type": "remote_cluster", "region": "ece-region", "include_by_default": False,
        "rules": [{"remote_cluster_id": NOBODY}],
    }  # fmt: skip
    made = case.world.ask("POST", RULESETS, ruleset)["id"]
    association = {"entity_type": "deployment", "id": case.pair.remote["id"]}
    case.world.ask("POST", f"{RULESETS}/{made}/associations", association)


def taken_away(kind: str, id: Callable[[Case], str]) -> Callable[[Case], None]:
    """An object that is gone."""
    return lambda case: case.world.control.take_away(kind, id(case))


BY_KEY: dict[str, tuple[Callable[[Case], Any], str]] = {
    "1 wrong host": (
        lambda case: case.put_settings(proxy_address="nobody.example.com:9443"),
        "Nothing answers at the address",
    ),
    "1 closed port": (
        lambda case: case.world.control.set_port(9443, open=False),
        "Nothing answers at the address: wrong host or port, a firewall, or a closed port",
    ),
    "2 stopped": (
        lambda case: case.world.ask("POST", f"/deployments/{case.pair.remote['id']}/_shutdown"),
        "Elasticsearch of deployment",
    ),
    "2 a name that the proxy does not know": (
        lambda case: case.put_settings(server_name="f" * 32 + ".a.ece.test"),
        "the proxy finds a deployment by this name only",
    ),
    "3 no secret": (
        taken_away("secret", lambda case: f"{case.pair.local['id']}/{SECRET_NAME}"),
        f"has no entry {SECRET_NAME}",
    ),
    "3 wrong name": (
        lambda case: case.show(bundle("*.elsewhere.test").text),
        "Proxies need a certificate with the wildcard of that name",
    ),
    "3 expired": (
        lambda case: case.show(bundle("*.a.ece.test", days=-1).text),
        "or the name or the time of the certificate does not fit",
    ),
    "4 to 7 port of the other model": (port_of_certificates, "is a port of the certificate model"),
    "5 no login": (anonymous(), "is a port of the certificate model"),
    "6 anonymous access": (anonymous("guest"), "is a port of the certificate model"),
    "7 anonymous superuser": (anonymous("superuser"), "is a port of the certificate model"),
    "9 ordinary key": (ordinary, "Only a cross-cluster API key opens a remote cluster"),
    "10 wrong secret": (forged, "refuses the key in the keystore"),
    "10 not encoded": (not_encoded, "refuses the key in the keystore"),
    "10 invalidated": (
        lambda case: case.there("DELETE", "_security/api_key", {"ids": [case.live_key()]}),
        "has no valid key for this alias",
    ),
    "10 removed": (
        taken_away("key", lambda case: f"{case.pair.remote['id']}/{case.live_key()}"),
        "has no valid key for this alias",
    ),
    "14 filter": (filter_that_misses, "has traffic filters, and no rule names"),
}


@pytest.mark.parametrize("case", BY_KEY)
async def test_by_key_in_one_installation(world: World, case: str):
    """The cause comes first; a connection that was written well and then broken."""
    made = Case(world)
    stored = await made.written("api_key")
    assert stored["connected"] is True
    change, words = BY_KEY[case]
    change(made)
    text = await made.told("api_key", stored)
    assert words in text.partition("It may also be this")[0], text


async def test_an_expired_key(world: World):
    """10: it can neither be updated nor revived, and its object makes another one."""
    made = Case(world)
    await world.apply(KEY, made.pair.key(expiration="1s"))
    stored = await made.written("api_key", with_key=False)
    await asyncio.sleep(1.1)
    assert "has no valid key for this alias: it expired" in await made.told("api_key", stored)


async def test_a_secret_under_another_alias(world: World):
    """8: Elasticsearch finds the key by the alias only, and no key goes over the wire."""
    made = Case(world)
    other = x509.OtherName(x509.ObjectIdentifier("2.5.4.3"), b"\x0c\x05proxy")
    chain = bundle("*.a.ece.test", more=(other,))
    made.show(chain.text)
    entry = {
        "name": "x", "trust_all": False, "additional_node_names": ["proxy"], "certificates": [{"pem": chain.root}],
    }  # fmt: skip
    made.trust("local", direct=[entry])
    await world.apply(KEY, made.pair.key(local={"deployment_id": made.pair.local["id"], "alias": "orders"}))
    stored = await made.written("api_key", with_key=False)
    text = await made.told("api_key", stored)
    assert f"has no entry {SECRET_NAME}" in text
    assert "An ece_cross_cluster_api_key for this alias puts it there" in text


async def test_rights_of_a_search_are_no_matter_of_the_connection(world: World):
    """11 and 12: the connection stands, and nothing is said that would lead the reader astray."""
    made = Case(world, documents={"secret": {"1": {"n": 1}}})
    stored = await made.written("api_key")
    found = world.elasticsearch(made.pair.local["id"], "GET", "logs:secret/_search")
    assert "is unauthorized for user" in str(found["_clusters"]["details"]["logs"]["failures"])
    planned = await world.plan(REMOTE, made.arguments("api_key"), stored)
    assert planned.prior is not None
    assert planned.prior["connected"] is True
    assert planned.warnings == []


# by key, from another installation


async def test_the_ca_of_a_private_proxy(world: World):
    """3: without a CA, and with the CA of the nodes, which is the usual mistake; the right one helps."""
    made = Case(world, 1)
    stored = await made.written("api_key")
    assert "The CA of the remote deployment's nodes is another one" in await made.told("api_key", stored)
    wrong = {"name": "wrong kind", "type": "proxy", "trust_all": False, "certificates": made.authorities("remote")}
    made.trust("local", direct=[wrong])
    assert "has no direct trust (type proxy) for the CA" in await made.told("api_key", stored)
    root = world.ask("GET", CHAIN, None, 1)["chain"][-1]
    made.trust("local", direct=[{**wrong, "certificates": [{"pem": root}]}])
    assert world.is_connected(made.pair.local["id"], "logs")


async def test_a_key_at_the_other_port_with_the_ca_of_the_nodes(world: World):
    """4: both mistakes at once; the handshake gets as far as the missing client certificate."""
    made = Case(world, 1)
    stored = await made.written("api_key")
    entry = {"name": "wrong kind", "type": "proxy", "trust_all": False, "certificates": made.authorities("remote")}
    made.trust("local", direct=[entry])
    port_of_certificates(made)
    assert "is a port of the certificate model" in await made.told("api_key", stored)


async def test_a_filter_by_address_that_misses(world: World):
    """14: rules by cluster id cannot act on another installation, and the address is not in the list."""
    made = Case(world, 1)
    root = world.ask("GET", CHAIN, None, 1)["chain"][-1]
    entry = {"name": "dr", "type": "proxy", "trust_all": False, "certificates": [{"pem": root}]}
    made.trust("local", direct=[entry])
    stored = await made.written("api_key")
    assert stored["connected"] is True
    common = {"region": "ece-region", "include_by_default": False}
    rules = {"ip": {"source": "192.0.2.9"}, "remote_cluster": {"remote_cluster_id": made.pair.local["cluster_id"]}}
    for kind, rule in rules.items():
        ruleset = world.ask("POST", RULESETS, {"name": kind, "type": kind, "rules": [rule], **common}, 1)["id"]
        association = {"entity_type": "deployment", "id": made.pair.remote["id"]}
        world.ask("POST", f"{RULESETS}/{ruleset}/associations", association, 1)
    text = await made.told("api_key", stored)
    assert "has traffic filters, and no rule names" in text
    assert "the addresses of its allocators" in text
    assert "have no effect here" in text, "a rule of a kind that cannot act on this pair"
