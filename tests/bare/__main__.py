"""Strangers' pages on a bare machine: python -m tests.bare [SUITE [MIRROR]], as root; takes minutes and 3 GB in /tmp.

debootstrap makes a minimal Debian (or Ubuntu); in it the blocks of the pages are run in their order, as a person pastes
them, by a user of its own: docs/start.md, then the upgrade of a gallery that an older commit has made, with backup and
restore. What each prints is compared with what stands on the page.
"""

import sys

from tests.bare.machine import bare_machine, wrong_steps
from tests.bare.start import start_steps
from tests.bare.upgrade import bring_visitor, upgrade_steps

SUITE = "bookworm"


def main(suite: str = SUITE, *mirror: str) -> int:
    """Make the machine, run the pages in it, and say what differs."""
    with bare_machine(suite, mirror) as machine:
        bring_visitor(machine)
        wrong = wrong_steps(machine, "start", start_steps())
        wrong += wrong_steps(machine, "upgrade", upgrade_steps())
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3]))
