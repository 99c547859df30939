#!/bin/sh
# Puts a fragment of this folder into elasticsearch.yml, between two marks; run again, it replaces it.
# sh configure.sh <fragment>, and sh configure.sh --remove <fragment> to take it out.
about='remote cluster central'
config=/etc/elasticsearch/elasticsearch.yml
set -eu
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
