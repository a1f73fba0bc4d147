#!/usr/bin/env bash
# Install Python packages into a virtual environment: pip.sh VENV ARGUMENT...
# Silent unless it fails; then the end of the log is shown, addresses of registries left out.
set -euo pipefail

venv=$1
shift
log=$venv/setup.log

if ! "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "$@" >"$log" 2>&1; then
  [ -n "${QUIET:-}" ] && exit 1
  echo "pip install $* failed; the end of $log:" >&2
  tail -n 25 "$log" | sed -E 's#[a-z]+://[^ ,)]*#(registry)#g' >&2
  exit 1
fi
