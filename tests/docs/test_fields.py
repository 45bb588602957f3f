"""The table of fields says of each field of a picture who reads and who writes it, as the API has them."""

import re
from pathlib import Path

from picturerail.gallery.api.schemas import PictureChange, PublicPicture

PAGE = Path(__file__).parents[2] / "docs/gallery.md"


def test_each_field_of_a_picture_has_its_rule() -> None:
    section = PAGE.read_text().split("### Field by field")[1].split("\n## ")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split(" | ")]
        for line in section.splitlines()
        if "| `" in line
    ]
    told = [(name, written) for fields, _, written in rows for name in re.findall(r"`(\w+)`", fields)]
    assert sorted(name for name, _ in told) == sorted(PublicPicture.__struct_fields__)
    changed = {name for name, written in told if written == "who may change it"}
    assert changed == set(PictureChange.__struct_fields__) - {"updated_at"}
