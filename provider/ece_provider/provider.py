"""The provider: its configuration, the list of its parts, and how errors of the client become messages."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import Any

from ece_provider import VERSION
from ece_provider.config import PROVIDER_SCHEMA, validate_config
from ece_provider.configured import ConfiguredProvider
from ece_provider.data_sources.certificate_authority import CertificateAuthority
from ece_provider.data_sources.deployment import DeploymentData
from ece_provider.data_sources.deployment_templates import DeploymentTemplates
from ece_provider.data_sources.eligible_remote_clusters import EligibleRemoteClusters
from ece_provider.data_sources.environment import EnvironmentData
from ece_provider.data_sources.proxy_certificate import ProxyCertificate
from ece_provider.data_sources.remote_clusters import RemoteClusters
from ece_provider.data_sources.stack_versions import StackVersions
from ece_provider.data_sources.traffic_filters import TrafficFilters
from ece_provider.endpoints import is_plain
from ece_provider.functions import FUNCTIONS
from ece_provider.guarded import GuardedDataSource, GuardedResource
from ece_provider.resources.cross_cluster_api_key.resource import CrossClusterApiKey
from ece_provider.resources.cross_cluster_enablement.resource import CrossClusterEnablement
from ece_provider.resources.default_trust.resource import DefaultTrust
from ece_provider.resources.deployment.resource import Deployment
from ece_provider.resources.deployment_trust_account.resource import DeploymentTrustAccount
from ece_provider.resources.deployment_trust_direct.resource import DeploymentTrustDirect
from ece_provider.resources.deployment_trust_external.resource import DeploymentTrustExternal
from ece_provider.resources.deployment_trust_member.resource import DeploymentTrustMember
from ece_provider.resources.extra_certificate.resource import ExtraCertificate
from ece_provider.resources.hand_over.resource import HandOver
from ece_provider.resources.keystore_secret.resource import KeystoreSecret
from ece_provider.resources.platform_certificate.resource import PlatformCertificate
from ece_provider.resources.remote_cluster.resource import RemoteCluster
from ece_provider.resources.traffic_filter.resource import TrafficFilter
from ece_provider.resources.traffic_filter_association.resource import TrafficFilterAssociation
from ece_provider.resources.trust_relationship.resource import TrustRelationship
from ece_provider.settings import Settings, is_unknown, provider_settings
from terraform_plugin.diagnostics import Diagnostic, Path
from terraform_plugin.provider import ConfigureContext, Provider
from terraform_plugin.resource import DataSource, Function, Resource, ValidateContext


class EceProvider(Provider[ConfiguredProvider]):
    """Deployments, filters, trust and remote clusters of Elastic Cloud Enterprise."""

    name = "ece"
    version = VERSION
    schema = PROVIDER_SCHEMA

    def __init__(self) -> None:
        self._settings: Settings | None = None  # of the one block this process serves; messages name its arguments

    @property
    def resources(self) -> Sequence[Resource[ConfiguredProvider]]:
        """One instance of each resource type."""
        return [GuardedResource(resource) for resource in self._resources()]

    @staticmethod
    def _resources() -> Sequence[Resource[ConfiguredProvider]]:
        return (
            CrossClusterApiKey(),
            CrossClusterEnablement(),
            DefaultTrust(),
            Deployment(),
            DeploymentTrustAccount(),
            DeploymentTrustDirect(),
            DeploymentTrustExternal(),
            DeploymentTrustMember(),
            ExtraCertificate(),
            HandOver(),
            KeystoreSecret(),
            PlatformCertificate(),
            RemoteCluster(),
            TrafficFilter(),
            TrafficFilterAssociation(),
            TrustRelationship(),
        )

    @property
    def data_sources(self) -> Sequence[DataSource[ConfiguredProvider]]:
        """One instance of each data source."""
        return [GuardedDataSource(source) for source in self._data_sources()]

    @staticmethod
    def _data_sources() -> Sequence[DataSource[ConfiguredProvider]]:
        return (
            CertificateAuthority(),
            DeploymentData(),
            DeploymentTemplates(),
            EligibleRemoteClusters(),
            EnvironmentData(),
            ProxyCertificate(),
            RemoteClusters(),
            StackVersions(),
            TrafficFilters(),
        )

    @property
    def functions(self) -> Sequence[Function]:
        """One instance of each function."""
        return FUNCTIONS

    def validate(self, context: ValidateContext) -> None:
        """Check the provider block without the API and without environment variables."""
        validate_config(context.config, context.diagnostics)

    async def configure(self, context: ConfigureContext) -> ConfiguredProvider:
        """Complete the block from the environment; nothing is opened yet."""
        config = context.config
        settings = self._settings = None if is_unknown(config) else provider_settings(config, os.environ)
        if settings is not None and settings.insecure:
            context.diagnostics.warning(
                "The server's certificate is not checked",
                f"{settings.origin['insecure']} is true: anyone on the way can read the credentials. "
                "Use ca_file, ca_pem or ca_fingerprint instead.",
                Path("insecure"),
            )
        if settings is not None and is_plain(settings.endpoint):
            context.diagnostics.warning(
                "Credentials are sent in clear",
                f"{settings.origin['endpoint']} is an http URL. Use https, on ECE usually port 12443.",
                Path("endpoint"),
            )
        return ConfiguredProvider(settings, config, terraform_version=context.terraform_version)

    async def close(self, configured: ConfiguredProvider) -> None:
        """Close all connections."""
        await configured.close()

    def explain(self, error: Exception) -> Sequence[Diagnostic] | None:
        """Messages for errors of the client; None for anything else, which is a bug."""
        if "ece_client.errors" not in sys.modules:
            return None
        from ece_provider.errors import explain

        return explain(error, self._settings)

    def logger_names(self) -> Sequence[str]:
        """The loggers whose records Terraform shows."""
        return ("ece_provider", "ece_client")

    def secrets(self, configured: ConfiguredProvider) -> Sequence[Any]:
        """Credentials that came from environment variables, which no schema marks as sensitive."""
        return configured.secrets()
