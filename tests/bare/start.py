"""docs/start.md from its first command to its last."""

from dataclasses import replace

from tests.bare.machine import Step, steps_of
from tests.docs.test_start import PAGE

# what only a real domain, a running systemd or another device can show
ELSEWHERE = ("--host 0.0.0.0", "--domain", "systemctl")
STOP = "{ kill ${served:-} && wait ${served:-}; } 2>/dev/null || true"
# What an uninstalled gallery must not leave: processes, and files of it outside of what the person made.
RUNNING = (
    "find /proc/[0-9]* -maxdepth 0 -user $(id -u) -exec grep -lsaE '[p]icturerail|[m]ongod' {}/cmdline ';'"
)
LYING = "find ~ /tmp /run /var/tmp -xdev -iname '*picturerail*' 2>/dev/null"
LEFT = f'left=$({RUNNING}; {LYING} || true); echo "$left"; [ -z "$left" ]'


def start_steps() -> list[Step]:
    """The commands of the page, as the script in the new machine runs them."""
    return [replace(each, run=_pasted(each.command)) for each in steps_of(PAGE, ELSEWHERE)]


def _pasted(command: str) -> str:
    command = command.replace("apt-get install", "apt-get install --yes --quiet")
    if command.startswith("git clone"):
        return "git clone --quiet /source picturerail; cd picturerail; cp -r ~/photos ."
    if command == "picturerail serve":  # the second time after an upgrade, in the place of the first
        return (
            f"{STOP}; rm -f ~/log; {{ picturerail serve > ~/log 2>&1 & }}; served=$!; "
            "until grep -q serves ~/log; do sleep 1; done"
        )
    if command.startswith("rm -rf"):  # in the folder into which it was cloned
        return f"{STOP}; cd; {command}; {LEFT}"
    return command
