"""The hunt is worth something only if it finds a secret wherever one can be."""

from __future__ import annotations

import base64
import gzip
import json
import urllib.parse
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.support.secret_hunt import SecretHunt

SECRET = 'Tr0ub4dor&3/"xyz'


def plan_file(file: Path) -> None:
    """As Terraform's: an archive whose members hold the values."""
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("tfplan", b"\x0a\x10" + SECRET.encode() + b"\x12")


PLACES: dict[str, Callable[[Path], object]] = {
    "terraform.tfstate": lambda file: file.write_text(json.dumps({"attributes": {"token": SECRET}})),
    "private.tfstate": lambda file: file.write_text(
        json.dumps({"private": base64.b64encode(json.dumps({"a": SECRET}).encode()).decode()})
    ),
    "saved.tfplan": plan_file,
    "plan.json": lambda file: file.write_text(json.dumps({"x": json.dumps({"token": SECRET})})),
    "output.txt": lambda file: file.write_text(f"token = {SECRET}\n"),
    "trace.log": lambda file: file.write_text(f"GET /?key={urllib.parse.quote(SECRET, safe='')}\n"),
    "cdktf.out/stacks/a/cdk.tf.json": lambda file: file.write_text(json.dumps({"token": SECRET})),
    ".terraform/ece/entry": lambda file: file.write_text(SECRET),
    "basic.log": lambda file: file.write_text("Basic " + base64.b64encode(f"admin:{SECRET}".encode()).decode()),
    "backup.gz": lambda file: file.write_bytes(gzip.compress(SECRET.encode())),
    "memory": lambda file: file.write_bytes(SECRET.encode("utf-16-le")),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_planted_secret_is_found(tmp_path: Path, place: str) -> None:
    """One secret in each place where a run may leave one; the report names place and secret, never the value."""
    file = tmp_path / place
    file.parent.mkdir(parents=True, exist_ok=True)
    PLACES[place](file)
    finding = SecretHunt({"the token": SECRET}).in_folder(tmp_path)[0]
    assert (finding.secret, finding.place.partition("!")[0]) == ("the token", place)
    assert SECRET not in repr(finding)


@pytest.mark.parametrize("before", ["", "a", "ab", "abc"])
def test_base64_is_found_at_every_offset(before: str) -> None:
    """What stands before a secret shifts its Base64 form."""
    text = base64.b64encode(f"{before}{SECRET}tail".encode()).decode()
    assert list(SecretHunt({"token": SECRET}).in_text(text, "log"))


def test_nothing_is_found_where_nothing_is(tmp_path: Path) -> None:
    """A hunt that always finds something is worth nothing either."""
    (tmp_path / "clean").write_text("Tr0ub4dor is a name")
    assert SecretHunt({"token": SECRET}).in_folder(tmp_path) == []


def test_a_short_secret_is_refused() -> None:
    """Three letters are found everywhere."""
    with pytest.raises(AssertionError, match="too short"):
        SecretHunt({"token": "abc"})
