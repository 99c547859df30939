"""Served over HTTP: ports, TLS, faults on the wire, the control API, the command."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from ece_simulator import Simulator
from ece_simulator.routes import ROUTES
from tests.simulator.pems import bundle
from tests.simulator.support import RULESETS, ruleset


@pytest.fixture
def served() -> Iterator[Simulator]:
    """Two installations with ports."""
    with Simulator(2) as sim:
        yield sim


def client(sim: Simulator, number: int = 0, *, plain: bool = False, **options: Any) -> httpx.Client:
    """A client with the administrator's key that trusts the installation's CA."""
    one = sim.installations[number]
    context = ssl.create_default_context(cadata=one.ca_pem)
    headers = {"Authorization": f"ApiKey {one.api_key}", **options.pop("headers", {})}
    url = one.plain_endpoint if plain else one.endpoint
    return httpx.Client(base_url=f"{url}/api/v1", headers=headers, verify=context, **options)


def test_plain_and_tls_ports(served: Simulator) -> None:
    """Both ports of both installations answer as the right installation, on loopback."""
    for number, one in enumerate(served.installations):
        for plain in (True, False):
            with client(served, number, plain=plain) as http:
                assert http.get("/account").json()["id"] == one.account_id
                assert http.get("/account").http_version == "HTTP/1.1"
        assert one.endpoint.startswith("https://127.0.0.1:")
        assert Path(one.ca_file).read_text(encoding="ascii") == one.ca_pem


def test_state_folder_is_private_and_goes_away() -> None:
    """CA files live in a folder only the user can read, and no key file is left lying about."""
    sim = Simulator().start()
    folder = Path(sim.installations[0].ca_file).parent
    assert folder.stat().st_mode & 0o777 == 0o700
    assert sorted(file.name for file in folder.iterdir()) == ["a-ca.pem", "a-proxy-ca.pem"]

    sim.stop()
    sim.stop()

    assert not folder.exists()


def test_certificates_of_one_installation_are_foreign_to_the_other(served: Simulator) -> None:
    """A client configured for A must refuse B."""
    context = ssl.create_default_context(cadata=served.installations[0].ca_pem)

    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(served.installations[1].endpoint, verify=context)


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("expired", "certificate has expired"),
        ("foreign_ca", "unable to get local issuer"),
        ("wrong_host", "IP address mismatch"),
    ],
)
def test_broken_certificates(served: Simulator, kind: str, reason: str) -> None:
    """The errors a client must translate, on demand and back again."""
    served.control.set_certificate(kind)
    with client(served) as http, pytest.raises(httpx.ConnectError, match=reason):
        http.get("/platform")

    served.control.set_certificate("normal")
    with client(served) as http:
        assert http.get("/platform").status_code == 200


def test_client_certificate(served: Simulator, tmp_path: Path) -> None:
    """When demanded, only a connection that shows the right certificate gets an answer."""
    served.control.require_client_certificate(installation="a")
    with client(served) as http, pytest.raises(httpx.HTTPError):
        http.get("/platform")
    pem = served.control.client_certificate()
    file = tmp_path / "client.pem"
    file.write_text(pem["certificate"] + pem["key"], encoding="ascii")
    context = ssl.create_default_context(cadata=served.installations[0].ca_pem)
    context.load_cert_chain(file)

    reply = httpx.get(f"{served.installations[0].endpoint}/api/v1/platform", verify=context)

    assert reply.status_code == 401
    with client(served, 1) as http:
        assert http.get("/platform").status_code == 200


def test_dropped_connection_on_the_wire(served: Simulator) -> None:
    """The client sees its connection end without a reply, and can go on afterwards."""
    served.control.fail_next(drop=True, after_effect=True)
    with client(served) as http:
        with pytest.raises(httpx.RemoteProtocolError):
            http.post(RULESETS, json=ruleset())

        assert len(http.get(RULESETS).json()["rulesets"]) == 1


def test_slow_reply_runs_into_the_clients_timeout(served: Simulator) -> None:
    """A delay outlasts a short timeout; other calls are not held up by it."""
    served.control.fail_next(delay=30.0, path="platform")
    with client(served, timeout=0.2) as http, pytest.raises(httpx.ReadTimeout):
        http.get("/platform")
    with client(served) as http:
        assert http.get("/account").status_code == 200


@pytest.mark.parametrize(("after", "made"), [(False, 0), (True, 1)])
def test_client_killed_while_its_call_is_held(served: Simulator, after: bool, made: int) -> None:
    """Held before the effect, the call of a dead client never happened; held after it, it did."""
    served.control.fail_next(hold=True, after_effect=after, writes=True)
    one = served.installations[0]
    script = (
        "import json, sys, urllib.request as u\n"
        "url, key, body = sys.argv[1:]\n"
        "headers = {'Authorization': 'ApiKey ' + key, 'Content-Type': 'application/json'}\n"
        "u.urlopen(u.Request(url, body.encode(), headers))\n"
    )
    arguments = [f"{one.plain_endpoint}/api/v1{RULESETS}", one.api_key, json.dumps(ruleset())]
    process = subprocess.Popen([sys.executable, "-c", script, *arguments])
    served.control.wait_for_call(1)
    process.kill()
    process.wait(10)

    served.control.release()

    assert served.control.wait_for_call(1, answered=True)["took_effect"] is after
    with client(served) as http:
        assert len(http.get(RULESETS).json()["rulesets"]) == made


def test_many_held_calls_leave_room(served: Simulator) -> None:
    """More held calls than the usual thread pool has threads must not lock the control API out."""
    served.control.fail_next(hold=True, count=40, path="platform")
    statuses: list[int] = []

    def call() -> None:
        with client(served, plain=True) as http:
            statuses.append(http.get("/platform").status_code)

    threads = [threading.Thread(target=call) for _ in range(40)]
    for thread in threads:
        thread.start()
    served.control.wait_for_call(40)
    httpx.post(f"{served.control_endpoint}/release").raise_for_status()
    for thread in threads:
        thread.join(20)

    assert statuses == [200] * 40


def test_control_over_http(served: Simulator) -> None:
    """The same methods with JSON arguments; mistakes are told, not swallowed."""
    control = served.control_endpoint

    def post(method: str, **arguments: Any) -> httpx.Response:
        return httpx.post(f"{control}/{method}", json=arguments)

    assert "seed" in httpx.get(control).json()["methods"]
    seeded = post("seed", installation="b", name="over-http").json()
    assert seeded["name"] == "over-http"
    assert "over-http" in httpx.get(f"{control}/state?installation=b").json()["b"]["deployments"]
    assert httpx.get(f"{control}/calls?since=0&writes=true").json() == []
    assert len(httpx.get(f"{control}/operations").json()["supported"]) == len(ROUTES)
    assert post("seed", nope=1).status_code == 400
    assert post("advance", seconds=1).status_code == 400
    assert post("state", wrong=1).status_code == 400
    assert httpx.post(f"{control}/reset", content="[1]").status_code == 400
    assert post("explode").status_code == 404
    assert httpx.get(f"{control}/wait_for_call?index=99&timeout=0.01").status_code == 504


def test_elasticsearch_by_header_and_by_name(served: Simulator) -> None:
    """9243: the loopback address with a header, or the true name through the gateway; the chain fits both."""
    one = served.installations[1]
    made = served.control.seed(installation="b", name="logs")
    api = "/api/v1/deployments/" + made["id"] + "/elasticsearch/_main"
    with client(served, 1) as http:
        password = http.post(f"{one.endpoint}{api}/_reset-password").json()["password"]
    context = ssl.create_default_context(cafile=one.proxy_ca_file)
    options: dict[str, Any] = {"verify": context, "auth": ("elastic", password)}
    host = f"{made['cluster_id']}.b.ece.test"

    by_header = httpx.get(one.elasticsearch_endpoint, headers={"X-Found-Cluster": made["cluster_id"]}, **options)
    with httpx.Client(proxy=served.gateway_endpoint, **options) as http:
        by_name = http.get(f"https://{host}:9243/")
        assert http.get(f"{one.elasticsearch_endpoint}/").status_code == 404
        with pytest.raises(httpx.ProxyError):
            http.get("https://nowhere.example.test:9243/")

    assert by_header.json()["cluster_name"] == by_name.json()["cluster_name"] == made["cluster_id"]
    assert by_name.headers["x-elastic-product"] == "Elasticsearch"
    assert httpx.get(served.gateway_endpoint).status_code == 405
    assert {call["operation_id"] for call in served.control.calls()[-3:]} == {"elasticsearch"}


def test_gateway_leads_to_the_proxies(served: Simulator) -> None:
    """9443 shows the chain of the proxies to whoever comes through the gateway."""
    made = served.control.seed(name="logs")
    host, port = served.gateway_endpoint.removeprefix("http://").split(":")
    name = f"{made['cluster_id']}.a.ece.test"
    context = ssl.create_default_context(cafile=served.installations[0].proxy_ca_file)

    with socket.create_connection((host, int(port)), timeout=10) as raw:
        raw.sendall(f"CONNECT {name}:9443 HTTP/1.1\r\nhost: {name}:9443\r\n\r\n".encode())
        assert b" 200 " in raw.recv(4096)
        with context.wrap_socket(raw, server_hostname=name) as secured:
            assert b"welcome" in secured.recv(4096)


def test_uploaded_chains_are_served(served: Simulator) -> None:
    """New connections to API and 9243 see the uploaded chain."""
    one = served.installations[0]
    made = bundle("localhost")
    security = "/platform/configuration/security/tls"
    with client(served) as http:
        for service in ("ui", "proxy"):
            assert http.post(f"{security}/{service}", content=made.text).status_code == 202
    context = ssl.create_default_context(cadata=made.root)
    context.check_hostname = False

    for endpoint in (one.endpoint, one.elasticsearch_endpoint):
        assert httpx.get(endpoint, verify=context).status_code in (401, 404)
    assert Path(one.proxy_ca_file).read_text(encoding="ascii") == made.root


def test_connections_while_served(served: Simulator) -> None:
    """A look at connections through HTTP, many at once, holds up nothing and answers rightly."""
    local, remote = (served.control.seed(name=name) for name in ("local", "remote"))
    host = f"{remote['cluster_id']}.a.ece.test"
    settings = {"mode": "proxy", "proxy_address": f"{host}:9400", "server_name": host}
    remotes = {f"r{number}": settings for number in range(20)}
    target = f"/deployments/{local['id']}/elasticsearch/_main/proxy"
    found: list[Any] = []
    with client(served, plain=True, headers={"X-Management-Request": "true"}) as http:
        body = {"persistent": {"cluster": {"remote": remotes}}}
        assert http.put(f"{target}/_cluster/settings", json=body).status_code == 200

        def look() -> None:
            found.append(http.get(f"{target}/_remote/info").json())

        threads = [threading.Thread(target=look) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    assert [all(remote["connected"] for remote in one.values()) for one in found] == [True] * 4


async def test_async_use() -> None:
    """Inside an event loop the simulator starts and stops without blocking it."""
    async with Simulator() as sim:
        one = sim.installations[0]
        async with httpx.AsyncClient(headers={"Authorization": f"ApiKey {one.api_key}"}) as http:
            assert (await http.get(f"{one.plain_endpoint}/api/v1/platform")).status_code == 200


def test_a_port_in_use_is_told() -> None:
    """Fixed ports: control first, then plain and TLS; a second simulator there fails with the system's error."""
    with Simulator() as free:
        taken = int(free.control_endpoint.rsplit(":", 1)[1].split("/")[0])
        with pytest.raises(OSError, match="address"):
            Simulator(port=taken).start()


