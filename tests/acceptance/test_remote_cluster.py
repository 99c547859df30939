"""``ece_remote_cluster`` with real Terraform: both models, every missing piece, and the change between the models."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from terraform_plugin.testing.process import wait_until
from tests.support.connections import CONNECTION, KEY, Pair
from tests.support.ece import Ece
from tests.support.terraform import matrix

SECRET_NAME = "cluster.remote.logs.credentials"
CERTIFICATE = "certificate"
QUIET = ("-auto-approve", "-no-color", "-input=false")


@pytest.fixture
def pair(ece: Ece) -> Pair:
    """Two deployments of one installation that trust each other, as new ones do."""
    return Pair(ece)


def by_certificate(pair: Pair, **more: Any) -> dict[str, Any]:
    """A configuration with a connection by certificate alone."""
    return {"ece_remote_cluster": {"c": pair.connection(CERTIFICATE, **more)}}


@matrix("lifecycle")
@pytest.mark.parametrize("model", ["api_key", CERTIFICATE])
def test_the_life_of_a_connection(pair: Pair, ece: Ece, model: str):
    """Create, update in place, drift, destroy; connected is what a handshake said."""

    def config(**more: Any) -> dict[str, Any]:
        connection = pair.connection(model, **more)
        return pair.both(connection=connection) if model == "api_key" else {"ece_remote_cluster": {"c": connection}}

    ece.apply(config())
    made = ece.resource(CONNECTION)
    assert made["connected"] is True
    assert made["proxy_address"].endswith(":9443" if model == "api_key" else ":9400")
    assert made["id"] == f"{pair.local_id}/main-elasticsearch/logs"
    ece.assert_clean()
    ece.write(config(skip_unavailable=False))
    assert ece.ws.plan().changes[CONNECTION].changed == {"skip_unavailable"}
    ece.ws.apply()
    assert pair.settings()["skip_unavailable"] == "false"
    pair.put_settings(server_name="wrong.example.com")
    plan = ece.ws.plan()
    assert plan.actions == {CONNECTION: "update"}
    assert plan.changes[CONNECTION].changed == {"server_name", "connected"}
    ece.ws.apply()
    assert pair.is_connected()
    ece.assert_clean()
    ece.ws.destroy()
    assert pair.settings() == {}
    ece.no_unknown_fields()


@matrix("import by id", "generated configuration")
def test_import_with_generated_configuration(ece: Ece):
    """A connection made by hand in the console: what is generated for it needs no change."""
    pair = Pair(ece)
    ece.apply(by_certificate(pair))
    connection = ece.resource(CONNECTION)
    ece.ws.run("state", "rm", CONNECTION)
    ece.ws.write({"import": [{"to": CONNECTION, "id": connection["id"]}]})
    # Terraform 1.8 writes the file and then stumbles over nested computed members; with the file there it is content.
    old = not ece.ws.binary.at_least("1.9")
    generate = ("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    ece.ws.run(*generate, fails=old)
    with ece.expect_writes():
        ece.ws.apply()
    ece.assert_clean()
    assert ece.resource(CONNECTION)["remote"]["deployment_id"] == pair.remote_id


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """The remote deployment and the key are found; the plan is empty."""
    pair = Pair(ece)
    config = pair.both(connection=pair.connection(timeouts=None))
    ece.apply(config)
    ece.ws.run("state", "rm", CONNECTION)
    identity = {"deployment_id": pair.local_id, "alias": "logs"}
    ece.write(config, **{"import": [{"to": CONNECTION, "identity": identity}]})
    with ece.expect_writes():
        ece.ws.apply()
    found = ece.resource(CONNECTION)
    assert found.identity == {"deployment_id": pair.local_id, "ref_id": "main-elasticsearch", "alias": "logs"}
    assert found["cross_cluster_api_key_id"] == ece.resource(KEY)["id"]
    ece.assert_clean()


# every missing piece shows as its owner, and as nothing else


def trusted(pair: Pair) -> dict[str, Any]:
    """The certificate model with the trust of both sides as objects."""
    trust = {
        "local": {"deployment_id": pair.local_id, "cluster_ids": [pair.remote["cluster_id"]]},
        "remote": {"deployment_id": pair.remote_id, "cluster_ids": [pair.local["cluster_id"]]},
    }
    connection = pair.connection(
        CERTIFICATE, depends_on=["ece_deployment_trust_account.local", "ece_deployment_trust_account.remote"]
    )
    return {"ece_deployment_trust_account": trust, "ece_remote_cluster": {"c": connection}}


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


def assert_one_owner(ece: Ece, pair: Pair, owner: str) -> None:
    """Down; one object in the plan; the apply repairs it and writes nothing else; then nothing is left to do."""
    assert not pair.is_connected()
    plan = ece.ws.plan()
    assert plan.actions == {owner: "update"}, plan.describe()
    result = ece.ws.apply()
    assert pair.is_connected(), result.describe()
    ece.assert_clean()
    with ece.expect_writes():
        ece.ws.apply()  # a plan does not store what it saw
    assert ece.resource(CONNECTION)["connected"] is True


def without_trust(pair: Pair, deployment: str) -> None:
    """Somebody takes all trust from a deployment."""
    found = pair.ece.ask("GET", f"/deployments/{deployment}?show_settings=true&clear_transient=true")
    elasticsearch = found["resources"]["elasticsearch"][0]
    account = elasticsearch["info"]["settings"]["trust"]["accounts"][0]["account_id"]
    payload = {
        "ref_id": elasticsearch["ref_id"],
        "region": elasticsearch["region"],
        "plan": elasticsearch["info"]["plan_info"]["current"]["plan"],
        "settings": {
            "trust": {"accounts": [{"account_id": account, "trust_all": False}], "external": [], "direct": []}
        },
    }
    body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
    pair.ece.ask("PUT", f"/deployments/{deployment}", body)


@pytest.mark.parametrize("side", ["local", "remote"])
def test_missing_trust(pair: Pair, ece: Ece, side: str):
    """On either side: the trust's object is in the plan, the connection only warns."""
    ece.apply(trusted(pair))
    ece.assert_clean()
    without_trust(pair, pair.local_id if side == "local" else pair.remote_id)
    warnings = " ".join(warning.text for warning in ece.ws.plan().warnings)
    assert "does not trust" in warnings
    assert_one_owner(ece, pair, f"ece_deployment_trust_account.{side}")


