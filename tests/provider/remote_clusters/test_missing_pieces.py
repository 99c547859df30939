"""Every single piece of a connection taken away: one object in the plan, its owner, and one apply that repairs it.

All five ways in which two deployments of Elastic Cloud Enterprise are connected, each with all its pieces as objects.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from tests.provider.remote_clusters.configuration import Configuration, Declared, Installation
from tests.provider.remote_clusters.conftest import Pair
from tests.provider.remote_clusters.support import KEY, REMOTE, World
from tests.support.certificates import certificate

ACCOUNT, EXTERNAL, DIRECT, RELATIONSHIP = (
    "ece_deployment_trust_account",
    "ece_deployment_trust_external",
    "ece_deployment_trust_direct",
    "ece_trust_relationship",
)
FILTER, ASSOCIATION = "ece_traffic_filter", "ece_traffic_filter_association"
RULESETS = "/deployments/traffic-filter/rulesets"
RELATIONSHIPS = "/platform/configuration/trust-relationships"
SOMEBODY = "f" * 32
SECRET_NAME = "cluster.remote.logs.credentials"

TRUST = "update-deployment"
SETTINGS = "PUT _cluster/settings"
NEW_KEY = [
    "POST _security/cross_cluster/api_key",
    "set-deployment-es-resource-keystore",
    "POST _nodes/reload_secure_settings",
]


@dataclass
class Scene:
    """A local deployment in the first installation, a remote one there or in the second, and what connects them."""

    world: World
    local: dict[str, Any]
    remote: dict[str, Any]
    number: int = 0
    """Installation of the remote side."""
    built: Configuration | None = None

    @property
    def configuration(self) -> Configuration:
        """What was applied."""
        assert self.built is not None
        return self.built

    @property
    def environment(self) -> str | None:
        """How the provider calls the remote side's installation."""
        return "dr" if self.number else None

    def ask_there(self, method: str, target: str, body: Any = None) -> Any:
        """A call of an administrator of the remote side's installation."""
        return self.world.ask(method, target, body, self.number)

    def pair(self) -> Pair:
        """Arguments of key and connection."""
        return Pair(self.world, self.local, self.remote)

    def side(self) -> dict[str, Any]:
        """The remote side in an argument."""
        return {"deployment_id": self.remote["id"], "environment": self.environment}

    async def build(self, objects: dict[str, Declared]) -> None:
        """Apply the configuration; the connection comes last and stands."""
        here = Installation(self.world.simulator, **self.world.config)
        there = Installation(self.world.simulator, **self.world.settings(1))
        self.built = Configuration((here, there), objects)
        await self.built.build()
        assert self.is_connected()
        assert await self.built.changes() == {}

    def is_connected(self) -> bool:
        """What a handshake says."""
        return self.world.is_connected(self.local["id"], "logs")


def scene(world: World, number: int = 0) -> Scene:
    """Two deployments."""
    if number:
        world.config = {"environments": {"dr": {"kind": "ece", **world.settings(1)}}}
    return Scene(world, world.control.seed(name="central"), world.control.seed(number, name="logs"), number)


def keyed(scene: Scene) -> dict[str, Declared]:
    """Key and connection."""
    connection = scene.pair().connection(remote=scene.side())
    return {
        "key": Declared(KEY, scene.pair().key(remote=scene.side())),
        "connection": Declared(REMOTE, connection),
    }


def filtered(scene: Scene, **filter: Any) -> dict[str, Declared]:
    """A filter on the remote side."""
    association = {"deployment_id": scene.remote["id"], "acknowledge_lockout": True}
    return {
        "filter": Declared(FILTER, {"name": "callers", **filter}, scene.number),
        "association": Declared(
            ASSOCIATION,
            lambda states: {**association, "traffic_filter_id": states["filter"]["id"]},
            scene.number,
        ),
    }


async def same_by_key(world: World) -> Scene:
    """One ECE, by key, and a filter that lets in exactly the local side."""
    made = scene(world)
    rules = [{"cluster_id": made.local["cluster_id"]}]
    await made.build({**filtered(made, type="remote_cluster", rules=rules), **keyed(made)})
    return made


async def other_by_key(world: World) -> Scene:
    """Two ECEs, by key, a private proxy CA there, and a filter by the address that the other side sees."""
    made = scene(world, 1)
    world.control.set_egress("198.51.100.7", installation="a")
    chain = made.ask_there("GET", "/platform/configuration/security/tls/proxy")["chain"]
    authority = {"deployment_id": made.local["id"], "name": "dr", "type": "proxy", "certificates": [chain[-1]]}
    rules = [{"source": "198.51.100.7/32"}]
    await made.build({**filtered(made, type="ip", rules=rules), "ca": Declared(DIRECT, authority), **keyed(made)})
    return made


def certified(scene: Scene) -> dict[str, Declared]:
    """The connection by certificate."""
    return {"connection": Declared(REMOTE, scene.pair().connection("certificate", remote=scene.side()))}


