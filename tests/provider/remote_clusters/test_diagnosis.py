"""Why a connection is down, in the words of the provider: each documented symptom made on purpose over real TLS.

The numbers are those of Elastic's page on troubleshooting remote clusters, in the order of its log lines: 1 nothing
answers, 2 closed by remote, 3 no trust with the server, 4 to 7 a key at the port of the certificate model, 8 no key
sent, 9 an ordinary key, 10 a key that is refused, 11 and 12 rights of a search, 13 names that do not match, 14 filters.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable
from typing import Any

import pytest
from cryptography import x509

from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, SECRET, Refused, World
from tests.simulator.pems import bundle

SECRET_NAME = "cluster.remote.logs.credentials"
CHAIN = "/platform/configuration/security/tls/proxy"
RULESETS = "/deployments/traffic-filter/rulesets"
NOBODY = "0" * 32


class Case:
    """A pair of deployments, maybe in two installations, and what somebody does to them."""

    def __init__(self, world: World, number: int = 0, **parts: Any) -> None:
        self.world = world
        self.number = number
        world.config = {"environments": {"dr": {"kind": "ece", **world.settings(1)}}} if number else {}
        self.pair = Pair(world, world.control.seed(name="central"), world.control.seed(number, name="logs", **parts))
        self.side = {"deployment_id": self.pair.remote["id"], "environment": "dr" if number else None}

    async def written(self, model: str, *, with_key: bool = True) -> Any:
        """The connection in state, whether it is connected or not."""
        if model == "api_key" and with_key:
            await self.world.apply(KEY, self.pair.key(remote=self.side))
        arguments = self.arguments(model, wait_for_connected=False)
        stored = await self.world.apply(REMOTE, arguments)
        stored.state["wait_for_connected"] = True
        return stored

    def arguments(self, model: str, **more: Any) -> dict[str, Any]:
        """Of the connection."""
        return self.pair.connection(model, remote=self.side, **more)

    async def told(self, model: str, stored: Any) -> str:
        """What the next plan says of the connection, which must be down."""
        planned = await self.world.plan(REMOTE, self.arguments(model), stored)
        assert planned.prior is not None
        assert planned.prior["connected"] is False
        return "\n".join(planned.warnings)

    def put_settings(self, **values: Any) -> None:
        """Settings of the alias by hand."""
        body = {"persistent": {f"cluster.remote.logs.{name}": value for name, value in values.items()}}
        self.world.elasticsearch(self.pair.local["id"], "PUT", "_cluster/settings", body)

    def put_secret(self, value: str, alias: str = "logs") -> None:
        """Somebody overwrites the secret, and Elasticsearch reads its keystore again."""
        body = {"secrets": {f"cluster.remote.{alias}.credentials": {"value": value}}}
        self.world.ask("PATCH", f"/deployments/{self.pair.local['id']}/elasticsearch/_main/keystore", body)
        self.world.elasticsearch(self.pair.local["id"], "POST", "_nodes/reload_secure_settings")

    def there(self, method: str, path: str, body: Any = None) -> Any:
        """A call of Elasticsearch of the remote side."""
        return self.world.elasticsearch(self.pair.remote["id"], method, path, body, self.number)

    def live_key(self) -> str:
        """The id of the only key."""
        (key,) = self.world.live_keys(self.pair.remote["id"], self.number)
        return str(key["id"])

    def trust(self, side: str, **lists: Any) -> None:
        """Trust of a side as somebody writes it, by list."""
        owner = getattr(self.pair, side)
        number = self.number if side == "remote" else 0
        found = self.world.ask("GET", f"/deployments/{owner['id']}?show_settings=true", None, number)
        resource = found["resources"]["elasticsearch"][0]
        payload = {
            "ref_id": resource["ref_id"],
            "region": resource["region"],
            "plan": resource["info"]["plan_info"]["current"]["plan"],
            "settings": {"trust": {"accounts": [], "external": [], "direct": [], **lists}},
        }
        body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
        self.world.ask("PUT", f"/deployments/{owner['id']}", body, number)

    def authorities(self, side: str) -> list[dict[str, str]]:
        """The CAs of a side's nodes."""
        number = self.number if side == "remote" else 0
        path = f"/deployments/{getattr(self.pair, side)['id']}/certificate-authority"
        return [{"pem": one["pem"]} for one in self.world.ask("GET", path, None, number)["public_certificates"]]

    def show(self, chain: str) -> None:
        """The remote's proxies show another chain."""
        place = self.world.simulator.installations[self.number]
        from ece_simulator.message import Request

        headers = {"authorization": f"ApiKey {place.api_key}"}
        reply = place.handle(Request.make("POST", f"/api/v1{CHAIN}", headers=headers, body=chain.encode()))
        assert reply.status == 202, reply.body


def peer(case: Case, side: str, **more: Any) -> dict[str, Any]:
    """A direct entry for the other environment on a side."""
    other, number = ("remote", case.number) if side == "local" else ("local", 0)
    entry = {
        "name": "peer", "type": "ECE", "trust_all": True, "certificates": case.authorities(other),
        "scope_id": case.world.simulator.installations[number].environment_id,
    }  # fmt: skip
    return {**entry, **more}


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


# by certificate


