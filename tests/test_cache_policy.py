"""Who may keep an answer is said in one place."""

import re
from pathlib import Path

import picturerail

SOURCE = Path(picturerail.__file__).parent
WRITTEN = re.compile(r"""no-store|no-cache|(?<!HSTS = ")max-age=|add_header Cache-Control [^$%]""")


def test_no_other_module_or_template_writes_a_cache_control_of_its_own() -> None:
    files = [*SOURCE.glob("**/*.py"), *SOURCE.glob("edge/**/*.conf")]
    others = [path for path in files if path.name != "cache_policy.py"]
    assert len(others) > 300
    found = [
        f"{path.relative_to(SOURCE)}: {line.strip()}"
        for path in others
        for line in path.read_text().splitlines()
        if WRITTEN.search(line)
    ]
    assert found == []
