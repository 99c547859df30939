"""Import, identity, state of older versions, moves, and Terraform's own ways to change many objects."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.plugin.conformance.support import Toy
from tests.plugin.toy.provider import ADDRESS
from tests.plugin.toy.thing import THING
from tests.support.terraform import matrix


def plant(toy: Toy, name: str = "planted", **more: Any) -> str:
    """Make an object that Terraform does not know."""
    kept = {key: None for key in THING.attributes if key not in ("id", "url", "remark", "keep", "timeouts")}
    return toy.store.put({**kept, "name": name, "size": 1, "flag": False, "colour": "grey", "revision": 4, **more})


@matrix("import by id")
def test_import_by_command_ends_in_an_empty_plan(toy: Toy):
    """Local attributes get their defaults, everything else is read."""
    id = plant(toy, motto="x", size=5)
    toy.things(a={"name": "planted", "motto": "x", "size": 5})
    toy.ws.import_("toy_thing.a", id)
    assert toy.ws.resource("toy_thing.a")["revision"] == 4
    toy.assert_clean()


@matrix("import by id")
def test_import_block_by_id(toy: Toy):
    """The declarative way, in the same apply."""
    id = plant(toy)
    toy.things(a={"name": "planted"})
    toy.ws.write(f'import {{\n  to = toy_thing.a\n  id = "{id}"\n}}\n', "import.tf")
    plan = toy.ws.plan()
    assert plan.actions == {}
    toy.ws.apply()
    assert list(toy.store.all()) == [id]
    toy.assert_clean()


@matrix("import by identity")
def test_import_block_by_identity(toy: Toy):
    """An object is named by its identity instead of an id."""
    id = plant(toy)
    toy.things(a={"name": "planted"})
    toy.ws.write(f'import {{\n  to = toy_thing.a\n  identity = {{ id = "{id}" }}\n}}\n', "import.tf")
    toy.ws.apply()
    assert list(toy.store.all()) == [id]
    toy.assert_clean()


@matrix("identity")
def test_identity_is_stored_and_shown(toy: Toy):
    """The identity stands beside the state from the create on."""
    toy.apply_things(a={})
    thing = toy.ws.resource("toy_thing.a")
    assert thing.identity == {"id": thing["id"]}
    toy.ws.refresh()
    toy.apply_things(a={"motto": "x"})
    assert toy.ws.resource("toy_thing.a").identity == {"id": thing["id"]}


def test_import_of_what_is_not_there(toy: Toy):
    """A wrong id is told as such, and nothing lands in the state."""
    toy.things(a={})
    assert "does not begin with thing-" in toy.ws.import_("toy_thing.a", "something", fails=True).text
    gone = toy.ws.import_("toy_thing.a", "thing-gone", fails=True)
    assert "non-existent" in gone.text
    assert toy.ws.resources() == {}


@matrix("generated configuration")
def test_generated_configuration_plans_clean(toy: Toy):
    """``plan -generate-config-out`` writes a configuration that changes nothing once it is applied."""
    id = plant(toy, motto="x")
    toy.ws.write(f'import {{\n  to = toy_thing.a\n  id = "{id}"\n}}\n')
    toy.ws.run("plan", "-no-color", "-input=false", "-generate-config-out=generated.tf")
    toy.ws.apply()
    toy.assert_clean()
    assert list(toy.store.all()) == [id]


def state_of(version: int, attributes: dict[str, Any], type_name: str = "toy_thing") -> dict[str, Any]:
    """A state file as an older provider would have left it."""
    return {
        "version": 4,
        "terraform_version": "1.8.4",
        "serial": 1,
        "lineage": "11111111-2222-3333-4444-555555555555",
        "outputs": {},
        "resources": [
            {
                "mode": "managed",
                "type": type_name,
                "name": "a",
                "provider": f'provider["{ADDRESS}"]',
                "instances": [{"schema_version": version, "attributes": attributes}],
            }
        ],
    }


@matrix("state upgrade")
def test_a_state_of_version_0_is_upgraded(toy: Toy):
    """Renamed and retyped attributes, attributes that are gone, attributes that are new."""
    id = plant(toy, name="old", size=3)
    old = {"id": id, "title": "old", "size": "3", "weight": 12}
    toy.ws.write(json.dumps(state_of(0, old)), "terraform.tfstate")
    toy.things(a={"name": "old", "size": 3})
    toy.assert_clean()
    toy.ws.apply("-refresh-only")
    thing = toy.ws.resource("toy_thing.a")
    assert (thing.schema_version, thing["name"], thing["size"]) == (1, "old", 3)
    assert "weight" not in thing.values


def test_a_state_of_this_version_with_other_attributes_is_read(toy: Toy):
    """A development build may have left attributes that no longer exist."""
    id = plant(toy, name="old")
    toy.ws.write(json.dumps(state_of(1, {"id": id, "name": "old", "size": 1, "gone": True})), "terraform.tfstate")
    toy.things(a={"name": "old"})
    toy.assert_clean()


def test_a_bug_in_a_state_upgrade_becomes_a_diagnostic(toy: Toy):
    """The state stays as it was."""
    text = json.dumps(state_of(0, {"id": "thing-1", "title": "bug-in-upgrade"}))
    toy.ws.write(text, "terraform.tfstate")
    toy.things(a={})
    assert "RuntimeError" in toy.ws.plan(fails=True).result.error_text
    assert (toy.ws.folder / "terraform.tfstate").read_text() == text


@matrix("moved from another type")
def test_an_object_moves_from_another_type(toy: Toy):
    """A ``moved`` block between types keeps the object."""
    toy.ws.write({"resource": {"toy_old": {"a": {"label": "veteran"}}}})
    toy.ws.apply()
    id = toy.ws.resource("toy_old.a")["id"]
    toy.things(b={"name": "veteran"})
    toy.ws.write("moved {\n  from = toy_old.a\n  to   = toy_thing.b\n}\n", "moved.tf")
    toy.ws.apply()
    assert toy.ws.resource("toy_thing.b")["id"] == id
    assert list(toy.store.all()) == [id]
    toy.assert_clean()


def test_a_move_that_the_provider_does_not_know_is_refused(toy: Toy):
    """Nothing is guessed."""
    toy.apply_things(a={})
    toy.ws.write({"resource": {"toy_old": {"b": {"label": "a"}}}})
    toy.ws.write("moved {\n  from = toy_thing.a\n  to   = toy_old.b\n}\n", "moved.tf")
    toy.ws.plan(fails=True)
    assert "toy_thing.a" in toy.ws.resources()


def test_private_state_travels_and_is_kept(toy: Toy):
    """What a read noted is there at the next read, and survives an update and a local change."""
    toy.apply_things(a={})
    for _ in range(2):
        toy.ws.refresh()
    reads = toy.ws.resource("toy_thing.a").private["reads"]
    assert reads >= 2
    toy.apply_things(a={"motto": "x"})
    toy.apply_things(a={"motto": "x", "remark": "y"})
    assert toy.ws.resource("toy_thing.a").private["reads"] > reads


def test_a_data_source_reads_after_what_it_depends_on(toy: Toy):
    """It is read at plan when it can be, at apply when it must be."""
    toy.ws.write({
        "resource": {"toy_thing": {"a": {"name": "a"}}},
        "data": {"toy_things": {"all": {"name": "${toy_thing.a.name}", "depends_on": ["toy_thing.a"]}}},
        "output": {"ids": {"value": "${data.toy_things.all.ids}"}},
    })  # fmt: skip
    toy.ws.apply()
    assert toy.ws.output("ids") == [toy.ws.resource("toy_thing.a")["id"]]
    toy.assert_clean()


@pytest.mark.parametrize(("argument", "keys"), [("count", [0, 1, 2]), ("for_each", ["x", "y", "z"])])
def test_count_and_for_each(toy: Toy, argument: str, keys: list[Any]):
    """Instances are told apart; taking one away removes exactly that one."""
    each = "${count.index}" if argument == "count" else "${each.key}"

    def configuration(members: list[Any]) -> dict[str, Any]:
        meta = {"count": len(members)} if argument == "count" else {"for_each": "${toset(" + json.dumps(members) + ")}"}
        return {"resource": {"toy_thing": {"a": {**meta, "name": f"n-{each}", "unique": [{"port": 1}]}}}}

    toy.ws.write(configuration(keys))
    toy.ws.apply()
    assert {thing["name"] for thing in toy.store.all().values()} == {f"n-{key}" for key in keys}
    toy.ws.write(configuration(keys[:-1]))
    assert toy.ws.plan().actions == {f"toy_thing.a[{json.dumps(keys[-1])}]": "delete"}
    toy.ws.apply()
    toy.assert_clean()


@matrix("saved plan")
def test_a_saved_plan_applied_later(toy: Toy):
    """Plan and apply are two processes that share nothing but the plan file."""
    toy.things(a={"unique": [{"port": 1}], "tags": {"a": "b"}}, b={"motto": "${toy_thing.a.url}"})
    file = toy.ws.save_plan("later.tfplan")
    toy.ws.apply(plan=file)
    toy.assert_clean()
    toy.things(a={"size": 9})
    file = toy.ws.save_plan("destroy.tfplan", "-destroy")
    toy.ws.apply(plan=file)
    assert toy.store.all() == {}


def test_target_touches_only_what_was_named(toy: Toy):
    """``-target`` with its dependencies."""
    toy.things(a={}, b={"motto": "${toy_thing.a.url}"}, c={})
    toy.ws.apply("-target=toy_thing.b")
    assert {thing["name"] for thing in toy.store.all().values()} == {"a", "b"}
    toy.ws.apply()
    toy.assert_clean()


def test_replace_and_taint_replace(toy: Toy):
    """``-replace`` and ``taint`` give a new object and remove the old one."""
    toy.apply_things(a={})
    first = toy.ws.resource("toy_thing.a")["id"]
    toy.ws.apply("-replace=toy_thing.a")
    second = toy.ws.resource("toy_thing.a")["id"]
    toy.ws.taint("toy_thing.a")
    toy.ws.apply()
    third = toy.ws.resource("toy_thing.a")["id"]
    assert len({first, second, third}) == 3
    assert list(toy.store.all()) == [third]


def test_create_before_destroy(toy: Toy):
    """The new object is there before the old one goes."""
    lifecycle = {"lifecycle": {"create_before_destroy": True}}
    toy.apply_things(a={"zone": "x", **lifecycle})
    toy.store.forget_calls()
    toy.apply_things(a={"zone": "y", **lifecycle})
    assert [call for call in toy.store.calls() if not call.startswith("read")] == ["create a", "delete a"]
    assert len(toy.store.all()) == 1
    toy.assert_clean()


def test_ignore_changes(toy: Toy):
    """Terraform feeds the old value into the plan; the provider must not notice."""
    toy.apply_things(a={"size": 1, "lifecycle": {"ignore_changes": ["size"]}})
    toy.things(a={"size": 5, "lifecycle": {"ignore_changes": ["size"]}})
    toy.assert_clean()


@pytest.mark.parametrize("parallelism", [1, 10])
def test_a_hundred_things_at_once(toy: Toy, parallelism: int):
    """Many calls in flight on one connection."""
    toy.things(**{f"t{number}": {"tags": {"n": str(number)}} for number in range(100)})
    toy.ws.apply(f"-parallelism={parallelism}")
    assert {thing["tags"]["n"] for thing in toy.store.all().values()} == {str(number) for number in range(100)}
    toy.assert_clean()
    toy.ws.destroy(f"-parallelism={parallelism}")
    assert toy.store.all() == {}
