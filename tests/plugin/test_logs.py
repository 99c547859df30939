"""Logs: levels, form, and no secret in any spelling."""

from __future__ import annotations

import base64
import json
import logging
import sys
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

import pytest

from terraform_plugin.engine.mask import Mask
from terraform_plugin.logs import TRACE, JsonLines, Prints, configure_logs, wanted_level
from terraform_plugin.schema import Attribute, Nested, Nesting
from terraform_plugin.types import DYNAMIC, ListOf, MapOf
from terraform_plugin.types import STRING as TEXT
from terraform_plugin.values import UNKNOWN, Dynamic

PEM = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49\nshort\n-----END PRIVATE KEY-----\n"


@pytest.fixture(autouse=True)
def loggers() -> Iterator[None]:
    """Leave the process's loggers as they were."""
    names = ("terraform_plugin", "small", None)
    before = [(one, one.handlers[:], one.level, one.propagate) for one in map(logging.getLogger, names)]
    raising = logging.raiseExceptions
    yield
    logging.raiseExceptions = raising
    for logger, handlers, level, propagate in before:
        logger.handlers, logger.propagate = handlers, propagate
        logger.setLevel(level)


@pytest.mark.parametrize("secret", ["open-sesame", 'quo"te\\back', "ümläut-päss", "with space&more", PEM])
@pytest.mark.parametrize(
    "spelling",
    [
        str,
        repr,
        json.dumps,
        lambda secret: quote(secret, safe=""),
        lambda secret: base64.b64encode(secret.encode()).decode(),
    ],
    ids=["plain", "repr", "json", "url", "base64"],
)
def test_a_secret_is_hidden_in_every_spelling(secret: str, spelling: Any):
    """Logs hold headers, URLs, tracebacks and dumped requests."""
    mask = Mask()
    mask.add(secret)
    hidden = mask.hide(f"before {spelling(secret)} after")
    assert hidden.startswith("before ")
    assert hidden.endswith(" after")
    for part in spelling(secret).split("\n"):
        assert len(part) < 16 or part not in hidden


def test_one_line_of_a_key_is_hidden_too():
    """A parser's message may quote it."""
    mask = Mask()
    mask.add(PEM)
    assert "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49" not in mask.hide("bad line MIGHAgEAMBMGByqGSM49AgEGCCqGSM49")


def test_what_counts_as_secret():
    """Sensitive and write-only members at any depth and in any container; the rest stays readable."""
    inner = {"key": Attribute(type=TEXT, optional=True, sensitive=True, description=""),
             "name": Attribute(type=TEXT, optional=True, description="")}  # fmt: skip
    attributes = {
        "list": Attribute(type=ListOf(TEXT), optional=True, sensitive=True, description=""),
        "map": Attribute(type=MapOf(TEXT), optional=True, write_only=True, description=""),
        "any": Attribute(type=DYNAMIC, optional=True, sensitive=True, description=""),
        "objects": Attribute(nested=Nested(Nesting.MAP, inner), optional=True, description=""),
        "plain": Attribute(type=TEXT, optional=True, description=""),
    }
    mask = Mask()
    mask.add_values(attributes, {
        "list": ["alpha-1", UNKNOWN], "map": {"k": "bravo-2"}, "any": Dynamic(ListOf(TEXT), ["charlie-3"]),
        "objects": {"x": {"key": "delta-4", "name": "echo-5"}, "y": None}, "plain": "foxtrot-6",
    })  # fmt: skip
    mask.add_values(attributes, None)
    mask.add(["golf-7"], "abc", None, 5)
    text = "alpha-1 bravo-2 charlie-3 delta-4 echo-5 foxtrot-6 golf-7 abc"
    assert mask.hide(text) == "(sensitive) (sensitive) (sensitive) (sensitive) echo-5 foxtrot-6 (sensitive) abc"


def test_the_longer_secret_wins():
    """Otherwise the rest of it would stay behind."""
    mask = Mask()
    mask.add("secret", "secret-with-tail")
    assert mask.hide("secret-with-tail secret") == "(sensitive) (sensitive)"


