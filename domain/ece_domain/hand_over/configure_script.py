"""The script that puts lines into ``elasticsearch.yml`` of a node: between marks, twice without harm, and out again."""

from __future__ import annotations

import shlex
from typing import Final

from ece_domain.hand_over.content import File, Line

NAME: Final = "configure.sh"

_BODY: Final = r"""set -eu
here=$(cd "$(dirname "$0")" && pwd)
remove=""
if [ "$1" = "--remove" ]; then remove=yes; shift; fi
fragment=$1
begin="# >>> $about: $fragment"
end="# <<< $about: $fragment"
off="#off($fragment)# "
rest=$(mktemp)
trap 'rm -f "$rest" "$rest.new"' EXIT
# What an earlier run wrote goes, and what it put out of force comes back.
awk -v begin="$begin" -v end="$end" -v off="$off" '
  $0 == begin { inside = 1 }
  !inside { if (index($0, off) == 1) print substr($0, length(off) + 1); else print }
  $0 == end { inside = 0 }
' "$config" > "$rest"
if [ -z "$remove" ]; then
  # A setting may stand in the file once: a line of the same name, with what is indented below it, is put out of force.
  names=$(sed -n -e 's/^\([a-z][A-Za-z0-9_.-]*\):.*/\1/p' -e 's/^# replaces: //p' "$here/$fragment" | tr '\n' ' ')
  awk -v names="$names" -v off="$off" '
    BEGIN { count = split(names, list, " "); for (i = 1; i <= count; i++) drop[list[i]] = 1 }
    /^[^ \t#-]/ { name = $0; sub(/:.*/, "", name); out = (name in drop) }
    out && !/^#/ && !/^[ \t]*$/ { print off $0; next }
    { print }
  ' "$rest" > "$rest.new"
  { cat "$rest.new"; echo "$begin"; cat "$here/$fragment"; echo "$end"; } > "$rest"
fi
cat "$rest" > "$config"
"""


def configure_script(about: str, config_folder: str) -> File:
    """The script for one connection; ``about`` stands in the marks."""
    head = [
        "#!/bin/sh",
        "# Puts a fragment of this folder into elasticsearch.yml, between two marks; run again, it replaces it.",
        "# sh configure.sh <fragment>, and sh configure.sh --remove <fragment> to take it out.",
        f"about={shlex.quote(about)}",
        f"config={shlex.quote(f'{config_folder}/elasticsearch.yml')}",
    ]
    return File(NAME, tuple(Line(text) for text in [*head, *_BODY.rstrip("\n").split("\n")]), is_script=True)
