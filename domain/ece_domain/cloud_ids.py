"""Cloud ids: one text that tells clients where a deployment is (``name:base64``).

Source: Elastic documentation, "Find your Cloud ID": the second part is ``host[:port]$Elasticsearch$Kibana``.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import Final

from ece_domain.findings import InvalidValue

DEFAULT_PORT: Final = 443


@dataclass(frozen=True)
class CloudId:
    """What a cloud id says."""

    name: str
    """The deployment's name, empty where the id has none."""
    elasticsearch_host: str
    kibana_host: str | None
    port: int

    @classmethod
    def parse(cls, text: str) -> CloudId:
        """Read a cloud id.

        Raises:
            InvalidValue: it has another form.
        """
        name, _, encoded = text.rpartition(":")
        try:
            parts = base64.b64decode(encoded, validate=True).decode().split("$")
        except (binascii.Error, UnicodeDecodeError):
            parts = []
        domain, *names = parts or [""]
        host, separator, port = domain.partition(":")
        is_port = not separator or (port.isdigit() and 0 < int(port) < 65_536)
        if not host or not names or not names[0] or not is_port:
            raise InvalidValue(
                f'"{text}" is no cloud id: the text that the console shows beside a deployment is needed, '
                '"<name>:<letters and digits>"'
            )
        return cls(name, *_hosts(names, host), int(port) if separator else DEFAULT_PORT)


def _hosts(names: list[str], domain: str) -> tuple[str, str | None]:
    """Elasticsearch and Kibana; a name may carry a port of its own, which does not count here."""
    elasticsearch, kibana = names[0], names[1] if len(names) > 1 else ""
    found = (f"{name.partition(':')[0]}.{domain}" for name in (elasticsearch, kibana) if name not in ("", "undefined"))
    hosts = list(found)
    return hosts[0] if hosts else domain, hosts[1] if len(hosts) > 1 else None
