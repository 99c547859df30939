"""What the demo judges by: each thing that goes wrong in a simulator must show, or the demo's "ok" means nothing."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from ece_simulator import Simulator
from ece_simulator.__main__ import announcement
from ece_simulator.message import Request
from tools.demo_records import Records
from tools.simulator_process import SimulatorProcess

OFFICE = {"type": "ip", "rules": [{"source": "192.0.2.0/24"}]}


class Scene:
    """Two deployments of one installation that trust each other, one connected to the other by certificate."""

    def __init__(self, simulator: Simulator, process: SimulatorProcess) -> None:
        self.simulator = simulator
        self.records = Records(process)
        self.logs = simulator.control.seed(name="logs", documents={})
        self.central = simulator.control.seed(name="central")
        address = f"{self.logs['cluster_id']}.a.ece.test"
        self.connect({"mode": "proxy", "proxy_address": f"{address}:9400", "server_name": address})

    def ask(self, method: str, target: str, body: Any) -> Any:
        """A call of an administrator."""
        place = self.simulator.installations[0]
        headers = {"authorization": f"ApiKey {place.api_key}", "x-management-request": "true"}
        reply = place.handle(Request.make(method, f"/api/v1{target}", headers=headers, body=body))
        assert reply.status < 300, reply.body
        return reply.json()

    def connect(self, settings: dict[str, Any] | None) -> None:
        """Write the settings of the alias, or take them away."""
        target = f"/deployments/{self.central['id']}/elasticsearch/_main/proxy/_cluster/settings"
        nothing = {"mode": None, "proxy_address": None, "server_name": None}
        self.ask("PUT", target, {"persistent": {"cluster": {"remote": {"logs": settings or nothing}}}})

    def filter(self, *sources: str) -> None:
        """Put a filter on the remote deployment."""
        rules = [{"source": source} for source in sources]
        body = {"name": "office", "type": "ip", "region": "ece-region", "include_by_default": False, "rules": rules}
        made = self.ask("POST", "/deployments/traffic-filter/rulesets", body)["id"]
        entity = {"entity_type": "deployment", "id": self.logs["id"]}
        self.ask("POST", f"/deployments/traffic-filter/rulesets/{made}/associations", entity)


@pytest.fixture
def scene() -> Iterator[Scene]:
    """A running simulator, and the demo's view of it."""
    with Simulator() as simulator, SimulatorProcess(announcement=announcement(simulator)) as process:
        yield Scene(simulator, process)


def test_a_search_is_judged_by_the_handshake_and_by_what_it_found(scene: Scene) -> None:
    """A connection that stands, and the same one behind a closed port."""
    (link,) = scene.records.links()
    assert (link.alias, link.model, link.route) == ("logs", "certificate", "same ECE")
    good = scene.records.try_out(link)
    assert (good.handshake, good.hits, list(good.problems)) == ("connected", 1, [])
    scene.simulator.control.set_port(9400, open=False)
    bad = scene.records.try_out(link)
    assert (bad.handshake, bad.hits) == ("nothing", 0)
    assert len(list(bad.problems)) == 2


def test_filters_that_let_in_more_or_less_are_told(scene: Scene) -> None:
    """Both deployments lack the office's filter; then one lets in an address that nobody connects from."""
    assert len(scene.records.wrong_doors(scene.records.links())) == 2
    scene.filter("192.0.2.0/24")
    assert [each.split()[0] for each in scene.records.wrong_doors([])] == ["a/central"]
    scene.filter("198.51.100.0/24")
    assert any(each.startswith("a/logs lets in ['elsewhere'") for each in scene.records.wrong_doors([]))


def test_what_is_left_is_told(scene: Scene) -> None:
    """Settings of a connection, and objects that were not there before."""
    left = scene.records.still_connected()
    assert len(left) == 1
    assert left[0].startswith("settings ['cluster.remote.logs.")
    scene.connect(None)
    assert scene.records.still_connected() == []
    assert scene.records.left_over() == ["2 deployments in a"]
