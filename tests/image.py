"""The Containerfile built and run: python -m tests.image [BASE], as root, with buildah; takes minutes and 4 GB.

BASE is the image to build on, for where its registry cannot be reached: one made of a debootstrap serves.
"""

import contextlib
import os
import subprocess
import sys
import urllib.request
from pathlib import Path

from tests.ports import free_port
from tests.service import wait_until

ROOT = Path(__file__).parents[1]
IMAGE = "localhost/picturerail-tried"
SERVE = ("picturerail", "serve", "--host", "127.0.0.1")


def buildah(*arguments: str) -> str:
    """What buildah prints; it needs no daemon."""
    env = os.environ | {"BUILDAH_ISOLATION": "chroot"}
    return subprocess.run(
        ["buildah", *arguments], check=True, env=env, stdout=subprocess.PIPE, text=True
    ).stdout.strip()


def main(*base: str) -> int:
    """Build it, serve from it as its own user, and say how large it is."""
    given = [f"--build-arg=BASE={base[0]}"] if base else []
    buildah("build", "--network=host", "--tag", IMAGE, *given, str(ROOT))
    port = free_port()
    container = buildah("from", IMAGE)
    serving = subprocess.Popen(
        ["buildah", "run", "--user=picturerail", container, "--", *SERVE, "--port", str(port)],
        env=os.environ | {"BUILDAH_ISOLATION": "chroot"},
    )

    def answers() -> bool:
        assert serving.poll() is None, "it stopped by itself"
        with (
            contextlib.suppress(OSError),
            urllib.request.urlopen(f"http://127.0.0.1:{port}/gallery/") as page,
        ):
            return bool(page.status == 200)
        return False

    try:
        wait_until(answers, 120)
        print("It serves. " + buildah("images", "--format", "{{.Size}} with its base {{.Name}}", IMAGE))
    finally:
        serving.terminate()
        serving.wait(60)
        buildah("rm", container)
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
