"""Which functions find each validation, and one example of each for the documentation and for tests.

Imported by name only: the rules import the words of ``ece_domain.validations``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from ece_domain import (
    certificate_checks,
    certificate_names,
    certificates,
    compatibility,
    connection_checks,
    cross_cluster_keys,
    identifiers,
    lockout,
    platforms,
    remote_clusters,
    secret_names,
    traffic_filters,
    trust,
)
from ece_domain.findings import Finding, InvalidValue
from ece_domain.platforms import FilterKind, Platform
from ece_domain.remote_clusters import Address, ConnectionId
from ece_domain.security_models import SecurityModel

Rule = Callable[..., object]

RULES: Final[Mapping[str, tuple[Rule, ...]]] = {
    "V1": (compatibility.search_finding, compatibility.connection_finding),
    "V2": (compatibility.replication_finding,),
    "V3": (compatibility.two_way_finding,),
    "V4": (compatibility.model_finding,),
    "V5": (compatibility.model_finding,),
    "V6": (compatibility.identity_finding,),
    "V7": (remote_clusters.check_alias, connection_checks.alias_owner_finding),
    "V8": (connection_checks.key_findings,),
    "V9": (remote_clusters.port_finding,),
    "V10": (remote_clusters.check_server_name, Address.parse),
    "V11": (remote_clusters.self_finding,),
    "V12": (connection_checks.system_finding,),
    "V13": (connection_checks.old_deployment_finding,),
    "V14": (trust.one_way_finding,),
    "V15": (
        traffic_filters.cluster_id_finding,
        trust.cluster_id_findings,
        trust.mixed_up_findings,
        trust.unknown_findings,
    ),
    "V16": (certificate_checks.authority_findings,),
    "V17": (certificates.certificate_findings, certificates.read_certificates),
    "V18": (trust.direct_findings, trust.scope_findings),
    "V19": (certificate_checks.owner_finding,),
    "V20": (trust.lost_finding,),
    "V21": (connection_checks.platform_list_findings,),
    "V22": (cross_cluster_keys.access_findings,),
    "V23": (cross_cluster_keys.role_findings,),
    "V24": (cross_cluster_keys.role_findings, cross_cluster_keys.missing_role_finding),
    "V25": (
        cross_cluster_keys.expiry_finding,
        cross_cluster_keys.rotation_finding,
        cross_cluster_keys.ending_finding,
    ),
    "V26": (platforms.unreached_filter_finding, platforms.filter_finding),
    "V27": (platforms.filter_finding,),
    "V28": (traffic_filters.foreign_environment_finding,),
    "V29": (traffic_filters.source_finding, traffic_filters.ipv6_finding, traffic_filters.egress_finding),
    "V30": (lockout.association_finding, lockout.removal_finding),
    "V31": (lockout.blocked_finding,),
    "V32": (traffic_filters.default_finding,),
    "V33": (lockout.removal_finding,),
    "V34": (
        traffic_filters.count_finding,
        traffic_filters.rulesets_finding,
        traffic_filters.missing_field_finding,
        traffic_filters.foreign_field_finding,
    ),
    "V35": (traffic_filters.own_address_finding,),
    "V36": (certificate_checks.proxy_findings,),
    "V37": (certificate_checks.private_proxy_finding,),
    "V38": (trust.relationship_finding,),
    "V39": (
        identifiers.environment_id_finding,
        identifiers.organization_id_finding,
        trust.account_id_finding,
        trust.installation_id_finding,
        trust.own_scope_finding,
    ),
    "V40": (connection_checks.busy_finding,),
    "V41": (connection_checks.missing_key_finding,),
    "V42": (compatibility.restart_finding,),
    "V43": (connection_checks.down_finding,),
    "V44": (certificate_names.trust_file_finding,),
    "V45": (compatibility.skip_default_finding,),
    "V46": (compatibility.feature_finding, compatibility.old_stack_finding),
    "V47": (connection_checks.renamed_finding,),
    "V48": (secret_names.variable_finding,),
}
"""Id → the functions that find it; the first one is the main one."""

_LOCAL: Final = "0123456789abcdef0123456789abcdef"
_LOCAL_CLUSTER: Final = "fedcba9876543210fedcba9876543210"
_CENTRAL: Final = f'deployment {_LOCAL} ("central")'
_LOGS: Final = 'deployment 89abcdef0123456789abcdef01234567 ("logs")'
_NOW: Final = datetime(2026, 1, 1, tzinfo=UTC)
_CERTIFICATE: Final = certificates.Certificate(
    pem="",
    fingerprint="5f" * 32,
    subject="CN=proxy,O=Example",
    not_before=_NOW - timedelta(days=400),
    not_after=_NOW - timedelta(days=1),
    is_ca=True,
    dns_names=("*.ece.example.com",),
)
_ROLE: Final[Mapping[str, Any]] = {"remote_indices": [{"clusters": ["logs"], "names": ["audit-*"]}]}
_ACCESS: Final[Mapping[str, Any]] = {"search": [{"names": ["logs-*"]}]}
_PEER: Final = lockout.KeyPeer(_CENTRAL, "logs", _LOCAL_CLUSTER, None, is_same_environment=True)
_KEY: Final = ConnectionId(_LOCAL, "main-elasticsearch", "audit")
_PROXY_ENTRY: Final = trust.DirectTrust(type="proxy", scope_id="1053523734")
_RESTRICTED: Final[Mapping[str, Any]] = {
    "search": [{"names": ["orders-*"], "query": "{}"}],
    "replication": [{"names": ["stock"]}],
}
_KNOWN_CA: Final = {
    _CERTIFICATE.fingerprint: [
        certificate_checks.KnownAuthority(certificate_checks.AuthorityKind.NODES, 'environment "paris"')
    ]
}

_EXAMPLES: Final[Mapping[str, Callable[[], Finding | Iterable[Finding] | None]]] = {
    "V1": lambda: compatibility.search_finding("9.2.0", "8.19.3"),
    "V2": lambda: compatibility.replication_finding("9.1.4", "9.2.0"),
    "V3": lambda: compatibility.two_way_finding("search/central", "search/logs"),
    "V4": lambda: compatibility.model_finding(SecurityModel.API_KEY, "8.13.4", "8.19.3"),
    "V5": lambda: compatibility.model_finding(SecurityModel.CERTIFICATE, "9.2.0", "9.2.0"),
    "V6": lambda: compatibility.identity_finding(f"CN=.*.node.{_LOCAL_CLUSTER}.cluster.*", "9.2.0", "9.3.0"),
    "V7": lambda: _refusal(remote_clusters.check_alias, "Logs EU"),
    "V8": lambda: connection_checks.key_findings(_KEY, _LOCAL, "logs"),
    "V9": lambda: remote_clusters.port_finding(Address("es.example.com", 9400), SecurityModel.API_KEY),
    "V10": lambda: _refusal(remote_clusters.check_server_name, "https://es.example.com:9443"),
    "V11": lambda: remote_clusters.self_finding(_LOCAL, _LOCAL),
    "V12": lambda: connection_checks.system_finding(f'deployment {_LOCAL} ("logging-and-metrics")'),
    "V13": lambda: connection_checks.old_deployment_finding(_LOGS, {}),
    "V14": lambda: trust.one_way_finding(_LOGS, _CENTRAL, _LOCAL_CLUSTER, is_back=True),
    "V15": lambda: trust.mixed_up_findings([_LOCAL], [trust.KnownDeployment(_LOCAL, "central", _LOCAL_CLUSTER)]),
    "V16": lambda: certificate_checks.authority_findings("proxy", [_CERTIFICATE], _KNOWN_CA),
    "V17": lambda: certificates.validity_findings(_CERTIFICATE, _NOW, True, None),
    "V18": lambda: trust.direct_findings(_PROXY_ENTRY),
    "V19": lambda: certificate_checks.owner_finding("paris", "8f3b", _LOGS, ["5f" * 32]),
    "V20": lambda: trust.lost_finding("Account trust", _LOGS, [_LOCAL_CLUSTER]),
    "V21": lambda: connection_checks.platform_list_findings(
        SecurityModel.CERTIFICATE, has_remote=True, is_same_environment=False
    ),
    "V22": lambda: cross_cluster_keys.access_findings(_RESTRICTED),
    "V23": lambda: cross_cluster_keys.role_findings("logs", {"auditor": _ROLE}, _ACCESS),
    "V24": lambda: cross_cluster_keys.role_findings("logs", {"reader": {}}, _ACCESS),
    "V25": lambda: cross_cluster_keys.expiry_finding("90d"),
    "V26": lambda: platforms.unreached_filter_finding("search/logs"),
    "V27": lambda: platforms.filter_finding(FilterKind.REMOTE_CLUSTER, Platform.ECH, Platform.ECE),
    "V28": lambda: traffic_filters.foreign_environment_finding("83988631", "1053523734"),
    "V29": lambda: traffic_filters.source_finding("office.example.com"),
    "V30": lambda: lockout.association_finding(_LOCAL, "remote_cluster", []),
    "V31": lambda: lockout.blocked_finding(_LOGS, _PEER, [traffic_filters.Rule(cluster_id="0" * 32)]),
    "V32": lambda: traffic_filters.default_finding("office"),
    "V33": lambda: lockout.removal_finding(_LOCAL, "ip", []),
    "V34": lambda: traffic_filters.count_finding([None] * 129),
    "V35": lambda: traffic_filters.own_address_finding(_LOCAL, "198.51.100.7", ["192.0.2.0/24"]),
    "V36": lambda: certificate_checks.proxy_findings(
        [_CERTIFICATE], "logs.es.ece.example.com", 'environment "paris"', _NOW
    ),
    "V37": lambda: certificate_checks.private_proxy_finding(_CENTRAL),
    "V38": lambda: trust.relationship_finding("ab" * 16, {"cd" * 16: "paris"}),
    "V39": lambda: identifiers.organization_id_finding(_LOCAL),
    "V40": lambda: connection_checks.busy_finding(_LOGS),
    "V41": lambda: connection_checks.missing_key_finding(
        SecurityModel.API_KEY, has_key=False, has_external_secret=False
    ),
    "V42": lambda: compatibility.restart_finding(_CENTRAL, "8.13.4"),
    "V43": lambda: connection_checks.down_finding("logs", _CENTRAL, "5m"),
    "V44": lambda: certificate_names.trust_file_finding(
        [certificate_names.cluster_pattern(_LOCAL_CLUSTER, "1053523734")], ["node1.example.com"]
    ),
    "V45": lambda: compatibility.skip_default_finding("8.14.3"),
    "V46": lambda: compatibility.feature_finding("remote_cluster", "3.6.2"),
    "V47": lambda: connection_checks.renamed_finding("logs", "archive", ["follower-1", "follower-2"]),
    "V48": lambda: secret_names.variable_finding("s3cret, not a name"),
}


def example(validation_id: str) -> Finding:
    """What the rule of a validation says of a bad sample."""
    found = _EXAMPLES[validation_id]()
    first = found if isinstance(found, Finding) else next(iter(found or ()), None)
    if first is None:
        raise LookupError(f"the sample of {validation_id} is not bad")
    return first


def _refusal(check: Callable[[str], object], text: str) -> Finding | None:
    try:
        check(text)
    except InvalidValue as problem:
        return Finding("Invalid value", f"{problem}.", code=problem.code)
    return None
