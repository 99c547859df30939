"""A deployment as the tests of its life configure it, and what they look at."""

from __future__ import annotations

from typing import Any

import pytest

from ece_simulator import Simulator
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.values import Values
from tests.provider.support import Run, configured, tier

CONFIG = configured(tiers={"hot": tier("4g", 2)}, kibana=tier("1g"), tags={"team": "search"})


def deployments(simulator: Simulator) -> dict[str, Any]:
    """What was made on the installation, by name; its own deployments left out."""
    found = simulator.control.state()["a"]["deployments"]
    return {name: one for name, one in found.items() if not one["system_owned"]}


def writes(simulator: Simulator) -> list[str]:
    """The writing calls so far, by operation."""
    return [call["operation_id"] for call in simulator.control.calls(writes=True)]


async def failing(work: Any) -> str:
    """The message that this work ends with."""
    with pytest.raises(DiagnosticError) as caught:
        await work
    [diagnostic] = caught.value.diagnostics
    return f"{diagnostic.summary}: {diagnostic.detail} [{diagnostic.path}]"


async def shut_down_kibana(run: Run, state: Values) -> None:
    """Start a plan, as somebody in the console would."""
    path = {"deployment_id": state["id"], "stateless_resource_kind": "kibana", "ref_id": "main-kibana"}
    await (await run.provider.client()).call("shutdown-deployment-stateless-resource", path=path)
