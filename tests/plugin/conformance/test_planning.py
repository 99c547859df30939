"""Plans say exactly what will happen, and point at the line of whatever is wrong."""

from __future__ import annotations

from tests.plugin.conformance.support import Toy
from tests.support.terraform import matrix


@matrix("lifecycle")
def test_create_read_update_destroy(toy: Toy):
    """The whole life of an object, judged from the store and not from Terraform's word."""
    toy.apply_things(a={"motto": "first"})
    assert toy.stored("a")["motto"] == "first"
    toy.assert_clean()
    toy.apply_things(a={"motto": "second"})
    assert toy.stored("a")["motto"] == "second"
    toy.assert_clean()
    toy.ws.destroy()
    assert toy.store.all() == {}


def test_a_plan_without_change_calls_no_writing_verb(toy: Toy):
    """An apply of an empty plan must read only."""
    toy.apply_things(a={"motto": "x"})
    with toy.store.no_calls("read"):
        toy.ws.apply()


def test_defaults_are_shown_in_the_plan(toy: Toy):
    """What the user did not write but will get stands in the plan, also inside nested objects."""
    toy.things(a={"one": {"port": 1}})
    after = toy.ws.plan().changes["toy_thing.a"].after
    assert after["size"] == 1
    assert after["flag"] is False
    assert after["one"]["protocol"] == "tcp"


def test_on_create_computed_values_are_unknown(toy: Toy):
    """Terraform draws its graph from what is unknown."""
    toy.things(a={})
    change = toy.ws.plan().changes["toy_thing.a"]
    assert {name for name, value in change.after_unknown.items() if value is True} >= {
        "id",
        "url",
        "revision",
        "colour",
    }


def test_computed_values_keep_theirs_unless_they_change_with_something(toy: Toy):
    """A tag change is one change; a new size also renews what depends on the size."""
    toy.apply_things(a={"tags": {"a": "1"}})
    toy.things(a={"tags": {"a": "2"}})
    assert toy.ws.plan().changes["toy_thing.a"].changed == {"tags"}
    toy.things(a={"tags": {"a": "1"}, "size": 7})
    change = toy.ws.plan().changes["toy_thing.a"]
    assert change.changed == {"size", "revision"}
    assert change.unknown("revision")
    toy.ws.apply()
    assert toy.ws.resource("toy_thing.a")["revision"] == 2
    toy.assert_clean()


def test_a_dependent_sees_no_change_when_a_tag_changes(toy: Toy):
    """Ids that stay known keep the rest of a large plan quiet."""
    b = {"motto": "${toy_thing.a.url}", "zone": "${toy_thing.a.id}"}
    toy.apply_things(a={"tags": {"a": "1"}}, b=b)
    toy.things(a={"tags": {"a": "2"}}, b=b)
    assert toy.ws.plan().actions == {"toy_thing.a": "update"}


def test_an_optional_computed_value_is_kept_when_it_is_no_longer_given(toy: Toy):
    """Once chosen, a value that the provider could choose too stays."""
    toy.apply_things(a={"colour": "red"})
    toy.things(a={})
    toy.assert_clean()
    assert toy.ws.resource("toy_thing.a")["colour"] == "red"


@matrix("replace")
def test_replacement_by_flag_and_by_function(toy: Toy):
    """A new zone replaces; a floor that shrinks replaces, one that grows does not."""
    toy.apply_things(a={"zone": "x", "floor": 5})
    first = toy.ws.resource("toy_thing.a")["id"]
    toy.things(a={"zone": "x", "floor": 6})
    assert toy.ws.plan().actions == {"toy_thing.a": "update"}
    toy.things(a={"zone": "x", "floor": 4})
    change = toy.ws.plan().changes["toy_thing.a"]
    assert (change.action, change.replace_paths) == ("replace", (("floor",),))
    assert change.unknown("id")
    assert change.unknown("revision")
    toy.apply_things(a={"zone": "y", "floor": 5})
    assert toy.ws.resource("toy_thing.a")["id"] != first
    assert len(toy.store.all()) == 1
    toy.assert_clean()


def test_the_same_meaning_in_another_spelling_is_no_change(toy: Toy):
    """The store lower-cases the motto; state and plan keep the user's spelling."""
    toy.apply_things(a={"motto": "Semper Idem"})
    assert toy.stored("a")["motto"] == "semper idem"
    assert toy.ws.resource("toy_thing.a")["motto"] == "Semper Idem"
    toy.assert_clean()
    toy.things(a={"motto": "SEMPER IDEM"})
    toy.assert_clean()
    toy.things(a={"motto": "semper aliter"})
    assert toy.ws.plan().changes["toy_thing.a"].changed == {"motto"}


def test_drift_is_found_and_repaired(toy: Toy):
    """Someone changed the object behind our back."""
    toy.apply_things(a={"motto": "ours"})
    id = toy.ws.resource("toy_thing.a")["id"]
    toy.store.put({**(toy.store.get(id) or {}), "motto": "theirs"}, id)
    plan = toy.ws.plan()
    assert plan.drift["toy_thing.a"].after["motto"] == "theirs"
    assert plan.changes["toy_thing.a"].after["motto"] == "ours"
    toy.ws.apply()
    assert toy.stored("a")["motto"] == "ours"


def test_an_object_that_disappeared_is_made_again(toy: Toy):
    """Gone is no error."""
    toy.apply_things(a={})
    toy.store.drop(toy.ws.resource("toy_thing.a")["id"])
    assert toy.ws.plan().actions == {"toy_thing.a": "create"}
    toy.ws.apply()
    toy.assert_clean()


