"""Values of every type arrive in the provider and in the state as they were written."""

from __future__ import annotations

from tests.plugin.conformance.support import Toy
from tests.support.terraform import matrix

PORTS = [{"port": 1}, {"port": 2, "protocol": "udp"}]


@matrix("values")
def test_all_four_nested_modes_with_default_and_computed_members(toy: Toy):
    """Single, list, set and map of objects: defaults are filled in, computed members appear, the next plan is empty."""
    toy.apply_things(a={"one": PORTS[0], "many": PORTS, "unique": PORTS, "named": {"x": PORTS[0], "y": PORTS[1]}})
    tcp = {"port": 1, "protocol": "tcp", "handle": "tcp/1"}
    udp = {"port": 2, "protocol": "udp", "handle": "udp/2"}
    thing = toy.ws.resource("toy_thing.a")
    assert thing["one"] == tcp
    assert thing["many"] == [tcp, udp]
    assert sorted(thing["unique"], key=lambda port: port["port"]) == [tcp, udp]
    assert thing["named"] == {"x": tcp, "y": udp}
    toy.assert_clean()


def test_a_changed_member_of_a_nested_object_is_one_change(toy: Toy):
    """In every mode only the attribute that was edited changes."""
    modes = {"one": PORTS[0], "many": PORTS, "unique": PORTS, "named": {"x": PORTS[0], "y": PORTS[1]}}
    changed = [PORTS[0], {"port": 3, "protocol": "udp"}]
    edited = {"one": {"port": 9}, "many": changed, "unique": changed, "named": {"x": PORTS[0], "y": {"port": 9}}}
    toy.apply_things(**dict.fromkeys(modes, modes))
    toy.things(**{mode: {**modes, mode: edited[mode]} for mode in modes})
    changes = toy.ws.plan().changes
    assert {name: change.changed for name, change in changes.items()} == {f"toy_thing.{mode}": {mode} for mode in modes}
    toy.ws.apply()
    toy.assert_clean()


def test_elements_of_a_set_may_come_in_any_order_and_one_may_go(toy: Toy):
    """Order means nothing in a set, also with computed members; a removed element leaves the others alone."""
    toy.apply_things(a={"unique": PORTS})
    toy.things(a={"unique": PORTS[::-1]})
    toy.assert_clean()
    toy.apply_things(a={"unique": PORTS[1:]})
    assert toy.ws.resource("toy_thing.a")["unique"] == [{"port": 2, "protocol": "udp", "handle": "udp/2"}]
    toy.assert_clean()


@matrix("values")
def test_unknown_values_of_another_resource_in_every_nested_mode(toy: Toy):
    """Terraform 1.11 and newer send refined unknowns; both kinds must plan and then apply to the same value."""
    ref = {"port": "${toy_thing.a.revision + 5}"}
    computed = "${toy_thing.a.url}"
    toy.things(
        a={},
        b={
            "one": ref, "many": [ref, {"port": 1}], "unique": [ref, {"port": 1}], "named": {"x": ref},
            "tags": {"from": computed}, "labels": [computed, "plain"], "motto": f"{computed}/tail",
            "anything": {"deep": [computed, 1]},
        },
    )  # fmt: skip
    plan = toy.ws.plan()
    assert plan.changes["toy_thing.b"].after_unknown["one"]["port"] is True
    toy.ws.apply()
    thing, url = toy.ws.resource("toy_thing.b"), toy.ws.resource("toy_thing.a")["url"]
    assert thing["one"]["port"] == thing["many"][0]["port"] == thing["named"]["x"]["port"] == 6
    assert {port["port"] for port in thing["unique"]} == {1, 6}
    assert thing["tags"] == {"from": url}
    assert sorted(thing["labels"]) == sorted([url, "plain"])
    assert thing["motto"] == f"{url}/tail"
    toy.assert_clean()


