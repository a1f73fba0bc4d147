#!/usr/bin/env bash
# Write requirements/*.txt, exact versions with hashes, from pyproject.toml: lock.sh UV [--upgrade]
# Versions in the files stay where they still fit; --upgrade takes the newest that do.
set -euo pipefail

uv=$1
shift
upgrade=("$@")

# One resolution for every Python and system: what differs between them has a marker.
compile() {
  "$uv" pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
    --no-emit-index-url --custom-compile-command "make lock" ${upgrade[@]+"${upgrade[@]}"} "$@"
}

# What builds packages stands in the table of the build system, which is no group; pip itself in none.
build_requires() {
  "${uv%/*}/python" -c 'import tomllib, sys
table = tomllib.load(sys.stdin.buffer)["build-system"]
print("pip", *table["requires"], sep="\n")' <pyproject.toml
}

build_requires | compile --output-file requirements/build.txt -
compile --output-file requirements/run.txt pyproject.toml
for group in dev fuzz; do
  compile --group "$group" --constraints requirements/run.txt --output-file "requirements/$group.txt"
done
compile --group tools --output-file requirements/tools.txt
