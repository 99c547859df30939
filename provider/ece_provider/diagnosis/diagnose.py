"""From evidence to words for the user, and to the kind of object whose missing piece keeps a connection down."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from ece_domain.connection_causes import causes
from ece_domain.connection_evidence import Cause, Piece
from ece_domain.security_models import SecurityModel
from ece_provider.diagnosis.evidence import gather
from ece_provider.sides import Side
from terraform_plugin.values import Values

_OWNERS: Final = {
    Piece.SECRET: "ece_cross_cluster_api_key",
    Piece.KEY: "ece_cross_cluster_api_key",
    Piece.TRUST: "trust",
    Piece.CERTIFICATE_AUTHORITY: "trust",
    Piece.FILTER: "ece_traffic_filter",
}
"""Piece → the kind of object that owns it, where it is not the connection itself."""


def _sentence(cause: Cause) -> str:
    """Begins with a capital where it begins with a side; names of arguments and hosts stay as they are."""
    begins_with_side = cause.text.startswith(("deployment ", "cluster "))
    return f"{cause.text[0].upper()}{cause.text[1:]}" if begins_with_side else cause.text


@dataclass(frozen=True)
class Diagnosis:
    """Why a connection is down."""

    causes: Sequence[Cause]

    @property
    def text(self) -> str:
        """For the user, likeliest cause first."""
        first, *others = self.causes
        rest = "".join(f"\n- {_sentence(cause)}" for cause in others)
        return f"{_sentence(first)}{f'{chr(10)}It may also be this:{rest}' if rest else ''}"

    @property
    def owner(self) -> str | None:
        """The kind of object whose piece is certainly missing; None when the connection itself is to be repaired."""
        certain = [cause for cause in self.causes if cause.is_certain]
        if not certain or any(cause.piece not in _OWNERS for cause in certain):
            return None
        return _OWNERS[certain[0].piece]


async def diagnose(local: Side, remote: Side | None, state: Values, model: SecurityModel) -> Diagnosis:
    """Look at everything that can be looked at. Nothing that fails on the way is an error: it is only not seen."""
    server_name = (state.get("remote") or {}).get("server_name")
    return Diagnosis(causes(await gather(local, remote, state["alias"], model, server_name)))
