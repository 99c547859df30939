"""What a hand-over refuses, what it keeps, and what it marks as required."""

from __future__ import annotations

import json
import subprocess
from copy import deepcopy
from dataclasses import replace
from pathlib import Path

import pytest

from ece_domain.findings import InvalidValue
from ece_domain.hand_over import findings, hand_over, own_names, trust_lines
from ece_domain.hand_over.configure_script import configure_script
from ece_domain.hand_over.node_sets import with_node_settings, with_secure_setting
from ece_domain.hand_over.yaml_text import yaml_lines
from ece_domain.security_models import SecurityModel
from tests.domain.hand_over.cases import CASES, ECE, ECK, MANIFEST, SELF, connection, made

KEY, CERTIFICATE = SecurityModel.API_KEY, SecurityModel.CERTIFICATE
PATTERN = "*.node.a.cluster.b.account"

# trust files


@pytest.mark.parametrize(
    ("own", "nodes", "message"),
    [
        ((), (), "lock out the cluster's own nodes"),
        (("node1",), ("node1", "node2"), 'own node "node2"'),
        (("bad name",), (), "no name of nodes"),
        (('x"\n  - "*',), (), "no name of nodes"),
    ],
)
def test_a_trust_file_that_locks_out_own_nodes_is_never_made(
    own: tuple[str, ...], nodes: tuple[str, ...], message: str
):
    """The nodes of a cluster with such a file reject each other: the cluster is down."""
    with pytest.raises(InvalidValue, match=message):
        trust_lines((PATTERN,), own, nodes)


def test_a_trust_file_needs_somebody_to_trust():
    """Own nodes alone would keep the other side out without a word."""
    with pytest.raises(InvalidValue, match="lets nobody in"):
        trust_lines((), ("node1",))


@pytest.mark.parametrize("route", ["O4", "I4"])
def test_a_self_managed_side_without_names_is_refused(route: str):
    """No names, no trust file (V44); with names of whole certificates each of them is listed."""
    case = connection(route, CERTIFICATE)
    bare = replace(SELF, scope_id=None, cluster_id=None, node_names=())
    sides = {"remote": bare} if route == "O4" else {"local": bare}
    found = list(findings(replace(case, **sides)))
    assert [item.field for item in found] == [f"{next(iter(sides))}.node_names"]
    named = replace(bare, node_names=("es01", "es02"))
    lines = hand_over(replace(case, **{next(iter(sides)): named})).file("trust.yml").lines
    assert [line.text for line in lines if line.required][1:] == ['  - "es01"', '  - "es02"']


def test_own_names_of_eck_follow_what_its_certificates_carry_before_and_after():
    """While pods are made anew both kinds of names are met."""
    case = connection("O5", CERTIFICATE)
    side = replace(ECK, scope_id="shop", cluster_id="shop1")
    made_here = hand_over(replace(case, remote=side))
    text = made_here.file("trust_config_map.yaml").text
    assert '- "*.node.shop1.cluster.shop.account"' in text
    assert '- "*.node.shop.elastic.es.local"' in text
    assert "otherNameSuffix: node.shop1.cluster.shop.account" in made_here.file("elasticsearch.patch.yaml").text


def test_own_names_of_eck_follow_the_resource_as_it_is():
    """A suffix that the resource sets already is what its pods carry: ECK's own form would lock them out."""
    manifest = deepcopy(MANIFEST)
    manifest["spec"]["transport"] = {"tls": {"otherNameSuffix": "nodes.example.com"}}
    assert own_names(replace(ECK, manifest=manifest)) == ("*.nodes.example.com",)
    named = replace(ECK, node_names=("third-party-0.example.com", "shop-es-0.node.shop.elastic.es.local"))
    assert own_names(named) == ("*.node.shop.elastic.es.local", "third-party-0.example.com")


# facts


@pytest.mark.parametrize(
    ("route", "model", "side", "change", "field"),
    [
        ("O4", KEY, "remote", {"address": None}, "remote.address"),
        ("O4", KEY, "remote", {"address": "https://x"}, "remote.address"),
        ("O4", KEY, "remote", {"name": "../x"}, "remote.name"),
        ("O4", KEY, "remote", {"name": "central"}, "remote.name"),
        ("O4", KEY, "local", {"egress": ("198.51.100.1/28",)}, "local.egress"),
        ("O4", CERTIFICATE, "remote", {"ca_pem": ()}, "remote.ca_pem"),
        ("O4", CERTIFICATE, "remote", {"ca_pem": ("nothing",)}, "remote.ca_pem"),
        ("O4", CERTIFICATE, "remote", {"node_names": ("*.example.com",)}, "remote.node_names"),
        ("O4", CERTIFICATE, "local", {"scope_id": None}, "local.scope_id"),
        ("O4", CERTIFICATE, "local", {"cluster_id": "x"}, "local.cluster_id"),
        ("O5", CERTIFICATE, "remote", {"manifest": None}, "remote.manifest"),
        ("O5", CERTIFICATE, "remote", {"manifest": {"spec": {}}}, "remote.manifest"),
        ("O5", KEY, "remote", {"manifest": {"metadata": {"name": "other"}}}, "remote.manifest"),
        ("O5", KEY, "remote", {"namespace": "No"}, "remote.namespace"),
        ("I5", KEY, "local", {"manifest": None}, "local.manifest"),
        ("I4", KEY, "remote", {"ca_pem": ()}, "remote.ca_pem"),
        ("I4", KEY, "local", {"restart_command": "a\nb"}, "local.restart_command"),
    ],
)
def test_a_fact_that_is_missing_or_wrong_is_named(
    route: str, model: SecurityModel, side: str, change: dict[str, object], field: str
):
    """Better no file than one that fails at somebody else's desk."""
    case = connection(route, model)
    wrong = replace(case, **{side: replace(getattr(case, side), **change)})
    assert field in {finding.field for finding in findings(wrong)}
    with pytest.raises(InvalidValue):
        hand_over(wrong)
    assert list(findings(case)) == []
    assert field not in {finding.field for finding in findings(wrong, frozenset({field}))}


