"""``ece_keystore_secret`` with real Terraform: each way to give the value, and that it is nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.support.ece import Ece
from tests.support.terraform import BEFORE_WRITE_ONLY, matrix

SECRET = "ece_keystore_secret.s"
NAME = "s3.client.backup.secret_key"
FROM_ENV, FROM_FILE, FROM_WO = "value-from-environment", "value-from-the-file", "value-write-only"


def one(deployment_id: str, **arguments: Any) -> dict[str, Any]:
    """A configuration with one entry."""
    return {"ece_keystore_secret": {"s": {"deployment_id": deployment_id, "name": NAME, **arguments}}}


def names(ece: Ece, deployment_id: str) -> list[str]:
    """Names in the keystore."""
    return sorted(ece.ask("GET", f"/deployments/{deployment_id}/elasticsearch/_main/keystore")["secrets"])


def held(ece: Ece, name: str = "central") -> Any:
    """The value in the simulator's keystore."""
    found = next(one for one in ece.installation.world.deployments.values() if one.name == name)
    return found.elasticsearch.keystore[NAME]["value"]


@matrix("lifecycle")
def test_the_life_of_an_entry(tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator):
    """From a variable, then from a file; foreign entries stay; nothing that the run wrote holds a value."""
    ece = Ece(tmp_path / "workspace", terraform, mirror, simulator, trace=True)
    ece.ws.init()
    ece.ws.env["BACKUP_KEY"] = FROM_ENV
    secret_file = tmp_path / "secret"
    secret_file.write_text(f"{FROM_FILE}\n")
    deployment = ece.control.seed(name="central", keystore={"theirs": "1"})["id"]
    said = [ece.apply(one(deployment, value_env="BACKUP_KEY"))]
    assert held(ece) == FROM_ENV
    assert names(ece, deployment) == [NAME, "theirs"]
    ece.assert_clean()
    ece.write(one(deployment, value_file=str(secret_file), value_wo_version=2))
    assert ece.ws.plan().actions == {SECRET: "update"}
    said.append(ece.ws.apply())
    assert held(ece) == FROM_FILE
    ece.assert_clean()
    ece.control.take_away("secret", f"{deployment}/{NAME}")
    assert ece.ws.plan().actions == {SECRET: "create"}
    said += [ece.ws.apply(), ece.ws.destroy()]
    assert names(ece, deployment) == ["theirs"]
    assert ece.ws.trace_text().count("ece_client") > 10, "the hunt must have something to search"
    assert ece.hunt({"environment": FROM_ENV, "file": FROM_FILE}, *said) == []
    ece.no_unknown_fields()


@matrix("write-only")
def test_a_write_only_value(tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator):
    """It reaches the keystore, and neither state nor plan nor log; a new version writes again."""
    ece = Ece(tmp_path / "workspace", terraform, mirror, simulator, trace=True)
    ece.ws.init()
    ece.ws.env["TF_VAR_value"] = FROM_WO
    variable = {"value": {"type": "string", "ephemeral": True}}
    deployment = ece.control.seed(name="central")["id"]
    said = [ece.apply(one(deployment, value_wo="${var.value}", value_wo_version=1), variable=variable)]
    assert held(ece) == FROM_WO
    ece.assert_clean()
    ece.ws.env["TF_VAR_value"] = f"{FROM_WO}-2"
    ece.write(one(deployment, value_wo="${var.value}", value_wo_version=2), variable=variable)
    said.append(ece.ws.apply())
    assert held(ece) == f"{FROM_WO}-2"
    said.append(ece.ws.destroy())
    assert ece.hunt({"write-only": FROM_WO}, *said) == []


@matrix("write-only refused", versions=BEFORE_WRITE_ONLY)
def test_a_write_only_value_is_refused_where_it_would_land_in_state(ece: Ece):
    """Terraform below 1.11 ignores the flag; the message names the other ways."""
    deployment = ece.control.seed(name="central")["id"]
    ece.write(one(deployment, value_wo=FROM_WO))
    text = ece.ws.plan(fails=True).result.error_text
    assert "value_env" in text
    assert "value_file" in text
    assert not (ece.ws.folder / "terraform.tfstate").exists()


@matrix("import by id")
def test_import_by_id(ece: Ece):
    """An entry that somebody made: adopted without a write, as far as the value is write-only or nothing changes."""
    ece.ws.env["BACKUP_KEY"] = FROM_ENV
    deployment = ece.control.seed(name="central")["id"]
    ece.apply(one(deployment, value_env="BACKUP_KEY"))
    id = ece.resource(SECRET)["id"]
    assert id == f"{deployment}/main-elasticsearch/{NAME}"
    ece.ws.run("state", "rm", SECRET)
    ece.ws.import_(SECRET, id)
    plan = ece.ws.plan()
    assert plan.changes[SECRET].changed == {"value_env"}
    ece.ws.apply()
    ece.assert_clean()


@matrix("import by identity")
def test_import_by_identity(ece: Ece):
    """The same with an import block that names the identity."""
    ece.ws.env["BACKUP_KEY"] = FROM_ENV
    deployment = ece.control.seed(name="central", keystore={NAME: "theirs"})["id"]
    identity = {"deployment_id": deployment, "name": NAME}
    ece.write(one(deployment, value_env="BACKUP_KEY"), **{"import": [{"to": SECRET, "identity": identity}]})
    ece.ws.apply()
    assert ece.resource(SECRET).identity == {**identity, "ref_id": "main-elasticsearch"}
    assert held(ece) == FROM_ENV
    ece.assert_clean()


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
