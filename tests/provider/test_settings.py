"""How arguments and environment variables become settings: the table of the provider configuration."""

from __future__ import annotations

from typing import Any

import pytest

from ece_provider.settings import environment_settings, is_unknown, provider_settings
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.values import UNKNOWN

ENDPOINT = "https://ece.example.com:12443"
SECRET = "s3cret-value"


def failure(config: dict[str, Any], environ: dict[str, str]) -> str:
    """The one error that these arguments lead to, with its path."""
    with pytest.raises(DiagnosticError) as caught:
        provider_settings(config, environ)
    [diagnostic] = caught.value.diagnostics
    return f"{diagnostic.summary}: {diagnostic.detail} [{diagnostic.path}]"


def test_everything_may_come_from_the_environment() -> None:
    """A configuration without arguments is the normal one: no secret is ever a Terraform value."""
    settings = provider_settings(
        {},
        {
            "ECE_ENDPOINT": f"{ENDPOINT}/prefix/", "ECE_API_KEY": SECRET, "ECE_CA_FILE": "/ca.pem",
            "ECE_REGION": "r", "ECE_REQUEST_TIMEOUT": "90s", "ECE_MAX_RETRIES": "0", "ECE_POLL_INTERVAL": "5s",
            "ECE_CLIENT_CERT_FILE": "/c.pem", "ECE_CLIENT_KEY_FILE": "/k.pem",
        },
    )  # fmt: skip
    assert (settings.endpoint, settings.api_key, settings.ca_file) == (f"{ENDPOINT}/prefix", SECRET, "/ca.pem")
    assert (settings.region, settings.request_timeout, settings.max_retries) == ("r", 90.0, 0)
    assert (settings.poll_interval, settings.client_cert_file, settings.client_key_file) == (5.0, "/c.pem", "/k.pem")


def test_arguments_win_over_variables() -> None:
    """What stands in the block is what the reader of the block expects."""
    environ = {"ECE_ENDPOINT": "https://other:1", "ECE_API_KEY": "other", "ECE_REGION": "other"}
    settings = provider_settings({"endpoint": ENDPOINT, "api_key": SECRET, "region": "mine"}, environ)
    assert (settings.endpoint, settings.api_key, settings.region) == (ENDPOINT, SECRET, "mine")
    assert settings.origin["api_key"] == "the argument api_key"


