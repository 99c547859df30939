"""Small shell scripts that call into this package, so that commands of a hand-over run as they are written."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path

PACKAGE = Path(__file__).resolve().parents[2]


def write_script(path: Path, module: str) -> None:
    """A script that hands its home (the folder above its own) and its arguments to `main` of a module."""
    code = (
        f"import sys; sys.path.insert(0, {str(PACKAGE)!r}); from {module} import main; "
        "sys.exit(main(sys.argv[1], sys.argv[2:]))"
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        "#!/bin/sh\n"
        'home=$(CDPATH= cd -- "$(dirname -- "$0")/.." && pwd) || exit 1\n'
        f'exec {shlex.quote(sys.executable)} -I -c {shlex.quote(code)} "$home" "$@"\n',
        encoding="utf-8",
    )
    path.chmod(0o755)
