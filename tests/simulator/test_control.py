"""The control API: seeding, marking, taking away, state, log, switches, time."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ece_simulator import ManualClock, RealClock, Simulator, Switches
from tests.simulator.clusters import connect_by_key, introduce, seed
from tests.simulator.support import RULESETS, Api, create_body, ruleset, simulator


def test_seed_makes_what_the_ui_would(sim: Simulator, api: Api) -> None:
    """A finished deployment with everything a provider may meet and must not touch."""
    remote = {"deployment_id": "f" * 32, "elasticsearch_ref_id": "main-elasticsearch", "alias": "foreign"}
    external = {"trust_relationship_id": "e" * 32, "trust_all": False, "trust_allowlist": ["c" * 32]}
    seeded = sim.control.seed(
        name="by-hand", version="8.19.0", alias="hand", tags={"made": "ui"}, sizes={"warm": 2048, "ml": 0},
        traffic_filters=[{"name": "office", "type": "ip", "rules": [{"source": "192.0.2.1"}]}],
        remotes=[remote], keystore={"s3.key": "foreign-secret"}, trust={"external": [external]},
    )  # fmt: skip

    found = api.get(f"/deployments/{seeded['id']}?show_settings=true")
    state = sim.control.state()["a"]["deployments"]["by-hand"]["resources"]["main-elasticsearch"]

    assert found["healthy"] is True
    assert seeded["resources"] == {r: f"main-{r}" for r in ("elasticsearch", "kibana", "integrations_server")}
    assert found["metadata"]["tags"] == [{"key": "made", "value": "ui"}]
    trust = found["resources"]["elasticsearch"][0]["info"]["settings"]["trust"]
    assert (trust["accounts"][0]["trust_all"], trust["external"]) == (True, [external])
    assert found["settings"]["traffic_filter_settings"]["rulesets"] == seeded["rulesets"]
    assert state["remote_clusters"] == [remote]
    assert list(state["keystore"]) == ["s3.key"]
    assert state["sizes"]["warm"]["size"] == 2048
    assert all(entry["ended"] is not None for entry in sim.control.plan_history())


def test_seed_takes_a_raw_request(sim: Simulator, api: Api) -> None:
    """Whatever the parts cannot say can be given as a whole create request."""
    seeded = sim.control.seed(body=create_body("raw"), system_owned=True)

    assert seeded["name"] == "raw"
    assert api.get(f"/deployments/{seeded['id']}")["metadata"]["system_owned"] is True


def test_seed_refuses_unknown_parts(sim: Simulator) -> None:
    """A misspelt part would otherwise seed something else than the test says."""
    with pytest.raises(ValueError, match="traffic_filters"):
        sim.control.seed(filters=[])


def test_seed_refuses_certificates_nobody_could_show(sim: Simulator) -> None:
    """A made-up PEM text would fail much later, at the first read."""
    entry = {"name": "x", "trust_all": True, "scope_id": "1", "certificates": [{"pem": "x"}]}

    with pytest.raises(ValueError, match=r"trust\.direct\[0\]\.certificates\[0\]\.pem"):
        sim.control.seed(trust={"direct": [entry]})


def test_connection_controls_tell_what_is_allowed(sim: Simulator) -> None:
    """Wrong addresses, ports, kinds and ids are refused with what would be right."""
    wrong: dict[str, Callable[[], object]] = {
        "does not appear to be": lambda: sim.control.set_egress("office"),
        "9400 or 9443": lambda: sim.control.set_port(9300, open=False),
        "private or public": lambda: sim.control.set_proxy_ca("own"),
        "one of deployment, ruleset": lambda: sim.control.take_away("role", "x"),
        "there is no settings": lambda: sim.control.take_away("settings", f"{sim.control.seed()['id']}/r"),
    }

    for words, call in wrong.items():
        with pytest.raises(ValueError, match=words):
            call()


def test_state_shows_connections_without_secrets(sim: Simulator) -> None:
    """Settings, keys, trust, records and indices are there; the secret of a key is nowhere."""
    remote = seed(sim, name="remote", documents={"logs-1": {"1": {}}})
    local = seed(sim, name="local")
    key = connect_by_key(local, remote)
    introduce(local, remote)

    state = sim.control.state()["a"]

    shown = {n: state["deployments"][n]["resources"]["main-elasticsearch"] for n in ("local", "remote")}
    assert shown["local"]["settings"]["cluster.remote.r.mode"] == "proxy"
    assert shown["local"]["loaded_secrets"] == ["r"]
    assert shown["remote"]["keys"][key["id"]]["live"] is True
    assert shown["remote"]["indices"] == {"logs-1": 1}
    assert [record["name"] for record in state["relationships"].values()] == ["other"]
    for secret in (key["api_key"], key["encoded"]):
        assert secret not in json.dumps(sim.control.state()) + json.dumps(sim.control.calls())


def test_mark_changes_behind_the_api(sim: Simulator, api: Api) -> None:
    """Ownership, health, visibility and name change without a call in the log."""
    deployment = api.created()
    before = len(sim.control.calls())

    sim.control.mark(deployment, system_owned=True, healthy=False, name="renamed", hidden=True)

    assert len(sim.control.calls()) == before
    found = api.get(f"/deployments/{deployment}")
    assert (found["healthy"], found["name"], found["metadata"]["hidden"]) == (False, "renamed", True)


def test_take_away(sim: Simulator, api: Api) -> None:
    """Every kind of object can vanish as if somebody else had removed it."""
    ruleset_id = api.post(RULESETS, ruleset(), expect=201)["id"]
    deployment = api.created(settings={"traffic_filter_settings": {"rulesets": [ruleset_id]}})
    keystore = f"/deployments/{deployment}/elasticsearch/_main/keystore"
    api.call("PATCH", keystore, {"secrets": {"a.b": {"value": "c"}}})

    sim.control.take_away("secret", f"{deployment}/a.b")
    assert api.get(keystore) == {"secrets": {}}
    sim.control.take_away("association", f"{ruleset_id}/{deployment}")
    assert api.get(f"{RULESETS}/{ruleset_id}/associations")["associations"] == []
    sim.control.take_away("resource", f"{deployment}/main-kibana")
    assert api.get(f"/deployments/{deployment}")["resources"]["kibana"] == []
    sim.control.take_away("ruleset", ruleset_id)
    api.get(f"{RULESETS}/{ruleset_id}", expect=404)
    sim.control.take_away("deployment", deployment)
    api.get(f"/deployments/{deployment}", expect=404)
    for kind, wanted in [("ruleset", "nope"), ("planet", "x"), ("secret", "nope/a")]:
        with pytest.raises(ValueError):
            sim.control.take_away(kind, wanted)


def test_call_log_tells_all_but_secrets(sim: Simulator, api: Api) -> None:
    """Index, operation, status, caller, kind of call: and never a credential or a body."""
    login = {"username": "admin", "password": api.installation.password}
    token = api.post("/users/auth/_login", login)["token"]
    api.post(RULESETS, ruleset(), expect=201)
    api.post("/deployments?validate_only=true", create_body())
    api.get("/nothing", expect=404)

    calls = sim.control.calls()

    assert [c["index"] for c in calls] == [1, 2, 3, 4]
    assert [c["is_write"] for c in calls] == [False, True, False, False]
    assert [c["operation_id"] for c in calls][1:] == ["create-traffic-filter-ruleset", "create-deployment", None]
    assert [c["user"] for c in calls] == [None, "terraform", "terraform", None]
    assert [c["codes"] for c in calls][3] == ["root.resource_not_found"]
    assert [c["index"] for c in sim.control.calls(writes=True)] == [2]
    assert [c["index"] for c in sim.control.calls(since=2)] == [3, 4]
    text = json.dumps(calls)
    assert not any(secret in text for secret in (token, api.installation.password, api.installation.api_key))


def test_reset_forgets_what_was_made(sim: Simulator, api: Api) -> None:
    """Identity, users and keys stay, so that a client need not be configured again."""
    account = api.installation.account_id
    api.created()
    api.post(RULESETS, ruleset(), expect=201)
    sim.control.fail_next(status=500)

    sim.control.reset()

    assert [d["name"] for d in api.get("/deployments")["deployments"]] == [
        "admin-console-elasticsearch",
        "logging-and-metrics",
    ]
    assert api.get(RULESETS) == {"rulesets": []}
    assert api.get("/account")["id"] == account


def test_unsupported_operations_say_so(sim: Simulator, api: Api) -> None:
    """Known to the document but not simulated: 501 with a code of our own, never a guess."""
    operations = sim.control.operations()

    assert len(operations["supported"]) + len(operations["unsupported"]) == 274
    for method, target in [
        ("GET", "/platform/license"),
        ("POST", f"/deployments/{'f' * 32}/elasticsearch/_main/_enable-slm"),
        ("GET", "/regions/ece-region/platform/infrastructure/allocators"),
    ]:
        assert api.codes(method, target, expect=501) == ["sim.not_supported"]
        assert sim.control.calls()[-1]["operation_id"] in [o["id"] for o in operations["unsupported"]]


def test_routes_prefer_literals(api: Api) -> None:
    """`/deployments/templates` is not a deployment, `/users/auth/keys` not a user, and kinds are checked."""
    assert isinstance(api.get("/deployments/templates?region=ece-region"), list)
    deployment = api.created()
    assert api.get(f"/deployments/{deployment}/kibana/_main")["ref_id"] == "main-kibana"
    api.call("POST", f"/deployments/{deployment}/teapot/_main/_shutdown", expect=404)
    api.codes("GET", f"/deployments/{deployment}/kibana/other", expect=404)


@pytest.mark.parametrize(
    ("name", "value"),
    [("nope", True), ("noop_update_makes_plan", 1), ("shutdown_during_plan", "maybe"), ("ruleset_in_use_status", "4")],
)
def test_wrong_switches_are_refused(sim: Simulator, name: str, value: Any) -> None:
    """Name, type and choice are checked, on the object as well."""
    with pytest.raises(ValueError):
        sim.control.set_switch(name, value)
    with pytest.raises((ValueError, TypeError)):
        Switches(**{name: value})


def test_clock_rules() -> None:
    """The manual clock does not go back; the real one cannot be advanced."""
    with pytest.raises(ValueError, match="does not go back"):
        ManualClock().advance(-1)
    with pytest.raises(ValueError, match="real clock"):
        Simulator(clock=RealClock()).control.advance(1)
    with pytest.raises(ValueError, match="seconds"):
        simulator().control.set_plan_speed(-1)


def test_plan_history_has_wall_clock_times() -> None:
    """On the real clock the end of a plan is its due time, also when nobody looked for a while."""
    sim = Simulator(plan_seconds=0.0)
    api = Api(sim)
    begun = sim.clock.now()

    deployment = api.create()
    entries = sim.control.plan_history(deployment=deployment)

    assert {e["kind"] for e in entries} == {"elasticsearch", "kibana"}
    assert all(begun <= e["started"] == e["ended"] <= sim.clock.now() for e in entries)


@pytest.mark.parametrize("count", [0, 27])
def test_number_of_installations(count: int) -> None:
    """Names are single letters."""
    with pytest.raises(ValueError, match="installations"):
        Simulator(count)


def test_lookups_name_what_there_is() -> None:
    """A wrong installation or an ambiguous deployment is an error with the choice in it."""
    sim = simulator(2)
    Api(sim, 0).created("twice")
    Api(sim, 1).created("twice")

    with pytest.raises(ValueError, match="a, b"):
        sim.control.state("c")
    with pytest.raises(ValueError, match="2 fit"):
        sim.control.mark("twice", hidden=True)
    assert set(sim.control.state("b")) == {"b"}