async def same_by_certificate(world: World) -> Scene:
    """One ECE, by certificate: each trusts exactly the other."""
    made = scene(world)
    here = {"deployment_id": made.local["id"], "cluster_ids": [made.remote["cluster_id"]]}
    there = {"deployment_id": made.remote["id"], "cluster_ids": [made.local["cluster_id"]]}
    await made.build({"local": Declared(ACCOUNT, here), "remote": Declared(ACCOUNT, there), **certified(made)})
    return made


def own_record(world: World, number: int) -> dict[str, Any]:
    """What an installation tells the others of itself."""
    found = world.ask("GET", f"{RELATIONSHIPS}?filter=local&include_certificate=true", None, number)
    (record,) = found["trust_relationships"]
    return {name: record[name] for name in ("public_ca_cert", "account_ids", "installation_id")}


async def other_by_platform_trust(world: World) -> Scene:
    """Two ECEs that know each other, by certificate."""
    made = scene(world, 1)

    def entry(own: dict[str, Any], peer: dict[str, Any], relationship: str) -> Any:
        given = {"deployment_id": own["id"], "cluster_ids": [peer["cluster_id"]]}
        return lambda states: {**given, "trust_relationship_id": states[relationship]["id"]}

    await made.build(
        {
            "platform here": Declared(RELATIONSHIP, {"name": "dr", **own_record(world, 1)}),
            "platform there": Declared(RELATIONSHIP, {"name": "main", **own_record(world, 0)}, 1),
            "local": Declared(EXTERNAL, entry(made.local, made.remote, "platform here")),
            "remote": Declared(EXTERNAL, entry(made.remote, made.local, "platform there"), 1),
            **certified(made),
        }
    )
    return made


async def other_by_direct_trust(world: World) -> Scene:
    """Two ECEs whose platforms know nothing of each other, by certificate."""
    made = scene(world, 1)

    def entry(own: dict[str, Any], peer: dict[str, Any], number: int) -> dict[str, Any]:
        found = world.ask("GET", f"/deployments/{peer['id']}/certificate-authority", None, number)
        return {
            "deployment_id": own["id"],
            "name": "peer",
            "type": "ECE",
            "scope_id": world.simulator.installations[number].environment_id,
            "cluster_ids": [peer["cluster_id"]],
            "certificates": [one["pem"] for one in found["public_certificates"]],
        }

    await made.build(
        {
            "local": Declared(DIRECT, entry(made.local, made.remote, 1)),
            "remote": Declared(DIRECT, entry(made.remote, made.local, 0), 1),
            **certified(made),
        }
    )
    return made


# taking away, one piece each


def trust_of(scene: Scene, side: str, **lists: Any) -> None:
    """Somebody writes the trust of a side; lists that are not named become empty."""
    world = scene.world if side == "local" else World(scene.world.simulator)
    owner = getattr(scene, side)
    number = scene.number if side == "remote" else 0
    found = world.ask("GET", f"/deployments/{owner['id']}?show_settings=true&clear_transient=true", None, number)
    resource = found["resources"]["elasticsearch"][0]
    kept = {name: entries or [] for name, entries in resource["info"]["settings"]["trust"].items()}
    payload = {
        "ref_id": resource["ref_id"],
        "region": resource["region"],
        "plan": resource["info"]["plan_info"]["current"]["plan"],
        "settings": {"trust": {**kept, **lists}},
    }
    body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
    world.ask("PUT", f"/deployments/{owner['id']}", body, number)


def entry_of(scene: Scene, side: str, kind: str) -> dict[str, Any]:
    """The only entry of a list on a side."""
    number = scene.number if side == "remote" else 0
    path = f"/deployments/{getattr(scene, side)['id']}?show_settings=true"
    trust = scene.world.ask("GET", path, None, number)["resources"]["elasticsearch"][0]["info"]["settings"]["trust"]
    (entry,) = trust[kind]
    return dict(entry)


def no_entry(side: str, kind: str) -> Callable[[Scene], None]:
    """Takes the list away."""
    return lambda scene: trust_of(scene, side, **{kind: []})


def another_peer(side: str, kind: str) -> Callable[[Scene], None]:
    """Somebody else is trusted instead."""
    return lambda scene: trust_of(
        scene, side, **{kind: [{**entry_of(scene, side, kind), "trust_allowlist": [SOMEBODY]}]}
    )


def another_ca(side: str) -> Callable[[Scene], None]:
    """The CA of a direct entry was exchanged."""
    stranger = [{"pem": certificate("stranger").pem}]
    return lambda scene: trust_of(scene, side, direct=[{**entry_of(scene, side, "direct"), "certificates": stranger}])


