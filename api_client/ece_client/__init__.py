"""Client of the Elastic Cloud Enterprise REST API; names are loaded when first used, so importing costs nothing."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ece_client import models as models
    from ece_client._generated.operations import OPERATIONS as OPERATIONS
    from ece_client._generated.operations import OperationId as OperationId
    from ece_client.call import Reply as Reply
    from ece_client.client import Client as Client
    from ece_client.clock import Clock as Clock
    from ece_client.clock import SystemClock as SystemClock
    from ece_client.config import ApiKey as ApiKey
    from ece_client.config import Basic as Basic
    from ece_client.config import ClientConfig as ClientConfig
    from ece_client.config import Login as Login
    from ece_client.config import Tls as Tls
    from ece_client.elasticsearch import ClusterInfo as ClusterInfo
    from ece_client.elasticsearch import CreatedKey as CreatedKey
    from ece_client.elasticsearch import Elasticsearch as Elasticsearch
    from ece_client.elasticsearch import KeyInfo as KeyInfo
    from ece_client.elasticsearch import RemoteInfo as RemoteInfo
    from ece_client.elasticsearch_errors import ElasticsearchError as ElasticsearchError
    from ece_client.errors import ApiError as ApiError
    from ece_client.errors import Conflict as Conflict
    from ece_client.errors import ConnectionFailed as ConnectionFailed
    from ece_client.errors import Forbidden as Forbidden
    from ece_client.errors import LoginFailed as LoginFailed
    from ece_client.errors import NotFound as NotFound
    from ece_client.errors import NotJson as NotJson
    from ece_client.errors import PlanError as PlanError
    from ece_client.errors import PlanPending as PlanPending
    from ece_client.errors import RequestTimeout as RequestTimeout
    from ece_client.errors import ServerError as ServerError
    from ece_client.errors import StatusError as StatusError
    from ece_client.errors import TlsFailed as TlsFailed
    from ece_client.errors import TooManyRequests as TooManyRequests
    from ece_client.errors import Unauthenticated as Unauthenticated
    from ece_client.errors import UnexpectedReply as UnexpectedReply
    from ece_client.errors import WriteUncertain as WriteUncertain
    from ece_client.plan_errors import PlanFailed as PlanFailed
    from ece_client.plan_errors import PlanStopped as PlanStopped
    from ece_client.plan_errors import PlanTimeout as PlanTimeout
    from ece_client.plan_state import PlanRef as PlanRef
    from ece_client.plan_state import known_attempts as known_attempts
    from ece_client.plans import Outcome as Outcome
    from ece_client.plans import PlanWatcher as PlanWatcher

_HOMES = {
    "_generated.operations": ("OPERATIONS", "OperationId"),
    "call": ("Reply",),
    "client": ("Client",),
    "clock": ("Clock", "SystemClock"),
    "elasticsearch": ("ClusterInfo", "CreatedKey", "Elasticsearch", "KeyInfo", "RemoteInfo"),
    "elasticsearch_errors": ("ElasticsearchError",),
    "config": ("ApiKey", "Basic", "ClientConfig", "Login", "Tls"),
    "errors": (
        "ApiError", "Conflict", "ConnectionFailed", "Forbidden", "LoginFailed", "NotFound", "NotJson", "PlanError",
        "PlanPending", "RequestTimeout", "ServerError", "StatusError", "TlsFailed", "TooManyRequests",
        "Unauthenticated", "UnexpectedReply", "WriteUncertain",
    ),
    "plan_state": ("PlanRef", "known_attempts"),
    "plan_errors": ("PlanFailed", "PlanStopped", "PlanTimeout"),
    "plans": ("Outcome", "PlanWatcher"),
}  # fmt: skip
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [*_HOME_OF, "models"]


def __getattr__(name: str) -> Any:
    if name == "models":
        return import_module("ece_client.models")
    if name not in _HOME_OF:
        raise AttributeError(f"module 'ece_client' has no attribute {name!r}")
    value = getattr(import_module(f"ece_client.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value
