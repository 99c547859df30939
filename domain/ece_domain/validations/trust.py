"""V14 to V20, V36 to V39 and V44: trust and certificates. Words only."""

from __future__ import annotations

from typing import Final

from ece_domain.validations.validation import APPLY, ERROR, PLAN, SYNTH, WARNING, Validation

V14: Final = Validation(
    "V14",
    "Trust is missing on one side",
    ERROR,
    (PLAN, APPLY),
    "For a connection by certificate both sides trust each other, by account, external or direct trust.",
    "trust of both deployments",
    "{side} does not trust {peer}{back}: its trust settings name neither all clusters of that environment nor the "
    "cluster id {cluster_id}. The certificate model needs trust on both sides.",
    note="a warning in the plan, as the same run may bring the trust; an error when no connection comes about. "
    "The constructs make the trust of both sides",
)
V15: Final = Validation(
    "V15",
    "Not an Elasticsearch cluster id",
    ERROR,
    (SYNTH, PLAN),
    "Ids in trust lists and remote cluster filters are Elasticsearch cluster ids, and not those of deployments.",
    "the id; the deployments of the environment",
    '"{id}" is not an Elasticsearch cluster id: 32 characters of 0-9 and a-f are needed. It is the cluster_id of a '
    'deployment (console: "Copy cluster ID"), not its id.',
)
V16: Final = Validation(
    "V16",
    "CA of another kind",
    WARNING,
    (PLAN,),
    "The CA fits the security model: that of a proxy for keys (type proxy), that of the nodes for certificates.",
    "the CAs of the environments that the provider knows",
    "{certificate} is the {kind} of {environment}: {consequence}",
)
V17: Final = Validation(
    "V17",
    "The certificate cannot be used",
    ERROR,
    (SYNTH, PLAN),
    "A PEM text holds CA certificates and no private key, and they are valid for 30 days and more.",
    "the PEM text",
    "{certificate} expired on {date}: nothing is trusted by it any more. Remove it, and give the one that followed it.",
    note="a warning for one that expires within 30 days, expired since it was given, or is not valid yet",
)
V18: Final = Validation(
    "V18",
    "Parts of the trust entry do not fit",
    ERROR,
    (SYNTH, PLAN),
    "A direct entry has a scope id where it trusts clusters, names of nodes where it does not, and neither with type "
    "proxy.",
    "the entry",
    "scope_id is required beside {given}: it is the last part of the names of the nodes that are to be trusted. For "
    "Elastic Cloud Hosted it is the organization id, for another ECE its environment id.",
    note="a warning for a scope id with dots, as ECK has them; the constructs fill the entry in by themselves",
)
V19: Final = Validation(
    "V19",
    "Certificates of the trusted environment are missing",
    ERROR,
    (SYNTH, PLAN, APPLY),
    "A CA stands in one trusted environment of an ECE, with the same certificates in all deployments that trust it.",
    "direct trust of all deployments",
    'The CA is trusted already as "{name}" (uid {uid}) by {deployment}, together with certificates that are not given '
    "here (SHA-256 {missing}). ECE keeps the same certificates wherever the environment is trusted, so they would be "
    "removed there. Give them here, too, or remove them there first.",
    note="a warning in the plan, as the other entry may change in the same run",
)
V20: Final = Validation(
    "V20",
    "Trust would be taken from others",
    WARNING,
    (PLAN,),
    "A list of trusted clusters that is taken over keeps those whom somebody else trusts there.",
    "trust of the deployment",
    "{entry} of {deployment} trusts {lost} now, and this object would not: it is the whole list. Add what is to stay "
    "to cluster_ids, or use ece_deployment_trust_member for single clusters. Other entries are never touched.",
)
V36: Final = Validation(
    "V36",
    "The proxy's certificate does not cover the name",
    WARNING,
    (PLAN,),
    "The proxy certificate of the remote's environment covers server_name, and does not expire within 30 days.",
    "proxy certificate of the remote's environment",
    "The proxy certificate of {environment} is for {names} and does not cover {host}: TLS will fail. A wildcard covers "
    "one label only. Replace the certificate, or connect by a name that it covers.",
)
V37: Final = Validation(
    "V37",
    "The remote's proxy has a private CA",
    ERROR,
    (PLAN, APPLY),
    "For a connection by key to another environment whose proxy shows a private CA, the local side trusts that CA.",
    "proxy certificate of the remote's environment, trust of the local deployment",
    "{local} has no direct trust (type proxy) for the CA that signed the proxy certificate of the remote environment, "
    "which it needs unless that CA is a public one: the last certificate of data.ece_proxy_certificate there. The CA "
    "of the remote deployment's nodes is another one and does not help.",
    note="a warning in the plan, as the same run may bring the trust. The constructs make the entry where the "
    "environment says private_proxy_ca = True",
)
V38: Final = Validation(
    "V38",
    "No such trust relationship",
    ERROR,
    (PLAN,),
    "The platform trust that an external entry names exists.",
    "trust relationships of the platform",
    "There is no trust relationship {id} on this platform; it has: {known}. Make one with ece_trust_relationship, here "
    "and on the other ECE.",
    note="whether the other platform has one, too, shows when the connection comes about; the constructs make both",
)
V39: Final = Validation(
    "V39",
    "The id looks like one of another kind",
    WARNING,
    (SYNTH, PLAN),
    "Ids that people copy have the form of their kind: environment and organization ids are short and mostly digits, "
    "cluster, deployment and account ids have 32 hexadecimal characters.",
    "the id",
    '"{id}" has the form of {looks_like}, but {wanted} is needed: {hint}.',
    note="an error for blanks and foreign characters",
)
V44: Final = Validation(
    "V44",
    "The trust file would lock out the cluster's own nodes",
    ERROR,
    (SYNTH, PLAN),
    "A trust file for a self-managed or ECK cluster lets the cluster's own nodes in.",
    "names of its own nodes",
    "The patterns {patterns} match none of the cluster's own nodes {nodes}: with such a file they refuse each other "
    "and the cluster breaks. Name them too.",
)

VALIDATIONS: Final = (V14, V15, V16, V17, V18, V19, V20, V36, V37, V38, V39, V44)
