#!/usr/bin/env bash
# Sees that there is a redis-server to test with, installing Debian's where that is possible.
set -euo pipefail

command -v redis-server >/dev/null && exit 0
command -v valkey-server >/dev/null && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "→ Installing Debian's Redis for the tests of the relay" >&2
  export DEBIAN_FRONTEND=noninteractive
  # Debian starts the server when it is installed; the tests start their own.
  { apt-get update -q && RUNLEVEL=1 apt-get install -q -y --no-install-recommends redis-server; } >&2
  command -v redis-server >/dev/null && exit 0
fi
cat >&2 <<TXT
The tests of the relay need redis-server (6.2 or newer) or valkey-server and found none.
Install one (Debian and Ubuntu: apt-get install redis-server · Fedora: dnf install valkey · macOS: brew install redis).
TXT
exit 1
