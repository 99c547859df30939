"""`bin/elasticsearch-certutil`: commands `ca` and `cert` as far as node certificates need them."""

from __future__ import annotations

import argparse
import io
import sys
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.serialization import pkcs12

from ece_simulator.partners.issuing import Issued, Names, certificate_for, new_ca
from ece_simulator.partners.yaml_text import documents_of
from ece_simulator.self_managed.keystore_tool import DATA, IO, USAGE, Stop

_FIELDS = ("name", "cn", "dns", "ip", "filename")


@dataclass(frozen=True)
class Instance:
    """One entry of an instances file."""

    folder: str
    names: Names


def main(home: str, arguments: list[str]) -> int:
    """Runs one command; returns the exit code. Relative paths belong to the folder of the caller."""
    options = _parser().parse_args(arguments)
    try:
        (_make_ca if options.mode == "ca" else _make_certificates)(options)
    except Stop as stop:
        print(f"ERROR: {stop}", file=sys.stderr)
        return stop.code
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="elasticsearch-certutil", allow_abbrev=False)
    modes = parser.add_subparsers(dest="mode", required=True)
    for mode in ("ca", "cert"):
        one = modes.add_parser(mode, allow_abbrev=False)
        one.add_argument("-s", "--silent", action="store_true")
        one.add_argument("--pem", action="store_true")
        one.add_argument("--out", type=Path)
        one.add_argument("--pass", dest="password")
        one.add_argument("--days", type=int, default=1095)
        if mode == "cert":
            one.add_argument("--in", "-in", dest="instances", type=Path)
            one.add_argument("--ca", type=Path)
            one.add_argument("--ca-cert", type=Path)
            one.add_argument("--ca-key", type=Path)
            one.add_argument("--ca-pass")
            one.add_argument("--name", default="instance")
            one.add_argument("--dns", default="")
            one.add_argument("--ip", default="")
    return parser


def _make_ca(options: argparse.Namespace) -> None:
    authority = new_ca(days=options.days)
    if options.pem:
        files = {"ca/ca.crt": authority.pem, "ca/ca.key": authority.key_pem(options.password)}
        _write(options.out or Path("elastic-stack-ca.zip"), _zipped(files))
    else:
        _write(options.out or Path("elastic-stack-ca.p12"), _store(b"ca", authority, [], options.password))


def _make_certificates(options: argparse.Namespace) -> None:
    authority, signer = _authority(options)
    instances = _instances(options)
    files: dict[str, bytes] = {}
    for instance in instances:
        made = certificate_for(instance.names, authority, signer, options.days)
        place = f"{instance.folder}/{instance.folder}"
        if options.pem:
            files |= {f"{place}.crt": made.pem, f"{place}.key": made.key_pem(options.password)}
        else:
            files[f"{place}.p12"] = _store(instance.folder.encode(), made, [authority], options.password)
    if not options.pem and options.instances is None:
        _write(options.out or Path("elastic-certificates.p12"), next(iter(files.values())))
    else:
        _write(options.out or Path("certificate-bundle.zip"), _zipped(files))


def _authority(options: argparse.Namespace) -> tuple[x509.Certificate, Any]:
    phrase = options.ca_pass.encode() if options.ca_pass else None
    if options.ca is not None:
        try:
            key, certificate, _ = pkcs12.load_key_and_certificates(_read(options.ca), phrase or b"")
        except ValueError as error:
            raise Stop(f"cannot read the CA [{options.ca}]: {error}", DATA) from error
        if key is None or certificate is None:
            raise Stop(f"[{options.ca}] holds no CA with its key", DATA)
        return certificate, key
    if options.ca_cert is None or options.ca_key is None:
        raise Stop("Must specify either --ca or both --ca-cert and --ca-key", USAGE)
    try:
        certificate = x509.load_pem_x509_certificate(_read(options.ca_cert))
        key = serialization.load_pem_private_key(_read(options.ca_key), phrase)
    except (ValueError, TypeError) as error:
        raise Stop(f"cannot read the CA [{options.ca_cert}] or its key: {error}", DATA) from error
    if certificate.public_key() != key.public_key():
        raise Stop(f"the key [{options.ca_key}] is not the one of the CA [{options.ca_cert}]", DATA)
    return certificate, key


def _instances(options: argparse.Namespace) -> list[Instance]:
    if options.instances is None:
        dns, ip = ([part for part in text.split(",") if part] for text in (options.dns, options.ip))
        return [Instance(options.name, Names(options.name, (), dns, ip))]
    try:
        found = documents_of(_read(options.instances).decode("utf-8"))
        entries = found[0]["instances"]
        return [_instance(entry) for entry in entries]
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise Stop(f"the instances file [{options.instances}] is not valid: {error}", DATA) from error


def _instance(entry: dict[str, Any]) -> Instance:
    unknown = sorted(entry.keys() - set(_FIELDS))
    if unknown:
        raise ValueError(f"unknown field [{unknown[0]}]")
    name = str(entry["name"])
    lists = [[str(item) for item in _listed(entry.get(field))] for field in ("cn", "dns", "ip")]
    return Instance(str(entry.get("filename", name)), Names(name, *lists))


def _listed(value: Any) -> list[Any]:
    return [] if value is None else value if isinstance(value, list) else [value]


def _store(name: bytes, made: Issued, more: list[x509.Certificate], password: str | None) -> bytes:
    lock: serialization.KeySerializationEncryption = serialization.NoEncryption()
    if password:
        lock = serialization.BestAvailableEncryption(password.encode())
    return pkcs12.serialize_key_and_certificates(name, made.key, made.certificate, more, lock)


def _zipped(files: dict[str, bytes]) -> bytes:
    whole = io.BytesIO()
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        for folder in dict.fromkeys(name.partition("/")[0] for name in files):
            archive.writestr(f"{folder}/", b"")
        for name, content in files.items():
            archive.writestr(name, content)
    return whole.getvalue()


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise Stop(f"cannot read [{path}]: {error.strerror}", IO) from error


def _write(path: Path, content: bytes) -> None:
    if path.exists():
        raise Stop(f"Output file '{path}' already exists", IO)
    try:
        path.touch(0o600)
        path.write_bytes(content)
    except OSError as error:
        raise Stop(f"cannot write [{path}]: {error.strerror}", IO) from error
    print(f"Certificates written to {path.resolve()}")
