"""Objects that only some kinds of places have: on the others they are refused before anything is asked or forgotten.

A read that asked a place which has no such object would find nothing and lose it from state.
"""

from __future__ import annotations

from typing import Final

from ece_provider.configured import ConfiguredProvider
from ece_provider.kinds import ECE, ECH, ELASTICSEARCH, WORDS
from terraform_plugin.diagnostics import DiagnosticError
from terraform_plugin.resource import (
    CreateContext,
    DataContext,
    DataSource,
    DeleteContext,
    ImportContext,
    PlanContext,
    ReadContext,
    Resource,
    UpdateContext,
    ValidateContext,
)
from terraform_plugin.values import Values

_PLATFORMS: Final = frozenset({ECE, ECH})
_ALL: Final = frozenset({ECE, ECH, ELASTICSEARCH})

KINDS_OF: Final = {
    "ece_deployment_trust_account": _PLATFORMS,
    "ece_deployment_trust_direct": _PLATFORMS,
    "ece_deployment_trust_member": _PLATFORMS,
    "ece_default_trust": _PLATFORMS,
    "ece_traffic_filter": _PLATFORMS,
    "ece_traffic_filter_association": _PLATFORMS,
    "ece_keystore_secret": _ALL,
    "ece_cross_cluster_api_key": _ALL,
    "ece_remote_cluster": _ALL,
    "ece_hand_over": _ALL,
    "data ece_certificate_authority": _PLATFORMS,
    "data ece_deployment": _PLATFORMS,
    "data ece_deployment_templates": _PLATFORMS,
    "data ece_eligible_remote_clusters": _PLATFORMS,
    "data ece_environment": _PLATFORMS,
    "data ece_stack_versions": _PLATFORMS,
    "data ece_traffic_filters": _PLATFORMS,
    "data ece_remote_clusters": _ALL,
}
"""Type → the kinds of the provider's own place it works with; those left out belong to ECE."""

_WAY_OUT: Final = {
    "ece_deployment": "Hosted deployments are made with Elastic's own provider (ec_deployment) or in the console; "
    "their ids are all that is needed here.",
    "ece_trust_relationship": "Trust between Elastic Cloud Hosted and an ECE is direct trust of deployments: "
    "ece_deployment_trust_direct on both sides.",
    "ece_deployment_trust_external": "Deployments here trust another environment by ece_deployment_trust_direct, with "
    "its CA and scope_id.",
    "ece_cross_cluster_enablement": "Only deployments that an ECE made before 2.9.0 need it.",
    "ece_platform_certificate": "Its proxies show a certificate of a public CA, which is not yours to change.",
    "ece_extra_certificate": "The platform keeps no certificates of yours.",
    "data ece_proxy_certificate": "Its proxies show a certificate of a public CA, so nobody has to be told.",
}


def refusal(type_name: str, kind: str) -> DiagnosticError:
    """The refusal of an object where it does not exist."""
    allowed = " or ".join(f'"{each}"' for each in sorted(kinds_of(type_name)))
    way_out = f" {_WAY_OUT[type_name]}" if kind == ECH and type_name in _WAY_OUT else ""
    return DiagnosticError(
        f"{type_name} does not exist there",
        f'The provider is of kind "{kind}", {WORDS[kind]}; {type_name} needs one of kind {allowed}. Give the object '
        f"another provider (provider = ece.<alias>).{way_out}",
    )


def kinds_of(type_name: str) -> frozenset[str]:
    """The kinds of places that have objects of a type."""
    return KINDS_OF.get(type_name, frozenset({ECE}))


class _Guard:
    def __init__(self, type_name: str) -> None:
        self._type_name = type_name

    def check(self, provider: ConfiguredProvider) -> None:
        """Refuse a provider of another kind; one that is not known yet passes."""
        kind = provider.kind_of(None)
        if kind is not None and kind not in kinds_of(self._type_name):
            raise refusal(self._type_name, kind)


class GuardedResource(Resource[ConfiguredProvider]):
    """A resource that is refused where it does not exist; all else is that of the resource itself."""

    def __init__(self, inner: Resource[ConfiguredProvider]) -> None:
        self.type_name = inner.type_name
        self.schema = inner.schema
        self.identity = inner.identity
        self.default_timeouts = inner.default_timeouts
        self._inner = inner
        self._guard = _Guard(inner.type_name)

    def validate(self, context: ValidateContext) -> None:
        """As the resource does."""
        self._inner.validate(context)

    async def plan(self, context: PlanContext[ConfiguredProvider]) -> None:
        """Checked first."""
        self._guard.check(context.provider)
        await self._inner.plan(context)

    async def create(self, context: CreateContext[ConfiguredProvider]) -> Values:
        """Checked first."""
        self._guard.check(context.provider)
        return await self._inner.create(context)

    async def read(self, context: ReadContext[ConfiguredProvider]) -> Values | None:
        """Checked first."""
        self._guard.check(context.provider)
        return await self._inner.read(context)

    async def update(self, context: UpdateContext[ConfiguredProvider]) -> Values:
        """Checked first."""
        self._guard.check(context.provider)
        return await self._inner.update(context)

    async def delete(self, context: DeleteContext[ConfiguredProvider]) -> None:
        """Checked first."""
        self._guard.check(context.provider)
        await self._inner.delete(context)

    async def import_state(self, context: ImportContext[ConfiguredProvider]) -> Values:
        """Checked first."""
        self._guard.check(context.provider)
        return await self._inner.import_state(context)

    def identity_of(self, state: Values) -> Values:
        """As the resource does."""
        return self._inner.identity_of(state)

    def upgrade_state(self, version: int, state: Values) -> Values:
        """As the resource does."""
        return self._inner.upgrade_state(version, state)

    def move_state(self, source_type: str, source_provider: str, state: Values) -> Values | None:
        """As the resource does."""
        return self._inner.move_state(source_type, source_provider, state)


class GuardedDataSource(DataSource[ConfiguredProvider]):
    """A data source that is refused where it does not exist."""

    def __init__(self, inner: DataSource[ConfiguredProvider]) -> None:
        self.type_name = inner.type_name
        self.schema = inner.schema
        self._inner = inner
        self._guard = _Guard(f"data {inner.type_name}")

    def validate(self, context: ValidateContext) -> None:
        """As the data source does."""
        self._inner.validate(context)

    async def read(self, context: DataContext[ConfiguredProvider]) -> Values:
        """Checked first."""
        self._guard.check(context.provider)
        return await self._inner.read(context)
