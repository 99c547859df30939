"""Looks for secrets in everything a run left behind, in every disguise that files give them.

Plan files are archives, private state is Base64, JSON escapes, URLs escape otherwise: a plain search would miss them.
"""

from __future__ import annotations

import base64
import gzip
import io
import json
import urllib.parse
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """A secret was found: its name (never its value) and the place."""

    secret: str
    place: str
    disguise: str


def disguises(secret: str) -> dict[str, bytes]:
    """The forms in which a secret may stand in a file, by name."""
    raw = secret.encode()
    forms = {
        "plain": raw,
        "JSON": json.dumps(secret)[1:-1].encode(),
        "JSON in JSON": json.dumps(json.dumps(secret)[1:-1])[1:-1].encode(),
        "URL": urllib.parse.quote(secret, safe="").encode(),
        "hexadecimal": raw.hex().encode(),
        "UTF-16": secret.encode("utf-16-le"),
    }
    for name, text in {"": raw, " of JSON": forms["JSON"]}.items():
        for shift in range(3):
            # which six bits meet depends on what stands before; the ends that neighbours touch are left out
            first, last = -(-shift * 8 // 6), (shift + len(text)) * 8 // 6
            shifted = b"\0" * shift + text
            forms[f"Base64{name} at {shift}"] = base64.b64encode(shifted)[first:last]
            forms[f"Base64 for URLs{name} at {shift}"] = base64.urlsafe_b64encode(shifted)[first:last]
    return forms


class SecretHunt:
    """Searches for a set of secrets, given by name; each must have eight characters or more to be told from chance."""

    def __init__(self, secrets: Mapping[str, str]) -> None:
        short = [name for name, secret in secrets.items() if len(secret) < 8]
        assert not short, f"too short to look for: {short}"
        self._forms = {name: disguises(secret) for name, secret in secrets.items()}

    def in_bytes(self, content: bytes, place: str) -> Iterator[Finding]:
        """Search a content; archives are unpacked."""
        yield from self._plain(content, place)
        if content.startswith(b"PK") and zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                for name in archive.namelist():
                    yield from self.in_bytes(archive.read(name), f"{place}!{name}")
        elif content.startswith(b"\x1f\x8b"):
            yield from self.in_bytes(gzip.decompress(content), f"{place}!")

    def _plain(self, content: bytes, place: str) -> Iterator[Finding]:
        for name, forms in self._forms.items():
            found = [disguise for disguise, form in forms.items() if form in content]
            if found:
                yield Finding(name, place, found[0])

    def in_text(self, text: str, place: str) -> Iterator[Finding]:
        """Search a text, such as what a command printed."""
        return self.in_bytes(text.encode(), place)

    def in_folder(self, folder: Path, *, leaving_out: tuple[str, ...] = ()) -> list[Finding]:
        """Search all files below a folder, hidden ones too; ``leaving_out`` names files by their path in it."""
        found: list[Finding] = []
        for file in sorted(folder.rglob("*")):
            name = str(file.relative_to(folder))
            if file.is_file() and name not in leaving_out:
                found += self.in_bytes(file.read_bytes(), name)
        return found
