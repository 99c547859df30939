"""`bin/elasticsearch-keystore` as far as remote clusters need it; options and words follow Elastic's tool."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from pathlib import Path

from ece_simulator.self_managed.keystore_file import NAME, KeystoreFile

USAGE, DATA, IO = 64, 65, 74
"""Exit codes of Elastic's command line tools."""


class Stop(Exception):
    """The command ends with a message and an exit code."""

    def __init__(self, message: str, code: int) -> None:
        super().__init__(message)
        self.code = code


def main(home: str, arguments: list[str]) -> int:
    """Runs one command on the keystore below `home`; returns the exit code."""
    options = _parser().parse_args(arguments)
    keystore = KeystoreFile(Path(home) / "config")
    try:
        command: Callable[[KeystoreFile, argparse.Namespace], None] = options.command
        command(keystore, options)
    except Stop as stop:
        print(f"ERROR: {stop}", file=sys.stderr)
        return stop.code
    except ValueError as error:
        print(f"ERROR: {error}", file=sys.stderr)
        return DATA
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="elasticsearch-keystore")
    commands = parser.add_subparsers(required=True)
    for name, command in (("create", _create), ("list", _list)):
        commands.add_parser(name).set_defaults(command=command)
    show = commands.add_parser("show")
    show.add_argument("name")
    show.set_defaults(command=_show)
    add = commands.add_parser("add")
    add.add_argument("names", nargs="+")
    add.add_argument("-f", "--force", action="store_true")
    add.add_argument("-x", "--stdin", action="store_true")
    add.set_defaults(command=_add)
    add_file = commands.add_parser("add-file")
    add_file.add_argument("pairs", nargs="+")
    add_file.add_argument("-f", "--force", action="store_true")
    add_file.set_defaults(command=_add_file)
    remove = commands.add_parser("remove")
    remove.add_argument("names", nargs="+")
    remove.set_defaults(command=_remove)
    return parser


def _existing(keystore: KeystoreFile) -> dict[str, str]:
    if not keystore.exists():
        raise Stop("Elasticsearch keystore not found. Use 'create' command to create one.", DATA)
    return keystore.read()


def _create(keystore: KeystoreFile, options: argparse.Namespace) -> None:
    if keystore.exists():
        raise Stop("An elasticsearch keystore already exists. Overwrite? [y/N] Exiting without creating keystore.", 0)
    keystore.write({"keystore.seed": "simulated"})
    print(f"Created elasticsearch keystore in {keystore.path}")


def _list(keystore: KeystoreFile, options: argparse.Namespace) -> None:
    for name in sorted(_existing(keystore)):
        print(name)


def _show(keystore: KeystoreFile, options: argparse.Namespace) -> None:
    entries = _existing(keystore)
    if options.name not in entries:
        raise Stop(f"Setting [{options.name}] does not exist in the keystore.", USAGE)
    print(entries[options.name])


def _add(keystore: KeystoreFile, options: argparse.Namespace) -> None:
    if not keystore.exists() and not options.force and not _may_create():
        return
    entries = keystore.read()
    for name in options.names:
        _check_name(name)
        if name in entries and not options.force and not _confirmed(name, options):
            return
        entries[name] = _value_of(name, options)
    keystore.write(entries)


def _may_create() -> bool:
    print("The elasticsearch keystore does not exist. Do you want to create it? [y/N]", end="", flush=True)
    agreed = sys.stdin.readline().strip().lower() == "y"
    if not agreed:
        print("Exiting without creating keystore.")
    return agreed


def _confirmed(name: str, options: argparse.Namespace) -> bool:
    print(f"Setting {name} already exists. Overwrite? [y/N]", end="", flush=True)
    agreed = sys.stdin.readline().strip().lower() == "y"
    if not agreed:
        print("Exiting without modifying keystore.")
    return agreed


def _value_of(name: str, options: argparse.Namespace) -> str:
    if not options.stdin:
        print(f"Enter value for {name}: ", end="", flush=True)
    line = sys.stdin.readline()
    value = line.rstrip("\r\n")
    if not line:
        raise Stop(f"no value for [{name}] on standard input", DATA)
    if not value.isascii():
        raise Stop("String value must contain only ASCII", DATA)
    return value


def _check_name(name: str) -> None:
    if not NAME.match(name):
        raise Stop(f"Setting name [{name}] does not match the allowed setting name pattern [{NAME.pattern}]", DATA)


def _add_file(keystore: KeystoreFile, options: argparse.Namespace) -> None:
    pairs = options.pairs
    if len(pairs) % 2:
        raise Stop("settings and filenames must come in pairs", USAGE)
    if not keystore.exists() and not options.force and not _may_create():
        return
    entries = keystore.read()
    for name, path in zip(pairs[::2], pairs[1::2], strict=True):
        _check_name(name)
        if not Path(path).is_file():
            raise Stop(f"File [{path}] does not exist", IO)
        if name in entries and not options.force and not _confirmed(name, options):
            return
        entries[name] = Path(path).read_text(encoding="utf-8")
    keystore.write(entries)


def _remove(keystore: KeystoreFile, options: argparse.Namespace) -> None:
    entries = _existing(keystore)
    for name in options.names:
        if entries.pop(name, None) is None:
            raise Stop(f"Setting [{name}] does not exist in the keystore.", USAGE)
    keystore.write(entries)
