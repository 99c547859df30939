"""``ece_cross_cluster_api_key`` with real Terraform: the life of a key, and the figures of a connection."""

from __future__ import annotations

import time
from typing import Any

import pytest

from terraform_plugin.testing.process import wait_until
from tests.support.connections import CONNECTION, KEY, Pair, without_polls
from tests.support.ece import Ece, call_words

SECRET_NAME = "cluster.remote.logs.credentials"


@pytest.fixture
def pair(ece: Ece) -> Pair:
    """Two deployments of one installation."""
    return Pair(ece)


def only(pair: Pair, **more: Any) -> dict[str, Any]:
    """A configuration with the key alone."""
    return {"ece_cross_cluster_api_key": {"k": pair.key(**more)}}


def test_replacement_by_itself_never_cuts_the_connection(pair: Pair, ece: Ece):
    """-replace, taint, and both with create_before_destroy: a reader sees no failure, and one key is alive."""
    pair.fill()
    ece.apply(pair.both())
    for lifecycle in ({}, {"lifecycle": {"create_before_destroy": True}}):
        ece.write(pair.both({**pair.key(), **lifecycle}, {**pair.connection(), **lifecycle}))
        for taint in (False, True):
            before = ece.resource(KEY)["key_id"]
            with pair.reader() as failures:
                if taint:
                    ece.ws.taint(KEY)
                    ece.ws.taint(CONNECTION)
                    ece.ws.apply()
                else:
                    ece.ws.apply(f"-replace={KEY}", f"-replace={CONNECTION}")
            assert failures == [], (lifecycle, taint)
            assert pair.live_keys() == [ece.resource(KEY)["key_id"]] != [before], (lifecycle, taint)
            ece.assert_clean()


def test_rotation_and_access_never_cut_the_connection(pair: Pair, ece: Ece):
    """Due by age, another name, other access: a reader sees no failure; the plan shows the key alone."""
    pair.fill()
    ece.apply(pair.both(pair.key(rotate_after="3s")))
    first = ece.resource(KEY)["key_id"]
    time.sleep(3.1)
    with pair.reader() as failures:
        plan = ece.ws.plan()
        assert plan.actions == {KEY: "update"}
        ece.apply(pair.both(pair.key(rotate_after="1h")))
        ece.apply(pair.both(pair.key(rotate_after="1h", name="another")))
        ece.apply(pair.both(pair.key(name="another", access={"search": [{"names": ["logs-*", "more-*"]}]})))
    assert failures == []
    assert pair.live_keys() == [ece.resource(KEY)["key_id"]] != [first]
    ece.assert_clean()


def test_destroy_with_the_remote_side_down(pair: Pair, ece: Ece):
    """An error that removes nothing and tells the way out; the way out works."""
    ece.apply(only(pair, expiration="90d"))
    ece.control.fail_next(path=f"{pair.remote_id}/elasticsearch/.*/proxy", status=503, count=None)
    ece.ws.env["ECE_MAX_RETRIES"] = "0"
    text = ece.ws.destroy("-refresh=false", fails=True).error_text
    assert "abandon_remote_key" in text
    assert pair.secret_names() == [SECRET_NAME]
    ece.write(only(pair, expiration="90d", abandon_remote_key=True))
    ece.ws.apply("-refresh=false")
    result = ece.ws.destroy()
    assert any("left to expire" in warning.text for warning in result.warnings)
    assert pair.secret_names() == []


@pytest.mark.own_process
def test_a_killed_run_is_picked_up(pair: Pair, ece: Ece):
    """Terraform and provider die between both sides: the next apply leaves one live key and a working secret."""
    ece.write(pair.both())
    ece.control.fail_next(operation_id="set-deployment-es-resource-keystore", hold=True)
    with ece.ws.start("apply", "-auto-approve", "-no-color", "-input=false") as running:
        wait_until(
            lambda: any(call["operation_id"] == "set-deployment-es-resource-keystore" for call in ece.calls()), "write"
        )
        running.kill_group()
    ece.control.clear_faults()
    assert len(pair.live_keys()) == 1
    ece.ws.apply()
    assert pair.live_keys() == [ece.resource(KEY)["key_id"]]
    assert pair.is_connected()
    ece.assert_clean()


WRONG: dict[str, tuple[dict[str, Any], str, str]] = {
    "no access": ({"access": {}}, "access", "gives access to nothing"),
    "empty names": ({"access": {"search": [{"names": []}]}}, "access", "names no index"),
    "documents and replication": (
        {"access": {"search": [{"names": ["a"], "query": "{}"}], "replication": [{"names": ["a"]}]}},
        "access",
        "Document and field security",
    ),
    "rotation after expiry": ({"expiration": "30d", "rotate_after": "30d"}, "rotate_after", "must be shorter"),
    "no time value": ({"expiration": "90"}, "expiration", "90d"),
    "abandoned for ever": ({"abandon_remote_key": True}, "abandon_remote_key", "give expiration"),
    "an alias with capitals": ({"local": {"deployment_id": "0" * 32, "alias": "Logs"}}, "local", "lower-case"),
    "no deployment id": ({"remote": {"deployment_id": "logs"}}, "remote", "32 characters"),
    "no such environment": ({"remote": {"deployment_id": "0" * 32, "environment": "x"}}, "environment", "it has: none"),
}


def test_bad_input_is_named_at_plan(pair: Pair, ece: Ece):
    """Every error names the argument and what is allowed, all at once, before anything is written."""
    names = {case: case.replace(" ", "_") for case in WRONG}
    local = {name: {"deployment_id": pair.local_id, "alias": name.replace("_", "-")} for name in names.values()}
    wrong = {names[case]: pair.key(**{"local": local[names[case]], **more}) for case, (more, _, _) in WRONG.items()}
    ece.write({"ece_cross_cluster_api_key": wrong})
    with ece.expect_writes():
        errors = ece.ws.plan(fails=True).result.errors
        texts = [f"{error.address} {error.text} {error.code}" for error in errors]
        if not any("no_such_environment" in text for text in texts):  # told at plan, the others at validation
            ece.write({"ece_cross_cluster_api_key": {"a": wrong["no_such_environment"]}})
            errors = ece.ws.plan(fails=True).result.errors
            texts += [f"no_such_environment {error.text} {error.code}" for error in errors]
    for case, (_, argument, words) in WRONG.items():
        told = [text for text in texts if names[case] in text]
        assert any(argument in text and words in text for text in told), (case, told)


def test_the_calls_of_one_connection(pair: Pair, ece: Ece):
    """At most 12 for key and connection between existing deployments, plan included, polls apart."""
    since = ece.last_call()
    ece.apply(pair.both())
    words = without_polls(call_words(ece.calls(since)))
    assert len(words) <= 12, words
    with ece.expect_writes():
        ece.ws.apply()


def test_the_calls_of_a_refresh(pair: Pair, ece: Ece):
    """Five connections of one pair: at most five calls, and one for each key."""
    aliases = [f"logs-{number}" for number in range(5)]
    keys = {alias: pair.key(name=alias, local={"deployment_id": pair.local_id, "alias": alias}) for alias in aliases}
    connections = {
        alias: pair.connection(alias=alias, cross_cluster_api_key_id=f"${{ece_cross_cluster_api_key.{alias}.id}}")
        for alias in aliases
    }
    ece.apply({"ece_cross_cluster_api_key": keys, "ece_remote_cluster": connections})
    ece.assert_clean_with(at_most=5 + len(aliases))
