"""``ece_remote_cluster`` with real Terraform: both models, every missing piece, and the change between the models."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from terraform_plugin.testing.process import wait_until
from tests.support.certificates import certificate
from tests.support.connections import CONNECTION, KEY, ROTATION, Pair, written_words
from tests.support.ece import Ece
from tests.support.trust import set_trust, trust_lists

SECRET_NAME = "cluster.remote.logs.credentials"
CERTIFICATE = "certificate"
CA = certificate("somebody").pem
QUIET = ("-auto-approve", "-no-color", "-input=false")


@pytest.fixture
def pair(ece: Ece) -> Pair:
    """Two deployments of one installation that trust each other, as new ones do."""
    return Pair(ece)


def by_certificate(pair: Pair, **more: Any) -> dict[str, Any]:
    """A configuration with a connection by certificate alone."""
    return {"ece_remote_cluster": {"c": pair.connection(CERTIFICATE, **more)}}


# every missing piece shows as its owner, and as nothing else; one state holds all connections


def trusted(pair: Pair) -> dict[str, Any]:
    """The certificate model with the trust of both sides as objects."""
    trust = {
        "local": {"deployment_id": pair.local_id, "cluster_ids": [pair.remote["cluster_id"]]},
        "remote": {"deployment_id": pair.remote_id, "cluster_ids": [pair.local["cluster_id"]]},
    }
    owners = ["ece_deployment_trust_account.local", "ece_deployment_trust_account.remote"]
    connection = pair.connection(CERTIFICATE, alias="orders", depends_on=owners)
    return {"ece_deployment_trust_account": trust, "ece_remote_cluster": {"d": connection}}


def filtered(pair: Pair) -> dict[str, Any]:
    """The API-key model with a filter on the remote side that lets in exactly the local one."""
    peers = {"name": "peers", "type": "remote_cluster", "rules": [{"cluster_id": pair.local["cluster_id"]}]}
    association = {
        "deployment_id": pair.remote_id,
        "traffic_filter_id": "${ece_traffic_filter.peers.id}",
        "acknowledge_lockout": True,
    }
    connection = pair.connection(depends_on=["ece_traffic_filter_association.peers"])
    return {
        **pair.both(connection=connection),
        "ece_traffic_filter": {"peers": peers},
        "ece_traffic_filter_association": {"peers": association},
    }


def assert_one_owner(ece: Ece, pair: Pair, owner: str, *writes: str, alias: str = "logs") -> None:
    """Down; one object in the plan; its apply repairs it and writes nothing else; then nothing is left to do."""
    assert not pair.is_connected(alias)
    plan = ece.ws.plan()
    assert plan.actions == {owner: "update"}, plan.describe()
    since = ece.last_call()
    ece.ws.apply()
    assert written_words(ece, since) == list(writes)
    assert pair.is_connected(alias)
    ece.assert_clean()


def without_trust(pair: Pair, deployment: str) -> None:
    """Somebody takes all trust from a deployment."""
    account = pair.ece.state()["account"]["id"]
    set_trust(pair.ece, deployment, accounts=[{"account_id": account, "trust_all": False}])


def rule_of_somebody(ece: Ece, ruleset: str, rule: dict[str, str], installation: int = 0) -> None:
    """Somebody lets in another one."""
    path = f"/deployments/traffic-filter/rulesets/{ruleset}"
    found = ece.ask("GET", path, installation=installation)
    kept = {name: found[name] for name in ("name", "type", "region", "include_by_default")}
    ece.ask("PUT", path, {**kept, "rules": [rule]}, installation=installation)


def merged(*configs: dict[str, Any]) -> dict[str, Any]:
    """One configuration of several."""
    found: dict[str, Any] = {}
    for config in configs:
        for kind, named in config.items():
            found.setdefault(kind, {}).update(named)
    return found


def test_a_missing_piece_within_one_installation(pair: Pair, ece: Ece):
    """Trust on either side, secret, key, settings, filter rule: of all objects the owner alone is in the plan."""
    ece.apply(merged(filtered(pair), trusted(pair)))
    ece.assert_clean()
    for side in ("local", "remote"):
        without_trust(pair, pair.local_id if side == "local" else pair.remote_id)
        assert_one_owner(ece, pair, f"ece_deployment_trust_account.{side}", "update-deployment", alias="orders")
    ece.control.take_away("secret", f"{pair.local_id}/{SECRET_NAME}")
    assert_one_owner(ece, pair, KEY, *ROTATION)
    pair.elasticsearch(pair.remote, "DELETE", "_security/api_key", {"ids": [ece.resource(KEY)["key_id"]]})
    assert_one_owner(ece, pair, KEY, *ROTATION)
    pair.put_settings(proxy_address="nowhere.example.com:9443")
    assert_one_owner(ece, pair, CONNECTION, "PUT _cluster/settings")
    rule_of_somebody(ece, ece.resource("ece_traffic_filter.peers")["id"], {"remote_cluster_id": "0" * 32})
    assert_one_owner(ece, pair, "ece_traffic_filter.peers", "update-traffic-filter-ruleset")
    with ece.expect_writes():
        ece.ws.apply()  # a plan does not store what it saw
    assert ece.resource(CONNECTION)["connected"] is ece.resource("ece_remote_cluster.d")["connected"] is True


# the change of model with the alias kept


def test_from_certificate_to_key_and_back(pair: Pair, ece: Ece):
    """In one apply each; the alias stays, and nothing of the other model is left; nor after a failure in between."""
    faults: list[dict[str, Any]] = [
        {},
        {"operation_id": "set-deployment-es-resource-keystore"},
        {"path": "/proxy/_cluster/settings", "method": "PUT", "skip": 1},
    ]
    ece.apply(by_certificate(pair))
    for fault in faults:
        for config, port in ((pair.both(), 9443), (by_certificate(pair), 9400)):
            ece.write(config)
            if fault:
                ece.control.fail_next(status=400, **fault)
                ece.ws.apply(fails=True)
                ece.control.clear_faults()
            ece.ws.apply()
            assert pair.is_connected()
            assert pair.settings()["proxy_address"].endswith(f":{port}")
            by_key = port == 9443
            assert pair.secret_names() == ([SECRET_NAME] if by_key else []), fault
            assert pair.live_keys() == ([ece.resource(KEY)["key_id"]] if by_key else []), fault
            ece.assert_clean()


# two installations


class Far:
    """A local deployment, one in another installation, and everything that connects them by key and by certificate."""

    def __init__(self, ece: Ece) -> None:
        self.ece = ece
        ece.ws.env |= ece.credentials("DR", 1)
        ece.control.set_egress("198.51.100.7", installation="a")
        self.pair = Pair(ece, remote_installation=1)
        self.side = {"deployment_id": self.pair.remote_id, "environment": "dr"}

    def blocks(self, name: str = "dr") -> dict[str, Any]:
        """Both installations, and what each tells of itself."""
        environments = {name: {"kind": "ece", "env_prefix": "DR"}}
        authority = {"here": {"deployment_id": self.pair.local_id}}
        authority["there"] = {"provider": "ece.dr", "deployment_id": self.pair.remote_id}
        return {
            "provider": {"ece": [{"environments": environments}, {"alias": "dr", "env_prefix": "DR"}]},
            "data": {
                "ece_proxy_certificate": {"dr": {"provider": "ece.dr"}},
                "ece_certificate_authority": authority,
            },
        }

    def by_key(self, *, with_ca: bool = True) -> dict[str, Any]:
        """Key, connection, CA of the proxies there, and a filter there by the address that is seen."""
        pair, needs = self.pair, ["ece_traffic_filter_association.callers"]
        timeouts = {"create": "3s", "update": "10s"}
        found: dict[str, Any] = {
            "ece_traffic_filter": {
                "callers": {
                    "provider": "ece.dr", "name": "callers", "type": "ip", "rules": [{"source": "198.51.100.7/32"}],
                }
            },
            "ece_traffic_filter_association": {
                "callers": {
                    "provider": "ece.dr", "deployment_id": pair.remote_id,
                    "traffic_filter_id": "${ece_traffic_filter.callers.id}",
                }
            },
        }  # fmt: skip
        if with_ca:
            needs.append("ece_deployment_trust_direct.proxy")
            authority = ["${data.ece_proxy_certificate.dr.ca_pem}"]
            entry = {"deployment_id": pair.local_id, "name": "dr", "type": "proxy", "certificates": authority}
            found["ece_deployment_trust_direct"] = {"proxy": entry}
        connection = pair.connection(remote=self.side, timeouts=timeouts, depends_on=needs)
        return merged(found, pair.both(pair.key(remote=self.side), connection))

    def certified(self) -> dict[str, Any]:
        """Direct trust of both sides, and a connection by certificate."""
        pair, places = self.pair, self.ece.simulator.installations

        def entry(own: str, peer: dict[str, Any], number: int, source: str, provider: str) -> dict[str, Any]:
            return {
                "provider": provider, "deployment_id": own, "name": "peer", "type": "ECE",
                "scope_id": places[number].environment_id, "cluster_ids": [peer["cluster_id"]],
                "certificates": f"${{data.ece_certificate_authority.{source}.certificates_pem}}",
            }  # fmt: skip

        trust = {
            "local": entry(pair.local_id, pair.remote, 1, "there", "ece"),
            "remote": entry(pair.remote_id, pair.local, 0, "here", "ece.dr"),
        }
        needs = [f"ece_deployment_trust_direct.{name}" for name in trust]
        connection = pair.connection(CERTIFICATE, alias="orders", remote=self.side, depends_on=needs)
        return {"ece_deployment_trust_direct": trust, "ece_remote_cluster": {"d": connection}}

    def swap_ca(self, deployment: str, name: str, installation: int = 0) -> None:
        """Somebody exchanges the CA of an entry."""
        entries = trust_lists(self.ece, deployment, installation)["direct"]
        changed = [{**one, "certificates": [{"pem": CA}]} if one["name"] == name else one for one in entries]
        set_trust(self.ece, deployment, installation, direct=changed)


def test_a_missing_piece_between_two_installations(tmp_path: Any, terraform: TerraformBinary, mirror: Mirror) -> None:
    """CA of the proxies, trust on either side, secret, filter rule; an entry of ``environments`` renamed, or gone."""
    with Simulator(installations=2) as simulator:
        ece = Ece(tmp_path / "workspace", terraform, mirror, simulator)
        ece.ws.init()
        far = Far(ece)
        pair, blocks = far.pair, far.blocks()
        ece.write(far.by_key(with_ca=False), **blocks)
        assert "type proxy" in ece.ws.apply(fails=True).error_text
        config = merged(far.by_key(), far.certified())
        ece.apply(config, **blocks)
        ece.assert_clean()

        far.swap_ca(pair.local_id, "dr")
        assert_one_owner(ece, pair, "ece_deployment_trust_direct.proxy", "update-deployment")
        far.swap_ca(pair.local_id, "peer")
        assert_one_owner(ece, pair, "ece_deployment_trust_direct.local", "update-deployment", alias="orders")
        far.swap_ca(pair.remote_id, "peer", 1)
        assert_one_owner(ece, pair, "ece_deployment_trust_direct.remote", "update-deployment", alias="orders")
        ece.control.take_away("secret", f"{pair.local_id}/{SECRET_NAME}")
        assert_one_owner(ece, pair, KEY, *ROTATION)
        rule_of_somebody(ece, ece.resource("ece_traffic_filter.callers")["id"], {"source": "192.0.2.9"}, 1)
        assert_one_owner(ece, pair, "ece_traffic_filter.callers", "update-traffic-filter-ruleset")

        far.side["environment"] = "paris"
        with ece.expect_writes():
            ece.apply(merged(far.by_key(), far.certified()), **far.blocks("paris"))
        assert ece.resource(KEY)["remote"]["environment"] == "paris"
        alone = far.blocks()
        alone["provider"]["ece"][0] = {}
        ece.write(far.certified() | {"ece_remote_cluster": {}}, **alone)
        assert "Put the entry back" in ece.ws.plan(fails=True).result.error_text
        ece.write({}, **far.blocks("paris"))
        ece.ws.apply()
        assert pair.live_keys() == pair.secret_names() == []
        assert ece.ws.resources().keys() <= {address for address in ece.ws.resources() if address.startswith("data.")}


# waiting, and what keeps it down


def test_a_connection_that_does_not_come_up(pair: Pair, ece: Ece):
    """An error with the cause; the object is in state and stays, and the next apply goes on when it can."""
    ece.control.set_port(9443, open=False)
    ece.write(pair.both(connection=pair.connection(timeouts={"create": "2s", "update": "20s"})))
    text = ece.ws.apply(fails=True).error_text
    assert "is not connected" in text
    assert "connect_exception" in text
    assert ece.resource(CONNECTION)["connected"] is False
    ece.ws.untaint(CONNECTION)
    ece.control.set_port(9443, open=True)
    ece.ws.apply()
    ece.assert_clean()
    assert ece.resource(CONNECTION)["connected"] is True


@pytest.mark.own_process
def test_an_interrupted_wait_goes_on(pair: Pair, ece: Ece):
    """Ctrl-C while waiting: the object stays untainted, and the next apply ends it."""
    ece.control.set_port(9443, open=False)
    ece.write(pair.both(connection=pair.connection(timeouts={"create": "60s", "update": "60s"})))
    with ece.ws.start("apply", *QUIET) as running:
        wait_until(lambda: pair.settings().get("proxy_address"), "settings of the alias")
        running.interrupt()
        result = running.wait()
    assert result.exit_code != 0
    assert not ece.resource(CONNECTION).tainted
    ece.control.set_port(9443, open=True)
    ece.ws.apply()
    assert ece.resource(CONNECTION)["connected"] is True
    ece.assert_clean()


def test_destroy_with_the_other_side_gone(pair: Pair, ece: Ece):
    """The remote side is not needed to take an alias away; nor is the API to change what is Terraform's own."""
    ece.apply(by_certificate(pair))
    ece.write(by_certificate(pair, timeouts={"create": "1m"}))
    with ece.expect_writes():
        ece.ws.apply()
    ece.control.take_away("deployment", pair.remote_id)
    ece.ws.destroy()
    assert pair.settings() == {}


