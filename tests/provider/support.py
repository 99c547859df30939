"""What the provider's tests share: a simulated installation, a configured provider, and the engine's part of a verb."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ece_provider.configured import ConfiguredProvider
from ece_provider.resources.deployment.resource import Deployment
from ece_provider.settings import provider_settings
from ece_simulator import Simulator
from terraform_plugin.diagnostics import Diagnostics
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.values import UNKNOWN, Values

RECORDED = Path(__file__).resolve().parents[1] / "api_client" / "recorded"
DEPLOYMENT = Deployment()
SECONDS = {"create": 30.0, "read": 30.0, "update": 30.0, "delete": 30.0}


def recorded(name: str) -> Any:
    """A recorded payload."""
    return json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8"))


def environ_of(simulator: Simulator, folder: Path, installation: int = 0) -> dict[str, str]:
    """The environment that a user of this installation has."""
    one = simulator.installations[installation]
    return {
        "ECE_ENDPOINT": one.endpoint,
        "ECE_API_KEY": one.api_key,
        "ECE_CA_FILE": one.ca_file,
        "ECE_POLL_INTERVAL": "0.2s",
        "TF_DATA_DIR": str(folder),
    }


def provider_of(environ: dict[str, str], config: Values | None = None) -> ConfiguredProvider:
    """A configured provider, as each run of Terraform gets one."""
    config = config or {}
    return ConfiguredProvider(provider_settings(config, environ), config, terraform_version="1.11.4", environ=environ)


def configured(**values: Any) -> Values:
    """A whole configuration of a deployment, everything left out null, defaults filled in."""
    config = {**DEPLOYMENT.schema.null(), "name": "logs", "version": "9.2.0", "deletion_protection": False}
    return {**config, **values}


def tier(size: str, zone_count: int = 1) -> Values:
    """A tier, Kibana or Integrations Server."""
    return {"size": size, "zone_count": zone_count}


def planned_from(config: Values, prior: Values | None = None) -> Values:
    """What the engine plans before the hook: computed and left out keeps the prior value, or is unknown."""
    planned = dict(config)
    for name, attribute in DEPLOYMENT.schema.attributes.items():
        if attribute.computed and planned[name] is None:
            planned[name] = UNKNOWN if prior is None else prior[name]
    if prior is not None and any(planned[name] != prior[name] for name in ("tiers", "template_id")):
        planned["effective_tiers"] = UNKNOWN
    return planned


@dataclass
class Run:
    """One run of Terraform: verbs of ``ece_deployment`` with what the engine adds, and what they left behind."""

    provider: ConfiguredProvider
    private: dict[str, Any] = field(default_factory=dict)
    saved: list[Values] = field(default_factory=list)
    was_saved: asyncio.Event = field(default_factory=asyncio.Event)
    diagnostics: Diagnostics = field(default_factory=Diagnostics)

    def save(self, state: Values) -> None:
        """Keep what a verb saved."""
        self.saved.append(state)
        self.was_saved.set()

    async def plan(self, config: Values | None, prior: Values | None = None) -> Values | None:
        """The planned state; messages are in ``diagnostics``."""
        planned = None if config is None else planned_from(config, prior)
        changed = frozenset(
            name for name in planned or {} if prior is not None and planned is not None and planned[name] != prior[name]
        )
        context = PlanContext(
            provider=self.provider, diagnostics=self.diagnostics, private=self.private,
            config=config, prior=prior, planned=planned, changed=changed,
        )  # fmt: skip
        await DEPLOYMENT.plan(context)
        return context.planned

    async def create(self, config: Values, stop: Any = None, **timeouts: float) -> Values:
        """Plan and create."""
        planned = await self.plan(config)
        assert planned is not None
        return await DEPLOYMENT.create(
            CreateContext(
                provider=self.provider,
                diagnostics=self.diagnostics,
                private=self.private,
                timeouts={**SECONDS, **timeouts},
                config=config,
                planned=planned,
                _save=self.save,
                **({} if stop is None else {"stop": stop}),
            )
        )

    async def read(self, state: Values, *, imported: bool = False) -> Values | None:
        """Refresh."""
        context = ReadContext(
            provider=self.provider, diagnostics=self.diagnostics, private=self.private, timeouts=SECONDS,
            state=state, imported=imported,
        )  # fmt: skip
        return await DEPLOYMENT.read(context)

    async def update(self, config: Values, prior: Values, **timeouts: float) -> Values:
        """Plan and update."""
        planned = await self.plan(config, prior)
        assert planned is not None
        changed = frozenset(name for name in planned if planned[name] != prior[name])
        return await DEPLOYMENT.update(
            UpdateContext(
                provider=self.provider,
                diagnostics=self.diagnostics,
                private=self.private,
                timeouts={**SECONDS, **timeouts},
                config=config,
                prior=prior,
                planned=planned,
                changed=changed,
                _save=self.save,
            )
        )

    async def delete(self, state: Values, **timeouts: float) -> None:
        """Destroy."""
        await DEPLOYMENT.delete(
            DeleteContext(
                provider=self.provider,
                diagnostics=self.diagnostics,
                private=self.private,
                timeouts={**SECONDS, **timeouts},
                state=state,
            )
        )

    async def imported(self, identifier: str) -> Values | None:
        """Import and read."""
        state = await DEPLOYMENT.import_state(ImportContext(provider=self.provider, id=identifier))
        return await self.read(state, imported=True)

    def texts(self) -> str:
        """All messages, one below the other."""
        return "\n".join(f"{item.summary}: {item.detail} [{item.path}]" for item in self.diagnostics)


def validated(config: Values) -> Diagnostics:
    """Messages of the validation of a deployment's configuration."""
    context = ValidateContext(config=config)
    DEPLOYMENT.validate(context)
    return context.diagnostics
