"""``ece_hand_over`` for Terraform: what it is called, and which module does each verb."""

from __future__ import annotations

from ece_domain.hand_over.facts import CLOUD, PLATFORMS
from ece_domain.platforms import Platform
from ece_provider.configured import ConfiguredProvider
from ece_provider.findings import to_diagnostic
from ece_provider.kinds import ELASTICSEARCH
from ece_provider.owners import claim_in_plan
from ece_provider.resources.hand_over.facts import PLACES, given
from ece_provider.resources.hand_over.folder import RECORD, Folder
from ece_provider.resources.hand_over.mapping import imported
from ece_provider.resources.hand_over.schema import COMPUTED, IDENTITY, SCHEMA, TYPE_NAME
from terraform_plugin.diagnostics import DiagnosticError, Diagnostics, Path
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
from terraform_plugin.values import UNKNOWN, Values, is_set


class HandOver(Resource[ConfiguredProvider]):
    """The files and the run-book of one connection."""

    type_name = TYPE_NAME
    schema = SCHEMA
    identity = IDENTITY

    def validate(self, context: ValidateContext) -> None:
        """Check the facts that are given; what a deployment tells is checked when it is read."""
        check(context.config, context.diagnostics)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Write again what the last read found changed; the id is the folder."""
        planned, prior = context.planned, context.prior
        if planned is None:
            return
        if is_set(planned["folder"]):
            planned["id"] = planned["folder"]
            claim_in_plan(context, TYPE_NAME, Folder(planned["folder"]).key, "this folder", Path("folder"))
        if context.is_update and prior is not None and prior["up_to_date"] is not True:
            planned |= dict.fromkeys(COMPUTED, UNKNOWN)
        check(planned, context.diagnostics)
        for place in PLACES:
            _check_environment(context, planned[place], place)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Write all files."""
        from ece_provider.resources.hand_over.verbs import create

        return await create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values:
        """Look at the files and at the facts."""
        from ece_provider.resources.hand_over.verbs import read

        return await read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Write what differs."""
        from ece_provider.resources.hand_over.verbs import update

        return await update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Remove what was written."""
        from ece_provider.resources.hand_over.verbs import delete

        await delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Adopt a folder by what it tells of itself."""
        name = context.id if context.id is not None else str((context.identity or {}).get("id"))
        record = Folder(name).record()
        if record is None:
            raise DiagnosticError(
                "No hand-over there",
                f'The folder "{name}" holds no {RECORD}, so nothing tells what it was made of. A relative path starts '
                "where Terraform runs.",
            )
        return imported(name, record)


def check(values: Values, diagnostics: Diagnostics) -> None:
    """Add what is wrong with the facts, each at its attribute; what is not known yet counts as right."""
    from ece_domain.hand_over import findings
    from ece_provider.resources.hand_over.verbs import place_of

    for place in PLACES:
        _check_side(values.get(place), place, diagnostics)
    if diagnostics.has_errors:
        return
    try:
        facts = given(values)
    except DiagnosticError as problem:
        diagnostics.extend(problem.diagnostics)
        return
    if facts is not None:
        diagnostics.extend(
            to_diagnostic(finding, place_of(finding)) for finding in findings(facts.connection, facts.unknown)
        )


def _check_side(side: Values | None, place: str, diagnostics: Diagnostics) -> None:
    if not is_set(side) or side.get("kind") not in PLATFORMS:
        return
    platform = Platform(side["kind"])
    if platform not in CLOUD and side.get("deployment_id") is not None:
        diagnostics.error(
            "No deployment there",
            f'A cluster of kind "{platform.value}" is no deployment: leave deployment_id out, and name it by address.',
            Path(place).attribute("deployment_id"),
        )
    for name, kinds in _ONLY.items():
        if side.get(name) is not None and platform not in kinds:
            diagnostics.error(
                f"{name} does not go with kind {platform.value}",
                f"It is for {' and '.join(kind.value for kind in kinds)} only.",
                Path(place).attribute(name),
            )


def _check_environment(context: PlanContext[ConfiguredProvider], side: Values | None, place: str) -> None:
    """A partner is reached as a cluster of its own. Deployments are looked up, which tells of their environments."""
    if not is_set(side) or side.get("kind") not in PLATFORMS or Platform(side["kind"]) in CLOUD:
        return
    name = side["environment"]
    if not is_set(name) or context.provider.kind_of(name) == ELASTICSEARCH:
        return
    is_listed = name in context.provider.environment_names
    if context.provider.settings is None or (is_listed and context.provider.kind_of(name) is None):
        return  # not known yet
    known = ", ".join(context.provider.environment_names) or "none"
    context.diagnostics.error(
        "No environment that leads to this cluster",
        f'A cluster of kind "{side["kind"]}" is reached by an entry of environments of kind "{ELASTICSEARCH}"; '
        f'"{name}" is none. The provider has: {known}. Without environment, everything is handed over.',
        Path(place).attribute("environment"),
    )


_SELF = (Platform.SELF_MANAGED,)
_ONLY = {
    **dict.fromkeys(("new_certificates", "home", "config_folder", "ca_file", "ca_key_file", "restart_command"), _SELF),
    **dict.fromkeys(("cluster_name", "namespace", "manifest"), (Platform.ECK,)),
}
