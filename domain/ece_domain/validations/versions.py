"""V1 to V6 and V46: versions of the Elastic Stack and of ECE. Words only; the rules are in ``compatibility``."""

from __future__ import annotations

from typing import Final

from ece_domain.validations.validation import ERROR, PLAN, SYNTH, WARNING, Validation

V1: Final = Validation(
    "V1",
    "The versions do not fit for cross-cluster search",
    ERROR,
    (SYNTH, PLAN),
    "A local cluster may search a remote one of this version, by Elastic's table and the rule behind it.",
    "versions of both sides",
    "A local cluster on {local} cannot search a remote one on {remote}: the remotes it supports are {supported}. "
    "Upgrade the {older} side.",
    note="a warning for versions newer than the table, and where the pair still fits for replication and the use is "
    "not known",
)
V2: Final = Validation(
    "V2",
    "The versions do not fit for cross-cluster replication",
    ERROR,
    (SYNTH, PLAN),
    "The follower's cluster is not older than the leader's, patch included, and their nodes may talk to each other.",
    "versions of both sides",
    "The follower's cluster is on {local}, older than the leader's on {remote}. Upgrade the local side first.",
    note="a warning for 9.0 and leaders below 8.18, on which Elastic's pages say two things",
)
V3: Final = Validation(
    "V3",
    "Connections both ways need one version",
    WARNING,
    (SYNTH, PLAN),
    "Two clusters that are connected both ways are on one version: none of them may be older where both replicate.",
    "connections of both sides",
    "{remote} leads back to {local}, so neither is upgraded first: upgrade them one after the other, and keep both on "
    "one version for replication both ways.",
)
V4: Final = Validation(
    "V4",
    "API keys need 8.14 on both sides",
    ERROR,
    (SYNTH, PLAN),
    "Both sides of the API-key model run 8.14 or newer.",
    "versions of both sides",
    '{old}. Upgrade first, or use security_model = "certificate".',
)
V5: Final = Validation(
    "V5",
    "The certificate model is deprecated",
    WARNING,
    (SYNTH, PLAN),
    "No side of a connection by certificate runs 9.0 or newer.",
    "versions of both sides",
    "From Elastic Stack 9.0 on the certificate model of remote clusters is deprecated. It goes on working; use "
    'security_model = "api_key" for new connections.',
)
V6: Final = Validation(
    "V6",
    "certificate_identity needs 9.3 on both sides",
    ERROR,
    (SYNTH, PLAN),
    "Strong identity verification (certificate_identity of a key) has 9.3 on both sides and a pattern that can match.",
    "versions of both sides, the pattern",
    'certificate_identity = "{pattern}" makes the remote side check a signature that only 9.3 and newer send and '
    "read; {old}. Upgrade first, or leave certificate_identity out.",
)
V46: Final = Validation(
    "V46",
    "This ECE is too old for it",
    ERROR,
    (PLAN,),
    "The version of ECE has what is used: direct trust from 3.3, its type proxy and remote cluster filters from 3.7; "
    "ECE 4 runs no stack below 8.0.",
    "version of ECE (GET platform)",
    "{feature} needs ECE {since} or newer, and this is ECE {version}. Upgrade the platform, or {instead}.",
)

VALIDATIONS: Final = (V1, V2, V3, V4, V5, V6, V46)