def test_a_local_attribute_changes_without_any_call(toy: Toy):
    """What only Terraform knows must not cost a call to the API, also when it is given up again."""
    changes: dict[str, dict[str, object]] = {
        "a": {"timeouts": {"create": "5m"}},
        "b": {"remark": "hi"},
        "c": {"keep": True},
    }
    toy.apply_things(**{name: {} for name in changes})
    toy.things(**changes)
    plan = toy.ws.plan()
    assert {name: plan.changes[f"toy_thing.{name}"].changed for name in changes} == {
        name: set(change) for name, change in changes.items()
    }
    with toy.store.no_calls("read"):
        toy.ws.apply()
    toy.assert_clean()
    toy.things(**{name: {} for name in changes})
    with toy.store.no_calls("read"):
        toy.ws.apply()
    toy.assert_clean()


def test_a_local_change_next_to_a_real_one_is_stored_with_it(toy: Toy):
    """Mixed changes go through update once."""
    toy.apply_things(a={})
    toy.store.forget_calls()
    toy.apply_things(a={"remark": "r", "size": 3, "timeouts": {"update": "1m"}})
    assert [call for call in toy.store.calls() if call.startswith("update")] == ["update a"]
    assert toy.ws.resource("toy_thing.a")["remark"] == "r"
    toy.assert_clean()


WRONG = """\
resource "toy_thing" "a" {
  name   = "a"
  colour = "RED"
  many = [
    { port = 1 },
    { port = 70000 },
    { port = 2, protocol = "icmp" },
  ]
  unique = [{ port = 0 }]
  named = {
    x = { port = 99999 }
  }
  timeouts = { create = "soon" }
}
"""


@matrix("values")
def test_every_wrong_value_is_named_with_its_place(toy: Toy):
    """All mistakes at once, each with the argument, the value, what is allowed; newer Terraform shows the line."""
    toy.ws.write(WRONG)
    errors = toy.ws.plan(fails=True).result.errors
    texts = [error.text for error in errors]
    assert len(errors) == 6, texts
    for wanted in ("RED", "70000", "icmp", "99999", "soon"):
        assert any(wanted in text for text in texts), (wanted, texts)
    assert all(error.address == "toy_thing.a" for error in errors)
    colour = next(error for error in errors if "RED" in error.text)
    assert (colour.line, colour.code.strip()) == (3, 'colour = "RED"')
    if toy.ws.binary.at_least("1.15"):
        assert all(error.line > 1 for error in errors), [(error.line, error.text) for error in errors]


def test_a_known_part_is_checked_beside_an_unknown_one(toy: Toy):
    """One unknown value must not switch the checks of its neighbours off."""
    toy.things(a={}, b={"many": [{"port": "${toy_thing.a.revision}"}, {"port": 70000}]})
    assert "70000" in toy.ws.plan(fails=True).result.error_text


def test_a_wrong_value_that_was_unknown_is_refused_before_the_write(toy: Toy):
    """What could not be checked at plan is checked when it becomes known."""
    toy.things(a={}, b={"size": "${toy_thing.a.revision + 5000}"})
    toy.ws.plan()
    result = toy.ws.apply(fails=True)
    assert "5001" in result.error_text
    assert "create b" not in toy.store.calls()


def test_a_check_of_the_whole_object(toy: Toy):
    """Two arguments that exclude each other."""
    toy.things(a={"steps": ["x"], "labels": ["y"]})
    (error,) = toy.ws.validate(fails=True).errors
    assert error.text == "steps and labels exclude each other Give one of them."


def test_a_warning_of_the_plan_is_shown_and_does_not_stop(toy: Toy):
    """The plan hook may warn."""
    toy.things(a={"size": 901})
    (warning,) = toy.ws.plan().warnings
    assert warning.summary == "A big thing"
    toy.ws.apply()


@matrix("lifecycle")
def test_the_plan_of_a_destroy_may_refuse(toy: Toy):
    """Deletion protection speaks at plan, for a destroy, a removal and a replacement, and nothing is touched."""
    toy.apply_things(a={"keep": True, "zone": "x"})
    assert "to be kept" in toy.ws.destroy(fails=True).error_text
    toy.things(a={"keep": True, "zone": "y"})
    assert "to be kept" in toy.ws.plan(fails=True).result.error_text
    toy.ws.write({})
    assert "to be kept" in toy.ws.plan(fails=True).result.error_text
    assert "delete a" not in toy.store.calls()


def test_a_refused_argument_of_the_provider_block(toy: Toy):
    """Validation and configuration errors name the argument of the provider."""
    toy.ws.write('provider "toy" {\n  folder = "somewhere"\n}\nresource "toy_thing" "a" { name = "a" }\n')
    error = toy.ws.plan(fails=True).result.errors[0]
    assert "somewhere" in error.text
    assert error.line == 2


def test_a_provider_block_that_is_unknown_at_plan(toy: Toy):
    """A provider configured by a resource of the same apply: the plan works without the API, the apply with it."""
    toy.ws.write(f"""
provider "toy" {{}}
provider "toy" {{
  alias  = "second"
  folder = "{toy.store.folder}/${{toy_thing.first.id}}"
}}
resource "toy_thing" "first" {{ name = "first" }}
resource "toy_thing" "second" {{
  provider = toy.second
  name     = "second"
}}
""")
    assert toy.ws.plan().actions == {"toy_thing.first": "create", "toy_thing.second": "create"}
    toy.ws.apply()
    first = toy.ws.resource("toy_thing.first")["id"]
    assert (toy.store.folder / first / "objects").is_dir()
    toy.assert_clean()
    toy.ws.destroy()
