"""Trust behind a connection: chains of the proxies, rotations, names of nodes, and when a change counts."""

from __future__ import annotations

from ece_simulator import Simulator
from tests.simulator.clusters import connect_by_key, introduce, proxy_root, trust_proxy_of
from tests.simulator.connections.routes import (
    direct,
    ends,
    other_ece_by_direct_trust,
    other_ece_by_key,
    same_ece_by_certificate,
)
from tests.simulator.pems import bundle
from tests.simulator.support import simulator


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
