#!/usr/bin/env bash
# Prints the path of a Chromium to test with, installing Debian's where that is possible. Messages go to stderr.
set -euo pipefail

if [ -n "${CHROMIUM:-}" ]; then
  [ -x "$CHROMIUM" ] || { echo "CHROMIUM names $CHROMIUM, which is not an executable file." >&2; exit 1; }
  echo "$CHROMIUM"; exit 0
fi
find_chromium() {
  for name in chromium chromium-browser google-chrome-stable google-chrome chrome; do
    command -v "$name" && return 0
  done
  for app in "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome" "/Applications/Chromium.app/Contents/MacOS/Chromium"; do
    [ -x "$app" ] && { echo "$app"; return 0; }
  done
  return 1
}
find_chromium && exit 0
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
  echo "→ Installing Debian's Chromium for the browser tests" >&2
  export DEBIAN_FRONTEND=noninteractive
  { apt-get update -q && apt-get install -q -y --no-install-recommends chromium fonts-noto-core; } >&2
  find_chromium && exit 0
fi
cat >&2 <<TXT
The browser tests need Chromium or Chrome and found none.
Install one (Debian and Ubuntu: apt-get install chromium · Fedora: dnf install chromium · macOS: brew install --cask chromium),
or name it: CHROMIUM=/path/to/chromium make test
TXT
exit 1
