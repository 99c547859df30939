"""Planning, over a real socket: what the plan shows for a configuration and a prior state."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import PlanContext, Resource
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, DYNAMIC, NUMBER, STRING, ListOf, MapOf, SetOf
from terraform_plugin.values import UNKNOWN, Dynamic, Values
from tests.plugin.rpc import serving


def text(**options: Any) -> Attribute:
    """A text attribute, optional unless told otherwise."""
    return Attribute(type=STRING, description="", **({"optional": True} | options))


def computed(**options: Any) -> Attribute:
    """A text attribute that only the provider sets."""
    return text(optional=False, computed=True, **options)


PORT = {
    "port": Attribute(type=NUMBER, required=True, description=""),
    "protocol": text(default="tcp"),
    "note": text(equivalent=lambda a, b: str(a).lower() == str(b).lower()),
    "id": computed(),
    "weight": Attribute(type=NUMBER, optional=True, computed=True, description=""),
}

SCHEMA = Schema({
    "id": computed(),
    "name": text(optional=False, required=True),
    "zone": text(replace=True),
    "floor": Attribute(
        type=NUMBER, optional=True, description="", replace=lambda before, after: before is not None and after < before
    ),
    "colour": text(computed=True),
    "size": Attribute(type=NUMBER, optional=True, default=1, description=""),
    "motto": text(equivalent=lambda a, b: str(a).lower() == str(b).lower()),
    "labels": Attribute(type=SetOf(STRING), optional=True, description=""),
    "tags": Attribute(type=MapOf(STRING), optional=True, description=""),
    "steps": Attribute(type=ListOf(STRING), optional=True, default=["a"], description=""),
    "any": Attribute(type=DYNAMIC, optional=True, description=""),
    "secret_wo": text(write_only=True, sensitive=True),
    "secret_wo_version": Attribute(type=NUMBER, optional=True, description=""),
    "address": computed(changes_with=("size",)),
    "url": computed(changes_with=("address",)),
    "keep": Attribute(type=BOOL, optional=True, local=True, default=False, description=""),
    "timeouts": timeouts({"create": "1m"}),
    "one": Attribute(nested=Nested(Nesting.SINGLE, PORT), optional=True, description=""),
    "many": Attribute(nested=Nested(Nesting.LIST, PORT), optional=True, description=""),
    "unique": Attribute(nested=Nested(Nesting.SET, PORT), optional=True, description=""),
    "named": Attribute(nested=Nested(Nesting.MAP, PORT), optional=True, description=""),
    "shown": Attribute(nested=Nested(Nesting.MAP, {"x": computed()}), computed=True, description=""),
})  # fmt: skip

PRIOR: Values = {
    **SCHEMA.null(), "id": "i", "name": "n", "colour": "red", "size": 1, "steps": ["a"], "address": "at", "url": "u",
    "keep": False, "shown": {"k": {"x": "y"}},
}  # fmt: skip


class Box(Resource[Any]):
    """Plans by its schema alone."""

    type_name = "small_box"
    schema = SCHEMA


class Hooked(Resource[Any]):
    """Plans with a hook that the test gives."""

    type_name = "small_box"
    schema = SCHEMA

    def __init__(self, hook: Any) -> None:
        self.hook = hook

    async def plan(self, context: PlanContext[Any]) -> None:
        self.hook(context)


def port(number: Any, **more: Any) -> Values:
    """A nested object as a configuration gives it."""
    return {"port": number, "protocol": None, "note": None, "id": None, "weight": None, **more}


def stored(number: Any, **more: Any) -> Values:
    """A nested object as a state holds it."""
    return {"port": number, "protocol": "tcp", "note": None, "id": f"id-{number}", "weight": 5, **more}


async def planned(config: Values, prior: Values | None = None, hook: Any = None, private: Any = None) -> Any:
    """The plan for a configuration."""
    async with serving(Hooked(hook) if hook else Box()) as wire:
        return await wire.plan("small_box", {"name": "n", **config}, prior, private)


async def test_on_create_defaults_are_filled_and_computed_values_unknown():
    """A user sees before the apply what is chosen for him and what only the apply can tell."""
    plan = await planned({"motto": "M"})
    assert plan.messages == []
    unknown = {name for name, value in plan.state.items() if value is UNKNOWN}
    assert unknown == {"id", "colour", "address", "url", "shown"}
    assert (plan["size"], plan["steps"], plan["keep"], plan["motto"], plan["zone"]) == (1, ["a"], False, "M", None)


async def test_an_unchanged_configuration_plans_the_prior_state():
    """The empty plan: not one value may move."""
    plan = await planned({}, PRIOR)
    assert plan.state == PRIOR
    assert plan.replaces == []


@pytest.mark.parametrize(
    ("config", "changed"),
    [
        ({"tags": {"a": "b"}}, {"tags": {"a": "b"}}),
        ({"colour": "blue"}, {"colour": "blue"}),
        ({"size": 2}, {"size": 2, "address": UNKNOWN, "url": UNKNOWN}),
        ({"size": UNKNOWN}, {"size": UNKNOWN, "address": UNKNOWN, "url": UNKNOWN}),
        ({"labels": ["b", "a", "b"]}, {"labels": ["a", "b"]}),
        ({"steps": []}, {"steps": []}),
        ({"secret_wo": "hush"}, {}),
        ({"secret_wo": "hush", "secret_wo_version": 2}, {"secret_wo_version": 2}),
        ({"keep": True}, {"keep": True}),
        ({"any": Dynamic(STRING, UNKNOWN)}, {"any": Dynamic(STRING, UNKNOWN)}),
        ({"any": Dynamic(ListOf(NUMBER), [1])}, {"any": Dynamic(ListOf(NUMBER), [1])}),
    ],
)  # fmt: skip
async def test_an_update_changes_exactly_what_it_must(config: Values, changed: Values):
    """A change of one attribute is one change; only what is computed from it moves along."""
    plan = await planned(config, PRIOR)
    assert {name: value for name, value in plan.state.items() if value != PRIOR[name]} == changed


async def test_a_value_that_means_the_same_keeps_its_spelling():
    """Otherwise every plan would show a change; another meaning must still come through."""
    prior = {**PRIOR, "motto": "semper"}
    assert (await planned({"motto": "SEMPER"}, prior)).state == prior
    assert (await planned({"motto": "nunquam"}, prior))["motto"] == "nunquam"
    assert (await planned({"motto": UNKNOWN}, prior))["motto"] is UNKNOWN


async def test_a_local_change_moves_nothing_else():
    """What lives in Terraform only must not make an address look unknown."""
    prior = {**PRIOR, "timeouts": {"create": "5m"}, "keep": True}
    plan = await planned({"timeouts": {"create": "9m"}}, prior)
    assert plan.state == {**prior, "timeouts": {"create": "9m"}, "keep": False}


async def test_an_unfinished_object_may_still_get_its_computed_values():
    """After an interrupted create nulls in state are not final; without that mark they stay as they are."""
    prior = {**PRIOR, "url": None}
    assert (await planned({"tags": {"a": "b"}}, prior))["url"] is None
    assert (await planned({"tags": {"a": "b"}}, prior, private={"pending_attempt": {}}))["url"] is UNKNOWN


@pytest.mark.parametrize(
    ("config", "prior", "paths"),
    [
        ({"zone": "b"}, {"zone": "a"}, ["zone"]),
        ({"zone": UNKNOWN}, {"zone": "a"}, ["zone"]),
        ({"zone": "a"}, {"zone": "a"}, []),
        ({}, {"zone": "a"}, ["zone"]),
        ({"floor": 3}, {"floor": 5}, ["floor"]),
        ({"floor": 7}, {"floor": 5}, []),
        ({"floor": UNKNOWN}, {"floor": 5}, ["floor"]),
        ({"floor": 1}, {}, []),
    ],
)
async def test_replacement(config: Values, prior: Values, paths: list[str]):
    """What replaces is named, and then everything computed is unknown as on a create."""
    plan = await planned(config, {**PRIOR, **prior})
    assert plan.replaces == paths
    assert (plan["id"] is UNKNOWN) is bool(paths)
    assert (plan["colour"] is UNKNOWN) is bool(paths)


NESTED_CASES = [
    ("one", port(1), None, stored(1, id=UNKNOWN, weight=UNKNOWN)),
    ("one", port(2), stored(1), stored(2, id="id-1")),
    ("one", port(1, note="A"), stored(1, note="a"), stored(1, note="a")),
    ("one", UNKNOWN, stored(1), UNKNOWN),
    ("one", port(UNKNOWN), stored(1), stored(UNKNOWN, id="id-1")),
    ("named", {"x": port(1), "y": port(2)}, {"x": stored(1)},
     {"x": stored(1), "y": stored(2, id=UNKNOWN, weight=UNKNOWN)}),
    ("named", {"x": port(9)}, {"x": stored(1)}, {"x": stored(9, id="id-1")}),
    ("named", {}, {"x": stored(1)}, {}),
    ("many", [port(1), port(2)], [stored(1), stored(2)], [stored(1), stored(2)]),
    ("many", [port(1), port(9)], [stored(1), stored(2)], [stored(1), stored(9, id="id-2")]),
    ("many", [port(9), port(1), port(2)], [stored(1), stored(2)],
     [stored(9, id=UNKNOWN, weight=UNKNOWN), stored(1), stored(2)]),
    ("many", [port(2)], [stored(1), stored(2)], [stored(2)]),
    ("many", [port(2, note="B"), port(1)], [stored(1), stored(2, note="b")], [stored(2, note="B"), stored(1)]),
    ("many", [UNKNOWN, port(2)], [stored(1), stored(2)], [UNKNOWN, stored(2)]),
    ("unique", [port(2), port(1)], [stored(1), stored(2)], [stored(1), stored(2)]),
    ("unique", [port(2)], [stored(1), stored(2)], [stored(2)]),
    ("unique", [port(1, protocol="udp")], [stored(1)], [stored(1, protocol="udp", id=UNKNOWN, weight=UNKNOWN)]),
    ("unique", [port(1, note="X")], [stored(1, note="x")], [stored(1, note="x")]),
    ("unique", [port(1), port(1, weight=7)], [stored(1, weight=7), stored(1, id="other", weight=3)],
     [stored(1, weight=7), stored(1, id="other", weight=3)]),
    ("unique", [port(UNKNOWN), port(1)], [stored(1)], [stored(1), stored(UNKNOWN, id=UNKNOWN, weight=UNKNOWN)]),
    ("unique", [], [stored(1)], []),
    ("unique", UNKNOWN, [stored(1)], UNKNOWN),
]  # fmt: skip


@pytest.mark.parametrize(("name", "config", "prior", "expected"), NESTED_CASES)
async def test_nested_objects_of_every_kind(name: str, config: Any, prior: Any, expected: Any):
    """Defaults, computed members and spellings inside objects follow the element that each one continues."""
    plan = await planned({name: config}, {**PRIOR, name: prior})
    assert plan.messages == []
    key = str if isinstance(expected, list) and name == "unique" else None
    assert (sorted(plan[name], key=key) if key else plan[name]) == (sorted(expected, key=key) if key else expected)


async def test_five_hundred_elements_of_a_set_are_matched_quickly():
    """A full rule set in another order costs no quadratic search: one shift of a search window is about 0.1 s."""
    prior = {**PRIOR, "unique": [stored(number) for number in range(500)]}
    plan = await planned({"unique": [port(number) for number in reversed(range(500))]}, prior)
    assert plan.state == {**prior, "unique": plan["unique"]}
    assert {element["id"] for element in plan["unique"]} == {f"id-{number}" for number in range(500)}


async def test_numbers_stay_exact():
    """A price with many digits is planned as it was written."""
    exact = Decimal("0.1000000000000000000000000000000000001")
    assert (await planned({"size": exact}, PRIOR))["size"] == exact


# the resource's own hook


async def test_the_hook_sees_the_change_and_may_refine_it():
    """It gets prior, plan and the changed names, and chooses computed values; what depends on them follows."""
    seen: dict[str, Any] = {}

    def hook(context: PlanContext[Any]) -> None:
        seen.update(changed=context.changed, update=context.is_update, prior=context.prior, replaces=context.replaces)
        assert context.planned is not None
        context.planned["address"] = "chosen"
        context.private["note"] = 1

    plan = await planned({"tags": {"a": "b"}}, PRIOR, hook)
    assert seen == {"changed": {"tags"}, "update": True, "prior": PRIOR, "replaces": False}
    assert (plan["address"], plan["url"], plan["id"], plan.private) == ("chosen", UNKNOWN, "i", {"note": 1})


async def test_the_hook_may_replace():
    """A path that it adds replaces, and computed values become unknown but for those it chose."""

    def hook(context: PlanContext[Any]) -> None:
        context.replace_paths.append(Path("name"))
        assert context.planned is not None
        context.planned["colour"] = "blue"

    plan = await planned({"name": "other"}, PRIOR, hook)
    assert (plan.replaces, plan["id"], plan["colour"]) == (["name"], UNKNOWN, "blue")


async def test_the_hook_knows_of_a_replacement_by_the_schema():
    """Deletion protection must be able to speak."""

    def hook(context: PlanContext[Any]) -> None:
        if context.replaces or context.is_destroy:
            raise DiagnosticError("protected", "set keep = false", Path("keep"))

    plan = await planned({"zone": "b"}, {**PRIOR, "zone": "a"}, hook)
    assert plan.messages == ["error keep: protected | set keep = false"]


async def test_a_destroy_is_planned_as_nothing_and_asks_the_hook():
    """A warning of a destroy belongs into the plan."""

    def hook(context: PlanContext[Any]) -> None:
        assert context.is_destroy
        assert context.config is None
        context.diagnostics.warning("data goes")

    async with serving(Hooked(hook)) as wire:
        plan = await wire.plan("small_box", None, PRIOR)
    assert plan.state is None
    assert plan.messages == ["warning : data goes | "]


@pytest.mark.parametrize("wrong", [{"name": "mine"}, {"zone": "mine"}, {"size": "many"}, {"nonsense": 1}])
async def test_a_hook_that_breaks_the_plan_is_blamed(wrong: Values):
    """Terraform would refuse the plan in words that nobody understands."""

    def hook(context: PlanContext[Any]) -> None:
        assert context.planned is not None
        context.planned.update(wrong)

    plan = await planned({}, PRIOR, hook)
    (name,) = wrong
    assert any(told.startswith(f"error {name}: Bug in the provider | ") for told in plan.messages), plan.messages


async def test_a_hook_that_fails_tells_its_class_and_no_secret():
    """The text of an unexpected exception may hold anything; the log has it, the message does not."""

    def hook(context: PlanContext[Any]) -> None:
        raise RuntimeError("password=swordfish")

    (told,) = (await planned({}, PRIOR, hook)).messages
    assert "RuntimeError" in told
    assert "swordfish" not in told


async def test_planning_twice_gives_the_same_bytes():
    """Terraform plans again in the apply and compares."""
    async with serving(Box()) as wire:
        config = {"name": "n", "unique": [port(3), port(1), port(2)], "labels": ["b", "a"]}
        first = await wire.plan("small_box", config, PRIOR)
        second = await wire.plan("small_box", {**config, "unique": [port(1), port(2), port(3)]}, PRIOR)
    assert first.reply.planned_state.msgpack == second.reply.planned_state.msgpack


async def test_an_identity_travels_through_the_plan():
    """Terraform wants the identity of an object back unchanged."""
    identity = {"identity_data": {"msgpack": b"\x81\xa2id\xa1i"}}
    async with serving(Box()) as wire:
        reply = await wire.call(
            "PlanResourceChange",
            type_name="small_box",
            config=wire.pack("small_box", {"name": "n"}),
            proposed_new_state=wire.pack("small_box", {"name": "n"}),
            prior_state=wire.pack("small_box", PRIOR),
            prior_identity=identity,
        )
    assert reply.planned_identity.identity_data.msgpack == b"\x81\xa2id\xa1i"


async def test_the_hook_works_on_copies():
    """A hook that changes what it only was shown must not change what the plan is compared with."""

    def hook(context: PlanContext[Any]) -> None:
        assert context.prior is not None
        assert context.config is not None
        context.prior["tags"] = {"wrong": "x"}
        context.config["name"] = "wrong"

    plan = await planned({}, PRIOR, hook)
    assert plan.state == PRIOR
    assert plan.messages == []
