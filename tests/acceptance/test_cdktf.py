"""The two commands of the README and what hangs on them: real cdktf, real Terraform, our provider, the simulator."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from moto.server import ThreadedMotoServer

from ece_simulator import Simulator
from ece_simulator.__main__ import announcement
from tests.support.cdktf import PROJECT, Cdktf
from tests.support.ece import Ece

README = (PROJECT / "README.md").read_text(encoding="utf-8")
MADE = {
    "create-deployment": 4,
    "create-traffic-filter-ruleset": 5,
    "create-traffic-filter-ruleset-association": 7,
    "create-trust-relationship": 2,
}
"""What the demo writes to the API of both installations, besides what its connections need."""
REMOVED = {
    "shutdown-deployment": 4,
    "delete-deployment": 4,
    "delete-traffic-filter-ruleset": 5,
    "delete-traffic-filter-ruleset-association": 7,
    "delete-trust-relationship": 2,
}
KEYS, SECRETS, SETTINGS, DOCUMENTS = (
    ("POST", r"_security/cross_cluster/api_key$"),
    ("PATCH", r"/keystore$"),
    ("PUT", r"_cluster/settings"),
    ("PUT", r"/_doc/1"),
)
CONNECTED = [
    (9300, "a", "onprem"), (9400, "a", "b"), (9400, "b", "a"), (9400, "b", "b"),
    (9443, "a", "a"), (9443, "a", "b"), (9443, "a", "cloud"), (9443, "a", "search"), (9443, "b", "a"),
]  # fmt: skip
"""Port, caller's installation and where the remote is: four connections by certificate, five by key."""


def block(language: str) -> str:
    """The first block of a language in the README."""
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found is not None
    return found[1]


def count(calls: list[dict[str, Any]], call: tuple[str, str]) -> int:
    """How many of the calls have this method and a path that fits."""
    return sum(each["method"] == call[0] and bool(re.search(call[1], each["path"])) for each in calls)


def connected(simulator: Simulator) -> list[tuple[int, str, str]]:
    """The connections that the log of handshakes saw stand, each once."""
    places = {place.environment_id: place.name for place in simulator.installations}
    places |= {place.world.egress: place.name for place in simulator.installations}
    others = {cluster["id"]: name for name, cluster in partners(simulator).items()}
    found = {
        (shake["port"], shake["caller"] or shake["source"], shake["cluster_id"]): (
            shake["port"],
            places[shake["source"] if shake["port"] == 9443 else shake["peer_names"][0].split(".")[-2]],
            others.get(shake["cluster_id"]) or shake["server_name"].split(".")[-3],
        )
        for shake in simulator.control.handshakes()
        if shake["outcome"] == "connected"
    }
    return sorted(found.values())


def partners(simulator: Simulator) -> dict[str, dict[str, Any]]:
    """What the Elasticsearch of each partner holds."""
    found = {name: simulator.control.state(name)[name] for name in ("onprem", "search")}
    clusters = {name: {**each, "id": each["cluster_id"]} for name, each in found.items()}
    hosted = simulator.control.state()["cloud"]["deployments"]["hosted"]
    return {**clusters, "cloud": next(each for each in hosted["resources"].values() if each["kind"] == "elasticsearch")}


@pytest.fixture
def installations() -> Iterator[Simulator]:
    """Two installations and partners as `make demo` starts them; the second one's proxies have a private CA."""
    with Simulator(2, proxy_ca=["public", "private"], plan_seconds=0.5) as running:
        running.add_hosted("cloud")
        running.add_self_managed("onprem")
        running.add_eck("search")
        yield running


@pytest.fixture
def env(ece: Ece) -> dict[str, str]:
    """Credentials of the simulator."""
    return ece.credentials()


