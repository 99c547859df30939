"""Functions of the provider and ephemeral resources."""

from __future__ import annotations

import pytest

from tests.plugin.conformance.support import Toy
from tests.support.terraform import matrix


def outputs(toy: Toy, **expressions: str) -> None:
    """Write a configuration of outputs and one thing."""
    toy.ws.write({
        "resource": {"toy_thing": {"a": {"name": "a"}}},
        "output": {name: {"value": f"${{{expression}}}"} for name, expression in expressions.items()},
    })  # fmt: skip


@matrix("functions")
def test_functions_with_fixed_and_variadic_parameters(toy: Toy):
    """Arguments and results of several types, null where it is allowed, decimals exactly."""
    outputs(
        toy,
        shout='provider::toy::shout("hey")',
        none="provider::toy::total()",
        total="provider::toy::total(1, null, 0.1, 0.2)",
        kind="provider::toy::kind([1, 2])",
    )
    toy.ws.apply()
    assert toy.ws.output("shout") == "HEY"
    assert toy.ws.output("none") == 0
    assert toy.ws.output("total") == 1.3
    assert toy.ws.output("kind") == "list"


@matrix("functions")
def test_a_function_blames_its_argument(toy: Toy):
    """Terraform shows which argument is wrong and why."""
    outputs(toy, shout='provider::toy::shout("")')
    assert "there is nothing to shout" in toy.ws.plan(fails=True).result.error_text


def test_a_function_gets_an_unknown_only_if_it_asks(toy: Toy):
    """An unknown argument makes an unknown result without a call, unless the parameter allows it."""
    outputs(toy, shout="provider::toy::shout(toy_thing.a.url)", kind="provider::toy::kind(toy_thing.a.url)")
    changes = toy.ws.plan().document["output_changes"]
    assert changes["shout"]["after_unknown"] is True
    assert changes["kind"]["after"] == "unknown"


def test_an_argument_of_the_wrong_type_is_refused(toy: Toy):
    """Terraform itself checks types from the signature."""
    outputs(toy, shout="provider::toy::shout([])")
    assert "string required" in toy.ws.plan(fails=True).result.error_text


@matrix("ephemeral resources")
def test_an_ephemeral_value_is_opened_closed_and_never_stored(toy: Toy):
    """It may configure a provider, and stands nowhere."""
    toy.ws.write("""
ephemeral "toy_token" "t" {
  audience = "b"
}
provider "toy" {
  alias = "b"
  token = ephemeral.toy_token.t.token
}
resource "toy_thing" "b" {
  provider = toy.b
  name     = "b"
}
""")
    toy.ws.apply()
    calls = toy.store.calls()
    assert calls.count("open b") == calls.count("close b") > 0
    for file in toy.ws.folder.glob("*"):
        if file.is_file():
            assert "ephemeral-token-of-b" not in file.read_text(errors="replace"), file.name
    toy.assert_clean()


@pytest.mark.parametrize("value", [True, False])
def test_an_ephemeral_value_is_refused_where_it_would_be_stored(toy: Toy, value: bool):
    """Terraform's own rule holds for our schema: only write-only arguments take ephemeral values."""
    argument = "password_wo" if value else "motto"
    toy.ws.write(f"""
ephemeral "toy_token" "t" {{ audience = "a" }}
resource "toy_thing" "a" {{
  name       = "a"
  {argument} = ephemeral.toy_token.t.token
}}
""")
    result = toy.ws.apply(fails=None)
    assert (result.exit_code == 0) is value
