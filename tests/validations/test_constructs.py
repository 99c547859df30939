"""Validations that a program runs into: each bad case is told with its id, and its neighbour is not."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from ece_constructs import (
    Access,
    Deployment,
    EceValueError,
    ElasticsearchApi,
    Environment,
    IpFilter,
    KeystoreSecret,
    RemoteCluster,
    RemoteClusterFilter,
    Secret,
    testing,
)
from ece_domain.validations import Moment
from tests.constructs.worlds import CA_PEM, SOME_ID, World, self_managed, world
from tests.support.certificates import certificate
from tests.validations.cases import NOT_IN_CONSTRUCTS, assert_silent, assert_told, parameters

Program = Callable[[World], Any]
SEARCH = Access.search("logs-*")
IDENTITY = "CN=.*.node.*.cluster.1053523734"
KEY_PEM = certificate("with key").key_pem
OTHER_CA_PEM = certificate("another").pem


def at(made: World, name: str, version: str) -> Deployment:
    """A deployment of a version."""
    return Deployment(made.stack, name, environment=made.ece, version=version)


def pair(local: str, remote: str, **options: Any) -> Program:
    """A connection of two versions."""
    return lambda made: at(made, "central", local).connect_to(at(made, "logs", remote), **options)


def paris(made: World, **options: Any) -> Environment:
    """Another environment."""
    return Environment(made.app, "paris", env_prefix="PARIS", **options)


def both_ways(made: World, access: Access | None) -> None:
    """Two deployments that replicate from each other, or one only."""
    central, logs = made.deployment("central"), made.deployment("logs")
    central.connect_to(logs, access=SEARCH)
    if access is not None:
        logs.connect_to(central, access=access)


def two_of_one_alias(made: World, alias: str) -> None:
    """Two connections of one local cluster."""
    central = made.deployment("central")
    central.connect_to(made.deployment("logs"), access=SEARCH)
    audit = made.deployment("audit")
    RemoteCluster(made.stack, "second", local=central, remote=audit, access=SEARCH, alias=alias)


def to_itself(made: World, *, is_bad: bool) -> None:
    """A connection to the same deployment, or to another one."""
    central = made.deployment("central")
    central.connect_to(central if is_bad else made.deployment("logs"), access=SEARCH, alias="other")


def filtered_remote(made: World, model: str) -> None:
    """A remote that filters its traffic."""
    central, logs = made.deployment("central"), made.deployment("logs")
    logs.allow_from(made.office(), central)
    central.connect_to(logs, security_model=model, access=SEARCH if model == "api_key" else None)


def foreign_peer(made: World, *, is_foreign: bool) -> None:
    """A rule for a cluster of this environment, or of another."""
    environment = paris(made) if is_foreign else made.ece
    peer = Deployment(made.stack, "peer", environment=environment, version="9.2.0")
    RemoteClusterFilter(made.stack, "peers", environment=made.ece, peers=[peer])


def in_both_models(made: World, server_ca: str) -> None:
    """A partner that is searched by key and searches by certificate."""
    api = ElasticsearchApi(env_prefix="ONPREM")
    central, onprem = made.deployment("central"), self_managed(made, server_ca_pem=[server_ca], api=api)
    central.connect_to(onprem, access=SEARCH)
    onprem.connect_to(central, security_model="certificate")


def secret_of(made: World, version: str) -> None:
    """The key of a connection that somebody else made, in the keystore of a deployment."""
    name, value = "cluster.remote.logs.credentials", Secret.from_env("LOGS_KEY")
    KeystoreSecret(made.stack, "key", deployment=at(made, "central", version), name=name, value=value, value_version=1)


def listed(made: World, *, is_foreign: bool) -> None:
    """A connection in the platform's own list, to this environment or to another."""
    environment = paris(made) if is_foreign else made.ece
    logs = Deployment(made.stack, "logs", environment=environment, version="8.19.0")
    at(made, "central", "8.19.0").connect_to(logs, security_model="certificate", managed_through="platform")


def only_peers(made: World, *, has_users: bool) -> None:
    """A deployment that lets clusters in, with addresses or without."""
    central, logs = made.deployment("central"), made.deployment("logs")
    logs.allow_from(central, *([made.office()] if has_users else []))


def filter_of(made: World, sources: list[str], **more: Any) -> None:
    """A filter of addresses."""
    IpFilter(made.stack, "office", environment=made.ece, sources=sources, **more)


def handed_over(made: World, names: list[str]) -> None:
    """A self-managed cluster by certificate, whose trust file is handed over."""
    more = {"scope_id": None, "cluster_id": None, "node_names": names}
    made.deployment("central").connect_to(self_managed(made, **more), security_model="certificate")


def clusters(made: World, **ids: Any) -> None:
    """A filter that names ids."""
    RemoteClusterFilter(made.stack, "peers", environment=made.ece, **ids)


