"""The key of a remote cluster that Terraform does not reach: the request that its administrator sends.

Source: Elasticsearch documentation, "Create cross-cluster API key". The answer holds the key; it goes into the file
that the user named, and nowhere else.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from typing import Final

from ece_domain.hand_over.content import File, Line, Step, needed, plain
from ece_domain.hand_over.facts import Connection

NAME: Final = "create_key.console"
_PATH: Final = "/_security/cross_cluster/api_key"


def key_name(connection: Connection) -> str:
    """The name of the key on the remote cluster."""
    return f"{connection.local.name}-to-{connection.remote.name}"


def key_files(connection: Connection) -> Iterator[File]:
    """The request as Kibana's Dev Tools take it."""
    if not connection.key_is_made_by_hand or connection.access is None:
        return
    body = json.dumps({"name": key_name(connection), "access": connection.access}, indent=2, sort_keys=True)
    head = plain(
        f"# Makes the key by which {connection.local.name} comes in; sent once, in Kibana of {connection.remote.name}:",
        "# Management > Dev Tools. The member encoded of the answer is the key.",
    )
    lines = (Line(text) for text in body.split("\n"))
    yield File(NAME, (*head, *needed(f"POST {_PATH}"), *lines))


def key_steps(connection: Connection) -> Iterator[Step]:
    """Who makes the key, and how it reaches the local cluster."""
    who = f"Elasticsearch administrator of {connection.remote.name}"
    what = (
        f"Send {NAME} in Kibana of {connection.remote.name}: Management > Dev Tools."
        if connection.access is not None
        else f"Make a cross-cluster API key {key_name(connection)} (Kibana: Stack Management > API keys)."
    )
    yield Step(
        who,
        f"{what} The member `encoded` of the answer is the key; it is shown once.",
        check=f"`GET _security/api_key?name={key_name(connection)}` shows it with type cross_cluster.",
        undo=f"`DELETE _security/api_key` with the name {key_name(connection)}, when alias and secret are gone.",
        required=True,
    )
    if connection.secret_file is None:
        return
    secret = shlex.quote(connection.secret_file)
    yield Step(
        "Whoever runs Terraform",
        f"Put the key into {connection.secret_file} (paste it, then Ctrl-D). ece_keystore_secret with value_file takes "
        "it from there, and ece_remote_cluster has external_secret = true.",
        (f'mkdir -p "$(dirname {secret})"', f"(umask 077; tr -d '\\n' > {secret})"),
        check=f"`ls -l {secret}` shows that nobody else can read it.",
        undo=f"`rm {secret}`.",
        required=True,
    )
