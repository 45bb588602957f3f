"""The inventory names every collection, every secret and every place where something is kept in a browser."""

import ast
import inspect
import re
from dataclasses import fields
from pathlib import Path

from picturerail import logs
from picturerail.database import COLLECTIONS
from picturerail.gallery.accounts import passwords
from picturerail.settings import Settings
from picturerail.settings.secret_store import FILLED, kept_secrets

ROOT = Path(__file__).parents[2]
BEGINS = re.compile(r"\b(?:begin|give)_session\(")
PAGE = (ROOT / "docs/inventory.md").read_text()


def named(section: str) -> set[str]:
    """What stands in code letters in the first column of a section's tables, or before its class."""
    text = PAGE.split(f"\n## {section}", 1)[1].split("\n## ", 1)[0]
    return {
        name
        for row in re.findall(r"^\| (.*?) \|", text, re.MULTILINE)
        for name in re.findall(r"`([^`]+)`", row)
    }


def test_every_collection_has_a_class() -> None:
    sources = [path.read_text() for path in (ROOT / "src/picturerail").rglob("*.py")]
    used = {name for text in sources for name in re.findall(r"\b(?:db|database)\[\"(\w+)\"\]", text)}
    assert len(used) > 15
    # of older programs: `schema_steps`
    assert (used | set(COLLECTIONS)) - named("Data") == {"notifications", "purges"}


def test_every_secret_is_told(tmp_path: Path) -> None:
    secret = {field.metadata["env"] for field in fields(Settings) if field.metadata["secret"]}
    kept = set(kept_secrets(tmp_path)) - set(FILLED)
    assert secret | kept <= named("Keys")


def test_numbers_are_those_of_the_code() -> None:
    defaults = {field.metadata["env"]: field.default for field in fields(Settings)}
    for name, days in re.findall(r"`(PICTURERAIL_SESSION_\w+)`, (\d+) days", PAGE):
        assert defaults[name] == int(days)
    assert f"{logs.MAX_REFUSALS_A_MINUTE} a minute at most" in PAGE


def test_ways_in_are_told() -> None:
    """Whatever begins a session is one of the ways in that the page names."""
    found = set()
    for path in (ROOT / "src/picturerail/gallery").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.FunctionDef) and any(
                BEGINS.search(ast.unparse(each)) for each in node.body
            ):
                found.add(f"{path.stem}.{node.name}")
    assert found == {
        "accounts.begin_session",
        "accounts.enter",
        "accounts.enter_code",
        "accounts.make_owner",
        "accounts.change_password",  # of who is in already
        "passkeys.enter",
        "provider.come_back",
        "people.join",
        "people.set_password",
        "second_step.set_up",  # of who is in already
    }
    for words in (
        "password",
        "password and a code",
        "passkey",
        "links that work once",
        "PICTURERAIL_SIGN_IN_TRIES",
    ):
        assert words in PAGE.split("**Ways in**")[1].split("## Logs")[0]


def test_words_of_no_password_are_told() -> None:
    told = PAGE.split("Words that no password may be made of")[1].split("\n\n")[0]
    known = re.findall(r'known = \[email, .*?, "(\w+)", "(\w+)"\]', inspect.getsource(passwords))
    assert known
    assert all(f"`{word}`" in told for word in known[0])


def test_browsers_keep_nothing_else() -> None:
    scripts = {path: path.read_text() for path in (ROOT / "frontend/src").rglob("*.ts")}
    keys = {name for text in scripts.values() for name in re.findall(r"localStorage\.\w+\((\w+)", text)}
    assert keys == {"THEME", "SWITCH", "SPEED", "CHOICE"}
    assert not [
        path for path, text in scripts.items() if re.search(r"sessionStorage|document\.cookie|caches\.", text)
    ]
    opened = {path.name for path, text in scripts.items() if "indexedDB.open" in text}
    assert opened == {"persistence.ts"}