def test_wrong_options_are_told() -> None:
    """A wrong number on the command line is a usage error, not a traceback."""
    command = [sys.executable, "-m", "ece_simulator", "--installations", "0"]

    done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)

    assert done.returncode == 2
    assert "installations: 1 to 26, got 0" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_command_line(number: signal.Signals, tmp_path: Path) -> None:
    """One line of JSON when ready, then service until the signal, and exit code 0."""
    command = [sys.executable, "-m", "ece_simulator", "--installations", "2", "--json", "--plan-seconds", "0"]
    process = subprocess.Popen(
        [*command, "--state-dir", str(tmp_path / "state")], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    assert process.stdout is not None
    told = json.loads(process.stdout.readline())
    keys = {"name", "endpoint", "plain_endpoint", "api_key", "username", "password", "ca_file", "environment_id"}
    keys |= {"account_id", "elasticsearch_endpoint", "proxy_ca_file"}

    for one in told["installations"]:
        assert keys <= set(one)
        context = ssl.create_default_context(cafile=one["ca_file"])
        credentials = (one["username"], one["password"])
        reply = httpx.get(f"{one['endpoint']}/api/v1/platform", verify=context, auth=credentials)
        assert reply.status_code == 200
    assert told["control"].endswith("/_sim")
    os.kill(process.pid, number)
    out, err = process.communicate(timeout=20)

    assert (process.returncode, out, err) == (0, "", "")
