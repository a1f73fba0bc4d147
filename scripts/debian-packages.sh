#!/usr/bin/env bash
# Install Debian packages as root or with sudo: debian-packages.sh PACKAGE...
# "a|b" stands for whichever of the two this release has.
set -euo pipefail

log=$(mktemp)
trap 'rm -f "$log"' EXIT

explain() {
  echo "$1 Ask an administrator for: apt-get install ${wanted[*]}" >&2
  exit 1
}

wanted=()
for package in "$@"; do
  wanted+=("${package%%|*}")
done

command -v apt-get >/dev/null || explain "Packages of the system are missing, and there is no apt-get."
if [ "$(id -u)" = 0 ]; then
  as_root=()
elif command -v sudo >/dev/null; then
  as_root=(sudo)
else
  explain "Packages of the system are missing, and this is neither root nor is there sudo."
fi

apt() {
  if ! "${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -qq "$@" >"$log" 2>&1; then
    sed -E 's#[a-z]+://[^ ]*#(archive)#g' "$log" | tail -n 15 >&2
    explain "apt-get $1 failed."
  fi
}

apt update
wanted=()
for package in "$@"; do
  for name in ${package//|/ }; do
    if apt-cache show "$name" >/dev/null 2>&1; then
      break
    fi
  done
  wanted+=("$name")
done
echo "Installing with apt: ${wanted[*]}"
apt install --yes --no-install-recommends "${wanted[@]}"