@pytest.mark.parametrize("route", ["I4", "I5"])
def test_a_key_without_a_file_that_holds_it_is_refused(route: str):
    """The command that reads the key would have a blank."""
    assert [item.field for item in findings(connection(route, KEY, secret_file=None))] == ["secret_file"]


def test_two_partners_are_no_connection_of_ours():
    """One side at least is a deployment."""
    assert "local.kind" in {item.field for item in findings(replace(connection("O4", KEY), local=ECK))}


def test_a_private_key_never_gets_into_a_file():
    """A PEM text with the key in it is refused, and not repeated."""
    leak = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
    case = connection("O4", CERTIFICATE)
    with pytest.raises(InvalidValue) as refused:
        hand_over(replace(case, remote=replace(SELF, ca_pem=(SELF.ca_pem[0] + leak,))))
    assert "AAAA" not in str(refused.value)


def test_public_certificates_need_no_authority():
    """Nothing is copied, and nothing narrows the roots that everybody has."""
    case = connection("I4", KEY)
    found = hand_over(replace(case, remote=replace(ECE, public_ca=True, ca_pem=())))
    assert [file.name for file in found.files if file.name.startswith("ca/")] == []
    assert "certificate_authorities" not in found.file("elasticsearch.yml").text


def test_settings_are_left_to_terraform_where_it_reaches_the_cluster():
    """Two owners of one alias would undo each other."""
    case = connection("I4", KEY)
    assert "cluster.remote" in hand_over(case).file("elasticsearch.yml").text
    reached = hand_over(replace(case, local=replace(SELF, is_reached=True)))
    assert "cluster.remote" not in reached.file("elasticsearch.yml").text
    assert any("ece_remote_cluster" in step.what for step in reached.steps)


@pytest.mark.parametrize(
    ("route", "model", "words"),
    [
        ("O1", KEY, "remote_cluster with cluster_id 0a1b2c3d4e5f60718293a4b5c6d7e8f9"),
        ("I3", KEY, "of type ip with 192.0.2.128/25"),
        ("I4", KEY, "of type ip with 203.0.113.0/28"),
        ("I4", CERTIFICATE, None),
        ("O4", KEY, None),
    ],
)
def test_the_filter_that_fits_is_named(route: str, model: SecurityModel, words: str | None):
    """A filter of the other kind lets nobody in; certificates pass by all of them."""
    found = [step.what for step in made(route, model).steps if "ece_traffic_filter" in step.what]
    assert [words in what for what in found if words] == ([True] if words else [])
    assert bool(found) is (words is not None)


@pytest.mark.parametrize("route", ["O4", "O5"])
def test_a_key_that_terraform_cannot_make_is_asked_for_ready(route: str):
    """The request has all values; where Terraform reaches the cluster it makes the key itself."""
    case = connection(route, KEY)
    request = hand_over(case).file("create_key.console").text
    assert json.loads(request[request.index("{") :])["access"] == case.access
    reached = hand_over(replace(case, remote=replace(case.remote, is_reached=True)))
    assert "create_key.console" not in [file.name for file in reached.files]
    without = hand_over(replace(case, access=None))
    assert any("Make a cross-cluster API key central-to-" in step.what for step in without.steps)


@pytest.mark.parametrize(("route", "model"), [case for case in CASES if case[0][1] in "45"])
def test_required_lines_and_steps_are_marked(route: str, model: SecurityModel):
    """What a connection rests on is known by name, so that a test can take away each of it."""
    found = made(route, model)
    assert any(file.required_lines for file in found.files if file.name not in {"README.md", "network.csv"})
    assert [step for step in found.steps if step.required and step.commands]
    for file in found.files:
        for number in file.required_lines:
            assert file.lines[number].text not in file.without(number).text.splitlines() or file.name.startswith("ca")


# what is there already stays


