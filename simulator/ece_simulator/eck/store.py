"""The objects of one Kubernetes cluster as files: what the API server keeps, read and written by any process."""

from __future__ import annotations

import base64
import copy
import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from ece_simulator.eck.admission import check
from ece_simulator.eck.kinds import NAMESPACE, SECRET, Kind, Manifest, Refused, kind_of
from ece_simulator.eck.patching import json_patched, merged, without
from ece_simulator.partners.yaml_text import documents_of

DEFAULT_NAMESPACE = "default"
LAST_APPLIED = "kubectl.kubernetes.io/last-applied-configuration"


class Store:
    """Objects below `<home>/objects`. Refused (a ValueError) carries the API server's words."""

    def __init__(self, home: Path) -> None:
        self._root = home / "objects"
        self._operator = home / "operator-version"

    def begin(self, operator_version: str, namespaces: list[str]) -> None:
        """A fresh cluster; what is there already stays."""
        self._root.mkdir(parents=True, exist_ok=True)
        self._operator.write_text(operator_version, encoding="ascii")
        for name in namespaces:
            if not self.has_namespace(name):
                self.write(NAMESPACE, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    @property
    def operator_version(self) -> str:
        """The operator's version."""
        return self._operator.read_text(encoding="ascii").strip()

    def signature(self) -> tuple[tuple[str, int, int], ...]:
        """Changes when any object does."""
        found = []
        for path in sorted(self._root.rglob("*.json")):
            status = path.stat()
            found.append((str(path), status.st_mtime_ns, status.st_ino))
        return tuple(found)

    # reading

    def _path(self, kind: Kind, name: str, namespace: str) -> Path:
        if "/" in name or "/" in namespace:
            raise Refused(f'invalid name "{namespace}/{name}"')
        place = self._root / (namespace if kind.namespaced else "_cluster") / kind.name
        return place / f"{name}.json"

    def find(self, kind: Kind, name: str, namespace: str) -> Manifest | None:
        """An object, None when there is none."""
        try:
            found: Manifest = json.loads(self._path(kind, name, namespace).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        return found

    def get(self, kind: Kind, name: str, namespace: str) -> Manifest:
        """An object; Refused when there is none."""
        found = self.find(kind, name, namespace)
        if found is None:
            raise Refused(f'Error from server (NotFound): {kind.plural} "{name}" not found')
        return found

    def all_of(self, kind: Kind, namespace: str) -> Iterator[Manifest]:
        """All objects of a kind in a namespace, by name."""
        folder = self._path(kind, "any", namespace).parent
        for path in sorted(folder.glob("*.json")):
            found = self.find(kind, path.stem, namespace)
            if found is not None:
                yield found

    def has_namespace(self, name: str) -> bool:
        """Whether a namespace exists."""
        return self.find(NAMESPACE, name, "") is not None

    # writing

    def write(self, kind: Kind, manifest: Manifest) -> None:
        """Stores an object as a whole."""
        metadata = manifest["metadata"]
        path = self._path(kind, str(metadata["name"]), str(metadata.get("namespace", "")))
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(f".tmp{os.getpid()}")
        handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  a handle, not a path
            json.dump(manifest, file, indent=1)
        fresh.replace(path)

    def create(self, manifest: Manifest, namespace: str | None = None) -> str:
        """A new object; what kubectl says about it."""
        kind, manifest = self._placed(manifest, namespace)
        name, place = manifest["metadata"]["name"], manifest["metadata"].get("namespace", "")
        if self.find(kind, name, place) is not None:
            raise Refused(f'Error from server (AlreadyExists): {kind.plural} "{name}" already exists')
        check(kind, manifest, None, self.operator_version)
        self.write(kind, manifest)
        return f"{_told(kind, name)} created"

    def apply(self, text: str, namespace: str | None = None) -> list[str]:
        """`kubectl apply -f`: all documents of a text; one line for each."""
        return [self._applied(manifest, namespace) for manifest in documents_of(text)]

    def _applied(self, given: Any, namespace: str | None) -> str:
        kind, manifest = self._placed(given, namespace)
        metadata = manifest["metadata"]
        name, place = str(metadata["name"]), str(metadata.get("namespace", ""))
        old = self.find(kind, name, place)
        target = old
        if old is not None:
            last = json.loads((old["metadata"].get("annotations") or {}).get(LAST_APPLIED, "{}"))
            target = without(old, last, manifest)
        new = merged(target, manifest)
        new["metadata"].setdefault("annotations", {})[LAST_APPLIED] = json.dumps(manifest, sort_keys=True)
        check(kind, new, old, self.operator_version)
        if new == old:
            return f"{_told(kind, name)} unchanged"
        self.write(kind, new)
        return f"{_told(kind, name)} {'created' if old is None else 'configured'}"

    def patch(self, kind: Kind, name: str, namespace: str, patch: Any, *, as_json: bool = False) -> str:
        """A merge patch, or a JSON patch; what kubectl says about it."""
        old = self.get(kind, name, namespace)
        new = json_patched(old, patch) if as_json else merged(old, patch)
        if (new.get("kind"), new["metadata"].get("name")) != (kind.name, name):
            raise Refused("the kind and the name of an object cannot be patched")
        check(kind, new, old, self.operator_version)
        if new == old:
            return f"{_told(kind, name)} patched (no change)"
        self.write(kind, _settled(kind, new))
        return f"{_told(kind, name)} patched"

    def delete(self, kind: Kind, name: str, namespace: str) -> str:
        """Removes an object."""
        self.get(kind, name, namespace)
        self._path(kind, name, namespace).unlink()
        return f'{_told(kind, name).partition("/")[0]} "{name}" deleted'

    def _placed(self, given: Any, namespace: str | None) -> tuple[Kind, Manifest]:
        """The manifest with its namespace; Refused for a namespace that is not there, or is another one."""
        kind = kind_of(given)
        manifest = copy.deepcopy(given)
        metadata = manifest.get("metadata")
        if not isinstance(metadata, dict) or not metadata.get("name"):
            raise Refused("error: resource name may not be empty")
        if not kind.namespaced:
            return kind, manifest
        named = metadata.setdefault("namespace", namespace or DEFAULT_NAMESPACE)
        if namespace is not None and named != namespace:
            raise Refused(
                f'the namespace from the provided object "{named}" does not match the namespace "{namespace}". '
                f"You must pass '--namespace={named}' to perform this operation."
            )
        if not self.has_namespace(str(named)):
            raise Refused(f'Error from server (NotFound): namespaces "{named}" not found')
        return kind, _settled(kind, manifest)


def _settled(kind: Kind, manifest: Manifest) -> Manifest:
    """`stringData` of a secret becomes `data`."""
    if kind is SECRET and manifest.get("stringData"):
        texts = manifest.pop("stringData")
        encoded = {name: base64.b64encode(str(text).encode()).decode() for name, text in texts.items()}
        manifest["data"] = {**(manifest.get("data") or {}), **encoded}
    return manifest


def _told(kind: Kind, name: str) -> str:
    group = kind.api_version.partition("/")[0] if "/" in kind.api_version else ""
    return f"{kind.name.lower()}{'.' + group if group else ''}/{name}"
