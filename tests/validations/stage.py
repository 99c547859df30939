"""What plain Terraform configuration is told by validate and plan, in process: the plan engine is the real one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ece_provider.provider import EceProvider
from ece_simulator import Simulator
from terraform_plugin.engine.runtime import Runtime
from terraform_plugin.engine.validation import validate
from tests.provider.remote_clusters.support import KEY, REMOTE, Refused, Stored, full
from tests.provider.trust.support import TrustWorld

Arguments = Mapping[str, Any]


class Stage(TrustWorld):
    """Two installations, and what plans against them say."""

    def __init__(self, simulator: Simulator) -> None:
        super().__init__(simulator)
        self.config = {"environments": {"paris": {"kind": "ece", **self.settings(1)}}}

    async def told(self, kind: str, arguments: Arguments, stored: Stored | None = None) -> list[str]:
        """All messages of validate and plan."""
        messages = validated(kind, arguments)
        if messages and any("exclude each other" in each for each in messages):
            return messages
        try:
            return messages + (await self.plan(kind, arguments, stored)).warnings
        except Refused as refused:
            return messages + [item.detail for item in refused.diagnostics]

    def pair(self, local: str = "9.2.0", remote: str = "9.2.0") -> tuple[dict[str, Any], dict[str, Any]]:
        """Two deployments."""
        return self.seed("central", version=local), self.seed("logs", version=remote)


def validated(kind: str, arguments: Arguments) -> list[str]:
    """All messages of validate, which asks no API."""
    provider = EceProvider()
    resource = next(one for one in provider.resources if one.type_name == kind)
    config = full(resource.schema.attributes, arguments)
    return [item.detail for item in validate(Runtime(provider), resource.schema, config, resource.validate, kind)]


def key(local: Arguments, remote: Arguments, /, **more: Any) -> dict[str, Any]:
    """Arguments of a key."""
    return {
        "name": "central-to-logs",
        "access": {"search": [{"names": ["logs-*"]}]},
        "remote": {"deployment_id": remote["id"]},
        "local": {"deployment_id": local["id"], "alias": "logs"},
        "expiration": None,
        **more,
    }


def connection(local: Arguments, remote: Arguments, model: str = "api_key", /, **more: Any) -> dict[str, Any]:
    """Arguments of a connection."""
    return {
        "deployment_id": local["id"],
        "alias": "logs",
        "security_model": model,
        "remote": {"deployment_id": remote["id"]},
        "cross_cluster_api_key_id": f"{local['id']}/main-elasticsearch/logs" if model == "api_key" else None,
        "skip_unavailable": True,
        "timeouts": {"create": "2s", "update": "2s"},
        **more,
    }


__all__ = ["KEY", "REMOTE", "Refused", "Stage", "Stored", "connection", "key", "validated"]
