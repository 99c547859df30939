"""The trust restriction file: `trust.subject_name` and its patterns. It is watched: each look reads it anew."""

from __future__ import annotations

from typing import Any

from ece_simulator.partners.failure import StartFailure
from ece_simulator.partners.node_files import SslContext
from ece_simulator.partners.yaml_text import listed, settings_of

KEY = "trust.subject_name"
OTHER_NAME = "subjectAltName.otherName.commonName"


def patterns_of(context: SslContext) -> tuple[str, ...] | None:
    """The patterns of a context's restriction file; None when the settings name none. StartFailure for a bad file."""
    path = context.get("trust_restrictions.path")
    fields: Any = context.settings.get(f"{context.name}.trust_restrictions.x509_fields")
    if fields is not None and listed(fields) != [OTHER_NAME]:
        raise StartFailure(f"[{context.name}.trust_restrictions.x509_fields]: the simulator knows [{OTHER_NAME}] only")
    if path is None:
        return None
    text = context.read(path, "trust_restrictions").decode("utf-8", "replace")
    try:
        settings = settings_of(text, path)
    except StartFailure as failure:
        raise StartFailure(f"invalid trust restrictions file [{path}]: {failure}") from failure
    patterns = listed(settings.get(KEY))
    if not patterns:
        raise StartFailure(f"trust restrictions file [{path}] does not contain a value for [{KEY}]")
    return tuple(patterns)