def test_missing_secret_and_key(pair: Pair, ece: Ece):
    """The key's object is in the plan."""
    ece.apply(pair.both())
    ece.control.take_away("secret", f"{pair.local_id}/{SECRET_NAME}")
    assert_one_owner(ece, pair, KEY)
    pair.elasticsearch(pair.remote, "DELETE", "_security/api_key", {"ids": [ece.resource(KEY)["key_id"]]})
    assert_one_owner(ece, pair, KEY)


def test_missing_settings(pair: Pair, ece: Ece):
    """Another address: the connection itself is in the plan."""
    ece.apply(pair.both())
    pair.put_settings(proxy_address="nowhere.example.com:9443")
    assert_one_owner(ece, pair, CONNECTION)


def test_missing_filter_rule(pair: Pair, ece: Ece):
    """The rule was changed: the filter's object is in the plan."""
    ece.apply(filtered(pair))
    ece.assert_clean()
    ruleset = ece.resource("ece_traffic_filter.peers")["id"]
    theirs = {"name": "peers", "type": "remote_cluster", "region": "ece-region", "include_by_default": False}
    rules = [{"remote_cluster_id": "0" * 32}]
    ece.ask("PUT", f"/deployments/traffic-filter/rulesets/{ruleset}", {**theirs, "rules": rules})
    assert_one_owner(ece, pair, "ece_traffic_filter.peers")


# the change of model with the alias kept


def test_from_certificate_to_key_and_back(pair: Pair, ece: Ece):
    """In one apply each; the alias stays, and nothing of the other model is left."""
    ece.apply(by_certificate(pair))
    ece.apply(pair.both())
    assert pair.settings()["proxy_address"].endswith(":9443")
    assert pair.is_connected()
    ece.assert_clean()
    ece.apply(by_certificate(pair))
    assert pair.settings()["proxy_address"].endswith(":9400")
    assert pair.is_connected()
    assert pair.secret_names() == pair.live_keys() == []
    ece.assert_clean()


