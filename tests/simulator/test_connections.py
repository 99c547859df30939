"""Connections over real TLS: every route between ECE deployments, and what takes each of them down."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from ece_simulator import Simulator
from tests.simulator.clusters import (
    Cluster,
    connect_by_key,
    introduce,
    proxy_root,
    seed,
    trust_proxy_of,
)
from tests.simulator.pems import bundle
from tests.simulator.support import RULESETS, ruleset, simulator

DOCUMENTS = {"logs-1": {"1": {"n": 1}}}


@pytest.fixture
def two() -> Iterator[Simulator]:
    """Two installations with private proxy CAs."""
    sim = simulator(2)
    yield sim
    sim.stop()


def ends(sim: Simulator, installation: int, **parts: Any) -> tuple[Cluster, Cluster]:
    """Local and remote, the latter with an index."""
    local = seed(sim, name="local", **parts)
    return local, seed(sim, installation, name="remote", documents=DOCUMENTS, **parts)


def found(local: Cluster) -> int:
    """How many documents a search across the alias `r` finds."""
    return int(local.call("GET", "r:logs-*/_search")["hits"]["total"]["value"])


def account(cluster: Cluster, *ids: str, all_: bool = False) -> dict[str, Any]:
    """An entry for the own account."""
    return {"account_id": cluster.api.installation.account_id, "trust_all": all_, "trust_allowlist": list(ids)}


def direct(other: Cluster, *ids: str, **changes: Any) -> dict[str, Any]:
    """A direct entry for the other's environment."""
    entry = {
        "name": "other", "type": "ECE", "trust_all": not ids, "trust_allowlist": list(ids),
        "scope_id": other.api.installation.environment_id, "certificates": other.authorities(),
    }  # fmt: skip
    return {**entry, **changes}


