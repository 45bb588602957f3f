"""Run the image workers: python -m picturerail.transform SOCKET WORKERS QUEUE SECONDS MEMORY."""

import sys
from pathlib import Path

from picturerail.transform import workers

if __name__ == "__main__":
    count, queue, seconds, memory = map(int, sys.argv[2:])
    workers.serve(Path(sys.argv[1]), workers=count, queue=queue, seconds=seconds, memory=memory)