CASES: dict[str, tuple[Program, Program]] = {
    "V1": (pair("9.2.0", "8.19.3", access=SEARCH), pair("9.2.0", "9.1.0", access=SEARCH)),
    "V2": (
        pair("9.1.4", "9.2.0", access=Access.replicate("stock")),
        pair("9.2.0", "9.1.4", access=Access.replicate("stock")),
    ),
    "V3": (
        lambda made: both_ways(made, Access.replicate("catalog")),
        lambda made: both_ways(made, None),
    ),
    "V4": (
        pair("8.13.4", "8.15.0", access=SEARCH, security_model="api_key"),
        pair("8.14.0", "8.15.0", access=SEARCH, security_model="api_key", skip_unavailable=True),
    ),
    "V5": (
        pair("9.0.0", "9.0.0", security_model="certificate"),
        pair("8.19.0", "8.19.0", security_model="certificate"),
    ),
    "V6": (
        pair("9.2.0", "9.3.0", access=SEARCH, certificate_identity=IDENTITY),
        pair("9.3.0", "9.3.0", access=SEARCH, certificate_identity=IDENTITY),
    ),
    "V7": (lambda made: two_of_one_alias(made, "logs"), lambda made: two_of_one_alias(made, "audit")),
    "V7-form": (pair("9.2.0", "9.2.0", access=SEARCH, alias="Logs EU"), pair("9.2.0", "9.2.0", access=SEARCH)),
    "V11": (lambda made: to_itself(made, is_bad=True), lambda made: to_itself(made, is_bad=False)),
    "V15": (
        lambda made: clusters(made, cluster_ids=["1053523734"]),
        lambda made: clusters(made, cluster_ids=[SOME_ID]),
    ),
    "V17": (
        lambda made: self_managed(made, ca_pem=[CA_PEM + KEY_PEM]),
        lambda made: self_managed(made, ca_pem=[CA_PEM]),
    ),
    "V18": (lambda made: self_managed(made, scope_id="on prem"), lambda made: self_managed(made, scope_id="onprem")),
    "V19": (lambda made: in_both_models(made, CA_PEM), lambda made: in_both_models(made, OTHER_CA_PEM)),
    "V21": (lambda made: listed(made, is_foreign=True), lambda made: listed(made, is_foreign=False)),
    "V21-model": (
        pair("8.19.0", "8.19.0", access=SEARCH, managed_through="platform"),
        pair("8.19.0", "8.19.0", security_model="certificate", managed_through="platform"),
    ),
    "V22": (
        lambda made: Access.search("a", query="{}") + Access.replicate("b"),
        lambda made: Access.search("a") + Access.replicate("b"),
    ),
    "V25": (
        pair("9.2.0", "9.2.0", access=SEARCH, expiration="90d"),
        pair("9.2.0", "9.2.0", access=SEARCH, expiration="90d", rotate_after="60d"),
    ),
    "V26": (lambda made: filtered_remote(made, "certificate"), lambda made: filtered_remote(made, "api_key")),
    "V27": (lambda made: foreign_peer(made, is_foreign=True), lambda made: foreign_peer(made, is_foreign=False)),
    "V29": (
        lambda made: filter_of(made, ["office.example.com"]),
        lambda made: filter_of(made, ["192.0.2.0/24"]),
    ),
    "V29-egress": (lambda made: paris(made, egress=["127.0.0.1"]), lambda made: paris(made, egress=["198.51.100.7"])),
    "V30": (lambda made: only_peers(made, has_users=False), lambda made: only_peers(made, has_users=True)),
    "V32": (
        lambda made: filter_of(made, ["192.0.2.0/24"], include_by_default=True),
        lambda made: filter_of(made, ["192.0.2.0/24"], include_by_default=False),
    ),
    "V34": (
        lambda made: filter_of(made, [f"192.0.2.{last}" for last in range(129)]),
        lambda made: filter_of(made, [f"192.0.2.{last}" for last in range(128)]),
    ),
    "V39": (
        lambda made: clusters(made, environment_ids=[SOME_ID]),
        lambda made: clusters(made, environment_ids=["1053523734"]),
    ),
    "V42": (lambda made: secret_of(made, "8.13.4"), lambda made: secret_of(made, "8.14.0")),
    "V44": (lambda made: handed_over(made, []), lambda made: handed_over(made, ["node1.example.com"])),
    "V45": (
        pair("8.14.0", "8.14.0", access=SEARCH),
        pair("8.14.0", "8.14.0", access=SEARCH, skip_unavailable=False),
    ),
    "V48": (lambda made: Secret.from_env("s3cret, not a name"), lambda made: Secret.from_env("LOGS_PASSWORD")),
}


