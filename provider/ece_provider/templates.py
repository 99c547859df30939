"""Deployment templates: the one that is named, or the environment's default; each is read once per run.

The provider never writes templates, so what it read stays good for the minutes that a run takes.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final

from terraform_plugin.diagnostics import DiagnosticError, Path

if TYPE_CHECKING:
    from ece_client import Client

Json = Mapping[str, Any]

DEFAULT_TEMPLATE: Final = "default"
"""Id of the template that every ECE brings along."""


class Templates:
    """The templates of one installation."""

    def __init__(self, client: Callable[[], Awaitable[Client]]) -> None:
        self._client = client
        self._read: dict[tuple[str | None, str], asyncio.Task[Json]] = {}

    async def get(self, template_id: str | None, version: str) -> Json:
        """The template, adapted to a stack version, with its instance configurations and the zones they may use.

        Without an id it is ``default``, else the only one there is.

        Raises:
            DiagnosticError: there is none of this id; names those that there are.
            ApiError: the API cannot be reached or refuses.
        """
        key = (template_id, version)
        task = self._read.get(key)
        if task is None or (task.done() and (task.cancelled() or task.exception() is not None)):
            task = self._read[key] = asyncio.ensure_future(self._found(template_id, version))
        return await asyncio.shield(task)

    async def _found(self, template_id: str | None, version: str) -> Json:
        from ece_client import NotFound

        try:
            return await self._one(template_id or DEFAULT_TEMPLATE, version)
        except NotFound:
            names = await self._ids()
        if template_id is None and len(names) == 1:
            return await self._one(names[0], version)
        raise DiagnosticError(
            "Template does not exist" if template_id else "No default template",
            (f'There is no deployment template "{template_id}".' if template_id else "template_id is needed here.")
            + f" Templates of this environment: {', '.join(names) or 'none'}.",
            Path("template_id"),
        )

    async def _one(self, template_id: str, version: str) -> Json:
        reply = await (await self._client()).call(
            "get-deployment-template-v2",
            path={"template_id": template_id},
            query={"show_instance_configurations": True, "show_max_zones": True, "stack_version": version},
        )
        return {"id": template_id, **reply.data}

    async def _ids(self) -> list[str]:
        """The ids of all visible templates, in the order that the platform shows them."""
        query = {"show_instance_configurations": False}
        reply = await (await self._client()).call("get-deployment-templates-v2", query=query)
        return [str(template["id"]) for template in reply.data or ()]
