#!/bin/sh
# Finds a Python that can set the project up and hands over to tools/setup_steps.py.
# PYTHON=/path/to/python names the one to use; without it the environment's own, then what is on the PATH.
cd "$(dirname "$0")/.." || exit 1

able='import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'

if [ -n "$PYTHON" ]; then
  if ! "$PYTHON" -c "$able" >/dev/null 2>&1; then
    echo "setup: PYTHON=$PYTHON is not a Python 3.11 or newer with the modules venv and ensurepip." >&2
    exit 1
  fi
  exec "$PYTHON" -I tools/setup_steps.py
fi

# A link in .venv whose Python was removed does not start; then another is looked for.
if .venv/bin/python -I -S -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
  exec .venv/bin/python -I -S tools/setup_steps.py
fi

for python in python3 python3.11 python3.12 python3.13 python3.14 python; do
  if "$python" -c "$able" >/dev/null 2>&1; then
    exec "$python" -I tools/setup_steps.py
  fi
done

for python in python3 python3.11 python3.12 python3.13 python3.14 python; do
  if "$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then
    echo "setup: $python cannot make virtual environments; on Debian and Ubuntu: apt-get install $python-venv" >&2
    exit 1
  fi
done
echo "setup: Python 3.11 or newer is needed, and none is on the PATH (python3, python3.11 to python3.14, python)." >&2
echo "       Install one, or name it: make setup PYTHON=/path/to/python3" >&2
exit 1
