"""A bare machine: a system that debootstrap makes in a folder, and a person in it who pastes commands."""

import os
import re
import shutil
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from tests.docs.test_start import fits
from tests.faults.uploads import unique_jpeg

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(sh|console)\n(.*?)^```", re.DOTALL | re.MULTILINE)
MARK = "--8<--"
NETWORK = ("etc/resolv.conf", "etc/hosts", "etc/ssl/certs/ca-certificates.crt")


@dataclass(frozen=True)
class Step:
    """A command as a page shows it, what it prints there, and what the script runs in its place."""

    command: str
    shown: str = "…"
    run: str = ""
    is_ours: bool = False  # stands on no page: what it prints is for who reads the run


def steps_of(page: str, elsewhere: Iterable[str] = ()) -> Iterator[Step]:
    """Each command of a page's blocks, without the blocks that have a word of `elsewhere`.

    Of the blocks without a prompt nothing is said about what they print.
    """
    for kind, block in BLOCK.findall(page):
        if any(word in block for word in elsewhere):
            continue
        if kind == "sh":
            yield from (Step(line) for line in block.splitlines())
            continue
        for step in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, output = step.partition("\n")
            yield Step(command, output)


@contextmanager
def bare_machine(suite: str, mirror: Sequence[str]) -> Iterator[Path]:
    """The folder of a new machine, gone afterwards."""
    machine = Path(mkdtemp(prefix="bare-"))
    # a suite that is younger than this debootstrap is made as its elders of the same kind are
    younger = mirror and not Path(f"/usr/share/debootstrap/scripts/{suite}").exists()
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
    try:
        subprocess.run(make, check=True)
        settle(machine)
        yield machine
    finally:
        subprocess.run(["umount", "--quiet", machine / "proc"], check=False)
        shutil.rmtree(machine)


def settle(machine: Path) -> None:
    """This repository to clone, and a person with two photographs who may become root."""
    machine.chmod(0o755)  # of a machine whose debootstrap leaves it as it was made
    subprocess.run(["git", "clone", "--quiet", "--bare", ROOT, machine / "source"], check=True)
    subprocess.run(["mount", "-t", "proc", "proc", machine / "proc"], check=True)
    for name in NETWORK:  # it is reached as from here
        if Path("/", name).exists():
            shutil.copy(Path("/", name), machine / name)
    said_in(machine, ["useradd", "--create-home", "--shell", "/bin/bash", "ann"], user="root")
    (machine / "etc/sudoers.d/ann").write_text(
        'Defaults env_keep += "*_proxy"\nann ALL=(ALL) NOPASSWD: ALL\n'
    )
    (machine / "home/ann/photos").mkdir(exist_ok=True)
    subprocess.run(["chroot", machine, "chown", "-R", "ann:", "/source"], check=True)
    for number in (1, 2):
        (machine / f"home/ann/photos/{number}.jpg").write_bytes(unique_jpeg(7_900_000 + number, (64, 48)))


def wrong_steps(machine: Path, name: str, steps: Sequence[Step]) -> int:
    """Paste the steps one after the other; say what each printed otherwise than shown, and how many did."""
    script = "set -eu\ntrap 'kill ${served:-} 2> /dev/null' EXIT\ncd\n" + "".join(
        f"{each.run or each.command}\necho '{MARK}'\n" for each in steps
    )
    (machine / "home/ann/script").write_text(script)
    said = said_in(machine, ["bash", "-c", "bash ~/script < /dev/null"]).split(f"{MARK}\n")
    said, last = said[:-1], said[-1]  # what the command printed that ended the script, or nothing
    failed = 0
    for step, output in zip(steps, said, strict=False):
        is_ok = fits(step.shown, output) and not (step.is_ours and "\nfailed " in f"\n{output}")
        failed += not is_ok
        print(f"{'ok    ' if is_ok else 'failed'} {name}: {step.command}")
        if not is_ok or step.is_ours:
            print(output.rstrip())
    if len(said) < len(steps):
        print(f"failed {name}: {steps[len(said)].command}\n{last}")
    print(f"{name}: {len(steps)} steps, {len(said)} done, {failed} print something else")
    return failed + len(steps) - len(said)


def said_in(machine: Path, command: Iterable[str], user: str = "ann") -> str:
    """What a command prints in the machine."""
    given = {name: value for name, value in os.environ.items() if name.lower().endswith("_proxy")}
    given |= {
        name: value
        for name, value in os.environ.items()
        if name.startswith(("PIP_", "npm_config_", "SSL_", "NODE_EXTRA_"))
    }
    env = {"HOME": f"/home/{user}", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", **given}
    inside = ["chroot", f"--userspec={user}", str(machine), *command]
    return subprocess.run(inside, env=env, stdout=subprocess.PIPE, text=True, check=False).stdout
