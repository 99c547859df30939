"""Which of the supported operations Elastic Cloud Hosted has: those of the vendor's document for users.

Everything about a platform, logging in with a password, deleting a deployment for good and the management channel are
not in that document.
"""

from __future__ import annotations

from ece_simulator.message import Reply, json_reply

OPERATIONS = frozenset(
    {
        "cancel-deployment-resource-pending-plan", "create-api-key", "create-deployment",
        "create-traffic-filter-ruleset", "create-traffic-filter-ruleset-association", "delete-api-key",
        "delete-traffic-filter-ruleset", "delete-traffic-filter-ruleset-association", "enable-deployment-resource-ccr",
        "get-api-key", "get-api-keys", "get-current-account", "get-deployment", "get-deployment-apm-resource-info",
        "get-deployment-certificate-authority", "get-deployment-enterprise-search-resource-info",
        "get-deployment-es-resource-eligible-remote-clusters", "get-deployment-es-resource-info",
        "get-deployment-es-resource-keystore", "get-deployment-es-resource-remote-clusters",
        "get-deployment-integrations-server-resource-info", "get-deployment-kib-resource-info",
        "get-deployment-template-v2", "get-deployment-templates-v2",
        "get-traffic-filter-deployment-ruleset-associations",
        "get-traffic-filter-ruleset", "get-traffic-filter-ruleset-deployment-associations",
        "get-traffic-filter-rulesets", "get-version-stacks", "list-deployments", "migrate-deployment-template",
        "patch-current-account", "reset-elasticsearch-user-password", "restart-deployment-es-resource",
        "restart-deployment-stateless-resource", "restore-deployment", "restore-deployment-resource",
        "search-deployments", "search-eligible-remote-clusters", "set-deployment-es-resource-keystore",
        "set-deployment-es-resource-remote-clusters", "shutdown-deployment", "shutdown-deployment-es-resource",
        "shutdown-deployment-stateless-resource", "update-current-account", "update-deployment",
        "update-traffic-filter-ruleset",
    }
)  # fmt: skip
MANAGEMENT_CHANNEL = "-deployment-resource-proxy-requests"


def is_there(operation_id: str, path: str, *, management_channel: bool) -> bool:
    """Whether the hosted service answers an operation; what the simulator lacks of the document stays a 501."""
    if operation_id in OPERATIONS:
        return True
    if operation_id.endswith(MANAGEMENT_CHANNEL):
        return management_channel
    return False if "/platform" in path else operation_id not in ECE_ONLY


ECE_ONLY = frozenset(
    {
        "get-version-stack", "delete-deployment", "delete-deployment-stateless-resource",
        "get-deployment-resource-plan-activity", "login", "logout", "refresh-token", "get-current-user",
    }
)  # fmt: skip
"""Supported operations of ECE that are in the vendor's document for administrators only, besides the platform's."""


def unknown_route() -> Reply:
    """How the edge of the hosted service answers what it does not know."""
    return json_reply(404, {"ok": False, "message": "Unknown resource."})