def test_through_the_platform(pair: Pair, ece: Ece):
    """ECE's own list; many entries at once make few writes, and foreign ones stay."""
    others = [ece.control.seed(name=f"other-{number}") for number in range(3)]
    target = f"/deployments/{pair.local_id}/elasticsearch/main-elasticsearch/remote-clusters"
    theirs = {"deployment_id": others[0]["id"], "elasticsearch_ref_id": "main-elasticsearch", "alias": "theirs"}
    ece.ask("PUT", target, {"resources": [theirs]})
    connections = {
        f"c{number}": pair.connection(
            CERTIFICATE, alias=f"other-{number}", managed_through="platform", remote={"deployment_id": other["id"]}
        )
        for number, other in enumerate(others)
    }
    since = ece.last_call()
    ece.apply({"ece_remote_cluster": connections})
    assert 1 <= ece.writes(since).count("set-deployment-es-resource-remote-clusters") <= 2
    assert {entry["alias"] for entry in ece.ask("GET", target)["resources"]} == {
        "theirs",
        *(f"other-{n}" for n in range(3)),
    }
    ece.assert_clean()
    ece.ws.destroy()
    assert [entry["alias"] for entry in ece.ask("GET", target)["resources"]] == ["theirs"]


def test_two_objects_with_one_alias(pair: Pair, ece: Ece):
    """Refused at plan, before either is made."""
    second = pair.connection(CERTIFICATE)
    ece.write({"ece_remote_cluster": {"c": pair.connection(CERTIFICATE), "d": second}})
    with ece.expect_writes():
        assert "two owners" in ece.ws.plan(fails=True).result.error_text


def test_live_state_as_data(pair: Pair, ece: Ece):
    """The data sources show every connection, ours or not, and who may be one."""
    pair.put_settings(mode="proxy", proxy_address="es.example.com:9443")
    output = {
        "remotes": {"value": "${data.ece_remote_clusters.all.remote_clusters}"},
        "eligible": {"value": "${data.ece_eligible_remote_clusters.all.deployments[*].deployment_id}"},
        "by_version": {"value": "${data.ece_eligible_remote_clusters.version.deployments[*].name}"},
    }
    data = {
        "ece_remote_clusters": {"all": {"deployment_id": pair.local_id}},
        "ece_eligible_remote_clusters": {
            "all": {"deployment_id": pair.local_id},
            "version": {"version": "9.2.0"},
        },
    }
    ece.apply({}, data=data, output=output)
    outputs = ece.ws.run("output", "-json").json()
    remote = outputs["remotes"]["value"][0]
    assert (remote["alias"], remote["connected"], remote["security_model"]) == ("logs", False, CERTIFICATE)
    assert pair.remote_id in outputs["eligible"]["value"]
    assert {"central", "logs"} <= set(outputs["by_version"]["value"])
