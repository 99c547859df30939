"""V26 to V35: traffic filters. Words only."""

from __future__ import annotations

from typing import Final

from ece_domain.validations.validation import ERROR, PLAN, SYNTH, WARNING, Validation

V26: Final = Validation(
    "V26",
    "Filters do not reach this connection",
    WARNING,
    (SYNTH,),
    "Filters of the remote are not taken for a protection, or an opening, of a connection by certificate.",
    "the filters and connections of one program",
    "{remote} filters its traffic, and this connection is by certificate: filters do not apply to port 9400, so the "
    "local side comes in whatever they say. What it may do is decided by trust and roles.",
)
V27: Final = Validation(
    "V27",
    "The filter does not fit the pair",
    ERROR,
    (SYNTH,),
    "The kind of filter works for the pair of platforms: remote cluster filters inside one ECE (or between "
    "organizations of Elastic Cloud Hosted), addresses everywhere else.",
    "where both sides run",
    "Remote cluster filters work inside one ECE only; {pair} needs {kinds}.",
)
V28: Final = Validation(
    "V28",
    "The filter names a foreign environment",
    ERROR,
    (PLAN,),
    "The environment id in a remote cluster filter is the one of this ECE.",
    "environment id of this ECE",
    'environment_id "{id}" is not this ECE, whose id is {own}: remote cluster filters see clusters of their own ECE '
    "only, so the rule would let nobody in. For another environment use a filter of type ip with its addresses.",
    note="it can be acknowledged, as older releases were documented to take foreign ids once the CA of the other "
    "environment was given to the proxy",
    is_acknowledgeable=True,
)
V29: Final = Validation(
    "V29",
    "Not an address or CIDR block",
    ERROR,
    (SYNTH, PLAN),
    "Sources of IP rules are addresses or CIDR blocks without host bits, no DNS names; IPv6 with ECE 4.2 and newer; "
    "addresses that a peer on the internet can have.",
    "the source; the version of ECE",
    '"{source}" looks like a host name; DNS names are not allowed in rules: an address or a CIDR block is needed, such '
    'as "192.0.2.7" or "192.0.2.0/24".',
    note="a warning for IPv6 below 4.2, and for private addresses of a hosted peer",
)
V30: Final = Validation(
    "V30",
    "All users would be locked out",
    ERROR,
    (SYNTH, PLAN),
    "A deployment with a remote cluster filter has a filter of addresses, too, so that users come in.",
    "all rule sets on the deployment",
    "Deployment {deployment} would carry no rule set but of type remote_cluster: remote clusters get in at port 9443, "
    "and everybody else is denied Elasticsearch, Kibana and the rest. Associate an IP rule set with the deployment "
    "first and name that association here: requires = [ece_traffic_filter_association.<name>.id]. If the deployment "
    "serves remote clusters only, set acknowledge_lockout = true.",
    note="a warning where the last filter of addresses is removed",
    is_acknowledgeable=True,
)
V31: Final = Validation(
    "V31",
    "The filter blocks a connection",
    ERROR,
    (PLAN,),
    "No connection by key loses its way in when a rule set comes to the remote deployment, or is made to one that "
    "filters.",
    "keys of the remote deployment that the provider made, its rule sets",
    "{remote} would let in only who matches a rule of its traffic filters, and none names {local}, which connects as "
    '"{alias}" by key: it would be cut off. Add a rule with {kind}.',
    note="a warning in the plan, as another rule set of the same run may let it in, and IP rules may cover addresses "
    "that nobody can tell here",
)
V32: Final = Validation(
    "V32",
    "Every new deployment will start filtered",
    WARNING,
    (SYNTH, PLAN),
    "No rule set goes onto every deployment to come without a word.",
    "include_by_default",
    'include_by_default is true: each deployment created from now on starts with the rule set "{name}" and denies all '
    "traffic that matches none of its rules. Existing deployments do not change.",
)
V33: Final = Validation(
    "V33",
    "Deployment will accept all traffic",
    WARNING,
    (PLAN,),
    "The last rule set of a deployment is not removed without a word.",
    "rule sets on the deployment",
    "This takes the last rule set from deployment {deployment}: from then on it lets in everybody who can reach it.",
)
V34: Final = Validation(
    "V34",
    "The number of rules cannot be",
    ERROR,
    (SYNTH, PLAN),
    "A rule set has 1 to 128 rules that each name somebody, and an ECE at most 512 rule sets.",
    "the rules; the rule sets that there are",
    "rules has {count} rules, at most {most} are allowed in one set. Split it into several rule sets: a deployment "
    "lets in whoever matches any rule of any of its sets.",
)
V35: Final = Validation(
    "V35",
    "You would lock yourself out",
    WARNING,
    (PLAN,),
    "The machine that applies stays among the allowed sources where the provider uses Elasticsearch's own endpoint "
    "(elasticsearch_credentials).",
    "its address towards the deployment, rule sets on the deployment",
    "This machine reaches deployment {deployment} from {address}, which is in no rule of its traffic filters: what "
    "works by elasticsearch_credentials would be refused. Add a rule for it; behind NAT its address seen from there is "
    "another one.",
)

VALIDATIONS: Final = (V26, V27, V28, V29, V30, V31, V32, V33, V34, V35)
