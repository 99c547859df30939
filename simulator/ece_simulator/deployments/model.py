"""What a deployment is inside the simulator. State only; the vendor's JSON is made in views.py."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from ece_simulator.data_plane.tls_files import Shown
from ece_simulator.elasticsearch.cluster import Cluster
from ece_simulator.plans.attempt import PlanAttempt
from ece_simulator.problems import Problem, resource_not_found

KINDS = ("elasticsearch", "kibana", "apm", "appsearch", "enterprise_search", "integrations_server")
STATELESS = KINDS[1:]
SYSTEM_NAMES = ("admin-console-elasticsearch", "logging-and-metrics")


@dataclass
class Resource:
    """One Elasticsearch, Kibana … of a deployment; `id` is its cluster id."""

    kind: str
    ref_id: str
    id: str
    region: str
    elasticsearch_ref_id: str | None
    display_name: str
    settings: dict[str, Any]
    current: PlanAttempt | None = None
    pending: PlanAttempt | None = None
    history: list[PlanAttempt] = field(default_factory=list)
    status: str = "initializing"
    hidden: bool = False
    marked_unhealthy: bool = False
    touched: float = 0.0
    version: int = 1
    forgotten: PlanAttempt | None = None
    """The last attempt whose record was dropped (`force_delete`); its plan is still what was wanted."""
    secret_token: str | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)
    keystore: dict[str, dict[str, Any]] = field(default_factory=dict, repr=False)
    remote_clusters: list[dict[str, Any]] = field(default_factory=list)
    scoped_names: bool = True
    """Node certificates carry the cluster's name; false for what was made before ECE 2.9.0, until `_enable-ccr`."""
    cluster: Cluster = field(default_factory=lambda: Cluster(""))
    """What Elasticsearch itself keeps; empty for other kinds."""
    node: tuple[Any, Shown] | None = field(default=None, repr=False)
    """The certificate of the nodes, and what it was made for."""
    effective_trust: dict[str, Any] = field(default_factory=lambda: {"accounts": [], "external": [], "direct": []})
    """The trust settings that the nodes work with: those of the last good plan."""

    def settle_trust(self) -> None:
        """The nodes take over the trust settings as they are now."""
        self.effective_trust = copy.deepcopy(self.settings["trust"])

    def settle(self, attempt: PlanAttempt) -> None:
        """A plan ended well: trust settings are applied, nodes that were started have read their keystore."""
        if self.kind == "elasticsearch":
            self.settle_trust()
            if attempt.during in ("initializing", "restarting") or self.cluster.loaded_by != self.stack_version:
                self.cluster.load(self.keystore, self.stack_version)

    def keystore_changed(self) -> None:
        """The keystore is another one."""
        self.cluster.keystore_changed(self.keystore, self.stack_version)

    @property
    def plan_healthy(self) -> bool:
        """Whether the last attempt succeeded."""
        return not self.history or self.history[-1].healthy

    @property
    def healthy(self) -> bool:
        """Health of the resource as a whole."""
        return self.plan_healthy and not self.marked_unhealthy and self.status != "initializing"

    @property
    def stopped(self) -> bool:
        """Shut down, and nothing running that would change that."""
        return self.status == "stopped" and self.pending is None

    def status_of_current(self) -> str:
        """The status to fall back to when an attempt ended without success."""
        return self.current.after if self.current is not None else "initializing"

    def newest_plan(self) -> dict[str, Any]:
        """The plan to change: the last good one, else the last one tried."""
        if self.current is not None:
            return self.current.plan
        last = self.history[-1] if self.history else self.forgotten or self.pending
        return last.plan if last is not None else {}

    def attempts(self) -> Iterator[PlanAttempt]:
        """All attempts, the pending one last."""
        yield from self.history
        if self.pending is not None:
            yield self.pending

    @property
    def stack_version(self) -> str:
        """Version of the newest plan, which is the pending one while the first plan runs."""
        return str(self.newest_plan().get(self.kind, {}).get("version", ""))


@dataclass
class Deployment:
    """A deployment; `version` counts the writes and is what `x-cloud-resource-version` tells."""

    id: str
    name: str
    alias: str | None
    owner_id: str
    created: float
    modified: float
    resources: list[Resource] = field(default_factory=list)
    tags: list[dict[str, str]] = field(default_factory=list)
    system_owned: bool = False
    hidden: bool = False
    version: int = 1
    request_id: str | None = None
    observability: dict[str, Any] | None = None
    autoscaling_enabled: bool = False
    auto_ops: str = "not_connected"

    @property
    def healthy(self) -> bool:
        """All resources are healthy."""
        return all(resource.healthy for resource in self.resources)

    @property
    def elasticsearch(self) -> Resource:
        """The one Elasticsearch resource that is not an orphan."""
        found = self.of_kind("elasticsearch")
        return next((r for r in reversed(found) if not r.hidden), found[-1])

    def of_kind(self, kind: str) -> list[Resource]:
        """Resources of one kind."""
        return [resource for resource in self.resources if resource.kind == kind]

    def find(self, kind: str, ref_id: str) -> Resource:
        """A resource by ref_id or `_main`; 404 when there is none."""
        found = self.of_kind(kind)
        if ref_id == "_main" and len(found) == 1:
            return found[0]
        for resource in found:
            if resource.ref_id == ref_id:
                return resource
        raise resource_not_found(self.id, kind, ref_id)

    def touch(self, moment: float) -> None:
        """Counts a write."""
        self.version += 1
        self.modified = moment

    @property
    def last_plan_change(self) -> float:
        """When a plan last ended or began."""
        return max([self.created, *(resource.touched for resource in self.resources)])


def check_version(deployment: Deployment, given: str | None, status: int) -> None:
    """Refuses a write made on a stale view. Code and status are inferred."""
    if given is not None and given != str(deployment.version):
        message = f"The deployment [{deployment.id}] has version [{deployment.version}], the request was for [{given}]"
        raise Problem(status, "deployments.version_conflict", message, ["version"])
