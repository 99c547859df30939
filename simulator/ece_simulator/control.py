"""The control API: what tests and demos do to the simulator behind the API's back.

Every public method is also a call under `/_sim/<method>` (control_http.py): arguments and results are plain JSON.
`installation` is a number or a name (`a`, `b` …), `deployment` an id or a name only one deployment has.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from ece_simulator.call_log import CallLog
from ece_simulator.clock import ManualClock
from ece_simulator.control_access import AccessControl
from ece_simulator.control_connections import Which
from ece_simulator.data_plane.network import Plane
from ece_simulator.fabric import Fabric
from ece_simulator.faults import Fault
from ece_simulator.plans.attempt import Failure
from ece_simulator.plans.engine import FailureOrder
from ece_simulator.removal import remove
from ece_simulator.routes import ROUTES
from ece_simulator.seeding import Seed, age, plant
from ece_simulator.snapshot import history_of, partner_snapshot, snapshot_of
from ece_simulator.specification import specification
from ece_simulator.switches import Switches

if TYPE_CHECKING:
    from ece_simulator.hosted.organization import HostedOrganization

METHODS = (
    "reset", "seed", "advance", "set_plan_speed", "fail_next", "clear_faults", "release", "fail_plan", "expire_tokens",
    "revoke", "set_role", "add_key", "mark", "take_away", "calls", "clear_calls", "wait_for_call", "state",
    "plan_history", "operations", "set_switch", "set_certificate", "require_client_certificate",
    "client_certificate", "handshakes", "elasticsearch_log", "clear_connections", "set_egress", "set_port",
    "set_proxy_ca", "rotate_internal_ca", "partners", "add_hosted", "add_self_managed", "add_eck",
    "apply", "patch", "restart", "put_documents",
)  # fmt: skip
"""What can be called over HTTP."""


class Control(AccessControl):
    """Control of one simulator. Wrong arguments raise ValueError that says what is allowed."""

    def __init__(
        self,
        fabric: Fabric,
        plane: Plane,
        log: CallLog,
        faults: list[Fault],
        switches: Switches,
        new_organization: Callable[..., HostedOrganization],
    ) -> None:
        super().__init__(fabric, plane)
        self._new_organization = new_organization
        self._log = log
        self._faults = faults
        self._switches = switches
        self._fault_numbers = 0

    # the world

    def reset(self, installation: Which = None) -> None:
        """Forgets everything made, all faults and the call log; identities, users and keys stay."""
        with self._lock:
            for one in self._fabric.select(installation):
                uploaded = list(one.world.chains)
                one.world.reset()
                for service in uploaded:
                    one.world.tell_certificate_change(service)
                for ports in one.all_ports:
                    ports.closed.clear()
            self.clear_faults()
            self.clear_connections()
            self._log.clear()

    def seed(self, installation: int | str = 0, **parts: Any) -> dict[str, Any]:
        """Makes a finished deployment as somebody would in the UI; the parts are those of `seeding.Seed`."""
        known = {field.name for field in dataclasses.fields(Seed)}
        unknown = sorted(parts.keys() - known)
        if unknown:
            raise ValueError(f"seed: parts are {', '.join(sorted(known))}; got {', '.join(unknown)}")
        if "kinds" in parts:
            parts["kinds"] = tuple(parts["kinds"])
        with self._lock:
            world = self._fabric.one(installation).world
            deployment = plant(world, Seed(**parts))
            return {
                "id": deployment.id,
                "name": deployment.name,
                "cluster_id": deployment.elasticsearch.id,
                "resources": {resource.kind: resource.ref_id for resource in deployment.resources},
                "rulesets": world.rulesets_of("deployment", deployment.id),
                "password": deployment.elasticsearch.password,
            }

    def mark(
        self,
        deployment: str,
        *,
        system_owned: bool | None = None,
        hidden: bool | None = None,
        healthy: bool | None = None,
        name: str | None = None,
        created_before_2_9_0: bool | None = None,
        anonymous: list[str] | None = None,
    ) -> None:
        """Changes a deployment behind the API's back: ownership, visibility, health, name.

        `created_before_2_9_0` makes it trust only itself until `_enable-ccr`; `anonymous` holds the roles that its
        Elasticsearch gives to requests without credentials.
        """
        with self._lock:
            world, found = self._deployment(deployment)
            if system_owned is not None:
                found.system_owned = system_owned
            if hidden is not None:
                found.hidden = hidden
            if name is not None:
                found.name = name
            if healthy is not None:
                for resource in found.resources:
                    resource.marked_unhealthy = not healthy
            if created_before_2_9_0:
                age(found.elasticsearch)
            if anonymous is not None:
                found.elasticsearch.cluster.anonymous = list(anonymous)
            found.touch(world.agenda.now)

    def take_away(self, kind: str, id: str, *, installation: int | str = 0) -> None:
        """Removes an object as if somebody else had; no plan runs, the effect is there at once.

        Kinds and ids: deployment `<deployment>`, ruleset `<ruleset>`, relationship `<id>`, association
        `<ruleset>/<deployment>`, secret `<deployment>/<name>`, resource `<deployment>/<ref_id>`, key
        `<deployment>/<key id>`, settings `<deployment>/<alias>`, trust `<deployment>/<list>/<id, uid or name>` with
        the lists accounts, external, direct.
        """
        with self._lock:
            remove(self._fabric, self._fabric.one(installation).world, kind, id)

    def _deployment(self, wanted: str) -> tuple[Any, Any]:
        installation, deployment = self._fabric.find(wanted)
        return installation.world, deployment

    # time and plans

    def advance(self, seconds: float) -> float:
        """Moves the manual clock on and lets happen what is due; returns the new time."""
        with self._lock:
            clock = self._fabric.installations[0].world.clock
            if not isinstance(clock, ManualClock):
                raise ValueError("advance: the simulator runs on the real clock; start it with a manual clock")
            clock.advance(seconds)
            self._run_due()
            return clock.now()

    def _run_due(self) -> None:
        for installation in self._fabric.installations:
            installation.world.agenda.run_due()

    def set_plan_speed(self, seconds: float | str, deployment: str | None = None, installation: Which = None) -> None:
        """Seconds per plan from now on, for all or one deployment (id or name, also one yet to be made).

        `"infinite"` holds plans until the speed is set again. Running plans take the new time from this moment.
        """
        value = float("inf") if seconds == "infinite" else float(seconds)
        with self._lock:
            self._run_due()
            for one in self._fabric.select(installation):
                one.world.plans.set_speed(value, deployment)
            self._run_due()

    def fail_plan(
        self,
        step: str = "plan-completed",
        message: str = "Injected plan failure",
        *,
        failure_type: str = "Simulated:PlanFailure",
        deployment: str | None = None,
        kind: str | None = None,
        count: int = 1,
        installation: Which = None,
    ) -> None:
        """Lets the next `count` plans fail at a step; a step that a plan does not have means its last one."""
        with self._lock:
            for one in self._fabric.select(installation):
                order = FailureOrder(Failure(step, message, failure_type), deployment, kind, count)
                one.world.plans.orders.append(order)

    def plan_history(self, installation: Which = None, deployment: str | None = None) -> list[dict[str, Any]]:
        """All attempts with start and end in seconds since the epoch, oldest first."""
        with self._lock:
            self._run_due()
            found = [entry for one in self._fabric.select(installation) for entry in history_of(one.world)]
        wanted = [e for e in found if deployment in (None, e["deployment_id"], e["deployment"])]
        return sorted(wanted, key=lambda entry: entry["started"])

    # faults and calls

    def fail_next(self, **order: Any) -> int:
        """Injects a fault (fields of `faults.Fault`); returns its number.

        For example: `status=503, retry_after=1`, `drop=True, after_effect=True`, `hold=True`, `body="html"`.
        """
        known = {f.name for f in dataclasses.fields(Fault)} - {"number", "released"}
        unknown = sorted(order.keys() - known)
        if unknown:
            raise ValueError(f"fail_next: fields are {', '.join(sorted(known))}; got {', '.join(unknown)}")
        if isinstance(order.get("installation"), int):
            order["installation"] = self._fabric.one(order["installation"]).name
        with self._lock:
            self._fault_numbers += 1
            self._faults.append(Fault(number=self._fault_numbers, **order))
            return self._fault_numbers

    def clear_faults(self) -> None:
        """Takes all faults back and lets held calls go on."""
        with self._lock:
            self.release()
            self._faults.clear()

    def release(self, fault: int | None = None) -> None:
        """Lets held calls go on: those of one fault or all."""
        for one in self._faults:
            if fault in (None, one.number):
                one.released.set()

    def calls(self, since: int = 0, *, writes: bool | None = None, installation: Which = None) -> list[dict[str, Any]]:
        """The log of calls with a number above `since`."""
        names = self._fabric.names(installation)
        with self._lock:
            return [
                entry.view()
                for entry in self._log.entries[since:]  # entry n stands at n - 1
                if entry.installation in names and writes in (None, entry.is_write)
            ]

    def clear_calls(self) -> None:
        """Forgets the log; numbers start again at 1."""
        self._log.clear()

    def wait_for_call(self, index: int, *, answered: bool = False, timeout: float = 30.0) -> dict[str, Any]:
        """Waits until call number `index` has arrived (or was answered); TimeoutError after `timeout` seconds."""
        return self._log.wait(index, answered=answered, timeout=timeout).view()

    def state(self, installation: Which = None) -> dict[str, Any]:
        """What every installation holds, by kind and name; of a partner, only when it is named."""
        partner = self._fabric.partners.get(str(installation))
        if partner is not None:
            return {partner.name: partner_snapshot(partner)}
        with self._lock:
            self._run_due()
            return {one.name: snapshot_of(one.world) for one in self._fabric.select(installation)}

    def operations(self) -> dict[str, list[dict[str, str]]]:
        """Supported and unsupported operations of the API document."""
        document = specification()
        supported = [document.operations[route.operation_id] for route in ROUTES]
        return {
            "supported": [{"id": o.operation_id, "method": o.method, "path": o.path} for o in supported],
            "unsupported": [{"id": i, "method": m, "path": p} for m, p, i in document.unsupported],
        }

    def set_switch(self, name: str, value: Any) -> None:
        """Sets one of the open questions (`switches.Switches`) for all installations."""
        setattr(self._switches, name, value)
