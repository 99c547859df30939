"""Rule sets of traffic filters: what a rule may hold, and when two rules are the same.

Sources: ECE API ``TrafficFilterRulesetRequest``; ECE documentation, "Traffic filtering".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from ece_domain.findings import Finding, InvalidValue, Severity
from ece_domain.identifiers import environment_id_finding, is_hex_id
from ece_domain.validations.filters import V28, V29, V32, V34, V35
from ece_domain.validations.trust import V15
from ece_domain.versions import Version


class TrafficFilterType(StrEnum):
    """The two types that exist on ECE; other types of the API need a cloud provider or the hosted service."""

    IP = "ip"
    REMOTE_CLUSTER = "remote_cluster"


TYPES: Final = tuple(kind.value for kind in TrafficFilterType)
"""The types by name, for validators and documentation."""

MAX_RULES: Final = 128
"""Rules of one rule set (ECE documentation, limits)."""

MAX_RULESETS: Final = 512
"""Rule sets of one ECE installation (ECE documentation, limits)."""

HOSTED_MAX_RULESETS: Final = 1024
"""Rule sets of one organization on Elastic Cloud Hosted (Elastic Cloud documentation, network security policies)."""

IPV6_SINCE: Final = (4, 2)
"""ECE pages before 4.2 speak of IPv4 only; whether older versions take IPv6 is not settled."""

RULE_FIELDS: Final = {
    TrafficFilterType.IP: ("source",),
    TrafficFilterType.REMOTE_CLUSTER: ("environment_id", "cluster_id"),
}
"""The fields that name who may come in, by type; at least one of them is needed."""

_FORM: Final = re.compile(r"[0-9a-fA-F:.]+(/[0-9]{1,3})?")
"""What an address or block is made of: no zone (``%eth0``), no netmask in place of the prefix length."""

_Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Rule:
    """One rule: who may come in. Blank and missing text are the same."""

    source: str = ""
    environment_id: str = ""
    cluster_id: str = ""
    description: str = ""

    @property
    def content(self) -> tuple[str, str, str, str]:
        """What makes two rules the same: the API gives a rule a new id on every change of its set."""
        return (_source_key(self.source), self.environment_id, self.cluster_id, self.description)


def same_rules(left: Iterable[Rule], right: Iterable[Rule]) -> bool:
    """True when both hold the same rules by content; order and repetition do not count."""
    return {rule.content for rule in left} == {rule.content for rule in right}


def parse_source(text: str) -> _Network:
    """Read the source of an IP rule: an IPv4 or IPv6 address or CIDR block without host bits.

    Raises:
        InvalidValue: a DNS name, a block with host bits set, or anything else.
    """
    try:
        if _FORM.fullmatch(text):
            return ipaddress.ip_network(text)
    except ValueError:
        pass
    raise InvalidValue(_source_problem(text))


def _source_problem(text: str) -> str:
    """Why ``text`` is no source, and what to write."""
    allowed = 'an address or a CIDR block is needed, such as "192.0.2.7" or "192.0.2.0/24"'
    if re.fullmatch(r"[\w.-]*[g-zG-Z][\w.-]*", text):
        return f'"{text}" looks like a host name; DNS names are not allowed in rules: {allowed}'
    try:
        block = ipaddress.ip_network(text, strict=False)
    except ValueError:
        return f'"{text}" is not a source: {allowed}'
    if "%" in text:
        return f'"{text}" is not a source, as a zone means nothing to another machine: {allowed}'
    if not text.partition("/")[2].isdecimal():
        return f'"{text}" has a netmask: write "{block}"'
    return f'"{text}" has host bits set: write "{block}" for the block or "{text.split("/")[0]}" for the one address'


def canonical_source(text: str) -> str:
    """The canonical spelling of a source: a single address without its prefix length, IPv6 compressed.

    Raises:
        InvalidValue: as ``parse_source``.
    """
    block = parse_source(text)
    return str(block.network_address) if block.prefixlen == block.max_prefixlen else str(block)


def same_source(left: str, right: str) -> bool:
    """True when both mean the same addresses: ``192.0.2.7/32`` is ``192.0.2.7``."""
    return _source_key(left) == _source_key(right)


def _source_key(text: str) -> str:
    """The canonical spelling, or the text itself where the API holds something that is no address."""
    try:
        return canonical_source(text)
    except InvalidValue:
        return text


def rule_findings(kind: TrafficFilterType, rule: Rule) -> list[Finding]:
    """Judge one wholly known rule of a set of type ``kind``."""
    return [*_field_findings(kind, rule), *_value_findings(rule)]


def _field_findings(kind: TrafficFilterType, rule: Rule) -> list[Finding]:
    """The fields given must be those of the type."""
    allowed = RULE_FIELDS[kind]
    given = [name for name in ("source", "environment_id", "cluster_id") if getattr(rule, name)]
    foreign = [name for name in given if name not in allowed]
    if foreign:
        return [foreign_field_finding(kind, foreign[0], getattr(rule, foreign[0]))]
    if not given:
        return [missing_field_finding(kind)]
    return []


def foreign_field_finding(kind: TrafficFilterType, name: str, value: str) -> Finding:
    """The error for a rule that has a field of the other type."""
    other = next(other for other in TrafficFilterType if other is not kind)
    return V34.says(
        f'A rule with {name} = "{value}" stands in a rule set of type "{kind}", whose rules have '
        f'{" and/or ".join(RULE_FIELDS[kind])}. Move it to a rule set of type "{other}".',
        summary="Rule of another type",
        field=name,
    )


def missing_field_finding(kind: TrafficFilterType) -> Finding:
    """The error for a rule that lets nobody in."""
    needed = " and/or ".join(RULE_FIELDS[kind])
    return V34.says(
        f'Each rule of type "{kind}" needs {needed}.', summary="Rule without a source", field=RULE_FIELDS[kind][0]
    )


def _value_findings(rule: Rule) -> list[Finding]:
    findings = [source_finding(rule.source) if rule.source else None]
    findings.append(environment_id_finding(rule.environment_id) if rule.environment_id else None)
    findings.append(cluster_id_finding(rule.cluster_id) if rule.cluster_id else None)
    return [finding for finding in findings if finding is not None]


def source_finding(text: str) -> Finding | None:
    """Judge the source of an IP rule; None when it is an address or a block without host bits."""
    try:
        parse_source(text)
    except InvalidValue as problem:
        return V29.says(f"{problem}.", field="source")
    return None


def cluster_id_finding(text: str) -> Finding | None:
    """Judge the form of an Elasticsearch cluster id in a rule."""
    if is_hex_id(text):
        return None
    return V15.finding(id=text, field="cluster_id")


def count_finding(rules: Sequence[object]) -> Finding | None:
    """Judge the number of rules: at least one, at most 128."""
    if not rules:
        return V34.says(
            "rules is empty: at least one rule is needed, as a set without rules lets nobody in.",
            summary="No rule",
            field="rules",
        )
    if len(rules) > MAX_RULES:
        return V34.says(V34.text.format(count=len(rules), most=MAX_RULES), summary="Too many rules", field="rules")
    return None


def repeated_rules_finding(rules: Sequence[Rule]) -> Finding | None:
    """Judge rules that mean the same in two spellings: the API would hold both, and only one of them could be found."""
    seen: dict[tuple[str, str, str, str], Rule] = {}
    for rule in rules:
        other = seen.setdefault(rule.content, rule)
        if other is not rule and other != rule:
            return Finding(
                "Two rules mean the same",
                f'rules has "{other.source}" and "{rule.source}", which are the same addresses. Keep one of them, '
                "or give them different descriptions.",
                field="rules",
            )
    return None


def rulesets_finding(existing: int, limit: int = MAX_RULESETS) -> Finding | None:
    """Judge one more rule set beside ``existing`` ones: 512 are allowed in one installation."""
    if existing < limit:
        return None
    return V34.says(
        f"This environment has {existing} rule sets, at most {limit} are allowed. Remove some, or put rules together.",
        summary="Too many rule sets",
    )


def default_finding(name: str) -> Finding:
    """The warning for a rule set that every new deployment starts with."""
    return V32.finding(name=name, field="include_by_default")


def ipv6_finding(sources: Iterable[str], ece_version: str) -> Finding | None:
    """The warning for IPv6 sources on an ECE below 4.2, whose documentation knows IPv4 only.

    A version of ECE that cannot be read is not judged.
    """
    try:
        if Version.parse(ece_version).at_least(*IPV6_SINCE):
            return None
    except InvalidValue:
        return None
    wide = [text for text in sources if source_finding(text) is None and parse_source(text).version == 6]
    if not wide:
        return None
    return V29.says(
        f"{', '.join(wide)}: this is ECE {ece_version}, and IPv6 in rules is documented "
        f"since {IPV6_SINCE[0]}.{IPV6_SINCE[1]} only.",
        summary="IPv6 in rules",
        severity=Severity.WARNING,
        field="rules",
    )


def foreign_environment_finding(text: str, own: str) -> Finding | None:
    """Judge the environment id of a rule: only clusters of the own ECE are seen by such rules."""
    return None if text == own else V28.finding(id=text, own=own, field="rules")


_UNROUTABLE: Final = tuple(
    ipaddress.ip_network(text) for text in ("127.0.0.0/8", "::1/128", "169.254.0.0/16", "fe80::/10")
)


def egress_finding(source: str, *, is_hosted: bool = False) -> Finding | None:
    """Judge an address that requests of another environment are said to come from.

    Loopback and link-local addresses never come from elsewhere; private ones never from Elastic Cloud Hosted.
    """
    if (wrong := source_finding(source)) is not None:
        return wrong
    block = parse_source(source)
    if any(block.version == other.version and block.subnet_of(other) for other in _UNROUTABLE):  # type: ignore[arg-type]  # versions are equal
        return V29.says(
            f'"{source}" never reaches another machine: give the address that others see, of the host or of its NAT.',
            summary="Address of this machine only",
            field="egress",
        )
    if is_hosted and block.is_private:
        return V29.says(
            f'"{source}" is a private address, and requests of Elastic Cloud Hosted come over the internet: give the '
            "published egress ranges of the region.",
            summary="Private address of a hosted peer",
            severity=Severity.WARNING,
            field="egress",
        )
    return None


def own_address_finding(deployment: str, address: str, sources: Iterable[str]) -> Finding | None:
    """The warning for a machine that would not be let in any more by rules with these sources; None where it is."""
    own = ipaddress.ip_address(address)
    for text in sources:
        if source_finding(text) is None and own in parse_source(text):
            return None
    return V35.finding(deployment=deployment, address=address)
