"""V22 to V25: cross-cluster API keys and roles. Words only."""

from __future__ import annotations

from typing import Final

from ece_domain.validations.validation import ERROR, PLAN, SYNTH, WARNING, Validation

V22: Final = Validation(
    "V22",
    "The access of the key cannot be",
    ERROR,
    (SYNTH, PLAN),
    "A key gives access to something, names indices, and restricts no documents or fields where it replicates.",
    "access",
    "An entry of access.search has query or field_security, and access.replication is given too; Elasticsearch refuses "
    "such keys since 8.14. Make two keys for two aliases.",
)
V23: Final = Validation(
    "V23",
    "The key allows less than the role asks for",
    WARNING,
    (PLAN,),
    "What a role of the local side may do over the alias is covered by the access of the key.",
    "roles (names are given), access",
    'Role "{role}" may use {names} over "{alias}", and the key allows only {allowed}: requests for the rest are '
    "refused by the remote side.",
)
V24: Final = Validation(
    "V24",
    "No role reaches the remote cluster",
    WARNING,
    (PLAN,),
    "API-key model: one of the named roles has remote_indices for the alias. Certificate model: the named roles exist "
    "on both sides.",
    "roles (names are given), roles of both sides",
    'None of the roles {roles} grants remote_indices for "{alias}": users without superuser rights are refused. Add '
    "remote_indices to one of them on the local side.",
)
V25: Final = Validation(
    "V25",
    "The key will expire",
    WARNING,
    (SYNTH, PLAN),
    "A key that expires is rotated before, and does not end within 30 days.",
    "expiration, rotate_after, the key in use",
    "The key expires after {expiration} and nothing makes a new one before: give rotate_after, such as "
    '"{suggested}", and run a plan in between.',
)

VALIDATIONS: Final = (V22, V23, V24, V25)
