"""Every secret of a run is hunted for in everything that the run wrote at trace level."""

from __future__ import annotations

from pathlib import Path

import pytest

from ece_simulator import Simulator
from terraform_plugin.testing import Mirror, TerraformBinary
from tests.support.ece import OFFICE, Ece, one_deployment


@pytest.mark.parametrize("way", ["key", "login"])
def test_nothing_that_a_run_writes_holds_a_secret(
    tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator, way: str
):
    """Create, change, fail, plan, show, destroy at trace level; then search state, plans, output, logs, journal."""
    ece = Ece(tmp_path / "workspace", terraform, mirror, simulator, trace=True)
    if way == "login":
        ece.ws.env.pop("ECE_API_KEY")
        ece.ws.env |= {"ECE_USERNAME": ece.installation.username, "ECE_PASSWORD": ece.installation.password}
    ece.ws.init()
    ece.write({**one_deployment(kibana={"size": "1g"}), "ece_traffic_filter": {"a": OFFICE}})
    said = [ece.ws.apply()]
    ece.write({**one_deployment(tags={"a": "b"}), "ece_traffic_filter": {"a": OFFICE}})
    ece.ws.save_plan("kept.tfplan")
    (ece.ws.folder / "kept.json").write_text(ece.ws.run("show", "-json", "kept.tfplan").stdout)
    ece.control.fail_next(operation_id="update-deployment", status=400, code="root.invalid_data")
    said += [ece.ws.apply(fails=True), ece.ws.apply()]
    made = created_secrets(ece)
    said.append(ece.ws.destroy())
    assert ece.ws.trace_text().count("ece_client") > 10, "the hunt must have something to search"
    assert ece.hunt(None, *said) == []
    assert ece.hunt(made, *said) == []


def created_secrets(ece: Ece) -> dict[str, str]:
    """What the installation gave out during the run: sessions, and the passwords of new deployments."""
    found = {}
    for place in ece.simulator.installations:
        found |= {f"session {n}": token for n, token in enumerate(place.world.accounts.sessions)}
    return found


def test_a_secret_in_the_provider_block_stays_out_of_state_and_log(
    tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator
):
    """Against our advice, in the configuration: nowhere but where the user put it, and Terraform's own plan file."""
    ece = Ece(tmp_path / "workspace", terraform, mirror, simulator, trace=True)
    key = ece.ws.env.pop("ECE_API_KEY")
    ece.ws.init()
    ece.write({"ece_traffic_filter": {"a": OFFICE}}, provider={"ece": {"api_key": key}})
    said = ece.ws.apply()
    found = [finding for finding in ece.hunt(None, said) if finding.place != "main.tf.json"]
    assert found == []


def test_a_refused_key_is_not_shown(tmp_path: Path, terraform: TerraformBinary, mirror: Mirror, simulator: Simulator):
    """Error messages and logs of a wrong key name its source and not its value."""
    ece = Ece(tmp_path / "workspace", terraform, mirror, simulator, trace=True)
    wrong = "a-wrong-key-that-may-be-right-elsewhere"
    ece.ws.env["ECE_API_KEY"] = wrong
    ece.ws.init()
    ece.write({"ece_traffic_filter": {"a": OFFICE}})
    said = ece.ws.apply(fails=True)
    assert ece.hunt({"the wrong key": wrong}, said) == []
