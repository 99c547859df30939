"""Secrets by name."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_constructs import EceValueError, Secret


def test_a_secret_lowers_to_where_it_lies() -> None:
    """What reaches Terraform is a name: the value would stand in clear in files, plan and state."""
    assert Secret.from_env("DB_PASSWORD").arguments("value") == {"value_env": "DB_PASSWORD"}
    assert Secret.from_file("/run/secrets/db").arguments("value") == {"value_file": "/run/secrets/db"}
    assert Secret.from_file("db.txt").arguments("value") == {"value_file": str(Path.cwd() / "db.txt")}


def test_a_secret_given_in_place_of_its_name_is_not_shown() -> None:
    """Who pastes the secret itself must not find it in the error message of the build log."""
    with pytest.raises(EceValueError) as raised:
        Secret.from_env("hunter2 is my password")
    assert "hunter2" not in str(raised.value)
    assert "the name of an environment variable is needed" in str(raised.value)


def test_repr_tells_the_place() -> None:
    """Messages about a secret name where it is looked for."""
    assert repr(Secret.from_env("DB_PASSWORD")) == "Secret.from_env('DB_PASSWORD')"
