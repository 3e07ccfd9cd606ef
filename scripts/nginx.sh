#!/usr/bin/env bash
# Sees that there is an nginx to test deploy/nginx.conf with, installing Debian's where that is possible.
set -euo pipefail

PATH="$PATH:/usr/sbin:/usr/local/sbin"
if ! command -v nginx >/dev/null && [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "→ Installing Debian's nginx for the tests of deploy/" >&2
  export DEBIAN_FRONTEND=noninteractive
  # Debian starts the server when it is installed; the tests start their own.
  { apt-get update -q && RUNLEVEL=1 apt-get install -q -y --no-install-recommends nginx; } >&2
fi
command -v nginx >/dev/null && exit 0
cat >&2 <<TXT
The tests of deploy/ need nginx and found none.
Install it (Debian and Ubuntu: apt-get install nginx · Fedora: dnf install nginx · macOS: brew install nginx, and
let the loopback have three addresses: sudo ifconfig lo0 alias 127.0.0.2; sudo ifconfig lo0 alias 127.0.0.3).
TXT
exit 1
