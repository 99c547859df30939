"""Refusals with the vendor's error codes, and the one place that makes the vendor's error body of them.

Shapes: BasicFailedReply of the API document (api description, errors).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ece_simulator.message import Reply, json_reply


@dataclass(frozen=True)
class Complaint:
    """One element of an error reply; `fields` are paths such as `resources.elasticsearch[0].plan`."""

    code: str
    message: str
    fields: tuple[str, ...] = ()


class Problem(Exception):
    """A refused request: HTTP status and one or more complaints."""

    def __init__(
        self, status: int, code: str, message: str, fields: Sequence[str] = (), more: Sequence[Complaint] = ()
    ) -> None:
        super().__init__(f"{status} {code}: {message}")
        self.status = status
        self.complaints = (Complaint(code, message, tuple(fields)), *more)

    @classmethod
    def of(cls, status: int, complaints: Sequence[Complaint]) -> Problem:
        """A problem with several complaints; there must be at least one."""
        first, *rest = complaints
        return cls(status, first.code, first.message, first.fields, rest)

    def reply(self) -> Reply:
        """The vendor's error reply, with the codes repeated in the header."""
        errors = [
            {"code": c.code, "message": c.message, **({"fields": list(c.fields)} if c.fields else {})}
            for c in self.complaints
        ]
        headers = {"x-cloud-error-codes": ",".join(dict.fromkeys(c.code for c in self.complaints))}
        if self.status == 401:
            headers["www-authenticate"] = 'Basic realm="ece", ApiKey'
        return json_reply(self.status, {"errors": errors}, headers)


def deployment_not_found(deployment_id: str) -> Problem:
    """404 for a deployment that is not there."""
    return Problem(404, "deployments.deployment_not_found", f"Deployment [{deployment_id}] was not found")


def resource_not_found(deployment_id: str, kind: str, ref_id: str) -> Problem:
    """404 for a resource of a deployment that is there."""
    return Problem(
        404,
        "deployments.deployment_resource_not_found",
        f"The deployment [{deployment_id}] has no [{kind}] resource with the ref_id [{ref_id}]",
    )


def plan_still_pending(kind: str, ref_id: str, place: str) -> Problem:
    """Refusal of a change while a plan runs. The status 400 is inferred (code seen on the hosted service)."""
    return Problem(
        400,
        "deployments.resource_plan_state_error",
        f"The [{kind}] resource [{ref_id}] has a plan still pending, cancel that or wait for it to complete",
        [place],
    )


def ruleset_not_found(ruleset_id: str) -> Problem:
    """404 for a rule set that is not there."""
    return Problem(404, "traffic_filter.not_found", f"The traffic filter ruleset [{ruleset_id}] was not found")
