"""Logs for Terraform: JSON lines on stderr, secrets hidden. Nothing is formatted while Terraform keeps no log."""

from __future__ import annotations

import datetime as dt
import io
import json
import logging
import os
import sys
from collections.abc import Sequence
from typing import Final

from terraform_plugin.engine.mask import Mask

TRACE: Final = 5
"""The level below DEBUG that Terraform has and Python's logging has not."""
_SILENT: Final = logging.CRITICAL + 1
_LEVELS: Final = {
    "TRACE": TRACE,
    "JSON": TRACE,
    "DEBUG": logging.DEBUG,
    "INFO": logging.INFO,
    "WARN": logging.WARNING,
    "ERROR": logging.ERROR,
    "OFF": _SILENT,
}
_NAMES: Final = (
    (logging.ERROR, "error"),
    (logging.WARNING, "warn"),
    (logging.INFO, "info"),
    (logging.DEBUG, "debug"),
)


def wanted_level() -> int:
    """The level that Terraform was asked to log at; it takes any unknown word for TRACE."""
    word = os.environ.get("TF_LOG_PROVIDER") or os.environ.get("TF_LOG") or "OFF"
    return _LEVELS.get(word.strip().upper(), TRACE)


class JsonLines(logging.Formatter):
    """A record as a line that Terraform understands; a traceback is part of the message."""

    def __init__(self, mask: Mask) -> None:
        super().__init__()
        self._mask = mask

    def format(self, record: logging.LogRecord) -> str:
        """One line of JSON."""
        text = record.getMessage()
        if record.exc_info:
            text += "\n" + self.formatException(record.exc_info)
        if record.stack_info:
            text += "\n" + record.stack_info
        line = {
            "@level": next((name for level, name in _NAMES if record.levelno >= level), "trace"),
            "@message": self._mask.hide(text),
            "@module": record.name,
            "@timestamp": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="microseconds"),
        }
        return json.dumps(line)


def configure_logs(names: Sequence[str], mask: Mask) -> None:
    """Send the records of these loggers to Terraform, and the warnings of all others."""
    level = wanted_level()
    handler: logging.Handler = logging.NullHandler()
    if level < _SILENT:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(JsonLines(mask))
    logging.raiseExceptions = False  # a broken log line must not become a traceback that shows its arguments
    for name in ("terraform_plugin", *names):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [handler], False
        logger.setLevel(level)
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(max(level, logging.WARNING))


class Prints(io.TextIOBase):
    """Stands in for ``sys.stdout``: what code prints becomes a log entry, as the handshake owns the real one."""

    def __init__(self) -> None:
        super().__init__()
        self._line = ""

    def writable(self) -> bool:
        """It takes text."""
        return True

    def write(self, text: str) -> int:
        """Log each finished line."""
        *lines, self._line = (self._line + text).split("\n")
        for line in filter(None, lines):
            logging.getLogger("terraform_plugin").debug("printed: %s", line)
        return len(text)
