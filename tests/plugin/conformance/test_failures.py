"""When something breaks nothing is lost: what exists stands in the state, what took effect too, and why is told."""

from __future__ import annotations

import pytest

from tests.plugin.conformance.support import Toy
from tests.support.terraform import matrix


def id_of(toy: Toy, address: str = "toy_thing.a") -> str:
    """The stored id."""
    return str(toy.ws.resource(address)["id"])


def test_a_create_that_fails_before_anything_exists_leaves_nothing(toy: Toy):
    """No object, no state; the next apply starts anew."""
    toy.things(a={})
    toy.store.fault(create_before="error")
    (error,) = toy.ws.apply(fails=True).errors
    assert (error.summary, error.detail, error.address) == (
        "The toy refused create_before",
        "As ordered.",
        "toy_thing.a",
    )
    assert toy.ws.resources() == {}
    toy.store.fault()
    toy.ws.apply()
    toy.assert_clean()


@matrix("lifecycle")
@pytest.mark.parametrize("kind", ["error", "raise"])
def test_a_create_that_fails_after_the_object_exists_is_tainted(toy: Toy, kind: str):
    """The object is in the state with all that is known, tainted; the next apply replaces it and leaves no orphan."""
    toy.things(a={"motto": "x"})
    toy.store.fault(create_after=kind)
    (error,) = toy.ws.apply(fails=True).errors
    assert error.address == "toy_thing.a"
    thing = toy.ws.resource("toy_thing.a")
    assert thing.tainted
    assert thing["id"] in toy.store.all()
    assert (thing["motto"], thing["revision"], thing["url"]) == ("x", None, f"toy://{thing['id']}")
    toy.store.fault()
    assert toy.ws.plan().actions == {"toy_thing.a": "replace"}
    toy.ws.apply()
    assert list(toy.store.all()) == [id_of(toy)]
    toy.assert_clean()


@pytest.mark.parametrize("kind", ["error", "raise"])
def test_a_failed_update_stores_what_took_effect(toy: Toy, kind: str):
    """Size was written, the motto was not: the state says so, and the next plan shows the motto alone."""
    toy.apply_things(a={"motto": "old", "size": 1})
    toy.things(a={"motto": "new", "size": 2})
    toy.store.fault(update_between=kind)
    toy.ws.apply(fails=True)
    thing = toy.ws.resource("toy_thing.a")
    assert (thing["motto"], thing["size"], thing["revision"], thing.tainted) == ("old", 2, 2, False)
    toy.store.fault()
    assert toy.ws.plan("-refresh=false").changes["toy_thing.a"].changed == {"motto"}
    toy.ws.apply()
    toy.assert_clean()


@pytest.mark.parametrize("kind", ["error", "raise"])
def test_an_update_that_fails_at_once_keeps_the_prior_state(toy: Toy, kind: str):
    """Nothing took effect, so nothing changes in the state."""
    toy.apply_things(a={"motto": "old"})
    before = toy.ws.resource("toy_thing.a").values
    toy.things(a={"motto": "new"})
    toy.store.fault(update_before=kind)
    toy.ws.apply(fails=True)
    assert toy.ws.resource("toy_thing.a").values == before


@pytest.mark.parametrize("kind", ["error", "raise"])
def test_a_failed_delete_keeps_the_state(toy: Toy, kind: str):
    """What could not be removed stays known."""
    toy.apply_things(a={"motto": "x"})
    before = toy.ws.resource("toy_thing.a").values
    toy.store.fault(delete=kind)
    toy.ws.destroy(fails=True)
    assert toy.ws.resource("toy_thing.a").values == before
    toy.store.fault()
    toy.ws.destroy()
    assert toy.store.all() == {}


@pytest.mark.parametrize("kind", ["error", "raise"])
def test_a_failed_read_keeps_the_state(toy: Toy, kind: str):
    """An API that cannot be reached is no proof that the object is gone."""
    toy.apply_things(a={"motto": "x"})
    before = toy.ws.resource("toy_thing.a").values
    toy.store.fault(read=kind)
    assert toy.ws.plan(fails=True).result.errors[0].address == "toy_thing.a"
    toy.ws.apply(fails=True)
    assert toy.ws.resource("toy_thing.a").values == before


