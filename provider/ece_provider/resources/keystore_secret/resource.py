"""``ece_keystore_secret`` for Terraform: the verbs' names, and the checks that need no API."""

from __future__ import annotations

from ece_domain.compatibility import restart_finding
from ece_domain.findings import InvalidValue
from ece_domain.identifiers import check_hex_id
from ece_domain.remote_clusters import alias_of_credentials, split_environment
from ece_provider.configured import ConfiguredProvider
from ece_provider.decisions import decide
from ece_provider.findings import report
from ece_provider.owners import claim_in_plan
from ece_provider.resources.keystore_secret.schema import IDENTITY, SCHEMA, TIMEOUTS, TYPE_NAME, VALUES
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import (
    CreateContext,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.values import Values, is_set


class KeystoreSecret(Resource[ConfiguredProvider]):
    """One entry of a keystore."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY
    default_timeouts = TIMEOUTS

    def validate(self, context: ValidateContext) -> None:
        """Exactly one way to give the value."""
        given = [name for name in VALUES if context.config.get(name) is not None]
        if len(given) != 1:
            context.diagnostics.error(
                "The value is missing" if not given else "The value is given twice",
                f"Exactly one of {', '.join(VALUES)} is needed, got {' and '.join(given) or 'none of them'}.",
                Path(given[1] if given else VALUES[0]),
            )

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """The id, and that nobody else of this configuration has the entry."""
        planned = context.planned
        if planned is None or not (is_set(planned["deployment_id"]) and is_set(planned["name"])):
            return
        if (context.is_create or context.replaces) and is_set(planned["ref_id"]):
            planned["id"] = id_of(planned)
        words = f'the keystore entry "{planned["name"]}"'
        claim_in_plan(context, TYPE_NAME, thing_of(planned), words, Path("name"))
        await _check_restart(context, planned)
        decide(planned, context.diagnostics)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Write the entry."""
        from ece_provider.resources.keystore_secret.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Look whether the name is there; values are never shown."""
        from ece_provider.resources.keystore_secret.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Write the entry again."""
        from ece_provider.resources.keystore_secret.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Remove the entry."""
        from ece_provider.resources.keystore_secret.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt an entry by ``[<environment>/]<deployment id>/[<ref_id>/]<name>``, or by identity."""
        identity = context.identity or {}
        found = [identity.get(name) for name in IDENTITY.attributes]
        text = context.id if context.id is not None else "/".join(str(part) for part in found if part)
        environment, parts = split_environment(text)
        try:
            if len(parts) not in (2, 3) or not all(parts):
                raise InvalidValue(f'"{text}" is no id of a keystore entry: <deployment id>/<ref_id>/<name> is needed')
            deployment_id = check_hex_id(parts[0], "deployment id")
        except InvalidValue as problem:
            raise DiagnosticError("Invalid import id", f"{problem}.") from None
        return {
            **SCHEMA.null(),
            "deployment_id": deployment_id,
            "environment": environment,
            "ref_id": parts[1] if len(parts) == 3 else None,
            "name": parts[-1],
        }


async def _check_restart(context: PlanContext[ConfiguredProvider], planned: Values) -> None:
    """A remote cluster secret that Elasticsearch reads only when it starts."""
    changes = context.is_create or context.replaces or bool(context.changed & {"value_wo_version", "value_env"})
    if not changes or alias_of_credentials(planned["name"]) is None:
        return
    from ece_provider.side_checks import side_seen

    side = await side_seen(context, planned, Path())
    if side is not None and side.facts.version is not None:
        report(context.diagnostics, [restart_finding(side.words, side.facts.version)], Path("name"))


def id_of(state: Values) -> str:
    """The id of an entry."""
    return f"{state['deployment_id']}/{state['ref_id']}/{state['name']}"


def thing_of(state: Values) -> str:
    """The entry, whoever owns it."""
    return f"{state['deployment_id']}/{state['name']}"
