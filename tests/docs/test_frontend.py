"""The browser's code against the templates: everything that it asks for is there, and no name stands twice."""

import re
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[2]
SCRIPTS = {path: path.read_text() for path in (ROOT / "frontend/src").rglob("*.ts")}
TEMPLATES = {path: path.read_text() for path in (ROOT / "src/picturerail/gallery/templates").rglob("*.html")}
PAGES = "\n".join(TEMPLATES.values())
BROWSER = TEMPLATES[ROOT / "src/picturerail/gallery/templates/parts/browser.html"]


def found(pattern: str) -> set[str]:
    return {name for text in SCRIPTS.values() for name in re.findall(pattern, text)}


def test_every_template_that_scripts_ask_for_exists() -> None:
    asked = found(r'fromTemplate(?:<\w+>)?\("([\w-]+)"\)') | found(r'flash\("([\w-]+)"')
    asked |= {f"upload-reason-{name}" for name in found(r'sentence\("([\w-]+)"')}
    asked |= found(r'"(problem-[\w-]+)"')
    assert len(asked) > 15
    there = set(re.findall(r'<template id="([\w-]+)"', PAGES)) | set(
        re.findall(r'flash_template\("([\w-]+)"\)', PAGES)
    )
    assert asked - there == set()
    unused = {name for name in there - asked if not re.fullmatch(r"problem-\d+", name)}
    assert unused == set(), "nobody shows these"


def test_messages_about_calls_are_there_for_everybody_who_can_make_one() -> None:
    """A person who may change nothing is refused in words, too."""
    for_persons = re.search(r"\{%- if person %\}(.*?)\{%- endif %\}", BROWSER, re.DOTALL)
    assert for_persons
    for name in ("flash-refused", "flash-offline", "flash-signed-out", "problem-other"):
        assert f'"{name}"' in for_persons[1]


def test_every_place_that_scripts_look_for_exists() -> None:
    asked = found(r'"\[(data-[\w-]+)[\]=]') | found(r'dataset\["(\w+)"\]')
    asked = {re.sub(r"[A-Z]", lambda letter: f"-{letter[0].lower()}", name) for name in asked}
    names = {name if name.startswith("data-") else f"data-{name}" for name in asked}
    assert len(names) > 20
    made = found(r'dataset\["(\w+)"\] =(?!=)')  # what scripts write themselves
    missing = {name for name in names if name not in PAGES} - {f"data-{name}" for name in made}
    assert missing == set()
    ids = found(r'"#([\w-]+)[" ]')
    assert {name for name in ids if f'id="{name}"' not in PAGES} == set()


def test_texts_that_scripts_fill_in_have_a_place() -> None:
    calls = found(r"fill\([\w.]+, \{([^{}]*)\}")
    filled = {name for call in calls for name in re.findall(r"(?:^|,)\s*(\w+)(?=\s*(?::|,|$))", call)}
    places = set(re.findall(r'data-text="(\w+)"', PAGES))
    assert {"count", "message", "name"} <= places
    assert filled - places - {"overall"} == set()


def test_no_two_classes_or_types_share_a_name() -> None:
    exported = Counter(
        name
        for text in SCRIPTS.values()
        for name in re.findall(r"^export (?:class|interface|type) (\w+)", text, re.MULTILINE)
    )
    assert [name for name, times in exported.items() if times > 1] == []


def test_modules_are_nouns() -> None:
    """No gerund, no participle."""
    assert [path.name for path in SCRIPTS if re.search(r"(ing|kept|ed)\.ts$", path.name)] == []
