"""A provider for tests of the plugin lane: things are JSON files in a folder (TOY_FOLDER)."""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path as FilePath
from typing import Any

from terraform_plugin import (
    NUMBER,
    STRING,
    Attribute,
    ConfigureContext,
    CreateContext,
    DeleteContext,
    IdentityAttribute,
    IdentitySchema,
    ImportContext,
    MapOf,
    Nested,
    Nesting,
    Provider,
    ReadContext,
    Resource,
    Schema,
    UpdateContext,
    Values,
    serve,
    timeouts,
)

ADDRESS = "terraform.local/toy/toy"
Folder = FilePath


class Thing(Resource[Folder]):
    """A thing with a name, a size and parts."""

    type_name = "toy_thing"
    identity = IdentitySchema({"id": IdentityAttribute(STRING, "Id of the thing.")})
    default_timeouts = {"create": "5m"}
    schema = Schema(
        {
            "id": Attribute(type=STRING, computed=True, description="Id."),
            "name": Attribute(type=STRING, required=True, description="Name."),
            "kind": Attribute(type=STRING, optional=True, default="plain", replace=True, description="Kind."),
            "size": Attribute(type=NUMBER, optional=True, description="Size."),
            "revision": Attribute(
                type=NUMBER, computed=True, changes_with=("name", "size", "tags", "parts"), description="Revision."
            ),
            "tags": Attribute(type=MapOf(STRING), optional=True, description="Tags."),
            "parts": Attribute(
                optional=True,
                description="Parts.",
                nested=Nested(
                    Nesting.SET,
                    {
                        "label": Attribute(type=STRING, required=True, description="Label."),
                        "serial": Attribute(type=STRING, computed=True, description="Serial."),
                    },
                ),
            ),
            "timeouts": timeouts(default_timeouts),
        }
    )

    async def create(self, context: CreateContext[Folder]) -> Values:
        """Write the file."""
        state = {**context.planned, "id": uuid.uuid4().hex, "revision": 1}
        return self._write(context.provider, state)

    def _write(self, folder: Folder, state: Values) -> Values:
        parts = state.get("parts")
        if parts is not None:
            for part in parts:
                if not isinstance(part["serial"], str):
                    part["serial"] = "s-" + part["label"]
        (folder / f"{state['id']}.json").write_text(
            json.dumps({k: v for k, v in state.items() if k != "timeouts"}, default=str)
        )
        return state

    async def read(self, context: ReadContext[Folder]) -> Values | None:
        """Read the file."""
        file = context.provider / f"{context.state['id']}.json"
        return json.loads(file.read_text()) if file.exists() else None

    async def update(self, context: UpdateContext[Folder]) -> Values:
        """Write the file again."""
        return self._write(context.provider, {**context.planned, "revision": context.prior["revision"] + 1})

    async def delete(self, context: DeleteContext[Folder]) -> None:
        """Remove the file."""
        (context.provider / f"{context.state['id']}.json").unlink(missing_ok=True)

    async def import_state(self, context: ImportContext[Folder]) -> Values:
        """By id."""
        return {"id": context.id or (context.identity or {})["id"]}


class Toy(Provider[Folder]):
    """The toy provider."""

    name = "toy"
    version = "1.0.0"
    schema = Schema({"folder": Attribute(type=STRING, optional=True, description="Folder of the things.")})

    @property
    def resources(self) -> list[Resource[Folder]]:
        """All resources."""
        return [Thing()]

    async def configure(self, context: ConfigureContext) -> Any:
        """Take the folder."""
        return FilePath(os.environ["TOY_FOLDER"])


if __name__ == "__main__":
    sys.exit(serve(Toy(), ADDRESS))
