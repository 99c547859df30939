"""A provider of one simulated installation, and the verbs of filters and associations as the plan engine calls them."""

from __future__ import annotations

import asyncio
from typing import Any

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.traffic_filter.resource import TrafficFilter
from ece_provider.resources.traffic_filter_association.resource import TrafficFilterAssociation
from ece_provider.settings import Settings
from ece_simulator import Simulator
from terraform_plugin.diagnostics import Diagnostic, DiagnosticError, Diagnostics
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.values import UNKNOWN, Values

FILTER = TrafficFilter()
ASSOCIATION = TrafficFilterAssociation()
LIST = "get-traffic-filter-rulesets"


class World:
    """The simulator, and a folder that Terraform runs in: each ``provider()`` is a process of its own."""

    def __init__(self, simulator: Simulator, folder: Any) -> None:
        self.simulator = simulator
        self.control = simulator.control
        self.folder = folder
        self.open: list[ConfiguredProvider] = []

    def provider(self, *, role: str | None = None, max_retries: int = 0) -> ConfiguredProvider:
        """A configured provider with the key of ``role``, by default of the administrator."""
        installation = self.simulator.installations[0]
        key = installation.api_key if role is None else installation.api_keys[role]
        settings = Settings(endpoint=installation.plain_endpoint, api_key=key, max_retries=max_retries)
        provider = ConfiguredProvider(settings, {}, environ={"TF_DATA_DIR": str(self.folder)})
        self.open.append(provider)
        return provider

    def seed(self, name: str = "logs", **parts: Any) -> Any:
        """A finished deployment made by somebody in the console."""
        return self.control.seed(name=name, **parts)

    def rulesets(self) -> dict[str, Any]:
        """What the installation holds, by id."""
        return dict(self.control.state()["a"]["rulesets"])

    def associations(self) -> set[tuple[str, str]]:
        """Pairs of deployment id and rule set id."""
        found = self.control.state()["a"]["associations"]
        return {(each["id"], each["ruleset_id"]) for each in found}

    def calls(self, since: int = 0) -> list[str]:
        """Operation ids of the calls so far."""
        return [str(call["operation_id"]) for call in self.control.calls(since)]


def rule(**values: Any) -> Values:
    """A rule as Terraform holds it: all members there."""
    return {"source": None, "environment_id": None, "cluster_id": None, "description": None, **values}


def filter_values(**values: Any) -> Values:
    """The planned state of a new rule set."""
    return {
        "id": UNKNOWN,
        "region": UNKNOWN,
        "name": "office",
        "type": "ip",
        "description": None,
        "include_by_default": False,
        "rules": [rule(source="192.0.2.0/24")],
        "timeouts": None,
        **values,
    }


def association_values(deployment_id: Any, traffic_filter_id: Any, **values: Any) -> Values:
    """The planned state of a new association."""
    return {
        "id": UNKNOWN,
        "deployment_id": deployment_id,
        "traffic_filter_id": traffic_filter_id,
        "requires": None,
        "acknowledge_lockout": False,
        "acknowledge": None,
        "escalate": None,
        **values,
    }


def validated(resource: Resource[Any], config: Values) -> list[Diagnostic]:
    """What validation says."""
    context = ValidateContext(config=config)
    resource.validate(context)
    return list(context.diagnostics)


async def planned(
    resource: Resource[Any], provider: ConfiguredProvider, prior: Values | None, planned: Values | None
) -> list[Diagnostic]:
    """What a plan says; the planned values are changed in place."""
    changed = frozenset(name for name in planned or {} if prior is None or (planned or {})[name] != prior[name])
    context = PlanContext(
        provider=provider, config=planned, prior=prior, planned=planned, changed=changed, diagnostics=Diagnostics()
    )
    await resource.plan(context)
    return list(context.diagnostics)


async def create(resource: Resource[Any], provider: ConfiguredProvider, values: Values) -> Values:
    """The state after a create; it must have been saved as well."""
    saved: list[Values] = []
    context = CreateContext(provider=provider, config=values, planned=values, _save=saved.append)
    state = await resource.create(context)
    assert saved == [state]
    return state


async def read(resource: Resource[Any], provider: ConfiguredProvider, state: Values) -> Values | None:
    """The state after a refresh."""
    return await resource.read(ReadContext(provider=provider, state=state))


async def update(resource: Resource[Any], provider: ConfiguredProvider, prior: Values, values: Values) -> Values:
    """The state after an update."""
    return await resource.update(UpdateContext(provider=provider, config=values, prior=prior, planned=values))


async def delete(
    resource: Resource[Any],
    provider: ConfiguredProvider,
    state: Values,
    *,
    seconds: float = 30.0,
    stop: asyncio.Event | None = None,
) -> list[Diagnostic]:
    """What a delete says when it goes well; ``seconds`` is its time-out."""
    stop = stop or asyncio.Event()
    context = DeleteContext(provider=provider, state=state, timeouts={"delete": seconds}, stop=stop)
    await resource.delete(context)
    return list(context.diagnostics)


async def imported(resource: Resource[Any], provider: ConfiguredProvider, id: str) -> Values | None:
    """The state after an import and the read that follows."""
    state = await resource.import_state(ImportContext(provider=provider, id=id))
    return await read(resource, provider, state)


async def refused(work: Any) -> DiagnosticError:
    """The error that ``work`` must end with."""
    try:
        await work
    except DiagnosticError as error:
        return error
    raise AssertionError("this was to be refused")
