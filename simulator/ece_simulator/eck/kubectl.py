"""`kubectl` with the few verbs that hand-overs use, on the objects below a home folder."""

from __future__ import annotations

import argparse
import base64
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ece_simulator.eck.kinds import (
    CONFIG_MAP,
    ELASTICSEARCH,
    POD,
    SECRET,
    SERVICE,
    Kind,
    Manifest,
    Refused,
    kind_called,
    kind_of,
)
from ece_simulator.eck.output import shown, table
from ece_simulator.eck.store import DEFAULT_NAMESPACE, Store
from ece_simulator.partners.yaml_text import documents_of, dumped

if TYPE_CHECKING:
    from ece_simulator.eck.operator import Operator


def main(home: str, arguments: list[str]) -> int:
    """Runs one command; returns the exit code."""
    options = _parser().parse_args(arguments)
    try:
        print(options.verb(Shown(Path(home)), options), end="")
    except (ValueError, OSError) as error:
        text = str(error)
        print(text if text.startswith("Error from server") else f"error: {text}", file=sys.stderr)
        return 1
    return 0


class Shown(Store):
    """The store as kubectl shows it: with status, and with the services and pods that the operator makes."""

    def __init__(self, home: Path) -> None:
        super().__init__(home)
        self._home = home

    def _operators(self, namespace: str) -> Iterator[tuple[Operator, Manifest]]:
        from ece_simulator.eck.operator import Operator  # slow to load, and most commands only write

        for resource in super().all_of(ELASTICSEARCH, namespace):
            yield Operator(self, self._home, resource["metadata"]["name"], namespace), resource

    def seen(self, kind: Kind, namespace: str) -> list[Manifest]:
        """All objects of a kind as `get` shows them."""
        found = {one["metadata"]["name"]: one for one in super().all_of(kind, namespace)}
        if kind not in (SERVICE, POD, ELASTICSEARCH):
            return list(found.values())
        for operator, resource in self._operators(namespace):
            if kind is SERVICE:
                found |= operator.services(resource)
            elif kind is POD:
                found |= {pod["metadata"]["name"]: pod for pod in operator.pods(resource)}
            elif kind is ELASTICSEARCH:
                found[operator.name] = {**resource, "status": operator.status(resource)}
        return [found[name] for name in sorted(found)]

    def one(self, kind: Kind, name: str, namespace: str) -> Manifest:
        """One object as `get` shows it."""
        for found in self.seen(kind, namespace):
            if found["metadata"]["name"] == name:
                return found
        return self.get(kind, name, namespace)


def _parser() -> argparse.ArgumentParser:
    place = argparse.ArgumentParser(add_help=False)
    place.add_argument("-n", "--namespace", default=argparse.SUPPRESS)
    place.add_argument("--context", default=argparse.SUPPRESS, help="there is one cluster only")
    parser = argparse.ArgumentParser(prog="kubectl", allow_abbrev=False, parents=[place])
    verbs = parser.add_subparsers(required=True)

    def verb(name: str, function: Any) -> argparse.ArgumentParser:
        made = verbs.add_parser(name, allow_abbrev=False, parents=[place])
        made.set_defaults(verb=function)
        return made

    apply = verb("apply", _apply)
    apply.add_argument("-f", "--filename", action="append", required=True)
    apply.add_argument("--server-side", action="store_true")
    patch = verb("patch", _patch)
    patch.add_argument("kind")
    patch.add_argument("name", nargs="?")
    patch.add_argument("--type", default="strategic", choices=("strategic", "merge", "json"))
    content = patch.add_mutually_exclusive_group(required=True)
    content.add_argument("-p", "--patch")
    content.add_argument("--patch-file", type=Path)
    get = verb("get", _get)
    get.add_argument("kind")
    get.add_argument("name", nargs="?")
    get.add_argument("-o", "--output")
    create = verb("create", _create)
    create.add_argument("words", nargs="+")
    create.add_argument("--from-file", action="append", default=[])
    create.add_argument("--from-literal", action="append", default=[])
    create.add_argument("--dry-run", nargs="?", const="client", default="none")
    create.add_argument("-o", "--output")
    delete = verb("delete", _delete)
    delete.add_argument("kind", nargs="?")
    delete.add_argument("names", nargs="*")
    delete.add_argument("-f", "--filename", action="append", default=[])
    delete.add_argument("--ignore-not-found", nargs="?", const="true", default="false")
    wait = verb("wait", _wait)
    wait.add_argument("rest", nargs=argparse.REMAINDER)
    return parser


def _namespace(options: argparse.Namespace) -> str | None:
    return getattr(options, "namespace", None)


def _named(word: str, name: str | None) -> tuple[Kind, str | None]:
    """`elasticsearch name` or `elasticsearch/name`."""
    kind, slash, rest = word.partition("/")
    return kind_called(kind), rest if slash else name


