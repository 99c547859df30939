"""What the warm processes load before the first start, so that no start has to."""

from __future__ import annotations

import importlib
import pkgutil
from pathlib import Path

import httpx

from terraform_plugin.testing import WarmProvider

ROOT = Path(__file__).resolve().parents[2]


def load_plugin() -> None:
    """The plugin lane whole, messages included, which are made when they are first needed."""
    _load("terraform_plugin", leave_out="terraform_plugin.testing")
    from terraform_plugin.protocol.certificate import self_signed
    from terraform_plugin.protocol.messages import message

    message("GetProviderSchema.Request")
    self_signed()


def load_ece() -> None:
    """Our provider and its client whole, and what the first request over HTTPS loads."""
    load_plugin()
    for package in ("ece_client", "ece_provider", "ece_domain"):
        _load(package, leave_out=f"{package}.__main__")
    importlib.import_module("anyio._backends._asyncio")
    httpx.AsyncHTTPTransport(verify=False)  # never used: it loads httpcore and h11


def _load(package: str, leave_out: str) -> None:
    for module in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
        if not module.name.startswith(leave_out):
            importlib.import_module(module.name)


def warm_ece() -> WarmProvider:
    """Our provider, warm."""
    return WarmProvider("ece_provider.__main__:main", "tests.support.warm:load_ece", [ROOT])


def warm_toy() -> WarmProvider:
    """The toy provider, warm."""
    return WarmProvider("tests.plugin.toy.__main__:main", "tests.support.warm:load_plugin", [ROOT])