def of_account(case: Case, *ids: str) -> list[dict[str, Any]]:
    """Account trust for some clusters."""
    account = case.world.simulator.installations[0].account_id
    return [{"account_id": account, "trust_all": False, "trust_allowlist": list(ids)}]


BY_CERTIFICATE: dict[str, tuple[Callable[[Case], Any], tuple[str, ...]]] = {
    "13 not trusted here": (
        lambda case: case.trust("local", accounts=of_account(case, NOBODY)),
        ('("central") does not trust', '("logs"): its trust settings name neither'),
    ),
    "13 not trusted back": (
        lambda case: case.trust("remote", accounts=of_account(case, NOBODY)),
        ('("logs") does not trust', "back: its trust settings name neither"),
    ),
    "2 stopped": (
        lambda case: case.world.ask("POST", f"/deployments/{case.pair.remote['id']}/_shutdown"),
        ("is stopped",),
    ),
    "1 closed port": (lambda case: case.world.control.set_port(9400, open=False), ("Nothing answers at the address",)),
    "port of the other model": (
        lambda case: case.put_settings(proxy_address=case.pair.remote["cluster_id"] + ".a.ece.test:9443"),
        ("is a port of the api_key model",),
    ),
    "a secret turns the alias": (
        lambda case: case.put_secret("c29tZXRoaW5n"),
        ("which turns the alias to the API-key model",),
    ),
}


@pytest.mark.parametrize("case", BY_CERTIFICATE)
async def test_by_certificate_in_one_installation(world: World, case: str):
    """Trust is named with its direction."""
    made = Case(world)
    stored = await made.written("certificate")
    assert stored["connected"] is True
    change, words = BY_CERTIFICATE[case]
    change(made)
    text = await made.told("certificate", stored)
    assert all(word in text.partition("It may also be this")[0] for word in words), text


WRONG_PEERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "3 no entry here": ("local", {}, '("central") does not trust'),
    "3 no entry there": ("remote", {}, "back: its trust settings name neither"),
    "13 another cluster here": (
        "local",
        {"trust_all": False, "trust_allowlist": [NOBODY]},
        '("central") does not trust',
    ),
    "13 another cluster there": (
        "remote",
        {"trust_all": False, "trust_allowlist": [NOBODY]},
        "back: its trust settings name neither",
    ),
    "13 another scope": ("local", {"scope_id": "4711"}, '("central") does not trust'),
    "3 the CA of the proxies": ("local", {"certificates": "proxy"}, "its CA is missing on the local side"),
    "3 the CA of the proxies there": ("remote", {"certificates": "proxy"}, "it does not trust back"),
}


@pytest.mark.parametrize("case", WRONG_PEERS)
async def test_by_certificate_to_another_installation(world: World, case: str):
    """An entry that is missing, names somebody else, has another scope, or the CA of the wrong kind."""
    made = Case(world, 1)
    side, wrong, words = WRONG_PEERS[case]
    entries = {one: peer(made, one) for one in ("local", "remote")}
    for one, entry in entries.items():
        made.trust(one, direct=[entry])
    stored = await made.written("certificate")
    assert stored["connected"] is True
    if wrong.get("certificates") == "proxy":
        root = world.ask("GET", CHAIN, None, 1 if side == "local" else 0)["chain"][-1]
        wrong = {"certificates": [{"pem": root}]}
    made.trust(side, direct=[{**entries[side], **wrong}] if wrong else [])
    assert words in await made.told("certificate", stored)


# told by an apply, and what cannot be looked at


async def test_versions_that_cannot_talk(world: World):
    """Refused before anything is written, with the versions that fit."""
    made = Case(world, version="8.15.0")
    with pytest.raises(Refused, match=r"9\.2\.0.*8\.15\.0"):
        await world.apply(REMOTE, made.arguments("certificate"))
    assert world.writes() == []


async def test_the_remote_side_cannot_be_looked_at(world: World):
    """Down, and its ECE does not answer: only what the local side shows is named, and the state is kept."""
    made = Case(world, 1)
    stored = await made.written("api_key")
    world.config["max_retries"] = 0
    world.control.fail_next(installation="b", status=503, count=None)
    planned = await world.plan(REMOTE, made.arguments("api_key"), stored)
    world.control.clear_faults()
    assert planned.prior is not None
    assert planned.prior["remote"] == stored["remote"]
    assert "its CA is missing on the local side" in "\n".join(planned.warnings)


async def test_a_refused_keystore_write_names_the_deployment(world: World):
    """ECE says no: the error tells where, the key on the remote side does not stay, and the next apply works."""
    made = Case(world)
    world.control.fail_next(operation_id="set-deployment-es-resource-keystore", status=403, code="root.unauthorized")
    with pytest.raises(Refused, match=r"root\.unauthorized") as refused:
        await world.apply(KEY, made.pair.key())
    key = await world.apply(KEY, made.pair.key(), refused.value.left)
    assert [one["id"] for one in world.live_keys(made.pair.remote["id"])] == [key["key_id"]]
    world.control.fail_next(operation_id="set-deployment-es-resource-keystore", status=400, code="keystore.refused")
    entry = {"deployment_id": made.pair.local["id"], "name": "s3.client.x.secret_key", "value_wo": "the value"}
    with pytest.raises(Refused, match=r"keystore\.refused") as refused:
        await world.apply(SECRET, entry)
    assert "the value" not in str(refused.value)