CASES = {
    "validate": ({"name": "bug-in-validate"}, {}, "plan"),
    "configure": ({}, {"configure": "raise"}, "plan"),
    "plan": ({}, {"plan": "raise"}, "plan"),
    "create": ({}, {"create_before": "raise"}, "apply"),
}


@pytest.mark.parametrize("place", CASES)
def test_a_bug_becomes_a_diagnostic_and_not_a_crash(toy: Toy, place: str):
    """An exception that escapes a verb names the provider and the exception's class, and Terraform ends in order."""
    arguments, faults, verb = CASES[place]
    toy.things(a=arguments)
    toy.store.fault(**faults)
    result = toy.ws.plan(fails=True).result if verb == "plan" else toy.ws.apply(fails=True)
    assert_bug(result.error_text)


def assert_bug(text: str) -> None:
    """The text blames the provider and not the user, and nothing crashed."""
    assert "bug in the provider" in text.lower()
    assert any(name in text for name in ("RuntimeError", "ToyFault"))
    for crash in ("plugin did not respond", "Plugin did not respond", "rpc error", "Plugin error", "panicked"):
        assert crash not in text


@pytest.mark.parametrize(
    "configuration",
    [
        {"data": {"toy_things": {"x": {"name": "bug"}}}},
        {"output": {"x": {"value": '${provider::toy::shout("bug")}'}}},
        {"ephemeral": {"toy_token": {"x": {"audience": "bug"}}}},
    ],
    ids=["data source", "function", "ephemeral resource"],
)
def test_a_bug_outside_of_resources_becomes_a_diagnostic_too(toy: Toy, configuration: dict[str, object]):
    """Every call has the same safety net."""
    toy.ws.write(configuration)
    result = toy.ws.apply(fails=True)
    assert "RuntimeError" in result.error_text
    assert "did not respond" not in result.error_text


def test_a_bug_in_an_import_becomes_a_diagnostic(toy: Toy):
    """The same for import."""
    toy.things(a={})
    toy.store.fault(**{"import": "raise"})
    assert_bug(toy.ws.import_("toy_thing.a", "thing-1", fails=True).error_text)


def test_an_error_that_the_provider_can_explain(toy: Toy):
    """Exceptions of a client are told in the provider's own words."""
    toy.ws.write({"data": {"toy_things": {"x": {"name": "trouble"}}}})
    (error,) = toy.ws.plan(fails=True).result.errors
    assert error.text == "The toy is in trouble the store is on fire"


def test_one_failure_does_not_stop_its_neighbours(toy: Toy):
    """What does not depend on the failed object goes on."""
    toy.things(**{f"a{number}": {} for number in range(5)}, bad={"size": "${toy_thing.a0.revision + 5000}"})
    toy.ws.apply(fails=True)
    assert len(toy.store.all()) == 5


@pytest.mark.parametrize("place", ["create_before", "create_after", "read", "update_between", "delete"])
def test_a_provider_that_is_killed_leaves_a_state_that_goes_on(toy: Toy, place: str):
    """Killed in any verb: Terraform reports it, and later applies end where they should."""
    toy.apply_things(a={"motto": "old"})
    if place.startswith("create"):
        toy.things(a={"motto": "old"}, b={})
    elif place != "delete":
        toy.things(a={"motto": "new"})
    toy.store.fault(**{place: "kill"})
    result = toy.ws.destroy(fails=True) if place == "delete" else toy.ws.apply(fails=True)
    assert result.error_text
    toy.store.fault()
    assert "toy_thing.a" in toy.ws.resources()
    toy.ws.apply()
    toy.assert_clean()
    toy.ws.destroy()
    orphans = len(toy.store.all())
    assert orphans == (1 if place == "create_after" else 0), "only a kill right after the write may leave an object"
