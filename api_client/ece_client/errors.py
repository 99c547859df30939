"""Everything that can go wrong with a call, as one tree of exceptions; `status_error` chooses the class.

ApiError
├── ConnectionFailed          no connection, or it broke; nothing was changed
│   └── TlsFailed             the certificate or the handshake was refused; never repeated
├── RequestTimeout            no answer in time; nothing was changed
├── WriteUncertain            the answer to a write got lost: it may have taken effect, or not
├── UnexpectedReply           a success whose JSON has another form than documented
├── StatusError               the server said no
│   ├── NotJson               an answer from something that is not the API (a proxy, a login page)
│   ├── Unauthenticated       401
│   │   └── LoginFailed       no session for user name and password
│   ├── Forbidden             403
│   ├── NotFound              404, said by the API itself with a code
│   ├── Conflict              409, or a version conflict
│   ├── PlanPending           refused because a plan is still running
│   ├── TooManyRequests       429
│   └── ServerError           5xx
└── PlanError                 the call went well, the plan it started did not (plan_errors.py)
    ├── PlanFailed
    ├── PlanTimeout
    └── PlanStopped
"""

from __future__ import annotations

from typing import NamedTuple

PLAN_PENDING_CODES = frozenset({"deployments.resource_plan_state_error", "clusters.cluster_plan_state_error"})


class Where(NamedTuple):
    """The call that an error belongs to."""

    operation: str = ""
    """Operation id of the API document, for example `get-deployment`."""
    method: str = ""
    """HTTP method."""
    path: str = ""
    """Path below the host, without the query."""

    def __str__(self) -> str:
        """Return method and path."""
        return f"{self.method} {self.path}"


class ApiError(Exception):
    """Any failure of the client; `str()` is one line for the person who can act on it."""

    def __init__(self, message: str, where: Where | None = None) -> None:
        super().__init__(message)
        self.where = where or Where()

    @property
    def operation(self) -> str:
        """Operation id of the call, or an empty text."""
        return self.where.operation

    @property
    def method(self) -> str:
        """HTTP method of the call, or an empty text."""
        return self.where.method

    @property
    def path(self) -> str:
        """Path of the call, or an empty text."""
        return self.where.path


class ConnectionFailed(ApiError):
    """No connection, or it broke during a call that changes nothing."""


class TlsFailed(ConnectionFailed):
    """The server's certificate, or ours, was refused.

    `reason` is one of unknown_ca, expired, host_name_mismatch, fingerprint_mismatch, client_certificate, not_tls,
    bad_file, other; `argument` is the setting to look at.
    """

    def __init__(self, message: str, where: Where | None = None, *, reason: str, argument: str) -> None:
        super().__init__(message, where)
        self.reason = reason
        self.argument = argument


class RequestTimeout(ApiError):
    """No answer within `request_timeout`, during a call that changes nothing."""


class WriteUncertain(ApiError):
    """The answer to a write that must not be repeated got lost: look whether it took effect before writing again."""


class UnexpectedReply(ApiError):
    """A success whose content does not fit the model."""


class PlanError(ApiError):
    """Base of what a wait for plans reports (plan_errors.py)."""


class Problem(NamedTuple):
    """One entry of an error body (`BasicFailedReplyElement`)."""

    code: str
    """Code, for example `deployments.deployment_not_found`."""
    message: str
    """Text of the server."""
    fields: tuple[str, ...] = ()
    """Paths in the request that the entry is about, for example `resources.elasticsearch[0].cluster_topology`."""

    def __str__(self) -> str:
        """Return code, text and fields on one line."""
        fields = f" [{', '.join(self.fields)}]" if self.fields else ""
        return f"{self.code}: {self.message}{fields}" if self.code else f"{self.message}{fields}"


class StatusError(ApiError):
    """The server answered with a status that is no documented success."""

    def __init__(
        self,
        message: str,
        where: Where | None = None,
        *,
        status: int,
        problems: tuple[Problem, ...] = (),
        request_id: str | None = None,
    ) -> None:
        super().__init__(message, where)
        self.status = status
        self.problems = problems
        self.request_id = request_id

    @property
    def codes(self) -> tuple[str, ...]:
        """Error codes, in the order of the body."""
        return tuple(problem.code for problem in self.problems)

    @property
    def messages(self) -> tuple[str, ...]:
        """Texts of the server, in the order of the body."""
        return tuple(problem.message for problem in self.problems)

    @property
    def fields(self) -> tuple[str, ...]:
        """All paths in the request that the server complains about."""
        return tuple(field for problem in self.problems for field in problem.fields)


class NotJson(StatusError):
    """The answer is no JSON: it comes from a proxy or a login page, not from the API."""


class Unauthenticated(StatusError):
    """401: key, token or password is wrong or has expired."""


class LoginFailed(Unauthenticated):
    """The installation gives no session for user name and password."""


class Forbidden(StatusError):
    """403: known, but without the right; never a sign that the object is gone."""


class NotFound(StatusError):
    """404 with a code of the API: the object is not there."""


class Conflict(StatusError):
    """409, or a version that is no longer the current one."""


class PlanPending(StatusError):
    """Refused because a plan of the resource is still running."""


class TooManyRequests(StatusError):
    """429."""


class ServerError(StatusError):
    """500 and above."""


BY_STATUS: dict[int, type[StatusError]] = {
    401: Unauthenticated,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    429: TooManyRequests,
    449: Forbidden,  # before ECE 3.7: elevated permissions are needed
}


def status_error(
    status: int, problems: tuple[Problem, ...], where: Where, request_id: str | None, hint: str = ""
) -> StatusError:
    """Return the error for an answer with `status` and the entries of its body.

    A 404 without a code, or with one of the `root.` family, is no NotFound: a wrong path in the endpoint is answered
    that way for every object (inferred), and an object must not be taken for gone because of it.
    """
    said = "; ".join(str(problem) for problem in problems) or hint or "no reason given"
    trace = f", request id {request_id}" if request_id else ""
    return _class(status, problems)(
        f"{where.operation} failed with {status}: {said} ({where}{trace})",
        where,
        status=status,
        problems=problems,
        request_id=request_id,
    )


def _class(status: int, problems: tuple[Problem, ...]) -> type[StatusError]:
    codes = {problem.code for problem in problems}
    if codes & PLAN_PENDING_CODES:
        return PlanPending
    if any(code.endswith(".version_conflict") for code in codes):
        return Conflict
    if status == 404 and all(not code or code.startswith("root.") for code in codes):
        return StatusError
    return ServerError if status >= 500 else BY_STATUS.get(status, StatusError)
