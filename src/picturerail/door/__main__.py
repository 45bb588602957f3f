"""Start granian with one of our doors: `python -m picturerail.door MODULE:FACTORY`, and granian's own options.

Where granian makes several processes, the module is loaded before: they share what was read, and are there at once. One
alone would share with its parent only, and the two of them take more. What is frozen is never looked at by the
collector of garbage, which would write to each page and so give each process its own.
Each begins with granian's own way to stop, which only takes note; one that is asked to stop before it listens would
serve on.
"""

import gc
import os
import signal
import sys
from importlib import import_module

from granian.cli import entrypoint


def _end_when_asked() -> None:
    for ending in (signal.SIGTERM, signal.SIGINT):
        signal.signal(ending, signal.SIG_DFL)


os.register_at_fork(after_in_child=_end_when_asked)
if sys.argv[sys.argv.index("--workers") + 1] != "1":
    gc.disable()  # of what is read now, nothing goes
    import_module(sys.argv[1].partition(":")[0])
    gc.collect()
    gc.freeze()
    gc.enable()
entrypoint()  # type: ignore[no-untyped-call]