def same_ece_by_key(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Same ECE: API keys."""
    local, remote = ends(sim, 0)
    for cluster in (local, remote):
        cluster.put_trust(accounts=[])  # no trust is needed
    connect_by_key(local, remote)
    return local, remote


def same_ece_by_certificate(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Same ECE: certificates, only these two."""
    local, remote = ends(sim, 0)
    local.put_trust(accounts=[account(local, remote.cluster_id)])
    remote.put_trust(accounts=[account(remote, local.cluster_id)])
    local.put_remote("r", remote, 9400)
    return local, remote


def other_ece_by_key(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Other ECE: API keys, private CA of the proxies."""
    local, remote = ends(sim, 1)
    trust_proxy_of(local, remote)
    connect_by_key(local, remote)
    return local, remote


def other_ece_by_platform_trust(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Other ECE: certificates, records on both platforms."""
    local, remote = ends(sim, 1)
    for one, other in ((local, remote), (remote, local)):
        entry = {"trust_relationship_id": introduce(one, other), "trust_all": False}
        one.put_trust(accounts=[account(one, all_=True)], external=[{**entry, "trust_allowlist": [other.cluster_id]}])
    local.put_remote("r", remote, 9400)
    return local, remote


def other_ece_by_direct_trust(sim: Simulator) -> tuple[Cluster, Cluster]:
    """Other ECE: certificates, the CA in the deployments themselves."""
    local, remote = ends(sim, 1)
    local.put_trust(direct=[direct(remote, remote.cluster_id)])
    remote.put_trust(direct=[direct(local, local.cluster_id)])
    local.put_remote("r", remote, 9400)
    return local, remote


ROUTES = (
    same_ece_by_key,
    same_ece_by_certificate,
    other_ece_by_key,
    other_ece_by_platform_trust,
    other_ece_by_direct_trust,
)


@pytest.mark.parametrize("route", ROUTES)
def test_routes(two: Simulator, route: Callable[[Simulator], tuple[Cluster, Cluster]]) -> None:
    """Every route connects and answers a search, and the wire knows of it."""
    local, remote = route(two)

    assert local.connected("r") is True
    assert found(local) == 1
    told = local.call("GET", "_resolve/cluster/r:logs-*")["r"]
    assert (told["connected"], told["matching_indices"], told["version"]["number"]) == (True, True, "9.2.0")
    by_key = "key" in route.__name__
    assert ("cluster_credentials" in local.call("GET", "_remote/info")["r"]) is by_key
    last = two.control.handshakes()[-1]
    assert (last["port"], last["outcome"], last["cluster_id"]) == (
        9443 if by_key else 9400,
        "connected",
        remote.cluster_id,
    )
    assert last["source"] == "198.51.100.10"


def pieces(local: Cluster, remote: Cluster) -> dict[str, tuple[str, Callable[[], str], Cluster]]:
    """Single pieces of a connection by name: kind, id, and the side that holds it."""

    def record(cluster: Cluster) -> Callable[[], str]:
        return lambda: next(iter(cluster.api.installation.world.relationships))

    def key() -> str:
        (found,) = remote.call("GET", "_security/api_key")["api_keys"]
        return f"{remote.id}/{found['id']}"

    own, theirs = local.api.installation.account_id, remote.api.installation.account_id
    return {
        "settings": ("settings", lambda: f"{local.id}/r", local),
        "secret": ("secret", lambda: f"{local.id}/cluster.remote.r.credentials", local),
        "key": ("key", key, remote),
        "ca": ("trust", lambda: f"{local.id}/direct/proxy", local),
        "account here": ("trust", lambda: f"{local.id}/accounts/{own}", local),
        "account there": ("trust", lambda: f"{remote.id}/accounts/{theirs}", remote),
        "external here": ("trust", lambda: f"{local.id}/external/{record(local)()}", local),
        "external there": ("trust", lambda: f"{remote.id}/external/{record(remote)()}", remote),
        "direct here": ("trust", lambda: f"{local.id}/direct/other", local),
        "direct there": ("trust", lambda: f"{remote.id}/direct/other", remote),
        "record here": ("relationship", record(local), local),
        "record there": ("relationship", record(remote), remote),
    }


@pytest.mark.parametrize(
    ("route", "piece"),
    [
        *((same_ece_by_key, piece) for piece in ("settings", "secret", "key")),
        *((same_ece_by_certificate, piece) for piece in ("settings", "account here", "account there")),
        *((other_ece_by_key, piece) for piece in ("settings", "secret", "key", "ca")),
        *(
            (other_ece_by_platform_trust, piece)
            for piece in ("settings", "external here", "external there", "record here", "record there")
        ),
        *((other_ece_by_direct_trust, piece) for piece in ("settings", "direct here", "direct there")),
    ],
)
def test_each_piece_counts(two: Simulator, route: Callable[[Simulator], tuple[Cluster, Cluster]], piece: str) -> None:
    """Without any single piece there is no connection, and nothing remembers the one that was."""
    local, remote = route(two)
    assert local.connected("r") is True

    kind, id, holder = pieces(local, remote)[piece]
    two.control.take_away(kind, id(), installation=holder.api.installation.name)

    assert local.call("GET", "_remote/info").get("r", {"connected": False})["connected"] is False


def test_public_proxies_need_no_trust() -> None:
    """A chain of an authority that everybody trusts needs no entry on the local side."""
    sim = simulator(2, proxy_ca=["private", "public"])
    local, remote = ends(sim, 1)
    connect_by_key(local, remote)
    assert local.connected("r") is True

    sim.control.set_proxy_ca("private", installation="b")
    assert local.connected("r") is False
    sim.stop()


def test_own_proxy_ca_is_a_question(two: Simulator) -> None:
    """Whether a deployment trusts the private proxy CA of its own ECE can be switched."""
    two.switches.own_proxy_trusted = False
    local, remote = ends(two, 0)
    connect_by_key(local, remote)
    assert local.connected("r") is False

    trust_proxy_of(local, remote)

    assert local.connected("r") is True


def test_rotation_of_the_proxies_root(two: Simulator) -> None:
    """The order that keeps a connection: new root to the local side, new chain, old root away."""
    local, remote = other_ece_by_key(two)
    old, new = proxy_root(remote), bundle("*.b.ece.test")
    here = "/platform/configuration/security/tls/proxy"
    entry = local.api.info(local.id, query="show_settings=true")["settings"]["trust"]["direct"][0]
    states = []
    for certificates, chain in (([old, new.root], None), ([old, new.root], new), ([new.root], None)):
        local.put_trust(direct=[{**entry, "certificates": [{"pem": pem} for pem in certificates]}])
        if chain is not None:
            remote.api.call("POST", here, chain.text.encode(), expect=202)
        states.append(local.connected("r"))

    assert states == [True, True, True]
    local.put_trust(direct=[{**entry, "certificates": [{"pem": old}]}])
    assert local.connected("r") is False


def test_rotation_of_the_internal_authority(two: Simulator) -> None:
    """Who trusts the next CA already stays connected when it becomes active; who trusts only the old one does not."""
    local, remote = other_ece_by_direct_trust(two)
    two.control.rotate_internal_ca(installation="b")
    assert local.connected("r") is True

    two.control.rotate_internal_ca(installation="b")

    assert local.connected("r") is False
    active = [
        c["active"] for c in remote.api.get(f"/deployments/{remote.id}/certificate-authority")["public_certificates"]
    ]
    assert active == [False, False, True, False]


def test_trust_by_default(two: Simulator) -> None:
    """A record with `trust_by_default` lets all deployments trust the other installation without entries."""
    local, remote = ends(two, 1)
    local.put_remote("r", remote, 9400)
    for one, other in ((local, remote), (remote, local)):
        record = introduce(one, other)
        assert local.connected("r") is False
        one.api.put(f"/platform/configuration/trust-relationships/{record}", {"trust_by_default": True})

    assert local.connected("r") is True


def test_node_names_without_scope(two: Simulator) -> None:
    """Names of single nodes can be trusted where there is no scope; a wrong scope is a silent refusal."""
    local, remote = ends(two, 1)
    environment = remote.api.installation.environment_id
    node = f"instance-0000000000.node.{remote.cluster_id}.cluster.{environment}.account"
    remote.put_trust(direct=[direct(local)])
    local.put_remote("r", remote, 9400)

    local.put_trust(direct=[direct(remote, scope_id="123")])
    assert local.connected("r") is False
    entry = direct(remote, trust_all=False, additional_node_names=[node], type="generic")
    entry.pop("scope_id")
    local.put_trust(direct=[entry])
    assert local.connected("r") is True


def test_trust_counts_after_its_plan(two: Simulator) -> None:
    """Written trust is shown at once and works when the plan has ended; a failed plan changes nothing."""
    local, _ = same_ece_by_certificate(two)
    body = local.api.update_body(local.id)
    body["resources"]["elasticsearch"][0]["settings"] = {"trust": {"accounts": []}}
    two.control.fail_plan()
    local.api.put(f"/deployments/{local.id}", body)
    two.control.advance(100)
    assert local.connected("r") is True

    local.api.put(f"/deployments/{local.id}", body)
    assert local.connected("r") is True
    two.control.advance(100)
    assert local.connected("r") is False


# filters


def associate(cluster: Cluster, **parts: Any) -> str:
    """A new rule set on a deployment."""
    made = str(cluster.api.post(RULESETS, ruleset(**parts), expect=201)["id"])
    entity = {"entity_type": "deployment", "id": cluster.id}
    cluster.api.post(f"{RULESETS}/{made}/associations", entity, expect=201)
    return made


@pytest.mark.parametrize(
    ("kind", "rule", "lets_in"),
    [
        ("ip", {"source": "198.51.100.10"}, True),
        ("ip", {"source": "198.51.100.0/24"}, True),
        ("ip", {"source": "203.0.113.0/24"}, False),
        ("remote_cluster", {"remote_cluster_org_id": "environment"}, True),
        ("remote_cluster", {"remote_cluster_id": "cluster"}, True),
        ("remote_cluster", {"remote_cluster_id": "cluster", "remote_cluster_org_id": "environment"}, True),
        ("remote_cluster", {"remote_cluster_id": "cluster", "remote_cluster_org_id": "1"}, False),
        ("remote_cluster", {"remote_cluster_id": "f" * 32}, False),
    ],
)
def test_filters_inside_an_ece(two: Simulator, kind: str, rule: dict[str, str], lets_in: bool) -> None:
    """Both kinds act at 9443; both ids in one rule must fit."""
    local, remote = same_ece_by_key(two)
    known = {"environment": local.api.installation.environment_id, "cluster": local.cluster_id}
    associate(remote, type=kind, rules=[{name: known.get(value, value) for name, value in rule.items()}])

    assert local.connected("r") is lets_in


def test_filters_between_installations(two: Simulator) -> None:
    """Another ECE's clusters cannot be told by their certificate, unless the proxy was given their CA (switch)."""
    local, remote = other_ece_by_key(two)
    made = associate(remote, type="remote_cluster", rules=[{"remote_cluster_id": local.cluster_id}])
    assert local.connected("r") is False
    introduce(remote, local)
    assert local.connected("r") is False
    two.switches.filters_read_foreign_certificates = True
    assert local.connected("r") is True
    two.switches.filters_read_foreign_certificates = False
    associate(remote, rules=[{"source": "198.51.100.0/24"}])
    assert local.connected("r") is True

    two.control.set_egress("203.0.113.9", installation="a")
    assert local.connected("r") is False
    two.control.take_away("ruleset", made, installation="b")
    assert local.connected("r") is False


def test_filters_do_not_touch_certificates(two: Simulator) -> None:
    """9400 is never filtered, and a filter on the local side stops nothing that goes out."""
    local, remote = same_ece_by_certificate(two)
    for cluster in (local, remote):
        associate(cluster, rules=[{"source": "203.0.113.1"}])

    assert local.connected("r") is True


# life


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
