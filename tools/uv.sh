#!/bin/sh
# Prints where uv is; installs it beside the packages of the virtual environment $1 when the system has none, so that
# synchronising does not remove it.
set -eu
venv=$1

if command -v uv >/dev/null && uv --version >/dev/null 2>&1; then
    command -v uv
    exit 0
fi
uv=$venv/bootstrap/bin/uv
if [ ! -x "$uv" ]; then
    "$venv/bin/python" -m pip --version >/dev/null 2>&1 || "$venv/bin/python" -m ensurepip >/dev/null
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check --target "$venv/bootstrap" uv >&2
fi
echo "$uv"
