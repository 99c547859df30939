"""``toy_thing``: a resource whose schema has something of everything."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    Interrupted,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.schema import Attribute, IdentityAttribute, IdentitySchema, Nested, Nesting, Schema, timeouts
from terraform_plugin.types import BOOL, DYNAMIC, NUMBER, STRING, ListOf, MapOf, SetOf, parse_type
from terraform_plugin.validators import Between, Matches, NotEmpty, OneOf
from terraform_plugin.values import UNKNOWN, Dynamic, Values, is_set
from tests.plugin.toy.store import Store

POLL_SECONDS = 0.02


def same_text(first: Any, second: Any) -> bool:
    """Upper and lower case mean the same to the toy."""
    return isinstance(first, str) and isinstance(second, str) and first.lower() == second.lower()


def shrinks(prior: Any, planned: Any) -> bool:
    """Things cannot shrink in place."""
    return is_set(prior) and is_set(planned) and planned < prior


def _text(description: str = "text", **options: Any) -> Attribute:
    options = {"optional": True, **options}
    return Attribute(type=STRING, description=description, **options)


def _nested(nesting: Nesting, name: str) -> Attribute:
    """Objects with a required, a defaulted and a computed member."""
    port = {
        "port": Attribute(type=NUMBER, required=True, description="port", validators=(Between(1, 65535),)),
        "protocol": _text(default="tcp", validators=(OneOf("tcp", "udp"),)),
        "handle": _text(optional=False, computed=True, changes_with=(name,)),
    }
    return Attribute(nested=Nested(nesting, port), description=nesting.name, optional=True)


THING = Schema(
    description="A thing.",
    version=1,
    attributes={
        "id": _text(optional=False, computed=True),
        "name": _text(optional=False, required=True, validators=(NotEmpty(),)),
        "size": Attribute(type=NUMBER, optional=True, default=1, description="size", validators=(Between(0, 1000),)),
        "floor": Attribute(type=NUMBER, optional=True, description="cannot shrink in place", replace=shrinks),
        "zone": _text(replace=True),
        "colour": _text(computed=True, validators=(Matches("[a-z]+", "lower case letters"),)),
        "motto": _text(equivalent=same_text),
        "tags": Attribute(type=MapOf(STRING), optional=True, description="tags"),
        "labels": Attribute(type=SetOf(STRING), optional=True, description="labels"),
        "steps": Attribute(type=ListOf(STRING), optional=True, description="steps"),
        "flag": Attribute(type=BOOL, optional=True, default=False, description="flag"),
        "amount": Attribute(type=NUMBER, optional=True, description="any number"),
        "anything": Attribute(type=DYNAMIC, optional=True, description="any value"),
        "payload": _text("large text"),
        "secret": _text(sensitive=True),
        "password_wo": _text(sensitive=True, write_only=True),
        "password_wo_version": Attribute(type=NUMBER, optional=True, description="change it to send the password"),
        "one": _nested(Nesting.SINGLE, "one"),
        "many": _nested(Nesting.LIST, "many"),
        "unique": _nested(Nesting.SET, "unique"),
        "named": _nested(Nesting.MAP, "named"),
        "remark": _text("lives in Terraform only", local=True),
        "keep": Attribute(type=BOOL, optional=True, local=True, default=False, description="refuse to be destroyed"),
        "url": _text(optional=False, computed=True),
        "revision": Attribute(
            type=NUMBER,
            optional=False,
            computed=True,
            description="counts changes of size and name",
            changes_with=("size", "name"),
        ),
        "password_length": Attribute(
            type=NUMBER,
            computed=True,
            description="length of the write-only password last sent",
            changes_with=("password_wo_version",),
        ),
        "timeouts": timeouts({"create": "30s", "update": "30s", "delete": "30s"}),
    },
)

LOCAL = ("remark", "keep", "timeouts", "password_wo", "password_wo_version")


class Thing(Resource[Store]):
    """Objects of the store."""

    type_name = "toy_thing"
    schema = THING
    identity = IdentitySchema({"id": IdentityAttribute(STRING, "id of the thing")})
    default_timeouts = {"create": "30s", "update": "30s", "delete": "30s"}

    def validate(self, context: ValidateContext) -> None:
        """``steps`` and ``labels`` exclude each other."""
        if context.config.get("name") == "bug-in-validate":
            raise RuntimeError("a bug in validate")
        if is_set(context.config["steps"]) and is_set(context.config["labels"]):
            context.diagnostics.error("steps and labels exclude each other", "Give one of them.", Path("labels"))

    async def plan(self, context: PlanContext[Store]) -> None:
        """Refuse to destroy what is to be kept; warn about big things."""
        if context.provider is not None:
            context.provider.strike("plan")
        if (context.is_destroy or context.replaces) and context.prior and context.prior["keep"]:
            context.diagnostics.error("The thing is to be kept", "Set keep = false first.", Path("keep"))
        if context.planned is not None and is_set(context.planned["size"]) and context.planned["size"] > 900:
            context.diagnostics.warning("A big thing", "More than 900 is a lot.", Path("size"))

    async def create(self, context: CreateContext[Store]) -> Values:
        """Write the object, then wait if so ordered."""
        store, planned = context.provider, dict(context.planned)
        store.log("create", planned["name"])
        _strike(store, "create_before")
        state = _filled(planned, context.config, revision=1)
        state["id"] = store.put({})
        state["url"] = f"toy://{state['id']}"
        store.put(_stored(state), state["id"])
        _strike(store, "create_unsaved")
        context.save({**state, "revision": UNKNOWN})
        _strike(store, "create_after")
        await _wait(store, "create_after", context.stop, state["id"])
        return state

    async def read(self, context: ReadContext[Store]) -> Values | None:
        """Read the object; one that was interrupted is waited for."""
        store, state = context.provider, context.state
        store.log("read", state.get("name") or state["id"])
        _strike(store, "read")
        if context.private.get("pending_attempt"):
            await _wait(store, "create_after", context.stop, state["id"])
        found = store.get(state["id"])
        if found is None:
            return None
        context.private["reads"] = context.private.get("reads", 0) + 1
        if found["anything"] is not None:
            found["anything"] = Dynamic(parse_type(found["anything"]["type"]), found["anything"]["value"])
        return {**state, **found, "id": state["id"], "url": f"toy://{state['id']}"}

    async def update(self, context: UpdateContext[Store]) -> Values:
        """Write name and size first, then the rest: a failure between them shows what took effect."""
        store, state = context.provider, _filled(dict(context.planned), context.config, context.prior["revision"])
        store.log("update", context.prior["name"])
        _strike(store, "update_before")
        if {"size", "name"} & context.changed:
            state["revision"] = context.prior["revision"] + 1
        half = {**context.prior, **{name: state[name] for name in ("name", "size", "revision")}}
        store.put(_stored(half), state["id"])
        context.save(half)
        _strike(store, "update_between")
        await _wait(store, "update_between", context.stop, state["id"])
        store.put(_stored(state), state["id"])
        return state

    async def delete(self, context: DeleteContext[Store]) -> None:
        """Remove the object."""
        context.provider.log("delete", context.state["name"])
        _strike(context.provider, "delete")
        context.provider.drop(context.state["id"])

    async def import_state(self, context: ImportContext[Store]) -> Values:
        """By id, or by identity."""
        context.provider.log("import")
        _strike(context.provider, "import")
        id = context.id if context.id is not None else (context.identity or {})["id"]
        if not id.startswith("thing-"):
            raise DiagnosticError("Not an id of a thing", f'"{id}" does not begin with thing-.')
        return {**self.schema.null(), "id": id}

    def upgrade_state(self, version: int, state: Values) -> Values:
        """Version 0 called the name ``title`` and kept the size as text."""
        if version == 0:
            if state.get("title") == "bug-in-upgrade":
                raise RuntimeError("a bug in upgrade")
            return {**state, "name": state.get("title"), "size": int(state.get("size") or 1)}
        return state

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        """From ``toy_old``, whose name is called ``label``."""
        if source_type != "toy_old" or not source_provider.endswith("/toy"):
            return None
        return {**self.schema.null(), "id": state["id"], "name": state["label"]}


class Old(Resource[Store]):
    """The type that ``toy_thing`` was before."""

    type_name = "toy_old"
    schema = Schema(
        description="An old thing.",
        attributes={
            "id": _text(optional=False, computed=True),
            "label": _text(optional=False, required=True),
        },
    )

    async def create(self, context: CreateContext[Store]) -> Values:
        """Write an object that a thing could have written."""
        thing = {**THING.null(), "name": context.planned["label"], "size": 1, "flag": False, "revision": 1}
        return {**context.planned, "id": context.provider.put(_stored({**thing, "colour": "grey"}))}

    async def read(self, context: ReadContext[Store]) -> Values | None:
        """Read the object."""
        found = context.provider.get(context.state["id"])
        return {**context.state, "label": found["name"]} if found else None

    async def delete(self, context: DeleteContext[Store]) -> None:
        """Remove the object."""
        context.provider.drop(context.state["id"])


def _filled(planned: Values, config: Values, revision: Any) -> Values:
    """Computed members get what only the toy knows."""
    state = dict(planned)
    if state["revision"] is UNKNOWN:
        state["revision"] = revision
    if state["colour"] is UNKNOWN:
        state["colour"] = "grey"
    if state["password_length"] is UNKNOWN:
        sent = config.get("password_wo")
        state["password_length"] = len(sent) if sent is not None else 0
    for name in ("one", "many", "unique", "named"):
        state[name] = _with_handles(state[name])
    return state


def _with_handles(value: Any) -> Any:
    if isinstance(value, dict) and "port" in value:
        return {**value, "handle": f"{value['protocol']}/{value['port']}"}
    if isinstance(value, dict):
        return {key: _with_handles(member) for key, member in value.items()}
    if isinstance(value, list):
        return [_with_handles(member) for member in value]
    return value


def _stored(state: Values) -> dict[str, Any]:
    """What the store keeps: like many an API it writes the motto its own way."""
    kept = {name: value for name, value in state.items() if name not in (*LOCAL, "id", "url")}
    if isinstance(kept["anything"], Dynamic):
        kept["anything"] = {"type": kept["anything"].type.json(), "value": kept["anything"].value}
    if isinstance(kept["motto"], str):
        kept["motto"] = kept["motto"].lower()
    return kept


def _strike(store: Store, place: str) -> None:
    if store.ordered(place) == "error":
        raise DiagnosticError(f"The toy refused {place}", "As ordered.")
    store.strike(place)


async def _wait(store: Store, place: str, stop: asyncio.Event, id: str) -> None:
    while store.ordered(place) == "wait":
        if stop.is_set():
            raise Interrupted(f"{id} is not ready yet", pending={"id": id})
        await asyncio.sleep(POLL_SECONDS)
    if store.ordered(place) == "kill later":
        os.kill(os.getpid(), signal.SIGKILL)
