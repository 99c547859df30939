"""Partners as another program sees them: ports with TLS, the control API, the announcement, the log of calls."""

from __future__ import annotations

import base64
import http.client
import json
import ssl
import subprocess
import sys
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from ece_simulator import Simulator
from tests.simulator.partners import run

LOGS = {"logs-1": {"1": {"n": 1}}}


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Simulator]:
    """One installation that serves; partners come later."""
    with Simulator(state_dir=tmp_path / "state") as simulator:
        yield simulator


def control(simulator: Simulator, method: str, **arguments: Any) -> Any:
    """A call of the control API."""
    url, body = f"{simulator.control_endpoint}/{method}", json.dumps(arguments).encode()
    request = urllib.request.Request(url, data=body, method="POST")  # noqa: S310  the simulator's own address
    with urllib.request.urlopen(request, timeout=30) as reply:  # noqa: S310
        return json.load(reply)


def https(url: str, ca_file: str, authorization: str, host: str | None = None) -> Any:
    """A GET that checks the server's certificate."""
    request = urllib.request.Request(url, headers={"Authorization": authorization})  # noqa: S310
    if host is not None:
        request.add_header("X-Found-Cluster", host)
    context = ssl.create_default_context(cafile=ca_file)
    with urllib.request.urlopen(request, context=context, timeout=30) as reply:  # noqa: S310
        return json.load(reply)


def basic(facts: dict[str, Any]) -> str:
    """The user of a partner."""
    return "Basic " + base64.b64encode(f"{facts['username']}:{facts['password']}".encode()).decode()


@pytest.mark.parametrize("kind", ["self_managed", "eck"])
def test_a_partner_serves_its_own_api(served: Simulator, kind: str) -> None:
    """A verified certificate, a user's password, and a connection refused while the cluster is down."""
    facts = control(served, f"add_{kind}", name="other", documents=LOGS)

    assert facts == control(served, "partners")[kind][0]
    assert https(facts["endpoint"], facts["ca_file"], basic(facts))["version"]["number"] == "9.2.0"
    with pytest.raises(urllib.error.HTTPError, match="401"):
        https(facts["endpoint"], facts["ca_file"], "Basic eDp5")
    calls = served.control.calls(installation="other")
    assert [(call["path"], call["status"], call["user"]) for call in calls] == [
        ("/", 200, "elastic"), ("/", 401, None),
    ]  # fmt: skip

    if kind == "eck":
        control(served, "patch", partner="other", manifest='{"spec": {"secureSettings": [{"secretName": "no"}]}}')
    else:
        (Path(facts["home"]) / "config" / "elasticsearch.yml").write_text("nonsense: 1\n")
        assert control(served, "restart", partner="other")["running"] is False
    assert control(served, "partners")[kind][0]["running"] is False
    with pytest.raises((http.client.RemoteDisconnected, ConnectionError, urllib.error.URLError)):
        https(facts["endpoint"], facts["ca_file"], basic(facts))


def test_faults_hit_partners_too(served: Simulator) -> None:
    """A partner's API can fail like any other."""
    facts = control(served, "add_self_managed")
    served.control.fail_next(installation="onprem", status=503, code="sim.injected", message="busy")
    url = f"{facts['endpoint']}/_remote/info"

    with pytest.raises(urllib.error.HTTPError, match="503"):
        https(url, facts["ca_file"], basic(facts))
    assert https(url, facts["ca_file"], basic(facts)) == {}


def test_an_organisation_serves(served: Simulator) -> None:
    """API behind its CA file, Elasticsearch behind the well-known root."""
    facts = control(served, "add_hosted", regions=["aws-eu-central-1"])
    made = control(served, "seed", installation="cloud", name="hosted")

    url, key = f"{facts['endpoint']}/api/v1/deployments/{made['id']}", f"ApiKey {facts['api_key']}"
    shown = https(url, facts["ca_file"], key)
    assert shown["resources"]["elasticsearch"][0]["region"] == "aws-eu-central-1"
    user = basic({"username": "elastic", "password": made["password"]})
    root = https(facts["elasticsearch_endpoint"], facts["proxy_ca_file"], user, made["cluster_id"])
    assert root["version"]["number"] == "9.2.0"
    assert [region["name"] for region in facts["regions"]] == ["aws-eu-central-1"]


def test_the_gateway_knows_partners(served: Simulator) -> None:
    """Programs reach the simulated names through it, also those of partners."""
    partner = served.add_self_managed()
    gateway = urlsplit(served.gateway_endpoint)
    context = ssl.create_default_context(cafile=partner.ca_file)
    connection = http.client.HTTPSConnection(str(gateway.hostname), gateway.port, context=context, timeout=30)
    connection.set_tunnel(partner.host, 9200)
    connection.request("GET", "/", headers={"Authorization": basic(partner.facts())})

    assert connection.getresponse().status == 200
    connection.close()


def test_kubectl_acts_on_a_served_cluster(served: Simulator) -> None:
    """What another process writes is seen at the next look, without telling anybody."""
    facts = control(served, "add_eck", name="search")
    patch = '{"spec": {"transport": {"tls": {"otherNameSuffix": "node.c.cluster.s.account"}}}}'

    done = run(Path("/"), facts["kubectl"], "patch", "elasticsearch", "search", "--type", "merge", "-p", patch)

    assert done.returncode == 0, done.stderr
    names = control(served, "partners")["eck"][0]["node_names"]
    assert names == ["search-es-default-0.node.c.cluster.s.account"]


def test_the_state_of_a_partner(served: Simulator) -> None:
    """Keys, settings and loaded secrets can be asserted on; no secret is in it."""
    partner = served.add_self_managed(documents=LOGS)
    access = {"search": [{"names": ["logs-*"]}]}
    key = partner.call("POST", "_security/cross_cluster/api_key", {"name": "k", "access": access})

    state = control(served, "state", installation="onprem")["onprem"]

    assert [entry["name"] for entry in state["keys"].values()] == ["k"]
    assert (state["indices"], state["loaded_secrets"], state["running"]) == ({"logs-1": 1}, [], True)
    assert key["api_key"] not in str(state)
    assert partner.password not in str(state)


def test_control_refuses(served: Simulator) -> None:
    """Wrong names and kinds are said as such."""
    control(served, "add_eck")
    for method, arguments in (
        ("restart", {"partner": "search"}),
        ("restart", {"partner": "nobody"}),
        ("apply", {"partner": "search", "manifest": "kind: Nothing"}),
        ("add_eck", {"name": "search"}),
        ("add_hosted", {"regions": []}),
        ("add_self_managed", {"nodes": 0}),
        ("add_self_managed", {"name": "more", "color": "red"}),
    ):
        with pytest.raises(urllib.error.HTTPError, match="400"):
            control(served, method, **arguments)


def test_the_announcement_names_partners() -> None:
    """One of each kind by a flag, several by a number."""
    command = [sys.executable, "-m", "ece_simulator", "--json", "--hosted", "--self-managed", "2", "--eck"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    process.terminate()

    assert {kind: [one["name"] for one in told[kind]] for kind in ("hosted", "self_managed", "eck")} == {
        "hosted": ["cloud"], "self_managed": ["onprem", "onprem2"], "eck": ["search"],
    }  # fmt: skip
    assert all(one["endpoint"] for kind in ("hosted", "self_managed", "eck") for one in told[kind])
    assert process.wait(10) == 0
