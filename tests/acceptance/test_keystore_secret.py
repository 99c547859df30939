"""``ece_keystore_secret`` with real Terraform: wrong values; its life is in ``test_connection_life``."""

from __future__ import annotations

from typing import Any

from tests.support.ece import Ece

SECRET = "ece_keystore_secret.s"
NAME = "s3.client.backup.secret_key"
FROM_ENV = "value-from-environment"


def one(deployment_id: str, **arguments: Any) -> dict[str, Any]:
    """A configuration with one entry."""
    return {"ece_keystore_secret": {"s": {"deployment_id": deployment_id, "name": NAME, **arguments}}}


def names(ece: Ece, deployment_id: str) -> list[str]:
    """Names in the keystore."""
    return sorted(ece.ask("GET", f"/deployments/{deployment_id}/elasticsearch/_main/keystore")["secrets"])


def test_bad_input_is_named_at_plan(ece: Ece):
    """Exactly one way to give the value; a name that Elasticsearch takes."""
    deployment = ece.control.seed(name="central")["id"]
    wrong = {
        "none": ({}, "Exactly one of value_wo, value_env, value_file"),
        "both": ({"value_env": "A", "value_file": "b"}, "got value_env and value_file"),
        "name": ({"name": "a b", "value_env": "A"}, "letters, digits"),
    }
    entries = {case: {"deployment_id": deployment, "name": case, **more} for case, (more, _) in wrong.items()}
    ece.write({"ece_keystore_secret": entries})
    with ece.expect_writes():
        errors = ece.ws.plan(fails=True).result.errors
    for case, (_, words) in wrong.items():
        assert any(error.address.endswith(f".{case}") and words in error.text for error in errors), case


def test_values_that_cannot_be_had(ece: Ece):
    """A variable that is not set, a file that is not there: the argument and the place are named."""
    deployment = ece.control.seed(name="central")["id"]
    for arguments, words in (({"value_env": "NOT_SET"}, "NOT_SET"), ({"value_file": "missing"}, "missing")):
        ece.write(one(deployment, **arguments))
        assert words in ece.ws.apply(fails=True).error_text
    assert names(ece, deployment) == []


def test_a_replaced_entry_is_told(ece: Ece):
    """What was there under the name cannot be had back, so the apply says so."""
    ece.ws.env["BACKUP_KEY"] = FROM_ENV
    deployment = ece.control.seed(name="central", keystore={NAME: "theirs"})["id"]
    result = ece.apply(one(deployment, value_env="BACKUP_KEY"))
    assert any("was there already" in warning.text for warning in result.warnings)
    ece.ws.apply(f"-replace={SECRET}")
    assert names(ece, deployment) == [NAME]
