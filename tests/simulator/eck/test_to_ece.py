"""An ECK cluster searches in a deployment by key: secure settings and the CA of the proxies."""

from __future__ import annotations

from ece_simulator import EckCluster
from tests.simulator.clusters import Cluster
from tests.simulator.eck.manifests import apply, patch, proxy_ca
from tests.simulator.partners import connect, found, is_connected, new_key


def test_to_ece_by_key(ece: Cluster, eck: EckCluster) -> None:
    """The secret through secureSettings, the CA through a config map: without one of them nothing stands."""
    connect(eck, ece.host, 9443, "ece")
    patch(eck, nodeSets=[proxy_ca(eck, ece)])
    assert eck.recreations == 1
    assert not is_connected(eck, "ece")
    apply(eck, "Secret", "ece-key", stringData={"cluster.remote.ece.credentials": new_key(ece)})
    assert not is_connected(eck, "ece")

    patch(eck, secureSettings=[{"secretName": "ece-key"}])

    assert found(eck, "ece") == 1
    assert eck.recreations == 2
    patch(eck, nodeSets=[{"name": "default", "count": 1}])
    assert not is_connected(eck, "ece")
    assert "not configured to trust that issuer" in eck.log()


def test_a_secret_that_is_not_there(ece: Cluster, eck: EckCluster) -> None:
    """Secure settings that name no secret keep the pods from starting."""
    patch(eck, secureSettings=[{"secretName": "ece-key"}])
    assert not eck.running
    assert 'Secure settings secret "ece-key" not found' in eck.log()

    entries = [{"key": "key", "path": "cluster.remote.r.credentials"}]
    apply(eck, "Secret", "ece-key", stringData={"key": new_key(ece)})
    assert not eck.running
    assert "unknown secure setting [key]" in eck.log()
    patch(eck, secureSettings=[{"secretName": "ece-key", "entries": entries}])
    ece.api.simulator.control.set_proxy_ca("public")
    connect(eck, ece.host, 9443)
    assert found(eck) == 1
