"""Arguments that name a private key which is sent with a certificate chain and kept nowhere."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from ece_provider.elasticsearch_access import file_text, variable_value
from terraform_plugin.diagnostics import Diagnostics, Path
from terraform_plugin.schema import Attribute
from terraform_plugin.types import STRING
from terraform_plugin.validators import NotEmpty
from terraform_plugin.values import Values

NAMES: Final = ("private_key_wo", "private_key_env", "private_key_file")


def private_key_attributes(needed: str) -> dict[str, Attribute]:
    """The ways to give the key; ``needed`` says when it is needed.

    They live in Terraform only: a key is sent with the chain that it belongs to, and another key is another chain.
    """
    return {
        "private_key_wo": Attribute(
            type=STRING,
            optional=True,
            sensitive=True,
            write_only=True,
            description=(
                f"Private key of the first certificate (PEM, unencrypted). {needed} Needs Terraform 1.11; with an "
                "older one use `private_key_env` or `private_key_file`."
            ),
            validators=(NotEmpty(),),
        ),
        "private_key_env": Attribute(
            type=STRING,
            optional=True,
            local=True,
            description="Name of the environment variable that holds the private key, where Terraform runs.",
            validators=(NotEmpty(),),
        ),
        "private_key_file": Attribute(
            type=STRING,
            optional=True,
            local=True,
            description="File that holds the private key.",
            validators=(NotEmpty(),),
        ),
    }


def check_private_key(config: Values, diagnostics: Diagnostics) -> None:
    """One way at most."""
    given = [name for name in NAMES if config.get(name) is not None]
    if len(given) > 1:
        diagnostics.error(
            "The private key is given twice", f"{' and '.join(given)} are given. Keep one of them.", Path(given[1])
        )


def has_private_key(config: Values | None) -> bool:
    """True when the key is given in some way."""
    return config is not None and any(config.get(name) is not None for name in NAMES)


def private_key_of(config: Values, environ: Mapping[str, str]) -> tuple[str | None, Path]:
    """The key, None when it is not given, and the argument it came from.

    Raises:
        DiagnosticError: the variable is not set, or the file cannot be read.
    """
    name = next((name for name in NAMES if config.get(name) is not None), NAMES[0])
    value: Any = config.get(name)
    if value is None or name == "private_key_wo":
        return value, Path(name)
    read = variable_value(str(value), environ, name, Path(name)) if name.endswith("_env") else None
    return (read if read is not None else file_text(str(value), name, Path(name))), Path(name)
