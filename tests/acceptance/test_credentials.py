"""Credentials and connections: what is missing or wrong is said with the argument and the variable to set."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.ece import OFFICE, Ece, one_deployment

FILTER: dict[str, Any] = {"ece_traffic_filter": {"a": OFFICE}}


def failure(ece: Ece, **variables: str | None) -> str:
    """Plan with other variables (None takes one away) and give what the errors say."""
    for name, value in variables.items():
        ece.ws.env.pop(name, None)
        if value is not None:
            ece.ws.env[name] = value
    ece.write({}, data={"ece_traffic_filters": {"all": {}}})  # read at plan, so that the connection is used
    return ece.ws.plan(fails=True).result.error_text


def test_no_endpoint(ece: Ece):
    """Says which argument and which variable."""
    text = failure(ece, ECE_ENDPOINT=None)
    assert "endpoint" in text
    assert "ECE_ENDPOINT" in text


def test_no_way_to_log_in(ece: Ece):
    """Names both ways with their variables."""
    text = failure(ece, ECE_API_KEY=None)
    assert all(name in text for name in ("api_key", "ECE_API_KEY", "ECE_USERNAME", "ECE_PASSWORD"))


@pytest.mark.parametrize("missing", ["ECE_USERNAME", "ECE_PASSWORD"])
def test_half_a_login(ece: Ece, missing: str):
    """A user name without a password, or the other way round."""
    given = {"ECE_USERNAME": "admin", "ECE_PASSWORD": "some-password", missing: None}
    text = failure(ece, ECE_API_KEY=None, **given)
    assert missing in text
    assert "some-password" not in text


def test_two_ways_to_log_in(ece: Ece):
    """Nobody guesses which of them was meant."""
    text = failure(ece, ECE_USERNAME="admin", ECE_PASSWORD="some-password")
    assert "ECE_API_KEY" in text
    assert "ECE_PASSWORD" in text
    assert "some-password" not in text


def test_two_ways_in_the_block(ece: Ece):
    """The same in the configuration, pointed to by line, without any variable."""
    block = {"ece": {"api_key": "a-key-of-mine", "username": "me", "password": "some-password"}}
    ece.write(FILTER, provider=block)
    errors = ece.ws.validate(fails=True).errors
    assert any("exclude each other" in error.text for error in errors)
    assert not any("some-password" in error.text for error in errors)


def test_login_with_user_name_and_password(ece: Ece):
    """The other way in: one login serves a whole run, and an expired token is renewed."""
    ece.ws.env.pop("ECE_API_KEY")
    ece.ws.env |= {"ECE_USERNAME": ece.installation.username, "ECE_PASSWORD": ece.installation.password}
    since = ece.last_call()
    ece.apply(FILTER)
    logins = [call for call in ece.calls(since) if call["operation_id"] == "login"]
    assert 1 <= len(logins) <= 2, "one login per provider process"
    ece.control.expire_tokens()
    ece.assert_clean()
    ece.ws.destroy()


def test_a_token_that_expires_during_a_run_is_renewed(ece: Ece):
    """Sessions that last a second outlive no apply of three."""
    ece.ws.env.pop("ECE_API_KEY")
    ece.ws.env |= {"ECE_USERNAME": ece.installation.username, "ECE_PASSWORD": ece.installation.password}
    ece.control.expire_tokens(session_seconds=1)
    ece.control.set_plan_speed(3)
    ece.apply(one_deployment())
    ece.assert_clean()


def test_a_wrong_key(ece: Ece):
    """401: says where the key came from, and never shows it."""
    text = failure(ece, ECE_API_KEY="wrong-key-1234567890")
    assert "API key refused" in text
    assert "ECE_API_KEY" in text
    assert "wrong-key" not in text


def test_a_wrong_password(ece: Ece):
    """The same for a login."""
    text = failure(ece, ECE_API_KEY=None, ECE_USERNAME="admin", ECE_PASSWORD="wrong-password-123")
    assert "Login refused" in text
    assert "ECE_PASSWORD" in text
    assert "wrong-password" not in text


def test_a_key_without_the_right_to_write(ece: Ece):
    """403: says what may not be done and which role it takes; nothing is taken for gone."""
    ece.ws.env["ECE_API_KEY"] = ece.installation.api_keys["ece_deployment_viewer"]
    ece.write(one_deployment())
    text = ece.ws.apply(fails=True).error_text
    assert "Not permitted" in text
    assert "Deployment manager" in text
    assert "create-deployment" in text
    assert ece.deployments() == {}
    ece.write(FILTER)
    assert "Not permitted" in ece.ws.apply(fails=True).error_text


def test_a_key_without_the_right_to_read_keeps_the_state(ece: Ece):
    """403 and 401 on a read are errors; the objects stay known."""
    ece.apply({**FILTER, **one_deployment()})
    before = {address: found.values for address, found in ece.ws.resources().items()}
    for status, code in ((403, "root.unauthorized.rbac"), (401, "root.unauthenticated")):
        ece.control.fail_next(method="GET", status=status, code=code, count=None)
        ece.ws.plan(fails=True)
        ece.ws.apply("-refresh-only", fails=True)
        assert {address: found.values for address, found in ece.ws.resources().items()} == before
        ece.control.clear_faults()
    ece.assert_clean()


@pytest.mark.own_process
def test_a_key_revoked_in_the_middle_of_an_apply(ece: Ece):
    """The deployment was asked for and the key is gone: it is in the state, and a new key goes on."""
    key = ece.control.add_key("ece_deployment_manager")
    ece.ws.env["ECE_API_KEY"] = key
    ece.control.set_plan_speed("infinite")
    ece.write(one_deployment())
    since = ece.last_call()
    with ece.ws.start("apply", "-auto-approve", "-no-color", "-input=false") as run:
        ece.wait_for_write("create-deployment", since)
        ece.control.revoke(key)
        ece.control.set_plan_speed(0)
        result = run.wait()
    assert result.exit_code == 1
    assert "API key refused" in result.text
    assert ece.resource("ece_deployment.a")["id"] == ece.deployment("logs")["id"]
    ece.ws.env["ECE_API_KEY"] = ece.installation.api_key
    ece.ws.untaint("ece_deployment.a")
    ece.ws.apply()
    ece.assert_clean()
    assert len(ece.deployments()) == 1


def test_nobody_answers(ece: Ece):
    """The installation is down: says the address and where it came from."""
    (ece.ws.folder / "ca.pem").write_text(ece.installation.ca_pem)
    ece.simulator.stop()
    text = failure(ece, ECE_MAX_RETRIES="0", ECE_CA_FILE="ca.pem")
    assert "cannot be reached" in text
    assert ece.ws.env["ECE_ENDPOINT"] in text
    assert "ECE_ENDPOINT" in text


CERTIFICATES = {"expired": "expired", "foreign_ca": "ca_file", "wrong_host": "endpoint"}


@pytest.mark.parametrize("kind", CERTIFICATES)
def test_a_certificate_that_cannot_be_trusted(ece: Ece, kind: str):
    """Expired, of another CA, for another host: what is wrong and which argument to look at."""
    ece.control.set_certificate(kind)
    text = failure(ece)
    assert "TLS connection refused" in text
    assert CERTIFICATES[kind] in text


def test_no_ca_at_all(ece: Ece):
    """A private CA is unknown to the machine: names the arguments that say so."""
    text = failure(ece, ECE_CA_FILE=None)
    assert "ca_file" in text
    assert "ca_fingerprint" in text


def test_a_ca_file_that_is_not_there(ece: Ece):
    """Names the file and the variable."""
    text = failure(ece, ECE_CA_FILE="/nowhere/ca.pem")
    assert "/nowhere/ca.pem" in text
    assert "ECE_CA_FILE" in text


def test_insecure_works_and_warns(ece: Ece):
    """For trials only."""
    ece.ws.env.pop("ECE_CA_FILE")
    ece.ws.env["ECE_INSECURE"] = "true"
    ece.write(FILTER)
    result = ece.ws.apply()
    assert any("not checked" in warning.text for warning in result.warnings)


def test_a_client_certificate(ece: Ece):
    """Mutual TLS: refused without, accepted with."""
    ece.control.require_client_certificate()
    assert "client" in failure(ece).lower()
    pair = ece.control.client_certificate()
    (ece.ws.folder / "client.pem").write_text(pair["certificate"])
    (ece.ws.folder / "client.key").write_text(pair["key"])
    ece.ws.env |= {"ECE_CLIENT_CERT_FILE": "client.pem", "ECE_CLIENT_KEY_FILE": "client.key"}
    ece.apply(FILTER)


def test_an_html_page(ece: Ece):
    """A load balancer answers instead of the API."""
    ece.control.fail_next(body="html", count=None)
    text = failure(ece, ECE_MAX_RETRIES="0")
    assert "502 Bad Gateway" in text
    assert "ECE_ENDPOINT" in text


def test_variables_of_elastics_own_tools(ece: Ece):
    """``EC_*`` count only as a whole, and only when no ``ECE_*`` is set."""
    place = ece.installation
    for name in list(ece.ws.env):
        ece.ws.env.pop(name)
    ece.ws.env |= {"EC_ENDPOINT": place.plain_endpoint, "EC_API_KEY": place.api_key}
    ece.apply(FILTER)
    ece.ws.env["ECE_REGION"] = "ece-region"
    ece.ws.env["EC_API_KEY"] = place.api_key
    assert "ECE_ENDPOINT" in ece.ws.plan(fails=True).result.error_text


def test_a_prefix_of_ones_own(ece: Ece):
    """Two installations in one run, told apart by the prefix of their variables."""
    ece.ws.env = ece.credentials("BERLIN")
    ece.write(FILTER, provider={"ece": {"env_prefix": "BERLIN"}})
    ece.ws.apply()
    assert set(ece.rulesets()) == {"office"}
