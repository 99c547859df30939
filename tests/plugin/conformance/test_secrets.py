"""Secrets: write-only values, sensitive values, and what is written at trace level."""

from __future__ import annotations

from pathlib import Path

from terraform_plugin.testing import Mirror, TerraformBinary
from tests.plugin.conformance.support import Toy
from tests.support.terraform import BEFORE_WRITE_ONLY, matrix

PASSWORD = "correct-horse-battery"
SECRET = "sensitive-staple"
TOKEN = "token-of-the-provider"


def everything(folder: Path) -> str:
    """All that stands in a workspace, plan files unpacked by Terraform beside it."""
    return "\n".join(file.read_text(errors="replace") for file in folder.rglob("*") if file.is_file())


@matrix("write-only")
def test_a_write_only_value_reaches_the_provider_and_nothing_else(toy: Toy):
    """It is used by create and update, and is null in plan and state."""
    toy.ws.write(f"""
variable "password" {{
  type      = string
  ephemeral = true
  default   = "{PASSWORD}"
}}
resource "toy_thing" "a" {{
  name                = "a"
  password_wo         = var.password
  password_wo_version = 1
}}
""")
    plan = toy.ws.plan()
    assert plan.changes["toy_thing.a"].after["password_wo"] is None
    toy.ws.apply()
    thing = toy.ws.resource("toy_thing.a")
    assert thing["password_wo"] is None
    assert thing["password_length"] == len(PASSWORD)
    toy.assert_clean()
    main = (toy.ws.folder / "main.tf").read_text()
    toy.ws.write(main.replace(PASSWORD, "shorter").replace("version = 1", "version = 2"))
    toy.ws.apply()
    assert toy.ws.resource("toy_thing.a")["password_length"] == len("shorter")
    assert PASSWORD not in everything(toy.ws.folder)
    toy.assert_clean()


@matrix("write-only")
def test_a_changed_write_only_value_without_a_new_version_is_no_change(toy: Toy):
    """Nobody can see that a write-only value changed; only its version tells."""
    toy.apply_things(a={"password_wo": "one", "password_wo_version": 1})
    toy.things(a={"password_wo": "another", "password_wo_version": 1})
    toy.assert_clean()


@matrix("write-only refused", versions=BEFORE_WRITE_ONLY)
def test_a_write_only_value_is_refused_where_it_would_land_in_state(toy: Toy):
    """Terraform below 1.11 ignores the flag and would keep the value in clear."""
    toy.things(a={"password_wo": PASSWORD})
    error = toy.ws.plan(fails=True).result.errors[0]
    assert "password_wo" in error.text
    assert PASSWORD not in error.text
    toy.ws.apply(fails=True)
    assert toy.store.all() == {}
    assert not (toy.ws.folder / "terraform.tfstate").exists() or PASSWORD not in everything(toy.ws.folder / "x")
    toy.apply_things(a={})
    toy.assert_clean()


def test_a_sensitive_value_is_hidden_in_what_terraform_prints(toy: Toy):
    """The schema's mark arrives in Terraform."""
    toy.things(a={"secret": SECRET})
    shown = toy.ws.run("plan", "-no-color", "-input=false")
    assert "(sensitive value)" in shown.stdout
    assert SECRET not in shown.stdout


@matrix("lifecycle")
def test_the_log_at_trace_level_has_no_secret(tmp_path: Path, terraform: TerraformBinary, toy_mirror: Mirror, request):
    """Sensitive and write-only values are masked even where the provider logs them by mistake."""
    traced = Toy(tmp_path, terraform, toy_mirror, trace=True)
    write_only = {"password_wo": PASSWORD} if terraform.at_least("1.11") else {}
    traced.ws.write({
        "provider": {"toy": {"token": TOKEN}},
        "resource": {"toy_thing": {"a": {"name": "a", "secret": SECRET, **write_only}}},
    })  # fmt: skip
    traced.ws.init()
    traced.ws.apply()
    traced.ws.plan()
    traced.ws.destroy()
    log = traced.ws.trace_text()
    assert "configured with token" in log
    for secret in (TOKEN, SECRET, PASSWORD):
        lines = [line[:300] for line in log.splitlines() if secret in line]
        assert lines == []
