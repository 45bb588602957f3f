"""Somebody who searches the docs for a message finds it, and what is quoted there is what the program says."""

import re
from pathlib import Path

import pytest

from picturerail.message_index import HOLE, Refusal, refusals

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "troubleshooting.md").read_text()
BY_PERSONS = {"gallery", "door", "spool", "disk"}  # whose answers people read in a browser


def test_every_refusal_of_a_command_and_every_answer_to_a_person_stands_in_the_docs() -> None:
    page = (DOCS / "reference" / "messages.md").read_text().replace("&lt;", "<").replace("\\|", "|")
    needed = [each for each in refusals() if each.status == 0 or each.room in BY_PERSONS]
    assert len(needed) > 200
    assert [each.sentence for each in needed if each.sentence not in page] == []


@pytest.mark.parametrize("quoted", re.findall(r'"([^"\n]+)"', PAGE))
def test_what_troubleshooting_quotes_is_said_by_the_program(quoted: str) -> None:
    words = quoted.rstrip(f"{HOLE}. ")
    assert any(words in each.sentence for each in refusals()), quoted


@pytest.mark.parametrize(
    "refusal",
    [
        Refusal("settings", 0, "A port must lie between 1 and 65535."),  # a plain text
        Refusal("server", 0, "Nothing can listen on …: …. Choose another port with --port."),  # with holes
        Refusal("backup", 0, "That is not the passphrase of this backup (PICTURERAIL_BACKUP_PASSPHRASE)."),
        Refusal("gallery", 404, "There is no such picture. It may have been deleted."),
    ],
)
def test_sentences_are_read_however_they_are_written(refusal: Refusal) -> None:
    assert refusal in refusals()