def test_another_prefix_never_falls_back() -> None:
    """Credentials meant for one installation must not be sent to another."""
    environ = {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": SECRET, "PARIS_ENDPOINT": "https://paris:1"}
    text = failure({"env_prefix": "PARIS"}, environ)
    assert "PARIS_API_KEY" in text
    assert "PARIS_USERNAME and PARIS_PASSWORD" in text
    assert SECRET not in text


def test_an_endpoint_of_the_block_takes_no_credentials_of_elastics_own_tools() -> None:
    """`EC_API_KEY` is usually a key of the hosted service."""
    assert "No way to log in" in failure({"endpoint": ENDPOINT}, {"EC_API_KEY": SECRET, "EC_ENDPOINT": "https://x"})


@pytest.mark.parametrize(
    "environ",
    [
        {"EC_ENDPOINT": ENDPOINT, "EC_API_KEY": SECRET, "EC_TIMEOUT": "30s"},
        {"EC_HOST": ENDPOINT, "EC_API_KEY": SECRET, "EC_TIMEOUT": "30s"},
    ],
)
def test_variables_of_elastics_own_tools_count_as_a_whole(environ: dict[str, str]) -> None:
    """Users of ecctl and of Elastic's provider have them already."""
    settings = provider_settings({}, environ)
    assert (settings.endpoint, settings.api_key, settings.request_timeout) == (ENDPOINT, SECRET, 30.0)


def test_one_variable_of_our_own_turns_the_compatible_ones_off() -> None:
    """Half of each would combine an endpoint with credentials of another place."""
    assert "endpoint is missing" in failure({}, {"EC_ENDPOINT": ENDPOINT, "EC_API_KEY": "x", "ECE_API_KEY": SECRET})


def test_compatible_login_by_user_and_password() -> None:
    """Elastic's tools know two names for each."""
    settings = provider_settings({}, {"EC_HOST": ENDPOINT, "EC_USER": "admin", "EC_PASS": SECRET})
    assert (settings.username, settings.password, settings.api_key) == ("admin", SECRET, None)


@pytest.mark.parametrize(
    ("config", "environ", "expected"),
    [
        ({}, {}, ["endpoint is missing", "argument endpoint", "ECE_ENDPOINT"]),
        ({"endpoint": ENDPOINT}, {}, ["No way to log in", "api_key", "ECE_API_KEY", "ECE_USERNAME and ECE_PASSWORD"]),
        (
            {},
            {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": SECRET, "ECE_USERNAME": "u", "ECE_PASSWORD": SECRET},
            ["Two ways", "ECE_API_KEY", "ECE_USERNAME", "ECE_PASSWORD"],
        ),
        ({"endpoint": ENDPOINT, "username": "u"}, {}, ["password is missing", "ECE_PASSWORD"]),
        ({"endpoint": ENDPOINT, "password": SECRET}, {}, ["username is missing", "ECE_USERNAME"]),
        ({"endpoint": "ece.example.com", "api_key": SECRET}, {}, ["Invalid endpoint", "https://HOST"]),
        ({"endpoint": "https://a:s3cret-value@h", "api_key": "k"}, {}, ["must not hold credentials"]),
        (
            {},
            {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": "k", "ECE_INSECURE": "maybe"},
            ["ECE_INSECURE", "true or false"],
        ),
        ({}, {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": "k", "ECE_MAX_RETRIES": "-1"}, ["ECE_MAX_RETRIES", "0 to 20"]),
        ({}, {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": "k", "ECE_REQUEST_TIMEOUT": "soon"}, ["ECE_REQUEST_TIMEOUT"]),
        (
            {},
            {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": "k", "ECE_CA_FILE": "/a", "ECE_INSECURE": "true"},
            ["ECE_CA_FILE and ECE_INSECURE"],
        ),
    ],
)
def test_errors_name_arguments_and_variables_and_never_values(
    config: dict[str, Any], environ: dict[str, str], expected: list[str]
) -> None:
    """The reader must know what to set; the log must not hold what was set."""
    text = failure(config, environ)
    for part in expected:
        assert part in text
    assert SECRET not in text


def test_a_configured_login_replaces_that_of_the_environment() -> None:
    """An API key left in the shell must not fight with the block."""
    environ = {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": "other", "ECE_PASSWORD": SECRET}
    settings = provider_settings({"username": "admin"}, environ)
    assert (settings.username, settings.password, settings.api_key) == ("admin", SECRET, None)


def test_the_password_of_another_user_is_not_combined() -> None:
    """A user name from the block and somebody else's password make a login that nobody meant."""
    environ = {"ECE_ENDPOINT": ENDPOINT, "ECE_USERNAME": "somebody", "ECE_PASSWORD": SECRET}
    assert "password is missing" in failure({"username": "admin"}, environ)


def test_a_configured_trust_replaces_that_of_the_environment() -> None:
    """A CA in the block means that CA, whatever the shell says."""
    environ = {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": SECRET, "ECE_INSECURE": "true"}
    settings = provider_settings({"ca_pem": "PEM"}, environ)
    assert (settings.ca_pem, settings.insecure) == ("PEM", False)


def test_the_api_path_is_dropped_from_an_endpoint() -> None:
    """Users paste the URL that the documentation of the API shows."""
    assert provider_settings({"endpoint": f"{ENDPOINT}/api/v1", "api_key": "k"}, {}).endpoint == ENDPOINT


def test_an_environment_reads_only_its_own_prefix() -> None:
    """An entry never inherits what the provider logs in with."""
    environ = {"ECE_ENDPOINT": ENDPOINT, "ECE_API_KEY": SECRET, "DR_ENDPOINT": "https://dr:1", "DR_API_KEY": "dr-key"}
    settings = environment_settings("dr", {"kind": "ece", "env_prefix": "DR"}, environ)
    assert (settings.endpoint, settings.api_key) == ("https://dr:1", "dr-key")
    with pytest.raises(DiagnosticError, match=r'environments\["dr"\]\.api_key'):
        environment_settings("dr", {"kind": "ece", "endpoint": "https://dr:1"}, environ)


def test_secrets_stay_out_of_repr() -> None:
    """Settings end up in tracebacks and logs."""
    settings = provider_settings({}, {"ECE_ENDPOINT": ENDPOINT, "ECE_USERNAME": "u", "ECE_PASSWORD": SECRET})
    assert SECRET not in repr(settings)
    assert settings.secrets() == [SECRET]


@pytest.mark.parametrize("name", ["endpoint", "api_key", "ca_pem", "env_prefix", "region", "insecure"])
def test_unknown_values_are_noticed(name: str) -> None:
    """A provider configured from a resource of the same apply must plan without the API."""
    assert is_unknown({name: UNKNOWN})
    assert not is_unknown({name: None, "environments": UNKNOWN})
