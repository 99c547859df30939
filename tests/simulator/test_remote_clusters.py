"""The `remote-clusters` call of one installation, candidates for it, and the migration before it."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.clusters import Cluster, seed


def put(cluster: Cluster, *entries: dict[str, Any], expect: int = 202) -> Any:
    """Writes the whole list."""
    target = f"/deployments/{cluster.id}/elasticsearch/_main/remote-clusters"
    return cluster.api.call("PUT", target, {"resources": list(entries)}, expect=expect)


def listed(cluster: Cluster) -> Any:
    """The list as it reads."""
    return cluster.api.get(f"/deployments/{cluster.id}/elasticsearch/_main/remote-clusters")["resources"]


def entry(remote: Cluster, alias: str = "r", **more: Any) -> dict[str, Any]:
    """An entry of the list."""
    return {"deployment_id": remote.id, "elasticsearch_ref_id": "main-elasticsearch", "alias": alias, **more}


def test_list_is_replaced_and_works(sim: Simulator) -> None:
    """202, settings in Elasticsearch, a connection; an empty list takes all of it away."""
    local, one, two = (seed(sim, name=name) for name in ("local", "one", "two"))
    assert put(local, entry(one), entry(two, "T-2", skip_unavailable=True)) == {}

    found = listed(local)
    assert [e["skip_unavailable"] for e in found] == [False, True]
    info = {"healthy": True, "connected": True, "compatible": True, "trusted": True, "trusted_back": True}
    assert found[0]["info"] == info
    told = local.call("GET", "_remote/info")
    assert told["r"]["proxy_address"] == f"{one.host}:9400"
    assert told["T-2"]["connected"] is True
    put(local, entry(two))
    assert local.call("GET", "_remote/info")["r"]["server_name"] == two.host
    put(local)
    assert (listed(local), local.call("GET", "_remote/info")) == ([], {})


def test_other_aliases_stay(sim: Simulator) -> None:
    """What was set in Elasticsearch itself is not shown and not removed."""
    local, one = seed(sim, name="local"), seed(sim, name="one")
    local.put_remote("mine", one, 9400)

    put(local, entry(one))
    put(local)

    assert (listed(local), list(local.call("GET", "_remote/info"))) == ([], ["mine"])


@pytest.mark.parametrize(
    ("side", "expected"),
    [("local", {"trusted": False, "trusted_back": True}), ("one", {"trusted": True, "trusted_back": False})],
)
def test_info_tells_who_does_not_trust(sim: Simulator, side: str, expected: dict[str, bool]) -> None:
    """Trust is judged on each side by itself."""
    clusters = {name: seed(sim, name=name) for name in ("local", "one")}
    put(clusters["local"], entry(clusters["one"]))
    clusters[side].put_trust(accounts=[])

    info = listed(clusters["local"])[0]["info"]

    assert info == {"healthy": False, "connected": False, "compatible": True, **expected}


def test_info_of_versions_and_of_lost_remotes(sim: Simulator) -> None:
    """Incompatible versions, and a remote that is gone."""
    local, one = seed(sim, name="local", version="8.14.3"), seed(sim, name="one", version="9.2.0")
    put(local, entry(one))
    assert listed(local)[0]["info"]["compatible"] is False

    sim.control.take_away("deployment", one.id)

    assert set(listed(local)[0]["info"].values()) == {False}


def test_refused_lists(sim: Simulator) -> None:
    """Foreign or unknown remotes, wrong ref_id, alias forms, system deployments on either side."""
    local, one = seed(sim, name="local"), seed(sim, name="one")

    def codes(*entries: dict[str, Any], expect: int) -> list[str]:
        return [error["code"] for error in put(local, *entries, expect=expect)["errors"]]

    missing = ["deployments.deployment_remote_resource_not_found"]
    assert codes({**entry(one), "deployment_id": "f" * 32}, expect=404) == missing
    assert codes({**entry(one), "elasticsearch_ref_id": "nope"}, expect=404) == missing
    assert codes(entry(one, "no dots."), expect=400) == ["root.invalid_data"]
    assert codes(entry(one), entry(one), expect=400) == ["root.invalid_data"]
    sim.control.mark(one.id, system_owned=True)
    assert codes(entry(one), expect=403) == ["deployments.system_owned"]
    sim.control.mark(local.id, system_owned=True)
    assert codes(expect=403) == ["deployments.system_owned"]
    assert "remote" not in str(
        sim.control.state()["a"]["deployments"]["local"]["resources"]["main-elasticsearch"]["settings"]
    )


def test_effect_may_take_a_while(sim: Simulator) -> None:
    """The call answers before Elasticsearch has the settings; how long that takes is a switch."""
    sim.switches.remote_clusters_effect_seconds = 5.0
    local, one = seed(sim, name="local"), seed(sim, name="one")

    put(local, entry(one))

    assert (local.call("GET", "_remote/info"), listed(local)[0]["info"]["connected"]) == ({}, False)
    sim.control.advance(5)
    assert listed(local)[0]["info"]["connected"] is True


def test_eligible_remotes(sim: Simulator) -> None:
    """Candidates follow the rule of searches, leave out the cluster itself and system deployments."""
    names = {
        version: seed(sim, name=version, version=version)
        for version in ("8.13.4", "8.18.8", "8.19.5", "9.0.8", "9.2.0")
    }
    api = names["9.2.0"].api

    def eligible(target: str) -> set[str]:
        return {found["name"] for found in api.post(target, {})["deployments"]}

    here = "elasticsearch/_main/eligible-remote-clusters"
    assert eligible(f"/deployments/{names['8.19.5'].id}/{here}") == {"8.18.8", "9.0.8", "9.2.0"}
    assert eligible(f"/deployments/{names['9.0.8'].id}/{here}") == {"8.18.8", "9.2.0"}
    assert eligible("/deployments/eligible-remote-clusters?version=8.14.0") == {"8.13.4", "8.18.8", "8.19.5"}
    codes = api.codes("POST", "/deployments/eligible-remote-clusters?version=x", {}, expect=400)
    assert codes == ["stackpack.invalid_version"]


def test_enable_ccr(sim: Simulator) -> None:
    """Asked first, done once with a plan, harmless afterwards; not while a plan runs."""
    one = seed(sim, created_before_2_9_0=True)
    target = f"/deployments/{one.id}/elasticsearch/_main/_enable-ccr"
    trust = one.api.info(one.id, query="show_settings=true")["settings"]["trust"]
    assert trust["accounts"] is None

    warnings = one.api.post(f"{target}?validate_only=true")["warnings"]
    assert [words for words in ("hot_content", "ml") if words not in str(warnings)] == []
    assert sim.control.calls()[-1]["is_write"] is False
    one.api.post(target)
    assert "pending" in one.api.info(one.id)["plan_info"]
    assert one.api.codes("POST", target, expect=400) == ["deployments.resource_plan_state_error"]
    sim.control.advance(100)
    assert one.api.post(target) == {"warnings": []}
    assert "pending" not in one.api.info(one.id)["plan_info"]
    assert sim.control.state()["a"]["deployments"]["one"]["resources"]["main-elasticsearch"]["scoped_names"] is True
