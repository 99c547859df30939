"""V7 to V13, V21, V40 to V43, V45, V47, V48: connections, and the order in which they come about. Words only."""

from __future__ import annotations

from typing import Final

from ece_domain.validations.validation import APPLY, ERROR, PLAN, SYNTH, WARNING, Validation

V7: Final = Validation(
    "V7",
    "The alias cannot be used",
    ERROR,
    (SYNTH, PLAN),
    "An alias has a form that every place accepts, is no name that Elasticsearch uses itself, and has one owner in its "
    "local cluster.",
    "the alias, the other connections of the local cluster",
    '"{alias}" is no alias: lower-case letters, digits, "-" and "_" only, such as "logs-eu".',
)
V8: Final = Validation(
    "V8",
    "The key is for another alias",
    ERROR,
    (PLAN,),
    "The secret, the settings and the roles of a connection name one alias of one local cluster.",
    "the id of the key",
    'The secret is for alias "{secret}", and the connection is named "{alias}": Elasticsearch finds a secret by the '
    "alias, so both must be the same.",
    note="the constructs take the alias of key and connection from one place, so it cannot be reached through them",
)
V9: Final = Validation(
    "V9",
    "Port of the other security model",
    ERROR,
    (PLAN,),
    "The port of an address is one of the security model and the platform: 9443 for keys, 9400 for certificates on "
    "ECE and Elastic Cloud Hosted, 9300 elsewhere.",
    "the address, the security model, the platform",
    '{address} is a port of the {owner} model, but security_model is "{model}", which uses {ports}.',
    note="a warning for ports that belong to no model; the constructs choose the port, so it cannot be reached through "
    "them",
)
V10: Final = Validation(
    "V10",
    "The address cannot be used",
    ERROR,
    (PLAN,),
    "There is exactly one address of one host and one port, and server_name is a host name alone.",
    "the address, server_name",
    '"{name}" is no server name: the host name of the remote endpoint is needed, without scheme and port, and no IP '
    "address.",
    note="the constructs take both from the remote side, so it cannot be reached through them",
)
V11: Final = Validation(
    "V11",
    "The deployment points to itself",
    WARNING,
    (SYNTH, PLAN),
    "The local and the remote side are two deployments.",
    "ids of both sides",
    "Deployment {deployment} would be its own remote cluster. This works, and is rarely meant.",
)
V12: Final = Validation(
    "V12",
    "System deployment",
    ERROR,
    (PLAN, APPLY),
    "No side belongs to the platform itself.",
    "the deployment (metadata.system_owned, or one of the three known names)",
    "{deployment} belongs to Elastic Cloud Enterprise itself; it can neither be a remote cluster nor have one. For "
    "logs of several installations use a monitoring deployment of your own.",
)
V13: Final = Validation(
    "V13",
    "The deployment may predate ECE 2.9.0",
    WARNING,
    (PLAN,),
    "A deployment made before ECE 2.9.0 had its node certificates renewed (Enable CCR) before it is connected by "
    "certificate.",
    "trust of the deployment: nothing tells directly, but such a deployment trusts no account, not even its own",
    "{deployment} trusts no account, not even its own: it was made so, or before ECE 2.9.0, and then no other cluster "
    "can trust it until an ece_cross_cluster_enablement renewed its certificates.",
)
V21: Final = Validation(
    "V21",
    "The platform's list does not fit",
    ERROR,
    (SYNTH, PLAN),
    'managed_through = "platform" is used for two deployments of one ECE on the certificate model only, and no alias '
    "is managed both ways.",
    "the security model, both sides, the other connections of the local cluster",
    'managed_through = "platform" connects two deployments of one ECE; these are in different environments. Leave '
    "managed_through out.",
    note="two connections of one alias are refused as V7, at synth by the constructs",
)
V40: Final = Validation(
    "V40",
    "Another change of the deployment is running",
    WARNING,
    (APPLY,),
    "No plan of the deployment is pending when its trust or keystore is written.",
    "the deployment",
    "{deployment} is busy with another change; this one waits for it to end.",
    note="nothing is refused: the write waits, as long as its time-out allows, and says so in the log",
    is_acknowledgeable=False,
)
V41: Final = Validation(
    "V41",
    "The key is missing",
    ERROR,
    (PLAN,),
    "A connection by API key depends on its key, so that the secret is there before the settings, and goes after them.",
    "cross_cluster_api_key_id, external_secret",
    'security_model = "api_key" works with a key in the local keystore: give cross_cluster_api_key_id = '
    "ece_cross_cluster_api_key.<name>.id, which also makes this object wait for it. If something else puts the secret "
    "there, set external_secret = true.",
    note="the constructs always make the key and refer to it",
)
V42: Final = Validation(
    "V42",
    "The secret needs a restart",
    WARNING,
    (SYNTH, PLAN),
    "Elasticsearch of the local side, where a remote cluster secret changes, runs 8.14 or newer and reloads it.",
    "version of the local side",
    "Elasticsearch of {deployment} is on {version}: below 8.14 it reads remote cluster credentials only when it "
    "starts. Restart it after this apply; nothing here does.",
)
V43: Final = Validation(
    "V43",
    "The remote cluster is not connected",
    ERROR,
    (APPLY,),
    "After the settings were written the connection stands within the time limit, on the wanted security model.",
    "GET _remote/info of the local side",
    'Alias "{alias}" of {deployment} is not connected after {time}.',
    note="a warning with wait_for_connected = false, and when it is found down later",
)
V45: Final = Validation(
    "V45",
    "skip_unavailable is not given",
    WARNING,
    (SYNTH, PLAN),
    "skip_unavailable is given where the local side is older than 8.15, whose own default is another one.",
    "version of the local side",
    "skip_unavailable is not given, so true is written: searches go on without a remote that is away. Elasticsearch of "
    "the local side, {version}, would fail them by default; the default is true from 8.15 on only. Give "
    "skip_unavailable to say which you mean.",
)
V47: Final = Validation(
    "V47",
    "Followers are bound to the alias",
    ERROR,
    (PLAN,),
    "No follower index of the local cluster replicates over an alias that is renamed or removed with its connection.",
    "GET _all/_ccr/info of the local side",
    'The alias changes from "{alias}" to "{new}", but {followers} follow over "{alias}" and would stop: a follower '
    'cannot change its alias. Keep the alias, or make a second connection "{new}", new followers over it, and remove '
    "this one after the old followers.",
)
V48: Final = Validation(
    "V48",
    "A secret would be shown",
    ERROR,
    (SYNTH, PLAN, APPLY),
    "No secret stands in synthesized files, plan, state or log: it is named by variable or file, and masked where the "
    "provider has it.",
    "nothing",
    "The value of {name} is not shown, as it may be the secret itself: give the name of an environment variable, such "
    'as "DB_PASSWORD".',
)

VALIDATIONS: Final = (V7, V8, V9, V10, V11, V12, V13, V21, V40, V41, V42, V43, V45, V47, V48)
