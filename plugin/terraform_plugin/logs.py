"""Logs for Terraform: JSON lines on stderr, secrets hidden. Silent unless Terraform logs."""

from __future__ import annotations

import datetime as dt
import json
import logging
import os
import sys
from collections.abc import Sequence

from terraform_plugin.masking import masked

TRACE = 5
_LEVELS = ((logging.ERROR, "error"), (logging.WARNING, "warn"), (logging.INFO, "info"), (logging.DEBUG, "debug"))


class JsonLines(logging.Formatter):
    """A record as the line that Terraform understands."""

    def format(self, record: logging.LogRecord) -> str:
        """One line; a traceback is part of it."""
        message = record.getMessage()
        if record.exc_info:
            message += "\n" + self.formatException(record.exc_info)
        line = {
            "@level": next((name for level, name in _LEVELS if record.levelno >= level), "trace"),
            "@message": message,
            "@module": record.name,
            "@timestamp": dt.datetime.fromtimestamp(record.created, dt.UTC).isoformat(timespec="microseconds"),
        }
        return masked(json.dumps(line))


def configure_logs(names: Sequence[str]) -> None:
    """Send the records of these loggers to Terraform; below the level it asked for nothing is even formatted."""
    wanted = os.environ.get("TF_LOG_PROVIDER") or os.environ.get("TF_LOG") or ""
    level = {"TRACE": TRACE, "JSON": TRACE, "DEBUG": logging.DEBUG, "INFO": logging.INFO, "WARN": logging.WARNING}.get(
        wanted.upper(), logging.ERROR
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonLines())
    for name in ("terraform_plugin", *names):
        logger = logging.getLogger(name)
        logger.handlers = [handler] if wanted else [logging.NullHandler()]
        logger.setLevel(level)
        logger.propagate = False
