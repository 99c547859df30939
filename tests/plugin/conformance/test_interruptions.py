"""Ctrl-C on a real terminal, killed parents, and providers that must not stay behind."""

from __future__ import annotations

import signal

import pytest

from terraform_plugin.testing.process import is_running, wait_until
from tests.plugin.conformance.support import Toy
from tests.support.terraform import matrix

pytestmark = pytest.mark.cold_start


@matrix("interruption")
def test_ctrl_c_while_creating_keeps_the_object_untainted(toy: Toy):
    """The user presses Ctrl-C: the thing is kept, dependents do not start, the next apply goes on."""
    toy.things(a={}, b={"motto": "${toy_thing.a.url}"})
    toy.store.fault(create_after="wait")
    with toy.ws.terminal("apply", "-auto-approve", "-no-color") as terminal:
        wait_until(lambda: len(toy.store.all()) == 1, "the object")
        terminal.interrupt()
        result = terminal.wait()
    assert result.exit_code != 0
    assert "is not ready yet" in result.text
    thing = toy.ws.resource("toy_thing.a")
    assert not thing.tainted
    assert set(toy.ws.resources()) == {"toy_thing.a"}
    toy.store.fault()
    toy.store.forget_calls()
    toy.ws.apply()
    assert [call for call in toy.store.calls() if call.startswith("create")] == ["create b"]
    assert toy.ws.resource("toy_thing.a")["id"] == thing["id"]
    assert toy.ws.resource("toy_thing.a")["revision"] == 1
    toy.assert_clean()


@matrix("interruption")
def test_ctrl_c_while_updating_stores_what_took_effect(toy: Toy):
    """Half an update is known as half an update."""
    toy.apply_things(a={"motto": "old", "size": 1})
    toy.things(a={"motto": "new", "size": 2})
    toy.store.fault(update_between="wait")
    with toy.ws.terminal("apply", "-auto-approve", "-no-color") as terminal:
        wait_until(lambda: toy.stored("a")["size"] == 2, "the first half of the update")
        terminal.interrupt()
        assert terminal.wait().exit_code != 0
    thing = toy.ws.resource("toy_thing.a")
    assert (thing["size"], thing["motto"], thing.tainted) == (2, "old", False)
    toy.store.fault()
    toy.ws.apply()
    toy.assert_clean()


def test_after_an_interruption_the_next_plan_waits_and_goes_on(toy: Toy):
    """The read after an interruption goes on waiting; what was pending does not stay pending for ever."""
    toy.things(a={})
    toy.store.fault(create_after="wait")
    with toy.ws.terminal("apply", "-auto-approve", "-no-color") as terminal:
        wait_until(lambda: toy.store.all(), "the object")
        terminal.interrupt()
        terminal.wait()
    assert toy.ws.resource("toy_thing.a").private
    with toy.ws.start("plan", "-no-color", "-input=false") as plan:
        wait_until(lambda: "read a" in toy.store.calls(), "the read")
        assert plan.process.poll() is None
        toy.store.fault()
        assert plan.wait().exit_code == 0
    toy.ws.apply()
    toy.assert_clean()


@pytest.mark.usefixtures("hangup_is_heard")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_providers_end_with_their_parent(toy: Toy, number: signal.Signals):
    """However Terraform ends, no provider process stays behind holding locks or connections."""
    toy.things(a={})
    toy.store.fault(create_after="wait")
    with toy.ws.start("apply", "-auto-approve", "-no-color", "-input=false") as run:
        wait_until(lambda: toy.store.all(), "the object")
        providers = run.providers()
        assert providers
        run.signal(number)
        wait_until(lambda: run.process.poll() is not None, "Terraform's end")
        wait_until(lambda: not any(is_running(pid) for pid in providers), "the providers' end", seconds=10)
    toy.store.fault()


def test_providers_end_after_an_ordinary_run(toy: Toy):
    """Terraform asks its plugins to stop, and they do at once."""
    toy.things(a={})
    toy.store.fault(create_after="wait")
    with toy.ws.start("apply", "-auto-approve", "-no-color", "-input=false") as run:
        wait_until(lambda: toy.store.all(), "the object")
        providers = run.providers()
        toy.store.fault()
        assert run.wait().exit_code == 0
        wait_until(lambda: not any(is_running(pid) for pid in providers), "the providers' end", seconds=5)


def test_two_interrupts_end_terraform_at_once(toy: Toy):
    """An impatient user: the provider must not hang on."""
    toy.things(a={})
    toy.store.fault(create_after="wait")
    with toy.ws.start("apply", "-auto-approve", "-no-color", "-input=false") as run:
        wait_until(lambda: toy.store.all(), "the object")
        providers = run.providers()
        run.interrupt()
        run.interrupt()
        wait_until(lambda: run.process.poll() is not None, "Terraform's end", seconds=20)
        wait_until(lambda: not any(is_running(pid) for pid in providers), "the providers' end", seconds=10)
    toy.store.fault()
