"""Files that settings name for TLS: told at their argument when they cannot be read, before anything is opened."""

from __future__ import annotations

from ece_provider.settings import Settings
from terraform_plugin.diagnostics import DiagnosticError


def check_files(settings: Settings) -> None:
    """Raises DiagnosticError that names the argument for a file that cannot be read."""
    for argument in ("ca_file", "client_cert_file", "client_key_file"):
        name = getattr(settings, argument)
        if name is None:
            continue
        try:
            with open(name, "rb"):  # noqa: PTH123  (only whether it can be read)
                pass
        except OSError as problem:
            raise DiagnosticError(
                f"{argument} cannot be read",
                f"{settings.origin[argument]}: {name}: {problem.strerror or problem}.",
            ) from None
