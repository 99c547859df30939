"""Which role may call what. The split by role follows the vendor's role descriptions; single cases are inferred."""

from __future__ import annotations

from enum import Enum

from ece_simulator.problems import Problem


class Right(Enum):
    """What an operation needs."""

    SELF = "self"
    """Nothing but a valid login."""
    DEPLOYMENT_READ = "deployment read"
    DEPLOYMENT_WRITE = "deployment write"
    PLATFORM_READ = "platform read"
    PLATFORM_WRITE = "platform write"


PLATFORM_ADMIN = "ece_platform_admin"
PLATFORM_VIEWER = "ece_platform_viewer"
DEPLOYMENT_MANAGER = "ece_deployment_manager"
DEPLOYMENT_VIEWER = "ece_deployment_viewer"

GRANTS: dict[str, frozenset[Right]] = {
    PLATFORM_ADMIN: frozenset(Right),
    PLATFORM_VIEWER: frozenset({Right.SELF, Right.DEPLOYMENT_READ, Right.PLATFORM_READ}),
    DEPLOYMENT_MANAGER: frozenset({Right.SELF, Right.DEPLOYMENT_READ, Right.DEPLOYMENT_WRITE}),
    DEPLOYMENT_VIEWER: frozenset({Right.SELF, Right.DEPLOYMENT_READ}),
}


def check_right(roles: tuple[str, ...], right: Right, operation_id: str, user_name: str) -> None:
    """403 that names the missing permission, unless one of the roles grants it."""
    if not any(right in GRANTS[role] for role in roles):
        raise Problem(
            403,
            "root.unauthorized.rbac",
            f"The user [{user_name}] lacks the permission [{operation_id}] ({right.value})",
        )
