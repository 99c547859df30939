"""Nothing secret in what the client writes down, at any level."""

from __future__ import annotations

import json
import logging

from ece_client import ApiKey, Login
from ece_client.redact import redacted, redacted_body
from ece_client.wire_log import TRACE
from tests.api_client.wire import Wire, client_on, ok


def test_secrets_of_all_bodies_are_masked_and_names_stay():
    """The fields in which ECE and Elasticsearch carry secrets."""
    body = {
        "username": "admin",
        "password": "s1",
        "token": "s2",
        "key": "s3",
        "secret_token": "s4",
        "resources": [{"credentials": {"username": "elastic", "password": "s5"}, "ref_id": "main"}],
        "secrets": {"cluster.remote.logs.credentials": {"value": "s6", "as_file": False}, "f": {"value": {"a": "s7"}}},
        "persistent": {"cluster.remote.x.credentials": "s8"},
        "encoded": "s9",
        "api_key": "s10",
        "config": {"settings": {"access_key": "s11", "secret_key": "s12", "bucket": "backups"}},
        "elasticsearch": {"user_settings_yaml": "password: s13", "version": "9.2.0"},
        "client_secret": ["s14"],
    }
    shown = json.dumps(redacted(body))
    assert not [number for number in range(1, 15) if f's{number}"' in shown]
    for visible in ("admin", "elastic", "main", "cluster.remote.logs.credentials", "backups", "9.2.0", "as_file"):
        assert visible in shown


def test_absent_secret_is_visible_as_absent():
    """Null means removed; a mask in its place would hide that."""
    assert redacted({"password": None, "as_file": True}) == {"password": None, "as_file": True}


def test_text_bodies_show_their_size_only():
    """A PEM body carries the private key of the platform."""
    assert redacted_body(b"-----BEGIN PRIVATE KEY-----") == "<27 bytes that are no JSON>"
    assert redacted_body(b"") == ""


async def test_the_log_at_trace_level_holds_no_secret(caplog):
    """Users attach such logs to tickets."""
    answer = ok({"id": "d1", "resources": [{"credentials": {"password": "PASSWORD-2"}}]}, 201, set_cookie="COOKIE-3")
    wire = Wire(ok({"token": "TOKEN-1"}), answer)
    with caplog.at_level(TRACE, "ece_client"):
        async with client_on(wire, auth=Login("admin", "PASSWORD-1")) as client:
            await client.call("create-deployment", body={"secret": "SECRET-4"})
        async with client_on(Wire(ok()), auth=ApiKey("KEY-5")) as client:
            await client.call("list-deployments")
    assert "create-deployment" not in caplog.text  # ids of operations say less than paths
    assert "POST /api/v1/deployments: 201 in 0.000 s (attempt 1)" in caplog.text
    assert "***" in caplog.text
    for secret in ("PASSWORD-1", "PASSWORD-2", "TOKEN-1", "COOKIE-3", "SECRET-4", "KEY-5"):
        assert secret not in caplog.text


async def test_debug_level_holds_no_bodies(caplog):
    """DEBUG is for counting calls and seconds."""
    with caplog.at_level(logging.DEBUG, "ece_client"):
        async with client_on(Wire(ok({"name": "logs"}))) as client:
            await client.call("get-deployment", path={"deployment_id": "d1"})
    assert "GET /api/v1/deployments/d1: 200" in caplog.text
    assert "logs" not in caplog.text
