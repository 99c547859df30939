"""The page that leads through a hand-over: who does what, in which order, how to see it, how to take it back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from ece_domain.hand_over.content import File, Line, Step
from ece_domain.hand_over.facts import Connection, Side
from ece_domain.security_models import SecurityModel

NAME = "README.md"
_MODELS = {SecurityModel.API_KEY: "API key", SecurityModel.CERTIFICATE: "TLS certificate"}
_PURPOSES = {
    "trust.yml": "whom the nodes let in",
    "elasticsearch.yml": "settings of every node",
    "elasticsearch.trust.yml": "the setting that puts trust.yml into force",
    "create_key.console": "the request that makes the key on the remote cluster",
    "keystore.sh": "puts the key into the keystore; holds no secret",
    "instances.yaml": "names for new node certificates",
    "certutil.sh": "makes certificates",
    "configure.sh": "puts settings into elasticsearch.yml, and takes them out",
    "network.csv": "firewalls and load balancers",
    "ca_secret.yaml": "Secret with the CA of the other side",
    "trust_config_map.yaml": "ConfigMap with the trust file",
    "elasticsearch.patch.yaml": "merge patch of the Elasticsearch resource",
    "network_policy.yaml": "who reaches the pods' remote cluster port",
}


def run_book(connection: Connection, route: str, files: Sequence[File], steps: Sequence[Step]) -> File:
    """The page; it is read and never applied, so none of its lines is required."""
    texts = [*_head(connection, route), *_files(files), *_steps(steps), *_removal()]
    return File(NAME, tuple(Line(text) for text in texts))


def _head(connection: Connection, route: str) -> Iterator[str]:
    local, remote, model = connection.local, connection.remote, connection.model
    yield f"# Remote cluster {connection.alias}: {local.name} to {remote.name}"
    yield ""
    yield f"Route {route}, {_MODELS[model]} model. Terraform wrote this folder and writes it again when a fact changes;"
    yield "what is changed here by hand is lost then. No file here holds a secret."
    yield ""
    yield "| | local | remote |"
    yield "|-|-|-|"
    for title, left, right in _facts(connection):
        if left or right:
            yield f"| {title} | {left or '-'} | {right or '-'} |"
    yield ""


def _facts(connection: Connection) -> Iterator[tuple[str, str | None, str | None]]:
    local, remote, model = connection.local, connection.remote, connection.model
    yield "cluster", local.words, remote.words
    yield "version", local.version, remote.version
    yield "address", None, str(remote.reached_at(model))
    yield "name asked for by TLS", None, remote.asked_name(model)
    yield "cluster id", local.cluster_id, remote.cluster_id
    yield "scope id", local.scope_id, remote.scope_id
    yield "connects from", _joined(local), None


def _joined(side: Side) -> str:
    return ", ".join(side.egress)


def _files(files: Iterable[File]) -> Iterator[str]:
    yield "| file | what it is |"
    yield "|-|-|"
    for file in sorted(files, key=lambda file: file.name):
        what = _PURPOSES.get(file.name) or f"CAs of {file.name.removeprefix('ca/').removesuffix('.crt')}"
        yield f"| {file.name} | {what} |"
    yield ""


def _steps(steps: Iterable[Step]) -> Iterator[str]:
    yield "## Steps"
    yield ""
    yield "In this order; those of Terraform are done by an apply."
    for number, step in enumerate(steps, 1):
        yield ""
        yield f"### {number}. {step.who}"
        yield ""
        yield step.what
        if step.commands:
            yield ""
            yield "```sh"
            yield from step.commands
            yield "```"
        if step.check:
            yield ""
            yield f"Check: {step.check}"
        if step.undo:
            yield ""
            yield f"Undo: {step.undo}"


def _removal() -> Iterator[str]:
    yield ""
    yield "## Removing the connection"
    yield ""
    yield "Undo the steps from the last to the first: the alias goes before the key or the trust that it rests on."
