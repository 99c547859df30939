"""What Terraform does with a resource: refresh and plan in one process, plan again and apply in another.

The plan engine is the real one, so private state, defaults and unknown values behave as they do in a run.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from ece_provider.provider import EceProvider
from ece_simulator import Simulator
from ece_simulator.message import Request
from terraform_plugin.diagnostics import Diagnostics, Severity
from terraform_plugin.engine.apply import ApplyRequest, apply
from terraform_plugin.engine.plan import PlanRequest, plan
from terraform_plugin.engine.read import ReadRequest, read
from terraform_plugin.engine.replies import PlanReply, StateReply
from terraform_plugin.engine.runtime import Runtime
from terraform_plugin.engine.states import import_state
from terraform_plugin.schema import Attribute, Nesting
from terraform_plugin.values import UNKNOWN, Values, copy

KEY = "ece_cross_cluster_api_key"
REMOTE = "ece_remote_cluster"
SECRET = "ece_keystore_secret"


class Refused(AssertionError):
    """A step ended with errors; what state is left is in ``left``."""

    def __init__(self, diagnostics: Diagnostics, left: Stored | None = None) -> None:
        super().__init__("\n".join(f"{item.summary}: {item.detail} [{item.path}]" for item in diagnostics))
        self.diagnostics = diagnostics
        self.left = left

    @property
    def paths(self) -> set[str]:
        """The places that errors are told at."""
        return {str(item.path) for item in self.diagnostics if item.severity is Severity.ERROR}


@dataclass
class Stored:
    """An object in Terraform's state."""

    state: Values
    private: dict[str, Any] = field(default_factory=dict)
    is_tainted: bool = False

    def __getitem__(self, name: str) -> Any:
        return self.state[name]


@dataclass
class Planned:
    """What a plan came to."""

    reply: PlanReply
    prior: Stored | None
    warnings: list[str]
    private: dict[str, Any]

    @property
    def changed(self) -> set[str]:
        """Attributes that change; nothing for an empty plan."""
        before = self.prior.state if self.prior else {}
        after = self.reply.planned or {}
        return {name for name in after if after[name] != before.get(name)}


def full(attributes: Mapping[str, Attribute], given: Mapping[str, Any]) -> Values:
    """A whole configuration: what is left out is null."""
    unknown = set(given) - set(attributes)
    assert not unknown, f"no such attributes: {unknown}"
    return {name: _whole(attribute, given.get(name)) for name, attribute in attributes.items()}


def _whole(attribute: Attribute, value: Any) -> Any:
    if attribute.nested is None or value is None or value is UNKNOWN:
        return copy(value)
    inner = attribute.nested.attributes
    if attribute.nested.nesting is Nesting.SINGLE:
        return full(inner, value)
    if attribute.nested.nesting is Nesting.MAP:
        return {name: full(inner, element) for name, element in value.items()}
    return [full(inner, element) for element in value]


