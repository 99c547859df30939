"""``ece_default_trust`` for Terraform: the verbs (ECE API ``GET`` and ``PUT /account``)."""

from __future__ import annotations

from typing import Any

from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_provider.configured import ConfiguredProvider
from ece_provider.owners import claim_in_plan
from ece_provider.resources.default_trust.schema import IDENTITY, SCHEMA, TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
)
from terraform_plugin.values import Values


class DefaultTrust(Resource[ConfiguredProvider]):
    """The default trust of an environment."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """One object per environment; a destroy changes nothing, and says so."""
        if context.planned is not None:
            claim_in_plan(context, TYPE_NAME, "", "default trust of the environment", Path("trust_all"))
        elif context.prior is not None:
            context.diagnostics.warning("Default trust stays as it is", _stays(context.prior))

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Take over the setting."""
        state = await _written(context.provider, context.planned["trust_all"])
        context.save(state)
        return state

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """The setting; an import by the id of another account is refused."""
        client = await context.provider.client()
        state = _state((await client.call("get-current-account")).data)
        if context.imported and context.state["id"] != state["id"]:
            raise DiagnosticError(
                "Another account",
                f"The account of this environment is {state['id']}, not {context.state['id']}. Import by that id.",
            )
        return state

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Change the setting."""
        return await _written(context.provider, context.planned["trust_all"])

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Leave the setting as it is: an environment always has one."""

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt the setting by the account id."""
        text = context.id if context.id is not None else str((context.identity or {}).get("id"))
        try:
            return {**SCHEMA.null(), "id": check_hex_id(text, "account id")}
        except InvalidValue as problem:
            raise DiagnosticError("Invalid import id", f"{problem}.") from None


def _stays(state: Values) -> str:
    whom = "all others" if state["trust_all"] else "no other"
    return (
        f"Deployments that are created later go on trusting {whom} of the environment. To change that, set trust_all "
        "first and apply, then remove the object."
    )


async def _written(provider: ConfiguredProvider, trust_all: bool) -> Values:
    client = await provider.client()
    reply = await client.call("update-current-account", body={"trust": {"trust_all": trust_all}})
    return _state(reply.data)


def _state(account: dict[str, Any]) -> Values:
    """A missing setting is the one ECE is delivered with: all are trusted (documented)."""
    trust = account.get("trust") or {}
    return {"id": str(account["id"]), "trust_all": bool(trust.get("trust_all", True))}
