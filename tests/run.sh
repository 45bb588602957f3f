#!/usr/bin/env bash
# All checks and tests, cheapest first. Arguments go to pytest.
set -euo pipefail
cd "$(dirname "$0")/.."
export PATH="$PWD/.venv/bin:$PATH"

bash tests/packages.sh

# what tests make is made as by a person, who has started no make around it
unset MAKEFLAGS MFLAGS MAKELEVEL
# A shell that forbids it would let each of some hundred processes compile the program anew.
unset PYTHONDONTWRITEBYTECODE

ruff check .
ruff format --check .
# types are checked while tests wait for something, and what is wrong is said at once
types() { mypy && lint-imports && (cd frontend && npx --no-install tsc --noEmit); }
(renice -n 10 $BASHPID >/dev/null || true; types >.venv/types.log 2>&1 || { cat .venv/types.log; exit 1; }) &
types=$!
trap 'kill $types 2>/dev/null || true' EXIT

pytest() { python -m pytest "$@" || [ $? = 5 ]; }  # 5: arguments asked for none of these
rm -f .pytest_cache/v/cache/lastfailed
failed=0
# three at a time: a test often waits for a process or a clock, and each process has servers and ports of its own;
# in the order of tests/order.py: by folders, so that what a folder's tests have started ends with them
pytest -m "not slow and not alone" -n 3 --dist loadfile --no-loadscope-reorder "$@" || failed=$?
trap - EXIT
wait $types || { echo "The types are wrong: see above, or 'make lint'." >&2; exit 1; }
# crowds and comparisons of times, with nothing beside them
files=$([ $# -gt 0 ] || grep -rl --include='test_*.py' 'mark\.alone' tests)  # reading all of them takes fifteen seconds
pytest -m "not slow and alone" $files "$@" || failed=$?
[ $failed = 0 ] && exit
# What failed beside others is tried once more, by itself, and named: one or two files of tests may have met a machine that
# was too busy for them, more are a fault, and so is what fails again.
again=$(grep -o '"[^:"]*::' .pytest_cache/v/cache/lastfailed | sort -u | wc -l || true)
[ "$failed" = 1 ] && [ "$again" -le 2 ] && [ "$again" -gt 0 ] || exit "$failed"
printf '\nUNSTEADY, tried again with nothing beside them:\n%s\n' "$(grep :: .pytest_cache/v/cache/lastfailed)"
exec python -m pytest -m "not slow" --last-failed --last-failed-no-failures none "$@"