def _apply(store: Shown, options: argparse.Namespace) -> str:
    said: list[str] = []
    for name in options.filename:
        for text in _texts(name):
            said += store.apply(text, _namespace(options))
    return "".join(f"{line}\n" for line in said)


def _texts(name: str) -> list[str]:
    if name == "-":
        return [sys.stdin.read()]
    path = Path(name)
    if path.is_dir():
        found = sorted(file for file in path.iterdir() if file.suffix in (".yaml", ".yml", ".json"))
        return [file.read_text(encoding="utf-8") for file in found]
    return [path.read_text(encoding="utf-8")]


def _patch(store: Shown, options: argparse.Namespace) -> str:
    kind, name = _named(options.kind, options.name)
    if name is None:
        raise Refused("you must specify the name of the object to patch")
    if options.type == "strategic":
        raise Refused(
            "application/strategic-merge-patch+json is not supported by "
            f"{kind.api_version}, Kind={kind.name}: use --type merge or --type json"
        )
    text = options.patch if options.patch is not None else options.patch_file.read_text(encoding="utf-8")
    documents = documents_of(text)
    if len(documents) != 1:
        raise Refused("unable to parse the patch: one document is wanted")
    place = _namespace(options) or DEFAULT_NAMESPACE
    return store.patch(kind, name, place, documents[0], as_json=options.type == "json") + "\n"


def _get(store: Shown, options: argparse.Namespace) -> str:
    kind, name = _named(options.kind, options.name)
    place = _namespace(options) or DEFAULT_NAMESPACE
    if name is not None:
        found = store.one(kind, name, place)
        return shown(found, options.output, f"{options.kind.partition('/')[0]}/{name}") or table(kind, [found])
    all_of = store.seen(kind, place)
    if options.output in ("yaml", "json"):
        whole = {"apiVersion": "v1", "kind": "List", "items": all_of}
        return dumped(whole) if options.output == "yaml" else json.dumps(whole, indent=4) + "\n"
    if options.output == "name":
        return "".join(f"{kind.name.lower()}/{one['metadata']['name']}\n" for one in all_of)
    return table(kind, all_of) if all_of else f"No resources found in {place} namespace.\n"


def _create(store: Shown, options: argparse.Namespace) -> str:
    kind, *words = options.words
    found = kind_called(kind)
    if found is SECRET:
        if words[:1] != ["generic"]:
            raise Refused("only `create secret generic` is simulated")
        words = words[1:]
    elif found is not CONFIG_MAP:
        raise Refused(f"`create {kind}` is not simulated: use apply -f")
    if len(words) != 1:
        raise Refused("exactly one NAME is required")
    manifest: Manifest = {"apiVersion": "v1", "kind": found.name, "metadata": {"name": words[0]}}
    if _namespace(options) is not None:
        manifest["metadata"]["namespace"] = _namespace(options)
    manifest["data"] = _data(found, options)
    if options.dry_run != "none":
        return shown(manifest, options.output, f"{found.name.lower()}/{words[0]}")
    return store.create(manifest, _namespace(options)) + "\n"


def _data(kind: Kind, options: argparse.Namespace) -> dict[str, str]:
    found: dict[str, bytes] = {}
    for source in options.from_file:
        key, equals, path = source.partition("=")
        file = Path(path if equals else source)
        found[key if equals else file.name] = file.read_bytes()
    for literal in options.from_literal:
        key, equals, value = literal.partition("=")
        if not equals:
            raise Refused(f"invalid literal source {literal}, expected key=value")
        found[key] = value.encode()
    if kind is SECRET:
        return {key: base64.b64encode(content).decode() for key, content in found.items()}
    return {key: content.decode("utf-8") for key, content in found.items()}


def _delete(store: Shown, options: argparse.Namespace) -> str:
    place = _namespace(options) or DEFAULT_NAMESPACE
    wanted = [(kind_called(options.kind), name, place) for name in options.names]
    for file in options.filename:
        for text in _texts(file):
            wanted += [_place_of(manifest, place) for manifest in documents_of(text)]
    said = []
    for kind, name, namespace in wanted:
        if store.find(kind, name, namespace) is None and options.ignore_not_found != "false":
            continue
        said.append(store.delete(kind, name, namespace))
    return "".join(f"{line}\n" for line in said)


def _place_of(manifest: Any, namespace: str) -> tuple[Kind, str, str]:
    metadata = manifest["metadata"]
    return kind_of(manifest), str(metadata["name"]), str(metadata.get("namespace", namespace))


def _wait(store: Shown, options: argparse.Namespace) -> str:
    """The operator is done as soon as anybody looks."""
    return "condition met\n"