def test_a_collection_that_is_wholly_unknown(toy: Toy):
    """A set or list whose length only another resource knows must not fail the plan."""
    toy.things(
        a={},
        b={
            "labels": "${toset([for n in range(toy_thing.a.revision) : tostring(n)])}",
            "many": "${[for n in range(toy_thing.a.revision + 1) : {port = n + 1}]}",
        },
    )
    toy.ws.apply()
    thing = toy.ws.resource("toy_thing.b")
    assert thing["labels"] == ["0"]
    assert [port["handle"] for port in thing["many"]] == ["tcp/1", "tcp/2"]
    toy.assert_clean()


NUMBERS = (
    "0", "-1", "0.1", "1e-30", "9223372036854775807", "18446744073709551615", "18446744073709551616",
    "123456789012345678901234567890.125", "-98765432109876543210", "1e300",
)  # fmt: skip


@matrix("values")
def test_numbers_keep_every_digit(toy: Toy):
    """Large integers and decimals travel as text on the wire; a float in between would round them."""
    things = [
        f'resource "toy_thing" "n{n}" {{\n  name = "n{n}"\n  amount = {text}\n}}' for n, text in enumerate(NUMBERS)
    ]
    same = ", ".join(f"toy_thing.n{n}.amount == {text}" for n, text in enumerate(NUMBERS))
    toy.ws.write("\n".join([*things, f'output "same" {{ value = [{same}] }}']))
    toy.ws.apply()
    assert toy.ws.output("same") == [True] * len(NUMBERS)
    toy.assert_clean()


DYNAMIC: dict[str, object] = {
    "text": "text", "number": 1, "bool": True, "tuple": ["a", 1, False], "object": {"a": 1, "b": {"c": ["x"]}},
    "nothing": [], "empty": {}, "null": None,
}  # fmt: skip


@matrix("values")
def test_a_dynamic_attribute_keeps_value_and_type(toy: Toy):
    """The type of a dynamic value travels with it and comes back from the store."""
    toy.ws.write({
        "resource": {"toy_thing": {name: {"name": name, "anything": value} for name, value in DYNAMIC.items()}},
        "output": {"anything": {"value": {name: f"${{toy_thing.{name}.anything}}" for name in DYNAMIC}}},
    })  # fmt: skip
    toy.ws.apply()
    assert toy.ws.output("anything") == DYNAMIC
    toy.assert_clean()


def test_empty_and_null_are_told_apart(toy: Toy):
    """An empty string, list, set or map is a value; a missing one is none."""
    toy.apply_things(a={"motto": "", "tags": {}, "labels": [], "many": [], "named": {}}, b={})
    a, b = toy.ws.resource("toy_thing.a"), toy.ws.resource("toy_thing.b")
    assert [a[name] for name in ("motto", "tags", "labels", "many", "named")] == ["", {}, [], [], {}]
    assert [b[name] for name in ("motto", "tags", "labels", "many", "named")] == [None] * 5
    toy.assert_clean()


def test_an_argument_taken_away_becomes_null_and_a_default_returns(toy: Toy):
    """Removing a line from the configuration undoes it."""
    toy.apply_things(a={"motto": "x", "size": 5, "one": {"port": 1}, "tags": {"k": "v"}})
    toy.apply_things(a={})
    a = toy.ws.resource("toy_thing.a")
    assert (a["motto"], a["size"], a["one"], a["tags"]) == (None, 1, None, None)
    toy.assert_clean()


def test_text_of_any_kind_survives(toy: Toy):
    """Line breaks, quotes, template signs and characters of other scripts."""
    text = 'line\nzwei "quoted" \\ $${not} %%{a} ünïcödé 漢字 🙂 \u0000'.replace("\u0000", "")
    toy.apply_things(a={"steps": [text]})
    assert toy.ws.resource("toy_thing.a")["steps"] == [text.replace("$${", "${").replace("%%{", "%{")]
    toy.assert_clean()


@matrix("values")
def test_an_attribute_of_six_megabytes(toy: Toy):
    """The default limit of gRPC is 4 MB; a large certificate bundle or script must not hit it."""
    toy.ws.write({
        "variable": {"payload": {"default": "x" * 6_000_000}},
        "resource": {"toy_thing": {"a": {"name": "a", "payload": "${var.payload}"}}},
    })  # fmt: skip
    toy.ws.apply()
    assert len(toy.ws.resource("toy_thing.a")["payload"]) == 6_000_000