@pytest.mark.parametrize("back", [False, True])
@pytest.mark.parametrize(
    "fault",
    [
        {"operation_id": "set-deployment-es-resource-keystore"},
        {"path": "/proxy/_nodes/reload"},
        {"path": "/proxy/_cluster/settings", "method": "PUT"},
        {"path": "/proxy/_cluster/settings", "method": "PUT", "skip": 1},
    ],
)
def test_a_failure_between_the_models(pair: Pair, ece: Ece, back: bool, fault: dict[str, Any]):
    """Whatever step fails, the next apply ends it."""
    before, after = by_certificate(pair), pair.both()
    if back:
        before, after = after, before
    ece.apply(before)
    ece.write(after)
    ece.control.fail_next(status=400, **fault)
    ece.ws.apply(fails=True)
    ece.control.clear_faults()
    ece.ws.apply()
    assert pair.is_connected()
    assert pair.secret_names() == ([] if back else [SECRET_NAME])
    assert pair.live_keys() == ([] if back else [ece.resource(KEY)["key_id"]])
    ece.assert_clean()


# two installations


def test_another_installation_with_a_private_proxy_ca(
    tmp_path: Any, terraform: TerraformBinary, mirror: Mirror
) -> None:
    """The key is made there; without its CA the diagnosis names the right one, with it the connection stands."""
    with Simulator(installations=2) as simulator:
        ece = Ece(tmp_path / "workspace", terraform, mirror, simulator)
        ece.ws.env |= ece.credentials("DR", 1)
        ece.ws.init()
        pair = Pair(ece, remote_installation=1)
        far = {"deployment_id": pair.remote_id, "environment": "dr"}
        environments = {"dr": {"kind": "ece", "env_prefix": "DR"}}
        blocks: dict[str, Any] = {
            "provider": {"ece": [{"environments": environments}, {"alias": "dr", "env_prefix": "DR"}]},
            "data": {"ece_proxy_certificate": {"dr": {"provider": "ece.dr"}}},
        }
        config = pair.both(pair.key(remote=far), pair.connection(remote=far, timeouts={"create": "3s", "update": "5s"}))
        ece.write(config, **blocks)
        text = ece.ws.apply(fails=True).error_text
        assert "type proxy" in text
        trust = {
            "deployment_id": pair.local_id,
            "name": "dr",
            "type": "proxy",
            "certificates": ["${data.ece_proxy_certificate.dr.ca_pem}"],
        }
        connection = {**config["ece_remote_cluster"]["c"], "depends_on": ["ece_deployment_trust_direct.dr"]}
        config |= {"ece_deployment_trust_direct": {"dr": trust}, "ece_remote_cluster": {"c": connection}}
        ece.apply(config, **blocks)
        assert pair.is_connected()
        ece.assert_clean()
        ece.ws.destroy()
        assert pair.live_keys() == pair.secret_names() == []


# waiting, and what keeps it down


@pytest.mark.parametrize(
    ("break_it", "words"),
    [
        (lambda pair: pair.ece.ask("POST", f"/deployments/{pair.remote_id}/_shutdown"), "is stopped"),
        (lambda pair: pair.ece.control.set_port(9443, open=False), "connect_exception"),
        (lambda pair: without_rules(pair), "traffic filters"),
    ],
)
def test_a_connection_that_does_not_come_up(pair: Pair, ece: Ece, break_it: Any, words: str):
    """An error with the cause; the object is in state, and stays when it is wished to."""
    ece.apply({"ece_cross_cluster_api_key": {"k": pair.key()}})
    break_it(pair)
    ece.write(pair.both(connection=pair.connection(timeouts={"create": "2s"})))
    text = ece.ws.apply("-refresh=false", fails=True).error_text
    assert "is not connected" in text
    assert words in text
    assert ece.resource(CONNECTION)["connected"] is False


def without_rules(pair: Pair) -> None:
    """Somebody puts a filter on the remote side that lets in somebody else."""
    peers = {
        "name": "peers", "type": "remote_cluster", "region": "ece-region", "include_by_default": False,
        "rules": [{"remote_cluster_id": "0" * 32}],
    }  # fmt: skip
    ruleset = pair.ece.ask("POST", "/deployments/traffic-filter/rulesets", peers)["id"]
    association = {"entity_type": "deployment", "id": pair.remote_id}
    pair.ece.ask("POST", f"/deployments/traffic-filter/rulesets/{ruleset}/associations", association)


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
    """The remote side is not needed to take an alias away."""
    ece.apply(by_certificate(pair))
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


def test_timeouts_after_the_fact_call_nothing(pair: Pair, ece: Ece):
    """They live in Terraform only."""
    ece.apply(by_certificate(pair))
    ece.write(by_certificate(pair, timeouts={"create": "1m"}))
    with ece.expect_writes():
        ece.ws.apply()


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
