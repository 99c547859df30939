"""Ways in which people run Terraform, with keys and connections: saved, targeted, without refresh, many, stopped."""

from __future__ import annotations

from typing import Any

import pytest

from terraform_plugin.testing.process import wait_until
from tests.support.connections import CONNECTION, KEY, Pair, written_words
from tests.support.ece import Ece
from tests.support.trust import set_trust

SETTINGS = "PUT _cluster/settings"
QUIET = ("-auto-approve", "-no-color", "-input=false")


@pytest.fixture
def pair(ece: Ece) -> Pair:
    """Two deployments of one installation."""
    return Pair(ece)


def many(pair: Pair, *aliases: str, **more: Any) -> dict[str, Any]:
    """A key and a connection for each alias, by ``for_each``."""
    each = {"for_each": f"${{toset({list(aliases)!r})}}".replace("'", '"')}
    local = {"deployment_id": pair.local_id, "alias": "${each.key}"}
    connection = pair.connection(
        alias="${each.key}", cross_cluster_api_key_id=f"${{{KEY}[each.key].id}}", timeouts=None, **more
    )
    return pair.both({**each, **pair.key(name="${each.key}", local=local)}, {**each, **connection})


def test_targeted_saved_without_refresh_and_one_less(pair: Pair, ece: Ece):
    """Only what was named; then the rest by a saved plan, one at a time; a change without reads; one instance less."""
    ece.write(many(pair, "logs", "orders"))
    ece.ws.apply(f'-target={KEY}["logs"]')
    assert list(ece.ws.resources()) == [f'{KEY}["logs"]']
    assert pair.settings() == {}
    saved = ece.ws.save_plan("later.tfplan")
    ece.ws.apply("-parallelism=1", plan=saved)
    assert pair.is_connected("logs")
    assert pair.is_connected("orders")
    ece.assert_clean()

    ece.write(many(pair, "logs", "orders", skip_unavailable=False))
    since = ece.last_call()
    ece.ws.apply("-refresh=false")
    assert set(written_words(ece, since)) == {SETTINGS}
    assert not [call for call in ece.calls(since) if "_security" in call["path"] or call["path"].endswith("/keystore")]
    assert pair.settings("logs")["skip_unavailable"] == pair.settings("orders")["skip_unavailable"] == "false"

    ece.apply(many(pair, "orders", skip_unavailable=False))
    assert pair.secret_names() == ["cluster.remote.orders.credentials"]
    assert pair.settings("logs") == {}
    assert pair.is_connected("orders")
    assert len(pair.live_keys()) == 1
    ece.assert_clean()


def test_another_local_side_replaces_both(pair: Pair, ece: Ece):
    """Nothing is left where the connection was, and it stands where it is now."""
    ece.apply(pair.both())
    former = pair.local
    pair.local = ece.control.seed(name="central-2")
    ece.write(pair.both())
    plan = ece.ws.plan()
    assert set(plan.actions) == {KEY, CONNECTION}
    assert all("replace" in action or "delete" in action for action in plan.actions.values()), plan.actions
    ece.ws.apply()
    assert pair.is_connected()
    assert pair.live_keys() == [ece.resource(KEY)["key_id"]]
    pair.local = former
    assert pair.secret_names() == []
    assert pair.settings() == {}


@pytest.mark.own_process
def test_ctrl_c_while_a_key_waits_for_the_deployment(pair: Pair, ece: Ece):
    """ECE works at the local side: the key that was made is in state or ended, and the next apply goes on."""
    ece.control.set_plan_speed("infinite")
    set_trust(ece, pair.local_id, accounts=[])
    ece.write(pair.both())
    with ece.ws.start("apply", *QUIET) as running:
        wait_until(lambda: pair.live_keys(), "the key on the remote side")
        running.interrupt()
        assert running.wait().exit_code != 0
    assert pair.secret_names() == []
    ece.control.set_plan_speed(0)
    ece.ws.apply()
    assert pair.live_keys() == [ece.resource(KEY)["key_id"]]
    assert pair.is_connected()
    ece.assert_clean()
