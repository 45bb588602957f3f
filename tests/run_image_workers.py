"""Run a small pool of image workers on the socket named as the argument."""

import sys
from pathlib import Path

from picturerail.transform import workers

if __name__ == "__main__":
    workers.serve(Path(sys.argv[1]), workers=2, queue=16, seconds=20, memory=1200 * 1024 * 1024)
