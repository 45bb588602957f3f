"""docs/start.md on a bare machine: python -m tests.bare [SUITE [MIRROR]], as root; takes minutes and 2 GB in /tmp.

debootstrap makes a minimal Debian (or Ubuntu); in it the blocks of the page are run in their order, as a person pastes
them, by a user of its own. What each prints is compared with what stands on the page.
"""

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.docs.test_start import PAGE, fits
from tests.faults.uploads import unique_jpeg

ROOT = Path(__file__).parents[1]
SUITE = "bookworm"
BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
# what only a real domain, a running systemd or another device can show
ELSEWHERE = ("--host 0.0.0.0", "--domain", "systemctl")
MARK = "--8<--"
STOP = "{ kill ${served:-} && wait ${served:-}; } 2>/dev/null || true"
# What an uninstalled gallery must not leave: processes, and files of it outside of what the person made.
RUNNING = (
    "find /proc/[0-9]* -maxdepth 0 -user $(id -u) -exec grep -lsaE '[p]icturerail|[m]ongod' {}/cmdline ';'"
)
LYING = "find ~ /tmp /run /var/tmp -xdev -iname '*picturerail*' 2>/dev/null"
LEFT = f'left=$({RUNNING}; {LYING} || true); echo "$left"; [ -z "$left" ]'


def steps() -> list[tuple[str, str]]:
    """Each command, and what it prints; of the blocks without a prompt nothing is said."""
    found = []
    for kind, block in BLOCK.findall(PAGE):
        if any(word in block for word in ELSEWHERE):
            continue
        if kind == "sh":
            found += [(line, "…") for line in block.splitlines()]
        else:
            for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
                command, _, output = step.partition("\n")
                found.append((command, output))
    return found


def pasted(command: str) -> str:
    """The command as the script in the new machine runs it."""
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


def main(suite: str = SUITE, *mirror: str) -> int:
    """Make the machine, run the page in it, and say what differs."""
    machine = Path(tempfile.mkdtemp(prefix="bare-"))
    # a suite that is younger than this debootstrap is made as its elders of the same kind are
    younger = mirror and not Path(f"/usr/share/debootstrap/scripts/{suite}").exists()
    try:
        make = [
            "debootstrap",
            "--variant=minbase",
            "--include=ca-certificates,sudo,curl",
            *(["--components=main,universe"] if "ubuntu" in "".join(mirror) else []),
            suite,
            str(machine),
            *mirror,  # else the one that debootstrap takes by itself
            *(["gutsy" if "ubuntu" in mirror[0] else "sid"] if younger else []),
        ]
        subprocess.run(make, check=True)
        machine.chmod(0o755)  # of a machine whose debootstrap leaves it as it was made
        subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, machine / "source"], check=True)
        _settle(machine)
        script = "set -eu\ncd\n" + "".join(f"{pasted(each)}\necho '{MARK}'\n" for each, _ in steps())
        (machine / "home/ann/script").write_text(script)
        said = _run(machine, ["bash", "-c", "bash ~/script < /dev/null"]).split(f"{MARK}\n")
    finally:
        subprocess.run(["umount", "--quiet", machine / "proc"], check=False)
        shutil.rmtree(machine)
    wrong = [(each, out) for (each, shown), out in zip(steps(), said, strict=False) if not fits(shown, out)]
    for command, out in wrong:
        print(f"differs: {command}\n{out}")
    print(f"{len(steps())} steps, {len(said) - 1} done, {len(wrong)} print something else")
    return 1 if wrong or len(said) - 1 < len(steps()) else 0


def _settle(machine: Path) -> None:
    """A person with two photographs, who may become root."""
    subprocess.run(["mount", "-t", "proc", "proc", machine / "proc"], check=True)
    for network in (
        "etc/resolv.conf",
        "etc/hosts",
        "etc/ssl/certs/ca-certificates.crt",
    ):  # it is reached as from here
        if Path("/", network).exists():
            shutil.copy(Path("/", network), machine / network)
    _run(machine, ["useradd", "--create-home", "--shell", "/bin/bash", "ann"], user="root")
    (machine / "etc/sudoers.d/ann").write_text(
        'Defaults env_keep += "*_proxy"\nann ALL=(ALL) NOPASSWD: ALL\n'
    )
    (machine / "home/ann/photos").mkdir(exist_ok=True)
    subprocess.run(["chroot", machine, "chown", "-R", "ann:", "/source"], check=True)
    for number in (1, 2):
        (machine / f"home/ann/photos/{number}.jpg").write_bytes(unique_jpeg(7_900_000 + number, (64, 48)))


def _run(machine: Path, command: list[str], user: str = "ann") -> str:
    """What a command prints in the new machine."""
    given = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    given |= {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "npm_config_", "SSL_", "NODE_EXTRA_"))
    }
    env = {"HOME": f"/home/{user}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **given}
    inside = ["chroot", f"--userspec={user}", str(machine), *command]
    return subprocess.run(inside, env=env, stdout=subprocess.PIPE, text=True, check=False).stdout


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
