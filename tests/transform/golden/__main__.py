"""Make golden pictures anew: python -m tests.transform.golden [NAME ...]."""

import sys

from tests.transform.golden.cases import CASES, FOLDER, SHEET, made, sheet

for name in sys.argv[1:] or CASES:
    made(name, FOLDER)
for helper in ("scene.png", "mark.png"):
    (FOLDER / helper).unlink()
sheet().quantize(96).save(SHEET, optimize=True)
print(f"Look at {SHEET} before you commit it.")
