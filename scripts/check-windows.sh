#!/usr/bin/env bash
# Resolve and download all that an installation on Windows takes, as binaries only: check-windows.sh UV
# A package without a wheel for win_amd64 fails: on Windows there is no compiler.
set -euo pipefail

uv=$1
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
for_windows=(--quiet --no-config --only-binary :all: --python-platform x86_64-pc-windows-msvc)

for python in 3.11 3.12 3.13; do
  # What the lock file names, with its hashes; then whatever the ranges of pyproject.toml allow.
  "$uv" pip install "${for_windows[@]}" --python-version "$python" --require-hashes \
    --target "$folder/$python" -r requirements/run.txt
  "$uv" pip compile "${for_windows[@]}" --python-version "$python" pyproject.toml >/dev/null
  tag=cp${python/./}-win_amd64
  for module in _ldap lxml/etree msgspec/_core; do
    test -f "$folder/$python/$module.$tag.pyd" || { echo "no $module for $tag" >&2; exit 1; }
  done
  if find "$folder/$python" -name "*.so" | grep -q .; then
    echo "something for another system came along" >&2
    exit 1
  fi
  packages=("$folder/$python"/*.dist-info)
  modules=$(find "$folder/$python" -name "*.pyd" | wc -l)
  echo "Python $python: ${#packages[@]} wheels, $((modules)) compiled modules, all for win_amd64"
done
