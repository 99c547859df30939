"""Deployments whose plans a test lays down look by look, and a wait for their end."""

from __future__ import annotations

from ece_client import PlanWatcher
from tests.api_client.wire import FakeClock, Wire, client_on, ok, refused

ES = ("elasticsearch", "main")
KIBANA = ("kibana", "main-kibana")
DONE = "plan-completed"


def attempt(identifier, *steps, error=None, ended=True):
    """An entry of plan_info; the last step decides unless there are none."""
    log = [{"step_id": step, "status": "success", "stage": "completed", "info_log": []} for step in steps]
    entry = {"plan_attempt_id": identifier, "healthy": error is None, "plan_attempt_log": log}
    if error:
        log[-1].update(status="error", info_log=[{"message": error, "failure_type": "Boom", "details": {"a": "b"}}])
    return {**entry, **({"attempt_end_time": "2024-01-01T00:00:00Z"} if ended else {})}


def running(identifier, *steps):
    """A pending entry."""
    return attempt(identifier, *steps, ended=False)


def good(identifier):
    """An attempt that ended well."""
    return attempt(identifier, "start-instances", DONE)


def bad(identifier, message="No capacity"):
    """An attempt that failed while instances were allocated."""
    entry = attempt(identifier, "allocate-instances", DONE, error=message)
    entry["plan_attempt_log"][0]["status"] = "error"
    return entry


class Frame:
    """A deployment at one moment: {(kind, ref): (pending, current, history)}."""

    def __init__(self, **resources):
        self.es = resources.get("es")
        self.kibana = resources.get("kibana")

    def answer(self, request):
        """Return the deployment as the API does: history only when asked for."""
        with_history = request.url.params.get("show_plan_history") == "true"
        resources = {}
        for (kind, ref_id), plans in ((ES, self.es), (KIBANA, self.kibana)):
            if plans is None:
                continue
            pending, current, *history = plans
            info = {"healthy": True, "history": list(history) if with_history else []}
            info |= {name: plan for name, plan in (("pending", pending), ("current", current)) if plan}
            resources[kind] = [{"ref_id": ref_id, "info": {"plan_info": info}}]
        return ok({"id": "d1", "resources": resources})


class Ece:
    """Shows one frame per look (a look for history repeats the last frame); other answers stand for themselves."""

    def __init__(self, *frames, activity=None):
        self.frames = list(frames)
        self.shown = None
        self.looks = 0
        self.activity = activity or {}

    def __call__(self, request):
        if "/activity/" in request.url.path:
            entry = self.activity.get(request.url.path.rsplit("/", 1)[1])
            return ok(entry) if entry else refused(404, "deployments.deployment_resource_not_found")
        if request.url.params.get("show_plan_history") != "true":
            self.looks += 1
            self.shown = self.frames.pop(0) if len(self.frames) > 1 else self.frames[0]
        return self.shown.answer(request) if isinstance(self.shown, Frame) else self.shown


async def wait(ece, *, attempts=None, clock=None, progress=None, interval=2.0, **options):
    """Return the outcome of a wait, on a clock of its own."""
    clock = clock or FakeClock()
    async with client_on(Wire(ece), max_retries=0, clock=clock) as client:
        watcher = PlanWatcher(client, clock=clock, poll_interval=interval, on_progress=progress)
        return await watcher.wait("d1", attempts, **options)


OLD = good("old")
