"""Every error of the client becomes a message that says what to do."""

from __future__ import annotations

import pytest

from ece_client import errors
from ece_client.errors import Problem, Where
from ece_client.plan_errors import PlanFailed, PlanStopped, PlanTimeout
from ece_client.plan_state import Failure, PlanRef
from ece_provider.errors import explain
from ece_provider.locks import LockTimeout
from ece_provider.provider import EceProvider
from ece_provider.settings import Settings

KEY = Settings(
    endpoint="https://ece.example.com:12443",
    api_key="s3cret",
    origin={"endpoint": "ECE_ENDPOINT", "api_key": "ECE_API_KEY", "ca_file": "ECE_CA_FILE"},
)
USER = Settings(
    endpoint="https://ece.example.com:12443",
    username="u",
    password="s3cret",
    origin={"endpoint": "the argument endpoint", "username": "ECE_USERNAME", "password": "ECE_PASSWORD"},
)
READ = Where("get-deployment", "GET", "/api/v1/deployments/0123")
WRITE = Where("update-deployment", "PUT", "/api/v1/deployments/0123")
PLATFORM = Where("get-platform", "GET", "/api/v1/regions/ece-region/platform")
REF = PlanRef("elasticsearch", "main-elasticsearch", "a")


def status(kind: type[errors.StatusError], code: int, where: Where = READ, request_id: str = "r-1") -> Exception:
    """A refusal of the API."""
    problems = (Problem("some.code", "words of the server", ("resources.elasticsearch[0]",)),)
    return kind("words of the server", where, status=code, problems=problems, request_id=request_id)


@pytest.mark.parametrize(
    ("error", "settings", "expected"),
    [
        (status(errors.Unauthenticated, 401), KEY, ["API key refused", "ECE_API_KEY"]),
        (status(errors.Unauthenticated, 401), USER, ["Login refused", "ECE_USERNAME", "ECE_PASSWORD"]),
        (status(errors.LoginFailed, 401), USER, ["Login refused", "ECE_PASSWORD"]),
        (status(errors.Forbidden, 403), KEY, ["Not permitted", "ECE_API_KEY", "Deployment viewer", "gone"]),
        (status(errors.Forbidden, 403, WRITE), KEY, ["Deployment manager", "PUT"]),
        (status(errors.Forbidden, 403, PLATFORM), KEY, ["Platform viewer"]),
        (status(errors.Forbidden, 449), KEY, ["Elevated permissions"]),
        (
            errors.TlsFailed("the certificate is not trusted", READ, reason="unknown_ca", argument="ca_file"),
            KEY,
            ["TLS connection refused", "ca_file", "ECE_CA_FILE", "ca_pem", "ca_fingerprint"],
        ),
        (
            errors.TlsFailed("name mismatch", READ, reason="host_name_mismatch", argument="endpoint"),
            KEY,
            ["endpoint", "ECE_ENDPOINT", "host name"],
        ),
        (
            errors.ConnectionFailed("no connection to ece.example.com:12443", READ),
            KEY,
            ["cannot be reached", "ece.example.com:12443", "ECE_ENDPOINT"],
        ),
        (status(errors.NotJson, 200), KEY, ["does not come from the ECE API", "12443"]),
        (errors.RequestTimeout("no answer within 60 s", READ), KEY, ["request_timeout"]),
        (status(errors.TooManyRequests, 429), KEY, ["Too many requests", "-parallelism", "max_retries"]),
        (status(errors.ServerError, 503), KEY, ["failed with 503", "request id r-1"]),
        (status(errors.StatusError, 400), KEY, ["refused with 400", "some.code", "resources.elasticsearch[0]"]),
        (status(errors.StatusError, 404), KEY, ["No such path"]),
        (status(errors.NotFound, 404), KEY, ["Not found"]),
        (status(errors.Conflict, 409), KEY, ["Somebody else"]),
        (status(errors.PlanPending, 400), KEY, ["still running"]),
        (errors.WriteUncertain("the answer got lost", WRITE), KEY, ["may or may not", "terraform plan"]),
        (errors.UnexpectedReply("another form", READ), KEY, ["unexpected form"]),
        (errors.ApiError("anything", READ), KEY, ["Anything"]),
        (
            PlanFailed(REF, Failure("allocate-instances", "no capacity", "Capacity", {"needed": "8 GB"})),
            KEY,
            ["allocate-instances", "no capacity", "needed: 8 GB"],
        ),
        (PlanTimeout((REF,), "start-instances", 60.0, None), KEY, ["60 s", "start-instances", "timeouts"]),
        (PlanStopped((REF,)), KEY, ["Stopped"]),
        (LockTimeout("0123", 30.0), KEY, ["Another run", "30 s"]),
    ],
)
def test_each_error_says_what_to_do(error: Exception, settings: Settings, expected: list[str]) -> None:
    """Summary, detail and path together must hold the words that lead to the fix, and no secret."""
    diagnostics = explain(error, settings)
    assert diagnostics is not None
    [diagnostic] = diagnostics
    text = f"{diagnostic.summary}: {diagnostic.detail}"
    assert diagnostic.path is None  # it would be looked for in the resource
    for part in expected:
        assert part in text
    assert "s3cret" not in text
    assert ".." not in text


def test_every_class_of_the_client_is_explained() -> None:
    """A new class of error must not come out as a bug of the provider."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.ApiError)]
    from ece_provider.errors import _TABLE

    assert len(kinds) > 10
    assert all(any(issubclass(kind, known) for known, _ in _TABLE) for kind in kinds)


def test_foreign_errors_are_left_to_the_engine() -> None:
    """What is no error of the API is a bug, and must be shown as one."""
    assert explain(KeyError("x")) is None
    assert EceProvider().explain(KeyError("x")) is None


def test_messages_work_without_settings() -> None:
    """An error of another environment's client still has to be told."""
    diagnostics = EceProvider().explain(status(errors.Unauthenticated, 401))
    assert diagnostics is not None
    assert "api_key" in diagnostics[0].detail