def test_lists_of_a_resource_keep_what_they_hold():
    """A merge patch replaces a list as a whole: storage, size and settings of the node sets would be lost."""
    before = deepcopy(MANIFEST)
    sets, _ = with_node_settings(MANIFEST, {"a.b": (["x"], True)}, [])
    assert before == MANIFEST
    assert sets[0]["count"] == 3
    assert sets[0]["volumeClaimTemplates"] == MANIFEST["spec"]["nodeSets"][0]["volumeClaimTemplates"]
    assert sets[0]["config"] == {"node.store.allow_mmap": False, "a.b": ["x"]}
    again = {"spec": {"nodeSets": sets, "secureSettings": with_secure_setting(MANIFEST, "key")[0]}}
    assert with_node_settings(again, {"a.b": (["x"], True)}, [])[0] == sets
    assert with_secure_setting(again, "key") == ([{"secretName": "snapshots"}, {"secretName": "key"}], 1)


def test_settings_join_those_that_are_nested():
    """The same setting in two spellings keeps the pods from starting, and a list that is replaced loses a CA."""
    manifest = deepcopy(MANIFEST)
    one = manifest["spec"]["nodeSets"][0]
    one["config"] = {"xpack": {"security": {"ssl.cas": ["mine"], "enabled": True}}, "node": {"store.allow_mmap": False}}
    sets, needed = with_node_settings(manifest, {"xpack.security.ssl.cas": (["theirs"], True)}, [])
    assert sets[0]["config"] == {
        "xpack": {"security": {"enabled": True}},
        "node": {"store.allow_mmap": False},
        "xpack.security.ssl.cas": ["mine", "theirs"],
    }
    assert needed == {(0, "config", "xpack.security.ssl.cas", 1)}


def test_mounts_join_a_container_that_is_there():
    """A second container of the same name would be refused."""
    case = connection("I5", CERTIFICATE)
    manifest = deepcopy(MANIFEST)
    one = manifest["spec"]["nodeSets"][0]
    one["podTemplate"] = {
        "spec": {"containers": [{"name": "sidecar"}, {"name": "elasticsearch", "env": [{"name": "A"}]}]}
    }
    text = hand_over(replace(case, local=replace(ECK, manifest=manifest))).file("elasticsearch.patch.yaml").text
    assert text.count("- name: elasticsearch") == 1
    assert text.count("- name: sidecar") == 1
    assert "- name: A" in text


# yaml


def test_yaml_texts_are_read_as_they_were_meant():
    """A name that looks like a number, a block, an empty list, a list in a list."""
    lines = yaml_lines(
        {"a": "no", "b": "1e3", "c": [], "d": {}, "e": [["x"], {"z": [1]}], "f": "one\ntwo\n", "g": " x\n", "h": None},
        {("f",), ("e", 1, "z", 0)},
    )
    assert [line.text for line in lines] == [
        'a: "no"', 'b: "1e3"', "c: []", "d: {}", "e:", "  -", "    - x", "  - z:", "      - 1",
        "f: |", "  one", "  two", 'g: " x\\n"', "h: null",
    ]  # fmt: skip
    assert [line.text for line in lines if line.required] == ["      - 1", "  one"]


# the script that edits elasticsearch.yml


@pytest.fixture
def node(tmp_path: Path) -> Path:
    """A node's configuration folder with the script and one fragment beside it."""
    place = tmp_path / "remote-clusters" / "orders"
    place.mkdir(parents=True)
    script = configure_script("remote cluster orders", str(tmp_path))
    (place / script.name).write_text(script.text)
    (place / "elasticsearch.yml").write_text("# replaces: b.truststore.path\na.list: [1, 2]\n")
    (tmp_path / "elasticsearch.yml").write_text(
        "cluster.name: here\na.list:\n  - 1\n# a remark\nb.truststore.path: x\nz.last: 1\n"
    )
    return tmp_path


def run(node: Path, *arguments: str) -> str:
    """Run the script; what ``elasticsearch.yml`` holds then."""
    subprocess.run(["sh", str(node / "remote-clusters/orders/configure.sh"), *arguments], check=True)
    return (node / "elasticsearch.yml").read_text()


def test_settings_go_in_once_and_come_out_again(node: Path):
    """Settings that stand twice keep Elasticsearch from starting; taking out brings back what was there."""
    before = (node / "elasticsearch.yml").read_text()
    after = run(node, "elasticsearch.yml")
    active = [line for line in after.splitlines() if line and not line.startswith("#")]
    assert active == ["cluster.name: here", "z.last: 1", "a.list: [1, 2]"]
    assert run(node, "elasticsearch.yml") == after
    assert run(node, "--remove", "elasticsearch.yml") == before


def test_every_required_line_reaches_the_node(node: Path):
    """The script must not drop a line that it does not know."""
    fragment = made("O4", KEY).file("elasticsearch.yml")
    (node / "remote-clusters/orders/elasticsearch.yml").write_text(fragment.text)
    assert fragment.text in run(node, "elasticsearch.yml")
