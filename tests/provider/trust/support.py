"""Trust of simulated deployments, and runs of Terraform's engine that change it."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ece_provider.provider import EceProvider
from terraform_plugin.diagnostics import Diagnostics
from terraform_plugin.engine.runtime import Runtime
from terraform_plugin.engine.validation import validate
from tests.provider.remote_clusters.support import Process, Refused, Stored, World, full
from tests.support.certificates import certificate

ACCOUNT = "ece_deployment_trust_account"
EXTERNAL = "ece_deployment_trust_external"
DIRECT = "ece_deployment_trust_direct"
MEMBER = "ece_deployment_trust_member"
RELATIONSHIP = "ece_trust_relationship"
ENABLEMENT = "ece_cross_cluster_enablement"
DEFAULT = "ece_default_trust"

CA = certificate("ours").pem
FOREIGN_CA = certificate("theirs").pem
SOMEBODY = "f" * 32
"""A cluster of some other environment."""

Lists = dict[str, list[dict[str, Any]]]


class TrustWorld(World):
    """A simulator whose trust is asked for and changed."""

    def seed(self, name: str = "logs", **parts: Any) -> dict[str, Any]:
        """A deployment that somebody made in the console."""
        made: dict[str, Any] = self.control.seed(name=name, **parts)
        return made

    def seed_foreign(self, name: str = "logs") -> dict[str, Any]:
        """A deployment whose trust holds entries of others in all three lists."""
        relationship = self.relationship("theirs")
        direct = {
            "name": "theirs", "type": "ECE", "trust_all": False, "trust_allowlist": [SOMEBODY],
            "scope_id": "1053523734", "certificates": [{"pem": FOREIGN_CA}],
        }  # fmt: skip
        external = {"trust_relationship_id": relationship, "trust_all": True}
        return self.seed(name, trust={"external": [external], "direct": [direct]})

    def relationship(self, name: str = "dr", **more: Any) -> str:
        """A trust relationship that somebody made; its id."""
        body = {"name": name, "public_ca_cert": certificate(name).pem, "installation_id": "42", **more}
        return str(self.ask("POST", "/platform/configuration/trust-relationships", body)["id"])

    def deployment(self, name: str = "logs") -> dict[str, Any]:
        """The simulator's record of a deployment."""
        found: dict[str, Any] = self.control.state()["a"]["deployments"][name]
        return found

    def trust(self, name: str = "logs") -> Lists:
        """The trust of a deployment as the simulator holds it."""
        found: Lists = self.deployment(name)["resources"]["main-elasticsearch"]["trust"]
        return found

    def set_trust(self, deployment_id: str, **lists: Any) -> None:
        """Somebody changes lists in the console, keeping the others."""
        read = self.ask("GET", f"/deployments/{deployment_id}?show_settings=true&enrich_with_template=false")
        resource = read["resources"]["elasticsearch"][0]
        trust = {name: found or [] for name, found in resource["info"]["settings"]["trust"].items()}
        payload = {
            "ref_id": resource["ref_id"],
            "region": resource["region"],
            "plan": resource["info"]["plan_info"]["current"]["plan"],
            "settings": {"trust": {**trust, **lists}},
        }
        body = {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
        self.ask("PUT", f"/deployments/{deployment_id}", body)

    def updates(self, since: int = 0) -> list[dict[str, Any]]:
        """Calls that write deployments."""
        return [call for call in self.control.calls(since) if call["operation_id"] == "update-deployment"]

    def mark(self) -> int:
        """Number of the newest call."""
        calls = self.control.calls()
        return int(calls[-1]["index"]) if calls else 0

    async def together(
        self, objects: Sequence[tuple[str, Mapping[str, Any]]], process: Process | None = None
    ) -> list[Stored | Refused]:
        """Create objects at the same time in one process."""
        if process is None:
            async with self.process() as process:
                return await self.together(objects, process)

        async def made(kind: str, arguments: Mapping[str, Any]) -> Stored | Refused:
            try:
                return await self._change(process, kind, self.given(kind, arguments), None)
            except Refused as refused:
                return refused

        return list(await asyncio.gather(*(made(kind, arguments) for kind, arguments in objects)))


async def until(condition: Callable[[], Any], seconds: float = 20.0) -> None:
    """Wait until the condition is true; AssertionError when it never is."""
    for _ in range(int(seconds / 0.02)):
        if condition():
            return
        await asyncio.sleep(0.02)
    raise AssertionError(f"not true after {seconds:g} s")


def stored(results: Sequence[Stored | Refused]) -> list[Stored]:
    """All of them; AssertionError when one was refused."""
    for result in results:
        if isinstance(result, Refused):
            raise result
    return [result for result in results if isinstance(result, Stored)]


def validated(kind: str, arguments: Mapping[str, Any]) -> Diagnostics:
    """What a validation says."""
    provider = EceProvider()
    resource = next(one for one in provider.resources if one.type_name == kind)
    config = full(resource.schema.attributes, arguments)
    return validate(Runtime(provider), resource.schema, config, resource.validate, kind)


def without_uid(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Direct entries without what ECE chose."""
    found = copy.deepcopy(entries)
    for entry in found:
        entry.pop("uid", None)
    return found


def direct(deployment: Mapping[str, Any], *pems: str, **more: Any) -> dict[str, Any]:
    """Arguments of a direct entry."""
    return {
        "deployment_id": deployment["id"],
        "name": "orders",
        "type": "ECE",
        "scope_id": "77",
        "cluster_ids": [SOMEBODY],
        "certificates": list(pems) or [CA],
        **more,
    }
