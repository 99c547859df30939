"""The provider is started about ten times per command, so the client must cost nothing until it is used."""

from __future__ import annotations

import subprocess
import sys

import pytest

import ece_client


def modules_after(code):
    """Return the modules that a fresh interpreter has loaded after `code`."""
    script = f"{code}\nimport sys\nprint('\\n'.join(sys.modules))"
    return set(
        subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True).stdout.split()
    )


def test_import_loads_nothing():
    """Neither httpx nor pydantic nor the models."""
    loaded = modules_after("import ece_client")
    assert {name for name in loaded if name.startswith("ece_client")} == {"ece_client"}
    assert not loaded & {"httpx", "pydantic", "asyncio", "ssl"}


def test_configuration_and_errors_need_no_http():
    """The provider checks its configuration, and names error classes, in every process."""
    loaded = modules_after(
        "from ece_client import ApiKey, ClientConfig, ApiError; ClientConfig('https://h', ApiKey('k'))"
    )
    assert not loaded & {"httpx", "pydantic", "ece_client.client", "ece_client._generated.operations"}


def test_calls_need_no_models():
    """Reading `data` is enough for most; only `model()` pays for the models."""
    loaded = modules_after("from ece_client import Client, PlanWatcher")
    assert "httpx" in loaded
    assert not loaded & {"pydantic", "ece_client._generated.models"}


def test_every_public_name_is_there():
    """The list is the contract with the provider."""
    for name in ece_client.__all__:
        assert getattr(ece_client, name) is not None
    with pytest.raises(AttributeError, match="Nonsense"):
        ece_client.Nonsense  # noqa: B018