class Process:
    """One provider process."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime

    def resource(self, kind: str) -> Any:
        """A resource type."""
        return self.runtime.resources[kind]

    async def refresh(self, kind: str, stored: Stored) -> tuple[Stored | None, Diagnostics]:
        """Read; the object as it is now."""
        reply = await read(
            self.runtime, self.resource(kind), ReadRequest(state=stored.state, private=copy(stored.private))
        )
        if reply.diagnostics.has_errors:
            raise Refused(reply.diagnostics, stored)
        found = None if reply.state is None else Stored(reply.state, reply.private, stored.is_tainted)
        return found, reply.diagnostics

    async def plan(self, kind: str, config: Values | None, stored: Stored | None) -> PlanReply:
        """Plan; a tainted object counts as none."""
        is_there = stored is not None and not stored.is_tainted
        request = PlanRequest(
            config=copy(config),
            prior=copy(stored.state) if stored is not None and is_there else None,
            private=copy(stored.private) if stored is not None and is_there else {},
        )
        reply = await plan(self.runtime, self.resource(kind), request)
        if reply.diagnostics.has_errors:
            raise Refused(reply.diagnostics, stored)
        return reply

    async def apply(
        self, kind: str, config: Values | None, prior: Stored | None, planned: Values | None, private: dict[str, Any]
    ) -> StateReply:
        """Apply what was planned."""
        request = ApplyRequest(
            config=copy(config),
            prior=None if prior is None else copy(prior.state),
            planned=copy(planned),
            private=copy(private),
        )
        return await apply(self.runtime, self.resource(kind), request)


class World:
    """A simulator, and runs of Terraform against it."""

    def __init__(self, simulator: Simulator, **config: Any) -> None:
        self.simulator = simulator
        self.control = simulator.control
        self.config = config
        self.warnings: list[str] = []

    def settings(self, installation: int = 0) -> dict[str, Any]:
        """Arguments that lead to an installation."""
        place = self.simulator.installations[installation]
        return {"endpoint": place.endpoint, "api_key": place.api_key, "ca_file": place.ca_file}

    @asynccontextmanager
    async def process(self) -> AsyncIterator[Process]:
        """A fresh provider process."""
        provider = EceProvider()
        runtime = Runtime(provider)
        given = {**self.settings(), "poll_interval": "100ms", "max_retries": 1, **self.config}
        diagnostics = await runtime.configure(full(provider.schema.attributes, given), "1.11.4")
        assert not diagnostics.has_errors, [str(item) for item in diagnostics]
        try:
            yield Process(runtime)
        finally:
            await runtime.close()

    def given(self, kind: str, arguments: Mapping[str, Any]) -> Values:
        """A whole configuration of one object."""
        resource = next(one for one in EceProvider().resources if one.type_name == kind)
        return full(resource.schema.attributes, arguments)

    async def plan(
        self, kind: str, arguments: Mapping[str, Any], stored: Stored | None = None, *, replace: bool = False
    ) -> Planned:
        """Refresh and plan, a replacement twice as Terraform does."""
        async with self.process() as process:
            warnings: list[str] = []
            if stored is not None:
                stored, seen = await process.refresh(kind, stored)
                warnings += [item.detail for item in seen]
            reply = await process.plan(kind, self.given(kind, arguments), stored)
            warnings += [item.detail for item in reply.diagnostics]
            private = reply.private
            if stored is not None and not stored.is_tainted and (replace or reply.replace_paths):
                private = (await plan_as_new(process, kind, self.given(kind, arguments), private)).private
            return Planned(reply, stored, warnings, private)

    async def apply(
        self,
        kind: str,
        arguments: Mapping[str, Any],
        stored: Stored | None = None,
        *,
        replace: bool = False,
        create_first: bool = False,
    ) -> Stored:
        """``terraform apply``, with ``-replace`` and ``create_before_destroy`` as they are wished for."""
        config = self.given(kind, arguments)
        planned = await self.plan(kind, arguments, stored, replace=replace)
        stored = planned.prior
        replaces = stored is not None and (replace or stored.is_tainted or bool(planned.reply.replace_paths))
        async with self.process() as process:
            if not replaces or stored is None:
                if stored is not None and not planned.changed:
                    return stored
                return await self._change(process, kind, config, stored)
            if create_first:
                made = await self._change(process, kind, config, None)
                gone = await process.plan(kind, None, Stored(stored.state, stored.private))
                await self._delete(process, kind, stored, gone.private)
                return made
            await self._delete(process, kind, stored, planned.private)
            return await self._change(process, kind, config, None)

    async def destroy(self, kind: str, stored: Stored, *, refresh: bool = True) -> None:
        """``terraform destroy``."""
        if refresh:
            async with self.process() as process:
                found, _ = await process.refresh(kind, stored)
                if found is None:
                    return
                stored = found
        async with self.process() as process:
            reply = await process.plan(kind, None, stored)
            await self._delete(process, kind, stored, reply.private)

    async def import_(self, kind: str, id: str | None = None, identity: Values | None = None) -> Stored:
        """``terraform import``, or an import block with an identity."""
        async with self.process() as process:
            reply = await import_state(process.runtime, process.resource(kind), id, identity)
            if reply.diagnostics.has_errors:
                raise Refused(reply.diagnostics)
            assert reply.state is not None
            found, _ = await process.refresh(kind, Stored(reply.state, reply.private))
            assert found is not None, "the imported object is gone"
            return found

    async def _change(self, process: Process, kind: str, config: Values, stored: Stored | None) -> Stored:
        reply = await process.plan(kind, config, stored)
        assert not reply.replace_paths or stored is None
        result = await process.apply(kind, config, stored, reply.planned, reply.private)
        self.warnings += [item.detail for item in result.diagnostics if item.severity is Severity.WARNING]
        left = None if result.state is None else Stored(result.state, result.private)
        if result.diagnostics.has_errors:
            if left is not None and stored is None:
                left.is_tainted = True
            raise Refused(result.diagnostics, left)
        assert left is not None
        return left

    async def _delete(self, process: Process, kind: str, stored: Stored, private: dict[str, Any]) -> None:
        result = await process.apply(kind, None, stored, None, private)
        self.warnings += [item.detail for item in result.diagnostics if item.severity is Severity.WARNING]
        if result.diagnostics.has_errors:
            raise Refused(result.diagnostics, stored)

    # the simulator's side

    def ask(self, method: str, target: str, body: Any = None, installation: int = 0) -> Any:
        """A call that an administrator makes behind Terraform's back."""
        place = self.simulator.installations[installation]
        headers = {"authorization": f"ApiKey {place.api_key}", "x-management-request": "true"}
        reply = place.handle(Request.make(method, f"/api/v1{target}", headers=headers, body=body))
        assert reply.status < 300, f"{method} {target}: {reply.status} {reply.body!r}"
        return reply.json() if reply.body else None

    def set_trust(self, deployment: str, **lists: Any) -> None:
        """Somebody writes the trust of a deployment."""
        found = self.ask("GET", f"/deployments/{deployment}?show_settings=true&clear_transient=true")
        elasticsearch = found["resources"]["elasticsearch"][0]
        payload = {
            "ref_id": elasticsearch["ref_id"],
            "region": elasticsearch["region"],
            "plan": elasticsearch["info"]["plan_info"]["current"]["plan"],
            "settings": {"trust": {"accounts": [], "external": [], "direct": [], **lists}},
        }
        self.ask(
            "PUT", f"/deployments/{deployment}", {"prune_orphans": False, "resources": {"elasticsearch": [payload]}}
        )

    def elasticsearch(self, deployment: str, method: str, path: str, body: Any = None, installation: int = 0) -> Any:
        """A request to Elasticsearch of a deployment."""
        target = f"/deployments/{deployment}/elasticsearch/_main/proxy/{path}"
        return self.ask(method, target, body, installation)

    def live_keys(self, deployment: str, installation: int = 0) -> list[dict[str, Any]]:
        """Keys of a deployment that open doors."""
        found = self.elasticsearch(deployment, "GET", "_security/api_key?active_only=true", None, installation)
        return list(found["api_keys"])

    def secrets(self, deployment: str) -> list[str]:
        """Names in a keystore."""
        return sorted(self.ask("GET", f"/deployments/{deployment}/elasticsearch/_main/keystore")["secrets"])

    def keystore_digests(self, name: str) -> str:
        """What the keystore of a deployment holds, without telling it."""
        resources = self.control.state()["a"]["deployments"][name]["resources"].values()
        return str(next(one["keystore"] for one in resources if one["kind"] == "elasticsearch"))

    def is_connected(self, deployment: str, alias: str) -> bool:
        """What Elasticsearch of a deployment says of an alias; false when there is none."""
        found = self.elasticsearch(deployment, "GET", "_remote/info")
        return bool((found.get(alias) or {}).get("connected"))

    def has_call(self, operation: str, since: int) -> bool:
        """Whether a call of this operation came after number ``since``."""
        return any(call["operation_id"] == operation for call in self.control.calls(since))

    def last_call(self) -> int:
        """Number of the newest call."""
        calls = self.control.calls()
        return int(calls[-1]["index"]) if calls else 0

    def writes(self, since: int = 0) -> list[str]:
        """Writing calls that took effect, as operation ids; behind the channel as method and path."""
        calls = self.control.calls(since, writes=True)
        return [_words(call) for call in calls if call["took_effect"]]


def _words(call: Mapping[str, Any]) -> str:
    _, separator, path = str(call["path"]).partition("/proxy/")
    return f"{call['method']} {path}" if separator else str(call["operation_id"])


async def plan_as_new(process: Process, kind: str, config: Values, private: dict[str, Any]) -> PlanReply:
    """The second plan of a replacement: as if there were nothing, with the private state of the first."""
    request = PlanRequest(config=copy(config), prior=None, private=copy(private))
    reply = await plan(process.runtime, process.resource(kind), request)
    if reply.diagnostics.has_errors:
        raise Refused(reply.diagnostics)
    return reply
