"""``ece_stack_versions``: the versions of the Elastic Stack that the environment offers."""

from __future__ import annotations

import re
from typing import Any, Final

from ece_domain.findings import InvalidValue
from ece_domain.versions import Version
from ece_provider.configured import ConfiguredProvider
from terraform_plugin.diagnostics import DiagnosticError, Path
from terraform_plugin.resource import DataContext, DataSource, ValidateContext
from terraform_plugin.schema import Attribute, Nested, Nesting, Schema
from terraform_plugin.types import STRING, ListOf
from terraform_plugin.values import Values, is_set

SCHEMA: Final = Schema(
    description="The versions of the Elastic Stack that the environment offers, newest first.",
    attributes={
        "version_prefix": Attribute(
            type=STRING,
            optional=True,
            description="Only versions that begin with this, whole numbers only: `8.1` finds 8.1.3 and not 8.19.0.",
        ),
        "version_regex": Attribute(
            type=STRING,
            optional=True,
            description="Only versions in which this regular expression (Python's) finds something.",
        ),
        "latest": Attribute(
            type=STRING,
            computed=True,
            description="The newest of `versions` that is no pre-release; the newest of all when there is no release.",
        ),
        "versions": Attribute(type=ListOf(STRING), computed=True, description="The versions, newest first."),
        "stacks": Attribute(
            computed=True,
            description="The versions with what the environment says of them, newest first.",
            nested=Nested(
                Nesting.LIST,
                {
                    "version": Attribute(type=STRING, computed=True, description="The version."),
                    "upgradable_to": Attribute(
                        type=ListOf(STRING), computed=True, description="Versions it can be upgraded to in one step."
                    ),
                    "min_upgradable_from": Attribute(
                        type=STRING, computed=True, description="The oldest version that can be upgraded to it."
                    ),
                },
            ),
        ),
    },
)


class StackVersions(DataSource[ConfiguredProvider]):
    """Stack versions, read only."""

    type_name = "ece_stack_versions"
    schema = SCHEMA

    def validate(self, context: ValidateContext) -> None:
        """Check that the expression is one."""
        if is_set(context.config["version_regex"]):
            try:
                re.compile(context.config["version_regex"])
            except re.error as problem:
                context.diagnostics.error(
                    "Invalid regular expression",
                    f'version_regex = "{context.config["version_regex"]}" is not a regular expression: {problem}.',
                    Path("version_regex"),
                )

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Filter and sort the list; an empty result is an error, as nothing could be done with it."""
        config = context.config
        offered = [stack for stack in map(_known, await context.provider.lists.stack_versions()) if stack]
        chosen = [stack for stack in offered if _is_wanted(stack["version"], config)]
        if not chosen:
            names = ", ".join(stack["version"] for stack in offered) or "none"
            raise DiagnosticError(
                "No such version", f"No version fits {_wish(config)}. The environment offers: {names}."
            )
        chosen.sort(key=lambda stack: Version.parse(stack["version"]), reverse=True)
        versions = [stack["version"] for stack in chosen]
        releases = [version for version in versions if not Version.parse(version).suffix]
        return {**config, "stacks": chosen, "versions": versions, "latest": (releases or versions)[0]}


def _known(stack: dict[str, Any]) -> Values | None:
    """One entry as a value; None for one whose version cannot be read."""
    try:
        Version.parse(stack.get("version") or "")
    except InvalidValue:
        return None
    return {
        "version": stack["version"],
        "upgradable_to": sorted(stack.get("upgradable_to") or ()),
        "min_upgradable_from": stack.get("min_upgradable_from"),
    }


def _is_wanted(version: str, config: Values) -> bool:
    prefix, pattern = config["version_prefix"], config["version_regex"]
    if prefix and not f"{version}.".startswith(f"{prefix.rstrip('.')}."):
        return False
    return not pattern or re.search(pattern, version) is not None


def _wish(config: Values) -> str:
    given = [f'{name} = "{config[name]}"' for name in ("version_prefix", "version_regex") if config[name]]
    return " and ".join(given) or "the data source"