def test_make_demo_connects_everything_and_leaves_nothing(installations: Simulator) -> None:
    """The first command of the README, judged from the simulator's logs and not by the demo's own word."""
    before = installations.control.state()
    result = subprocess.run(
        ["make", "demo"],
        cwd=PROJECT,
        env={**os.environ, "ECE_DEMO_SIMULATOR": announcement(installations)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    calls = [call for call in installations.control.calls(writes=True) if call["took_effect"]]
    documents = [number for number, call in enumerate(calls) if count([call], DOCUMENTS)]
    assert len(documents) == len(CONNECTED), "one document for each connection"
    made, removed = calls[: documents[0]], calls[documents[-1] + 1 :]
    operations = Counter(call["operation_id"] for call in made)
    assert {name: operations[name] for name in MADE} == MADE
    assert (count(made, KEYS), count(made, SECRETS)) == (5, 5)
    assert count(removed, KEYS) == 0
    operations = Counter(call["operation_id"] for call in removed)
    assert {name: operations[name] for name in (*MADE, *REMOVED)} == {**dict.fromkeys(MADE, 0), **REMOVED}
    assert connected(installations) == CONNECTED
    after = installations.control.state()
    assert {name: after[name] for name in ("a", "b")} == {name: before[name] for name in ("a", "b")}
    left = [key["name"] for each in partners(installations).values() for key in each["keys"].values() if key["live"]]
    assert left == []


def test_the_readme_s_ten_lines_deploy(ece: Ece, tmp_path: Path, env: dict[str, str]) -> None:
    """Whoever copies them gets a filtered deployment, with no flag but --auto-approve and nobody at the keyboard."""
    program = block("python")
    assert len(program.strip().splitlines()) <= 10
    cdktf = Cdktf(tmp_path / "readme", program, env)
    cdktf.run("deploy", "--auto-approve")
    (deployment,) = ece.deployments().values()
    (office,) = ece.rulesets().values()
    assert deployment["rulesets"] == [office["id"]]
    assert (deployment["name"], office["type"]) == ("logs", "ip")
    assert ece.elasticsearch("logs")["stack_version"] == "9.2.0"


def test_the_readme_s_terraform_works_in_any_folder(ece: Ece, tmp_path: Path, env: dict[str, str]) -> None:
    """Plain Terraform needs nothing but the settings of .env."""
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain" / "main.tf").write_text(block("hcl"), encoding="utf-8")
    script = 'set -a; . "$PROJECT/.env"; set +a; cd "$FOLDER"; t=${TERRAFORM_BINARY_NAME:-terraform}; '
    script += '"$t" init -input=false && "$t" plan -input=false -out=p && "$t" apply -input=false p'
    result = subprocess.run(
        ["sh", "-ec", script],
        env={**os.environ, **env, "PROJECT": str(PROJECT), "FOLDER": str(tmp_path / "plain")},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert "logs" in ece.deployments()
    assert len(ece.associations()) == 1


SHARED_STATE = """
import os
from cdktf import App, S3Backend, TerraformStack
from ece_constructs import Deployment, Environment, IpFilter

app = App()
ece = Environment(app, "ece")
network, data = TerraformStack(app, "network"), TerraformStack(app, "data")
for stack in (network, data):
    backend = S3Backend(
        stack, bucket="states", key=f"{stack.node.id}.tfstate", region="eu-central-1",
        endpoints={"s3": os.environ["S3_ENDPOINT"]}, use_path_style=True, skip_credentials_validation=True,
        skip_metadata_api_check=True, skip_region_validation=True, skip_requesting_account_id=True,
        skip_s3_checksum=True,
    )
    stack.add_override("terraform.backend.s3.use_lockfile", True)
office = IpFilter(network, "office", environment=ece, sources=["192.0.2.0/24"])
logs = Deployment(data, "logs", environment=ece, version="9.2.0", deletion_protection=False)
logs.allow_from(office)
app.synth()
"""


@pytest.fixture
def s3(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """An S3 store with a bucket for states; settings that lead to it."""
    import boto3

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    settings = {
        "S3_ENDPOINT": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "state-reader",
        "AWS_SECRET_ACCESS_KEY": "state-secret",
        "AWS_REGION": "eu-central-1",
    }
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    client = boto3.client("s3", endpoint_url=settings["S3_ENDPOINT"], region_name="eu-central-1")
    client.create_bucket(Bucket="states", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    yield settings
    server.stop()


def test_two_stacks_share_their_state_in_s3_under_a_lock(
    ece: Ece, simulator: Simulator, tmp_path: Path, env: dict[str, str], s3: dict[str, str]
) -> None:
    """Teams keep state in S3: one stack reads the other's outputs, and a second deploy waits its turn."""
    cdktf = Cdktf(tmp_path / "shared", SHARED_STATE, {**env, **s3})
    simulator.control.fail_next(operation_id="create-deployment", hold=True)
    first = cdktf.start("deploy", "*", "--auto-approve")
    try:
        held = next(
            i
            for i in range(1, 200)
            if simulator.control.wait_for_call(i, timeout=100.0)["operation_id"] == "create-deployment"
        )
        second = Cdktf(tmp_path / "second", SHARED_STATE, {**env, **s3})
        printed = second.run("deploy", "*", "--auto-approve", code=1)
        assert re.search(r"state lock", printed), printed
        assert re.search(r"Who:\s+\S+@", printed), "the holder must be named"
        simulator.control.release()
        printed, _ = first.communicate(timeout=120)
    finally:
        simulator.control.release()
        first.kill()
    assert first.returncode == 0, printed
    assert held > 0
    assert len(ece.deployments()) == 1
    assert len(ece.associations()) == 1
    assert not list((tmp_path / "shared").glob("*.tfstate")), "state must be in S3 only"
    cdktf.run("destroy", "*", "--auto-approve")
    assert (ece.deployments(), ece.rulesets()) == ({}, {})


def test_cdktf_get_makes_bindings_of_our_provider(tmp_path: Path, env: dict[str, str]) -> None:
    """Users who like plain bindings get them, functions and nested attributes included, and they synthesize."""
    provider = {"name": "ece", "source": "terraform.local/ece/ece"}
    program = """
from cdktf import App, TerraformStack
from imports.ece.provider import EceProvider
from imports.ece.traffic_filter import TrafficFilter

app = App()
stack = TerraformStack(app, "plain")
EceProvider(stack, "ece")
TrafficFilter(stack, "office", name="office", type="ip", rules=[{"source": "192.0.2.0/24"}])
app.synth()
"""
    cdktf = Cdktf(tmp_path / "get", program, env, terraformProviders=[provider], codeMakerOutput="imports")
    cdktf.run("get")
    cdktf.run("synth")
    shown = json.dumps(cdktf.stack("plain"))
    assert '"ece_traffic_filter"' in shown
    assert '"192.0.2.0/24"' in shown
