"""One call as bytes and back: `prepare` makes a request of values, `read_reply` makes values or an error of an answer.

No I/O here; the client sends what is prepared and hands in what came back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar
from urllib.parse import quote, urlencode

from ece_client._generated.operations import OPERATIONS
from ece_client.config import API_ROOT
from ece_client.errors import NotJson, Problem, StatusError, UnexpectedReply, Where, status_error

if TYPE_CHECKING:
    from pydantic import BaseModel

    from ece_client.operation import Operation

ModelT = TypeVar("ModelT")
REQUEST_ID_HEADERS = ("x-cloud-request-id", "x-request-id")
MANAGEMENT_HEADER = "X-Management-Request"


@dataclass(frozen=True)
class Answer:
    """What came back, before anything is made of it."""

    status: int
    headers: Mapping[str, str]
    content: bytes

    @cached_property
    def decoded(self) -> tuple[bool, Any]:
        """Whether the body is JSON (or empty), and the JSON, or the text that it is instead."""
        if not self.content.strip():
            return True, None
        try:
            return True, json.loads(self.content)
        except ValueError:
            return False, self.content.decode(errors="replace")

    @property
    def is_page(self) -> bool:
        """Whether a person was meant to read it."""
        return "html" in self.headers.get("content-type", "").lower()


class Call(NamedTuple):
    """A request that is ready to be sent, any number of times."""

    where: Where
    operation: Operation
    target: str
    """Path and query, below the endpoint."""
    headers: dict[str, str]
    content: bytes
    safe: bool
    """True if a repeat after a lost answer does no harm."""


class Reply(Generic[ModelT]):
    """The answer to a call that went well."""

    def __init__(self, status: int, headers: Mapping[str, str], data: Any, call: Call, form: type | None) -> None:
        self.status = status
        self.headers = headers
        self.data = data
        """Decoded JSON; None for an empty body; text where a target behind the management channel sent no JSON."""
        self._call = call
        self._form = form

    @property
    def version(self) -> str | None:
        """Version of the object for the next conditional write, or None where the API sends none."""
        return self.headers.get("x-cloud-resource-version")

    def model(self) -> ModelT:
        """Return the data as the model that belongs to the status, or the one that `call` was given.

        Loads the generated models on first use (about 0.2 s), so code that runs in every process reads `data`.
        Raises UnexpectedReply when the data has another form.
        """
        from pydantic import TypeAdapter, ValidationError

        data = {} if self.data is None else self.data
        try:
            model: ModelT = TypeAdapter(self._form or self._documented_form()).validate_python(data)
        except ValidationError as error:
            first = error.errors()[0]
            place = ".".join(str(part) for part in first["loc"])
            raise UnexpectedReply(
                f"{self._call.where.operation}: the answer has another form than documented: "
                f"{place}: {first['msg']} ({self._call.where})",
                self._call.where,
            ) from None
        return model

    def _documented_form(self) -> Any:
        from ece_client._generated import models

        name = self._call.operation.responses.get(self.status)
        if name is None:
            return dict[str, Any]
        if name.startswith("["):
            return list[getattr(models, name.strip("[]"))]  # type: ignore[misc]  # a type made at run time
        return getattr(models, name)


def prepare(
    identifier: str,
    path: Mapping[str, str] | None = None,
    query: Mapping[str, Any] | None = None,
    body: BaseModel | Mapping[str, Any] | Sequence[Any] | str | bytes | None = None,
    *,
    region: str = "",
    safe: bool | None = None,
) -> Call:
    """Return the request for operation `identifier`.

    `safe` overrides the table, for calls through the management channel whose meaning only the caller knows.
    Raises ValueError for an unknown operation or parameter, or one that is missing.
    """
    operation = OPERATIONS.get(identifier)
    if operation is None:
        raise ValueError(f"{identifier!r} is no operation of the client")
    query = {name: value for name, value in (query or {}).items() if value is not None}
    if "region" in operation.required_query:
        query.setdefault("region", region)
    _check_query(identifier, operation, query)
    prefix = f"{API_ROOT}/regions/{quote(region, safe='')}" if operation.regional else API_ROOT
    place = prefix + _filled(identifier, operation, path or {})
    separator = "&" if "?" in place else "?"
    target = f"{place}{separator}{_query_string(query)}" if query else place
    headers, content = _content(operation, body)
    return Call(
        Where(identifier, operation.method, place.partition("?")[0]),
        operation,
        target,
        headers,
        content,
        safe=(operation.safe or _repeatable(identifier, query)) if safe is None else safe,
    )


def needs_region(identifier: str, query: Mapping[str, Any] | None) -> bool:
    """Return true if the call cannot be prepared without knowing the region."""
    operation = OPERATIONS.get(identifier)
    if operation is None:
        return False
    return operation.regional or ("region" in operation.required_query and not (query or {}).get("region"))


def _repeatable(identifier: str, query: Mapping[str, Any]) -> bool:
    """Creating with a request id twice makes one deployment (202 the second time); validating makes nothing."""
    return bool(query.get("validate_only")) or (identifier == "create-deployment" and "request_id" in query)


def _check_query(identifier: str, operation: Operation, query: Mapping[str, Any]) -> None:
    if operation.proxied:
        return
    if unknown := query.keys() - set(operation.query_params):
        raise ValueError(f"{identifier} has no query parameter {', '.join(sorted(unknown))}")
    if missing := set(operation.required_query) - query.keys():
        raise ValueError(f"{identifier} needs the query parameter {', '.join(sorted(missing))}")


def _filled(identifier: str, operation: Operation, values: Mapping[str, str]) -> str:
    """Return the path with its parameters filled in; only the path behind the management channel keeps its slashes."""
    if values.keys() != set(operation.path_params):
        raise ValueError(
            f"{identifier} needs exactly the path parameters {', '.join(operation.path_params) or '(none)'}"
        )
    path = operation.path
    for name, value in values.items():
        if not value:
            raise ValueError(f"{identifier}: the path parameter {name} is empty")
        text = value.lstrip("/") if name == "proxy_path" else quote(value, safe="")
        path = path.replace(f"{{{name}}}", text)
    return path


def _query_string(query: Mapping[str, Any]) -> str:
    return urlencode({name: _query_value(value) for name, value in query.items()})


def _query_value(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list | tuple):
        return ",".join(str(item) for item in value)
    return str(value)


def _content(operation: Operation, body: Any) -> tuple[dict[str, str], bytes]:
    headers = {"Accept": "application/json"}
    if operation.proxied:
        headers[MANAGEMENT_HEADER] = "true"
    if body is None:
        return headers, b""
    headers["Content-Type"] = operation.content_type
    return headers, encode(body)


def encode(body: Any) -> bytes:
    """Return the bytes of a request body: models without unset fields, JSON values, text and bytes as they are."""
    if isinstance(body, bytes):
        return body
    if isinstance(body, str):
        return body.encode()
    dump = getattr(body, "model_dump_json", None)
    text: str = dump(by_alias=True, exclude_unset=True) if dump else json.dumps(body, separators=(",", ":"))
    return text.encode()


def read_reply(call: Call, answer: Answer, form: type | None = None) -> Reply[Any]:
    """Return the reply to `call`, or raise the StatusError that the answer stands for."""
    is_json, data = answer.decoded
    problems = _problems(data)
    if call.operation.proxied and not problems and (is_json or not answer.is_page):
        return Reply(answer.status, answer.headers, data, call, form)
    if not is_json:
        raise _not_json(call, answer)
    if answer.status in call.operation.responses:
        return Reply(answer.status, answer.headers, data, call, form)
    request_id = _request_id(answer.headers)
    raise status_error(answer.status, problems, call.where, request_id, _hint(call, answer, data))


def _problems(data: Any) -> tuple[Problem, ...]:
    """Return the entries of an error body of the API; nothing for the errors of a target behind the channel."""
    entries = data.get("errors") if isinstance(data, dict) else None
    if not isinstance(entries, list):
        return ()
    return tuple(
        Problem(
            str(entry.get("code") or ""),
            str(entry.get("message") or ""),
            tuple(str(name) for name in entry.get("fields") or ()),
        )
        for entry in entries
        if isinstance(entry, dict)
    )


def is_cut(call: Call, answer: Answer) -> bool:
    """Return true for a success whose JSON does not end: the call took effect, its answer got lost on the way."""
    if answer.status >= 300 or answer.decoded[0] or answer.is_page:
        return False
    return not call.operation.proxied or "json" in answer.headers.get("content-type", "").lower()


def _not_json(call: Call, answer: Answer) -> StatusError:
    text = answer.content.decode(errors="replace")
    title = re.search(r"<title[^>]*>(.*?)</title", text, re.IGNORECASE | re.DOTALL)
    words = " ".join((title.group(1) if title else re.sub(r"<[^>]*>", " ", text)).split())[:80]
    return NotJson(
        f"{call.where.operation} was answered with {answer.status} by something that is not the ECE API "
        f"(no JSON, but {words!r}); check `endpoint` and what stands in front of it ({call.where})",
        call.where,
        status=answer.status,
        request_id=_request_id(answer.headers),
    )


def _hint(call: Call, answer: Answer, data: Any) -> str:
    if answer.status < 300:
        return "this status is not documented for the operation, so its effect is not known"
    if answer.status < 400:
        return f"a redirect to {answer.headers.get('location', 'nowhere')}, which is not followed; check `endpoint`"
    said = data.get("message") if isinstance(data, dict) else None
    if answer.status == 404:
        return f"{said or 'no such path'}; check the path in `endpoint`"
    return str(said or "")


def _request_id(headers: Mapping[str, str]) -> str | None:
    return next((headers[name] for name in REQUEST_ID_HEADERS if name in headers), None)
