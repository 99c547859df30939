"""Secrets by name: what goes into Terraform's files is where a secret lies, never the secret."""

from __future__ import annotations

from pathlib import Path

from ece_constructs._checks import file_path, known
from ece_constructs.errors import EceValueError
from ece_domain.secret_names import variable_finding


class Secret:
    """The name of a secret. Make one with :meth:`from_env` or :meth:`from_file`.

    The provider reads the secret itself when Terraform runs; it reaches no plan, no state and no file of the CDK.
    """

    __slots__ = ("_name", "_way")

    def __init__(self, way: str, name: str) -> None:
        """Use the makers instead."""
        self._way = way
        self._name = name

    @classmethod
    def from_env(cls, name: str) -> Secret:
        """The secret in the environment variable ``name``, which the process of the provider sees.

        Raises:
            EceValueError: not the name of a variable; perhaps the secret itself, so it is not shown.
        """
        finding = variable_finding(name) if isinstance(name, str) else variable_finding("")
        if finding is not None and (not isinstance(name, str) or known(name)):
            raise EceValueError(
                "Secret",
                "name",
                "(not shown)",
                f'the name of an environment variable is needed, such as "DB_PASSWORD" ({finding.code})',
            )
        return cls("env", name)

    @classmethod
    def from_file(cls, path: str | Path) -> Secret:
        """The secret in a file; a relative path counts from the folder of this program."""
        return cls("file", file_path("Secret", "path", path) or "")

    def arguments(self, name: str) -> dict[str, str]:
        """The argument that carries this secret: ``password`` becomes ``password_env`` or ``password_file``."""
        return {f"{name}_{self._way}": self._name}

    @property
    def file(self) -> str | None:
        """The file it lies in; None for a variable."""
        return self._name if self._way == "file" else None

    def __repr__(self) -> str:
        """Where the secret lies; that is no secret."""
        return f"Secret.from_{self._way}({self._name!r})"
