"""Life with a connection: what searches tell, versions, odd deployments, aliases and rotation under load."""

from __future__ import annotations

import threading
import time

import pytest

from ece_simulator import Simulator
from tests.simulator.clusters import connect_by_key, seed
from tests.simulator.connections.routes import DOCUMENTS, account, found, same_ece_by_key


@pytest.mark.parametrize("skip", [True, False])
def test_unavailable_remotes(two: Simulator, skip: bool) -> None:
    """A search fails or skips, as the setting says."""
    local, remote = same_ece_by_key(two)
    local.put_remote("r", remote, skip_unavailable=skip)
    two.control.set_port(9443, open=False)

    if skip:
        told = local.call("GET", "r:logs-1/_search")
        assert (told["hits"]["total"]["value"], told["_clusters"]["skipped"]) == (0, 1)
        assert told["_clusters"]["details"]["r"]["status"] == "skipped"
    else:
        assert "Unable to connect to [r]" in local.error("GET", "r:logs-1/_search", expect=500)
    told = local.call("GET", "_resolve/cluster/r:*")["r"]
    assert told == {"connected": False, "skip_unavailable": skip}


def test_resolve_tells_errors(two: Simulator) -> None:
    """Connected, but not allowed: the error stands beside `connected`."""
    local, _ = same_ece_by_key(two)

    told = local.call("GET", "_resolve/cluster/r:secret,*")

    assert told["r"]["connected"] is True
    assert "on indices [secret]" in told["r"]["error"]
    assert told["(local)"]["matching_indices"] is False


@pytest.mark.parametrize(
    ("local", "remote", "up"), [("8.19.5", "9.2.0", True), ("8.18.8", "9.0.8", True), ("8.18.8", "9.1.5", False)]
)
def test_versions(two: Simulator, local: str, remote: str, up: bool) -> None:
    """The last minor of a major talks to the next major; 8.18 belongs to 9.0."""
    one, other = seed(two, name="one", version=local), seed(two, name="other", version=remote)
    connect_by_key(one, other)

    assert one.connected("r") is up


def test_deployment_from_before_2_9_0(two: Simulator) -> None:
    """It trusts only itself and nobody can match its names, until CCR is enabled and trust is set."""
    local, remote = seed(two, name="local", created_before_2_9_0=True), seed(two, name="remote")
    local.put_trust(accounts=[account(local, all_=True)])
    local.put_remote("r", remote, 9400)
    assert local.connected("r") is False

    told = local.api.post(f"/deployments/{local.id}/elasticsearch/_main/_enable-ccr")
    assert {warning["code"] for warning in told["warnings"]} == {"deployments.enable_ccr.single_zone"}
    assert local.connected("r") is False
    two.control.advance(100)
    assert local.connected("r") is True


def test_system_owned_deployments_take_no_part(two: Simulator) -> None:
    """Neither a remote, whatever the settings say, nor one with remotes."""
    local, remote = same_ece_by_key(two)

    two.control.mark(remote.id, system_owned=True)

    assert local.connected("r") is False


def test_aliases_of_endpoints(two: Simulator) -> None:
    """The aliased endpoint leads to the same cluster and is covered by the proxies' own chain."""
    local = seed(two, name="local")
    remote = seed(two, name="remote", alias="orders", documents=DOCUMENTS)
    connect_by_key(local, remote)
    host = "orders.es.a.ece.test"

    local.put_remote("r", remote, proxy_address=f"{host}:9443", server_name=host)

    assert found(local) == 1


def test_both_directions_and_both_models(two: Simulator) -> None:
    """One cluster can use both models under two aliases, and be local and remote at once."""
    local, remote = same_ece_by_key(two)
    for cluster in (local, remote):
        cluster.put_trust(accounts=[account(cluster, all_=True)])
    local.put_remote("t", remote, 9400)
    connect_by_key(remote, local, "back")

    assert (local.connected("r"), local.connected("t"), remote.connected("back")) == (True, True, True)


def test_rotation_under_a_reader(two: Simulator) -> None:
    """New key, secret, old key away: a search in a loop never fails."""
    local, remote = same_ece_by_key(two)
    (key,) = remote.call("GET", "_security/api_key")["api_keys"]
    old, results, over = key["id"], [], threading.Event()

    def read() -> None:
        while not over.is_set():
            results.append(found(local))

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(10):
        made = remote.make_key()
        local.put_secrets(r=made["encoded"])
        assert local.connected("r") is True
        remote.call("DELETE", "_security/api_key", {"ids": [old]})
        old = made["id"]
    over.set()
    for reader in readers:
        reader.join()

    assert set(results) == {1}


def test_a_look_is_quick(two: Simulator) -> None:
    """Provider runs look hundreds of times: one check must stay far below 30 ms of work."""
    local, _ = same_ece_by_key(two)
    local.connected("r")
    begun = time.process_time()

    for _ in range(50):
        local.connected("r")

    assert (time.process_time() - begun) / 50 < 0.03
