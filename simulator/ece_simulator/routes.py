"""The flat table of what is supported: operation, needed right, handler, and whether it changes anything.

Methods and paths come from the API document by operation id; everything else of the document answers 501.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from ece_simulator.account import handlers as account
from ece_simulator.call import Call, Outcome
from ece_simulator.deployments import handlers as deployments
from ece_simulator.deployments import proxy_handlers as proxies
from ece_simulator.deployments import resource_handlers as resources
from ece_simulator.keystore import handlers as keystore
from ece_simulator.platform import certificate_handlers as certificates
from ece_simulator.platform import handlers as platform
from ece_simulator.remote_clusters import handlers as remotes
from ece_simulator.stack import handlers as stack
from ece_simulator.templates import handlers as templates
from ece_simulator.traffic_filters import handlers as filters
from ece_simulator.trust import relationship_handlers as relationships
from ece_simulator.users import handlers as users
from ece_simulator.users.rights import Right


@dataclass(frozen=True)
class Route:
    """One supported operation."""

    operation_id: str
    right: Right
    handler: Callable[[Call], Outcome]
    writes: bool = False
    open: bool = False
    """Needs no login."""
    writes_by: Callable[[str, dict[str, str]], bool] | None = None
    """Where the path decides whether a call changes anything: asked with method and path parameters."""

    def is_write(self, method: str, parameters: dict[str, str]) -> bool:
        """Whether a call changes anything."""
        return self.writes if self.writes_by is None else self.writes_by(method, parameters)


_READ, _WRITE = Right.DEPLOYMENT_READ, Right.DEPLOYMENT_WRITE

ROUTES: tuple[Route, ...] = (
    Route("get-platform", Right.PLATFORM_READ, platform.get_platform),
    Route("get-version-stacks", _READ, stack.get_version_stacks),
    Route("get-version-stack", Right.PLATFORM_READ, stack.get_version_stack),
    Route("get-deployment-templates-v2", _READ, templates.get_deployment_templates_v2),
    Route("get-deployment-template-v2", _READ, templates.get_deployment_template_v2),
    Route("list-deployments", _READ, deployments.list_deployments),
    Route("create-deployment", _WRITE, deployments.create_deployment, writes=True),
    Route("search-deployments", _READ, deployments.search_deployments),
    Route("get-deployment", _READ, deployments.get_deployment),
    Route("update-deployment", _WRITE, deployments.update_deployment, writes=True),
    Route("delete-deployment", _WRITE, deployments.delete_deployment, writes=True),
    Route("restore-deployment", _WRITE, deployments.restore_deployment, writes=True),
    Route("shutdown-deployment", _WRITE, deployments.shutdown_deployment, writes=True),
    Route("migrate-deployment-template", _READ, deployments.migrate_deployment_template),
    Route("get-deployment-certificate-authority", _READ, deployments.get_deployment_certificate_authority),
    Route("get-deployment-es-resource-info", _READ, resources.get_deployment_es_resource_info),
    Route("get-deployment-kib-resource-info", _READ, resources.get_deployment_kib_resource_info),
    Route("get-deployment-apm-resource-info", _READ, resources.get_deployment_apm_resource_info),
    Route(
        "get-deployment-integrations-server-resource-info",
        _READ,
        resources.get_deployment_integrations_server_resource_info,
    ),
    Route(
        "get-deployment-enterprise-search-resource-info",
        _READ,
        resources.get_deployment_enterprise_search_resource_info,
    ),
    Route("shutdown-deployment-es-resource", _WRITE, resources.shutdown_resource, writes=True),
    Route("shutdown-deployment-stateless-resource", _WRITE, resources.shutdown_resource, writes=True),
    Route("restart-deployment-es-resource", _WRITE, resources.restart_resource, writes=True),
    Route("restart-deployment-stateless-resource", _WRITE, resources.restart_resource, writes=True),
    Route("restore-deployment-resource", _WRITE, resources.restore_deployment_resource, writes=True),
    Route(
        "cancel-deployment-resource-pending-plan",
        _WRITE,
        resources.cancel_deployment_resource_pending_plan,
        writes=True,
    ),
    Route("delete-deployment-stateless-resource", _WRITE, resources.delete_deployment_stateless_resource, writes=True),
    Route("get-deployment-resource-plan-activity", _READ, resources.get_deployment_resource_plan_activity),
    Route("get-deployment-es-resource-keystore", _READ, keystore.get_deployment_es_resource_keystore),
    Route("set-deployment-es-resource-keystore", _WRITE, keystore.set_deployment_es_resource_keystore, writes=True),
    Route("get-traffic-filter-rulesets", _READ, filters.get_traffic_filter_rulesets),
    Route("create-traffic-filter-ruleset", Right.PLATFORM_WRITE, filters.create_traffic_filter_ruleset, writes=True),
    Route("get-traffic-filter-ruleset", _READ, filters.get_traffic_filter_ruleset),
    Route("update-traffic-filter-ruleset", Right.PLATFORM_WRITE, filters.update_traffic_filter_ruleset, writes=True),
    Route("delete-traffic-filter-ruleset", Right.PLATFORM_WRITE, filters.delete_traffic_filter_ruleset, writes=True),
    Route(
        "get-traffic-filter-ruleset-deployment-associations",
        _READ,
        filters.get_traffic_filter_ruleset_deployment_associations,
    ),
    Route(
        "create-traffic-filter-ruleset-association",
        _WRITE,
        filters.create_traffic_filter_ruleset_association,
        writes=True,
    ),
    Route(
        "delete-traffic-filter-ruleset-association",
        _WRITE,
        filters.delete_traffic_filter_ruleset_association,
        writes=True,
    ),
    Route(
        "get-traffic-filter-deployment-ruleset-associations",
        _READ,
        filters.get_traffic_filter_deployment_ruleset_associations,
    ),
    Route("get-current-account", Right.PLATFORM_READ, account.get_current_account),
    Route("update-current-account", Right.PLATFORM_WRITE, account.update_current_account, writes=True),
    Route("patch-current-account", Right.PLATFORM_WRITE, account.patch_current_account, writes=True),
    Route("reset-elasticsearch-user-password", _WRITE, resources.reset_elasticsearch_user_password, writes=True),
    *(
        Route(f"{method}-deployment-resource-proxy-requests", _WRITE, proxies.proxied, writes_by=proxies.is_write)
        for method in ("get", "post", "put", "delete")
    ),
    Route("get-deployment-es-resource-remote-clusters", _READ, remotes.get_deployment_es_resource_remote_clusters),
    Route(
        "set-deployment-es-resource-remote-clusters",
        _WRITE,
        remotes.set_deployment_es_resource_remote_clusters,
        writes=True,
    ),
    Route("search-eligible-remote-clusters", _READ, remotes.search_eligible_remote_clusters),
    Route(
        "get-deployment-es-resource-eligible-remote-clusters",
        _READ,
        remotes.get_deployment_es_resource_eligible_remote_clusters,
    ),
    Route("enable-deployment-resource-ccr", _WRITE, remotes.enable_deployment_resource_ccr, writes=True),
    Route("get-trust-relationships", Right.PLATFORM_READ, relationships.get_trust_relationships),
    Route("create-trust-relationship", Right.PLATFORM_WRITE, relationships.create_trust_relationship, writes=True),
    Route("get-trust-relationship", Right.PLATFORM_READ, relationships.get_trust_relationship),
    Route("update-trust-relationship", Right.PLATFORM_WRITE, relationships.update_trust_relationship, writes=True),
    Route("delete-trust-relationship", Right.PLATFORM_WRITE, relationships.delete_trust_relationship, writes=True),
    Route("get-tls-certificate", Right.PLATFORM_READ, certificates.get_tls_certificate),
    Route("set-tls-certificate", Right.PLATFORM_WRITE, certificates.set_tls_certificate, writes=True),
    Route("get-extra-certificates", Right.PLATFORM_READ, certificates.get_extra_certificates),
    Route("get-extra-certificate", Right.PLATFORM_READ, certificates.get_extra_certificate),
    Route("set-extra-certificate", Right.PLATFORM_WRITE, certificates.set_extra_certificate, writes=True),
    Route("delete-extra-certificate", Right.PLATFORM_WRITE, certificates.delete_extra_certificate, writes=True),
    Route("login", Right.SELF, users.login, open=True),
    Route("logout", Right.SELF, users.logout),
    Route("refresh-token", Right.SELF, users.refresh_token),
    Route("get-current-user", Right.SELF, users.get_current_user),
    Route("get-api-keys", Right.SELF, users.get_api_keys),
    Route("create-api-key", Right.SELF, users.create_api_key, writes=True),
    Route("get-api-key", Right.SELF, users.get_api_key),
    Route("delete-api-key", Right.SELF, users.delete_api_key, writes=True),
)