def another_platform_ca(name: str) -> Callable[[Scene], None]:
    """The CA of a platform's record was exchanged."""

    def change(scene: Scene) -> None:
        declared = scene.configuration.objects[name]
        target = f"{RELATIONSHIPS}/{scene.configuration.states[name]['id']}"
        body = {"public_ca_cert": certificate("stranger").pem}
        scene.world.ask("PUT", target, body, declared.installation)

    return change


def no_secret(scene: Scene) -> None:
    """The keystore's entry is gone."""
    scene.world.control.take_away("secret", f"{scene.local['id']}/{SECRET_NAME}")


def dead_key(scene: Scene) -> None:
    """Somebody invalidated the key."""
    key = scene.configuration.states["key"]["key_id"]
    path = f"/deployments/{scene.remote['id']}/elasticsearch/_main/proxy/_security/api_key"
    scene.ask_there("DELETE", path, {"ids": [key]})


def no_settings(scene: Scene) -> None:
    """The alias is gone."""
    scene.world.control.take_away("settings", f"{scene.local['id']}/logs")


def other_address(scene: Scene) -> None:
    """The alias leads elsewhere."""
    body = {"persistent": {"cluster.remote.logs.proxy_address": "elsewhere.example.com:9443"}}
    scene.world.elasticsearch(scene.local["id"], "PUT", "_cluster/settings", body)


def other_rule(scene: Scene) -> None:
    """The filter lets in somebody else."""
    target = f"{RULESETS}/{scene.configuration.states['filter']['id']}"
    found = scene.ask_there("GET", target)
    stranger = {"source": "192.0.2.9"} if found["type"] == "ip" else {"remote_cluster_id": SOMEBODY}
    kept = {name: found[name] for name in ("name", "type", "region", "include_by_default")}
    scene.ask_there("PUT", target, {**kept, "rules": [stranger]})


Builder = Callable[[World], Any]

SETTINGS_OF_ALL = [
    (no_settings, "connection", "create", [SETTINGS]),
    (other_address, "connection", "update", [SETTINGS]),
]
PIECES_OF_KEY = [
    (no_secret, "key", "update", NEW_KEY),
    (dead_key, "key", "update", NEW_KEY),
    (other_rule, "filter", "update", ["update-traffic-filter-ruleset"]),
]

PIECES: dict[Builder, list[tuple[Callable[[Scene], None], str, str, list[str]]]] = {
    same_by_key: [*SETTINGS_OF_ALL, *PIECES_OF_KEY],
    other_by_key: [
        *SETTINGS_OF_ALL,
        *PIECES_OF_KEY,
        (no_entry("local", "direct"), "ca", "create", [TRUST]),
        (another_ca("local"), "ca", "update", [TRUST]),
    ],
    same_by_certificate: [
        *SETTINGS_OF_ALL,
        (no_entry("local", "accounts"), "local", "create", [TRUST]),
        (another_peer("local", "accounts"), "local", "update", [TRUST]),
        (no_entry("remote", "accounts"), "remote", "create", [TRUST]),
        (another_peer("remote", "accounts"), "remote", "update", [TRUST]),
    ],
    other_by_platform_trust: [
        *SETTINGS_OF_ALL,
        (no_entry("local", "external"), "local", "create", [TRUST]),
        (another_peer("local", "external"), "local", "update", [TRUST]),
        (no_entry("remote", "external"), "remote", "create", [TRUST]),
        (another_peer("remote", "external"), "remote", "update", [TRUST]),
        (another_platform_ca("platform here"), "platform here", "update", ["update-trust-relationship"]),
        (another_platform_ca("platform there"), "platform there", "update", ["update-trust-relationship"]),
    ],
    other_by_direct_trust: [
        *SETTINGS_OF_ALL,
        (no_entry("local", "direct"), "local", "create", [TRUST]),
        (another_peer("local", "direct"), "local", "update", [TRUST]),
        (another_ca("local"), "local", "update", [TRUST]),
        (no_entry("remote", "direct"), "remote", "create", [TRUST]),
        (another_peer("remote", "direct"), "remote", "update", [TRUST]),
        (another_ca("remote"), "remote", "update", [TRUST]),
    ],
}


@pytest.mark.parametrize("build", PIECES, ids=lambda build: build.__name__)
async def test_each_piece_is_its_owners_affair(world: World, build: Builder):
    """Down; one object in the plan, named by a warning; its apply writes nothing else; then nothing is left to do."""
    made = await build(world)
    configuration = made.configuration
    for take_away, owner, action, writes in PIECES[build]:
        take_away(made)
        where = (build.__name__, owner, action, take_away)
        assert not made.is_connected(), where
        assert await configuration.changes() == {owner: action}, (where, configuration.warnings)
        since = world.last_call()
        await configuration.apply_planned()
        done = world.writes(since)
        assert done[: len(writes)] == writes, (where, done)
        assert owner == "key" or done == writes, where
        assert all("_security/" in one for one in done[len(writes) :]), (where, done)  # the key before it ends
        assert made.is_connected(), where
        assert await configuration.changes() == {}, where
