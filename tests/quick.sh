#!/usr/bin/env bash
# What can be checked in a minute, on two cores: ruff and the pure tests beside mypy and import-linter. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

ruff check .
ruff format --check .
(mypy && lint-imports) >.venv/quick.log 2>&1 &
types=$!
trap 'kill $types 2>/dev/null || true' EXIT
python -m pytest -q -n 2 --dist loadfile --pure "$@"
trap - EXIT
wait $types || { cat .venv/quick.log; exit 1; }