def told(program: Program) -> list[str]:
    """What a program is told: the error that it runs into, what stops the synth, and warnings."""
    made = world()
    try:
        program(made)
    except EceValueError as error:
        return [str(error)]
    try:
        made.app.synth()
    except RuntimeError as error:
        return [line for line in str(error).splitlines() if line]
    return warnings_of(made)


def warnings_of(made: World) -> list[str]:
    """The annotations of a synthesized program, as the CDK prints them."""
    manifest = json.loads((Path(made.app.outdir) / "manifest.json").read_text(encoding="utf-8"))
    return [str(each["message"]) for stack in manifest["stacks"].values() for each in stack.get("annotations") or ()]


@pytest.mark.parametrize(("bad", "good"), parameters(CASES, Moment.SYNTH))
def test_a_program_is_told(bad: Program, good: Program, request: pytest.FixtureRequest) -> None:
    """Before anything is deployed, with the id to look it up by; and the neighbour may pass."""
    name = request.node.callspec.id.partition("-")[0]
    assert_told(told(bad), name)
    assert_silent(told(good), name)


def test_what_no_program_can_get_wrong() -> None:
    """Alias, address and dependency of a connection come from one place, so these validations have nothing to find."""
    assert set(NOT_IN_CONSTRUCTS) == {"V8", "V9", "V10", "V41"}
    made = world()
    made.deployment("central").connect_to(made.deployment("logs"), access=SEARCH, alias="elsewhere")
    template = made.template()
    (address,) = template.resources("ece_cross_cluster_api_key")
    connection = template.only("ece_remote_cluster")
    assert connection["alias"] == template.only("ece_cross_cluster_api_key")["local"]["alias"]
    assert connection["cross_cluster_api_key_id"] == f"${{{address}.id}}"
    assert not {"proxy_address", "server_name", "managed_through"} & set(connection)


def test_an_acknowledged_warning_is_not_shown_and_reaches_the_plan() -> None:
    """Who means it says why, once, and neither synth nor plan repeats it."""
    made = world()
    connection = pair("9.0.0", "9.0.0", security_model="certificate")(made)
    connection.acknowledge("V5", "moves to keys in March")
    template = made.template()
    assert_silent(warnings_of(made), "V5")
    template.has_resource("ece_remote_cluster", acknowledge={"V5": "moves to keys in March"})


def test_a_decision_counts_for_what_is_below() -> None:
    """The connections of a deployment stand below it, so one word for all of them is enough."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    central.acknowledge("V5", "old clients")
    central.connect_to(logs, security_model="certificate")
    made.template()
    assert_silent(warnings_of(made), "V5")


def test_an_escalated_warning_stops_the_synth_and_reaches_the_plan() -> None:
    """A team that forbids something has it refused; the text names the construct, who escalates, and the way out."""
    made = world()
    connection = pair("9.0.0", "9.0.0", security_model="certificate")(made)
    connection.escalate("V5", "V14")
    with pytest.raises(RuntimeError) as raised:
        made.app.synth()
    text = str(raised.value)
    assert "search/central/Remote/logs: The certificate model is deprecated" in text
    assert 'Search/central/Remote/logs escalates it: take escalate("V5") out' in text
    assert "(V5)" in text
    other = world()
    good = pair("8.19.0", "8.19.0", security_model="certificate")(other)
    good.escalate("V5", "V14")
    other.template().has_resource("ece_remote_cluster", escalate=["V14", "V5"])


def test_a_lockout_can_be_acknowledged() -> None:
    """One of the two errors that may be meant: a deployment for remote clusters alone."""
    made = world()
    central, logs = made.deployment("central"), made.deployment("logs")
    logs.allow_from(central)
    logs.acknowledge("V30", "serves remote clusters only")
    made.template().has_resource("ece_traffic_filter_association", acknowledge_lockout=True)


@pytest.mark.parametrize(
    ("decide", "text"),
    [
        (lambda each: each.acknowledge("V5", " "), "a reason is needed"),
        (lambda each: each.acknowledge("V1000", "why"), "V1 to V48 are known"),
        (lambda each: each.acknowledge("V8", "why"), "it is an error always"),
        (lambda each: each.escalate("V8"), "it is an error already"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(decide: Callable[[Any], None], text: str) -> None:
    """A decision that does nothing would be believed in."""
    deployment = world().deployment()
    with pytest.raises(EceValueError, match=text):
        decide(deployment)


def test_warnings_stand_at_their_construct() -> None:
    """The CDK prints the path of the construct beside the message; a message on the stack would name nobody."""
    made = world()
    connection = pair("9.0.0", "9.0.0", security_model="certificate")(made)
    made.template()
    assert [str(each.data) for each in connection.node.metadata if "(V5)" in str(each.data)]
    assert testing.Template.from_app(made.app)  # a second synth does not double it
    assert len([each for each in connection.node.metadata if "(V5)" in str(each.data)]) == 1
