"""The configured provider: entries of environments, files, and clients that are made only when needed."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_client import ApiError
from ece_provider.config import PROVIDER_SCHEMA, validate_config
from ece_provider.configured import ConfiguredProvider
from ece_provider.errors import explain
from ece_simulator import Simulator
from terraform_plugin.diagnostics import DiagnosticError, Diagnostics
from terraform_plugin.values import UNKNOWN, Values
from tests.provider.support import provider_of

ENVIRON = {"ECE_ENDPOINT": "https://127.0.0.1:1", "ECE_API_KEY": "k"}


def messages(config: Values) -> str:
    """What the validation of a provider block says."""
    diagnostics = Diagnostics()
    validate_config({**PROVIDER_SCHEMA.null(), **config}, diagnostics)
    return "\n".join(f"{item.summary}: {item.detail} [{item.path}]" for item in diagnostics)


def entry(**values: object) -> Values:
    """An entry of ``environments``."""
    names = ("kind", "env_prefix", "endpoint", "api_key", "username", "password", "ca_file", "ca_pem")
    return {**dict.fromkeys(names), "kind": "ece", **values}


async def test_unused_environments_work_without_their_variables() -> None:
    """The constructs list all environments in every provider; one that is not used must not fail a run."""
    provider = provider_of(ENVIRON, {"environments": {"dr": entry(env_prefix="DR")}})
    with pytest.raises(DiagnosticError, match="DR_ENDPOINT"):
        await provider.environment_client("dr")


async def test_a_missing_environment_names_those_that_there_are() -> None:
    """A renamed entry is the usual reason."""
    provider = provider_of(ENVIRON, {"environments": {"dr": entry(env_prefix="DR"), "eu": entry(env_prefix="EU")}})
    with pytest.raises(DiagnosticError, match="dr, eu"):
        await provider.environment_client("us")


async def test_an_unknown_environment_says_so() -> None:
    """An entry whose endpoint comes from another resource is not there at plan time."""
    provider = provider_of(ENVIRON, {"environments": {"dr": entry(endpoint=UNKNOWN, api_key=UNKNOWN)}})
    with pytest.raises(DiagnosticError, match="not known yet"):
        await provider.environment_client("dr")


async def test_an_unknown_provider_has_no_client() -> None:
    """The message must name the way out, not fail somewhere inside."""
    provider = ConfiguredProvider(None, {}, environ={})
    assert provider.is_unknown
    with pytest.raises(DiagnosticError, match="-target"):
        await provider.client()


async def test_a_file_that_cannot_be_read_names_its_source(tmp_path: Path) -> None:
    """A path in a variable is set far away from where it is used."""
    provider = provider_of({**ENVIRON, "ECE_CA_FILE": str(tmp_path / "ca.pem")})
    with pytest.raises(DiagnosticError, match=r"ECE_CA_FILE: .*ca\.pem: No such file"):
        await provider.client()


async def test_what_the_client_refuses_names_its_source() -> None:
    """A fingerprint of the wrong length is found when the client is made."""
    provider = provider_of({**ENVIRON, "ECE_CA_FINGERPRINT": "abc"})
    with pytest.raises(DiagnosticError, match="ECE_CA_FINGERPRINT"):
        await provider.client()


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        ({"api_key": "k", "username": "u"}, "api_key and username exclude each other"),
        ({"ca_file": "f", "ca_pem": "p"}, "ca_file and ca_pem exclude each other"),
        ({"environments": {"dr": entry()}}, "env_prefix"),
        ({"environments": {"dr": entry(endpoint="https://dr:1")}}, "no way to log in"),
        ({"environments": {"dr": entry(endpoint="https://dr:1", username="u")}}, "no way to log in"),
        ({"environments": {"dr": entry(env_prefix="DR")}}, ""),
        ({"environments": {"dr": entry(endpoint=UNKNOWN, api_key=UNKNOWN)}}, ""),
        ({"environments": UNKNOWN}, ""),
        ({"elasticsearch_credentials": {"x": {"api_key_env": "A"}}}, "not a deployment id"),
        ({"elasticsearch_credentials": {"0" * 32: {}}}, "none of them"),
        ({"elasticsearch_credentials": {"0" * 32: {"password_env": "A"}}}, "without username"),
        ({"elasticsearch_credentials": {"0" * 32: {"api_key_env": "A", "username": "u"}}}, "beside username"),
        ({"elasticsearch_credentials": {"0" * 32: {"password_file": "A", "username": "u"}}}, ""),
    ],
)
def test_arguments_are_checked_against_each_other(config: Values, expected: str) -> None:
    """Mistakes in the block show before anything is called, and unknown values are let through."""
    text = messages(config)
    assert expected in text
    assert bool(text) == bool(expected)


async def test_errors_name_the_place_that_was_asked(simulator: Simulator, environ: dict[str, str]) -> None:
    """A key that another environment refuses must not send the reader to the provider's own key."""
    one = simulator.installations[0]
    dr = entry(endpoint=one.endpoint, api_key="wrong", ca_pem=one.ca_pem)
    provider = provider_of(environ, {"environments": {"dr": dr}})
    client = await provider.environment_client("dr")
    with pytest.raises(ApiError) as caught:
        await client.call("get-platform")
    await provider.close()
    diagnostics = explain(caught.value, provider.settings)
    assert diagnostics is not None
    assert 'the argument environments["dr"].api_key' in diagnostics[0].detail
    assert "ECE_API_KEY" not in diagnostics[0].detail


def test_secrets_named_by_variables_are_known_to_the_masking() -> None:
    """No schema marks them as sensitive, and a log must not show them."""
    config = {
        "environments": {"dr": entry(env_prefix="DR"), "later": UNKNOWN},
        "elasticsearch_credentials": {"0" * 32: {"password_env": "ES_PASSWORD", "username": "u"}},
    }
    provider = provider_of({**ENVIRON, "DR_API_KEY": "dr-secret", "ES_PASSWORD": "es-secret"}, config)
    assert provider.secrets() == ["k", "dr-secret", "es-secret"]
