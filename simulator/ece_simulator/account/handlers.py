"""The account: its id and the default trust of deployments created later."""

from __future__ import annotations

import json

from ece_simulator.call import Answer, Call
from ece_simulator.problems import Problem


def get_current_account(call: Call) -> Answer:
    """GET /account."""
    return _answer(call)


def update_current_account(call: Call) -> Answer:
    """PUT /account: a body without `trust` leaves it as it is (inferred)."""
    trust = call.body.get("trust")
    if trust is not None:
        call.world.account_trust_all = trust["trust_all"]
    return _answer(call)


def patch_current_account(call: Call) -> Answer:
    """PATCH /account: a JSON merge patch; null goes back to the factory default, all trusted."""
    try:
        patch = json.loads(call.body)
    except ValueError as error:
        raise Problem(400, "root.invalid_json_request", f"The body is not valid JSON: {error}", ["body"]) from error
    if not isinstance(patch, dict):
        raise Problem(400, "patch.request_malformed", "The patch must be a JSON object", ["body"])
    if "trust" in patch:
        trust = patch["trust"]
        value = None if trust is None else trust.get("trust_all", call.world.account_trust_all)
        if value is not None and not isinstance(value, bool):
            raise Problem(400, "patch.request_malformed", "trust.trust_all must be a boolean", ["trust.trust_all"])
        call.world.account_trust_all = True if value is None else value
    return _answer(call)


def _answer(call: Call) -> Answer:
    return Answer({"id": call.world.account_id, "trust": {"trust_all": call.world.account_trust_all}})
