#!/usr/bin/env bash
# Build the browser's half into src/picturerail/gallery/static. Fast when nothing changed: packages are installed only
# when package-lock.json differs from the one they were installed from.
set -euo pipefail
cd "$(dirname "$0")"
bin=../.venv/bin

bash node.sh
export PATH="$PWD/$bin:$PATH"  # the Node that is there only
if ! cmp --silent package-lock.json node_modules/.installed-lock; then
    npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi
"$bin/python" -m picturerail.gallery.api.typescript >src/api.ts
node build.mjs ../src/picturerail/gallery/static