def record(level: int, message: str, *arguments: Any, error: BaseException | None = None) -> logging.LogRecord:
    """A log record."""
    info = (type(error), error, error.__traceback__) if error else None
    return logging.LogRecord("small", level, __file__, 1, message, arguments, info)


@pytest.mark.parametrize(
    ("level", "name"),
    [
        (TRACE, "trace"),
        (logging.DEBUG, "debug"),
        (logging.INFO, "info"),
        (logging.WARNING, "warn"),
        (logging.ERROR, "error"),
        (logging.CRITICAL, "error"),
    ],
)
def test_a_record_becomes_a_line_of_its_level(level: int, name: str):
    """The form that Terraform turns into an entry of the same level."""
    line = json.loads(JsonLines(Mask()).format(record(level, "%s and %d", "one", 2)))
    assert (line["@level"], line["@message"], line["@module"]) == (name, "one and 2", "small")
    assert line["@timestamp"].endswith("+00:00")


def test_arguments_and_tracebacks_are_masked():
    """An exception's text is where secrets leak most often."""
    mask = Mask()
    mask.add("open-sesame")
    try:
        raise RuntimeError("login with open-sesame")
    except RuntimeError as error:
        line = JsonLines(mask).format(record(logging.ERROR, "failed with %r", {"p": "open-sesame"}, error=error))
    assert "open-sesame" not in line
    assert "Traceback" in line
    assert "test_logs.py" in line
    assert "\n" not in line


@pytest.mark.parametrize(
    ("general", "own", "level"),
    [
        (None, None, logging.CRITICAL + 1),
        ("", "", logging.CRITICAL + 1),
        ("off", None, logging.CRITICAL + 1),
        ("trace", None, TRACE),
        ("JSON", None, TRACE),
        ("debug", "error", logging.ERROR),
        (None, "info", logging.INFO),
        ("warn", None, logging.WARNING),
        ("loud", None, TRACE),
    ],
)
def test_the_level_that_terraform_was_asked_for(monkeypatch, general: str | None, own: str | None, level: int):
    """TF_LOG_PROVIDER goes before TF_LOG; an unknown word is TRACE, as in Terraform."""
    for name, value in (("TF_LOG", general), ("TF_LOG_PROVIDER", own)):
        monkeypatch.delenv(name, raising=False) if value is None else monkeypatch.setenv(name, value)
    assert wanted_level() == level


def test_without_a_log_nothing_is_formatted(monkeypatch, capsys):
    """Whoever keeps no log does not pay for one."""
    monkeypatch.delenv("TF_LOG", raising=False)
    monkeypatch.delenv("TF_LOG_PROVIDER", raising=False)
    configure_logs(["small"], Mask())

    class Costly:
        def __str__(self) -> str:
            raise AssertionError("formatted")

    logging.getLogger("small").error("%s", Costly())
    logging.getLogger("elsewhere").error("%s", Costly())
    assert capsys.readouterr().err == ""


def test_with_a_log_ours_comes_from_its_level_on_and_others_from_warnings(monkeypatch, capsys):
    """Foreign libraries at DEBUG would drown everything, and may log what they should not."""
    monkeypatch.setenv("TF_LOG", "DEBUG")
    configure_logs(["small"], Mask())
    logging.getLogger("small").debug("ours")
    logging.getLogger("elsewhere").info("theirs")
    logging.getLogger("elsewhere").warning("their warning")
    lines = [json.loads(line)["@message"] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["ours", "their warning"]


def test_prints_become_entries(monkeypatch, capsys):
    """The handshake owns stdout; a stray print must not break it, nor get lost."""
    monkeypatch.setenv("TF_LOG", "TRACE")
    configure_logs([], Mask())
    monkeypatch.setattr(sys, "stdout", Prints())
    print("one", "two")
    print("half", end="")
    print(" whole")
    monkeypatch.undo()
    lines = [json.loads(line)["@message"] for line in capsys.readouterr().err.splitlines()]
    assert lines == ["printed: one two", "printed: half whole"]
