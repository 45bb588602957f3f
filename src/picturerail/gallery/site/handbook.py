"""The documentation, as a running gallery shows it to its owner: its pages, rendered and searched.

`handbook/` beside this module is the folder `docs/` of the sources; in a package it is a copy.
"""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from markupsafe import Markup

from picturerail.gallery.search.folding import folded

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

FOLDER = Path(__file__).with_name("handbook")
CONTENTS = "README"
FILES = {".json", ".jpg", ".png", ".svg"}  # what pages show or offer beside themselves
MAX_FOUND = 20
MAX_OF_PAGE = 2
_SNIPPET = 160  # characters

_COMMENT = re.compile(r"<!--.*?-->\n*", re.DOTALL)  # for who changes a page

Address = Callable[[str], str]  # of a page or a file, by its name in the folder


@dataclass(frozen=True)
class Section:
    """A heading of a page and what stands below it, as text; `anchor` is empty for the page's own title."""

    page: str
    title: str
    heading: str
    anchor: str
    text: str


@dataclass(frozen=True)
class HandbookPage:
    """A page, ready to be shown."""

    name: str
    title: str
    body: Markup


def names() -> frozenset[str]:
    """All pages, by their paths without suffix."""
    return frozenset(sources())


@cache
def sources() -> dict[str, str]:
    """Each page's Markdown, the contents first."""
    found = {path.relative_to(FOLDER).with_suffix("").as_posix(): path for path in FOLDER.rglob("*.md")}
    return {
        name: found[name].read_text() for name in sorted(found, key=lambda each: (each != CONTENTS, each))
    }


def is_file(name: str) -> bool:
    """Whether pages may lead to that file of the folder."""
    path = PurePosixPath(name)
    return path.suffix in FILES and ".." not in path.parts and (FOLDER / path).is_file()


def page(name: str, address: Address) -> HandbookPage | None:
    """The page of that name, with links as `address` gives them; None where there is none."""
    text = sources().get(name)
    if text is None:
        return None
    tokens = _parsed(text)
    for token in _all(tokens):
        _lead(token, name, address)
    body = _reader().renderer.render(tokens, _reader().options, {})
    return HandbookPage(name, _sections()[name][0].heading, Markup(body))  # noqa: S704 - our own text; HTML in it is escaped


def find(words: str) -> list[Section]:
    """The sections where all the words stand, those that have them in a heading first."""
    wanted = folded(words).split()
    if not wanted:
        return []
    ranked = [(_rank(section, wanted), section) for each in _sections().values() for section in each]
    found: list[Section] = []
    of_page: Counter[str] = Counter()
    for rank, section in sorted(ranked, key=lambda pair: -pair[0]):
        if rank and of_page[section.page] < MAX_OF_PAGE:
            of_page[section.page] += 1
            found.append(section)
    return found[:MAX_FOUND]


def snippet(section: Section, words: str) -> str:
    """What stands around the first of the words."""
    text, first = section.text, folded(words).split()[0]
    at = max(0, folded(text).find(first) - _SNIPPET // 3)
    return (
        ("… " if at else "") + text[at : at + _SNIPPET].strip() + (" …" if at + _SNIPPET < len(text) else "")
    )


def _rank(section: Section, wanted: list[str]) -> float:
    """0 where a word is missing; a word in a title or heading is worth many in the text."""
    head, text = folded(f"{section.title} {section.heading} {section.page}"), folded(section.text)
    counts = [
        (
            len(re.findall(rf"(?<!\w){re.escape(word)}", head)),
            len(re.findall(rf"(?<!\w){re.escape(word)}", text)),
        )
        for word in wanted
    ]
    if not all(high or low for high, low in counts):
        return 0
    return sum(20 * high + low for high, low in counts) / _distance(section.page)


def _distance(name: str) -> int:
    """How far a page is from somebody who runs a gallery: pages to read, tables to look up, the inside of the house."""
    if name in _INSIDE or name.startswith(("decisions/", "benchmarks/")):
        return 20
    return 5 if name.startswith("reference/") else 1


_INSIDE = {CONTENTS, "map", "how-to-add", "frontend", "gallery", "media", "transform", "conformance"}


@cache
def _sections() -> dict[str, list[Section]]:
    return {name: list(_cut(name, _parsed(text))) for name, text in sources().items()}


def _cut(name: str, tokens: list["Token"]) -> Iterator[Section]:
    title = heading = anchor = ""
    texts: list[str] = []
    for token, before in zip(tokens, [None, *tokens], strict=False):
        if before is not None and before.type == "heading_open":
            if heading:
                yield Section(name, title, heading, anchor, " ".join(texts))
            heading, anchor, texts = _plain(token), str(before.attrs.get("id", "")), []
            title = title or heading
        elif token.content:
            texts.append(_plain(token))
    yield Section(name, title, heading, anchor if heading != title else "", " ".join(texts))


def _plain(token: "Token") -> str:
    inner = token.children or [token]
    return " ".join(" ".join(each.content for each in inner if each.content).split())


@cache
def _reader() -> "MarkdownIt":
    from markdown_it import MarkdownIt  # noqa: PLC0415 - four megabytes, and few read the documentation

    return MarkdownIt("commonmark", {"html": False}).enable("table")


def _parsed(text: str) -> list["Token"]:
    tokens = _reader().parse(_COMMENT.sub("", text))
    seen: dict[str, int] = {}
    for opening, inline in pairwise(tokens):
        if opening.type == "heading_open":
            opening.attrs["id"] = _anchor(inline.content, seen)
    return tokens


def _anchor(heading: str, seen: dict[str, int]) -> str:
    """As code forges make them, since the links in the pages are written for those."""
    slug = re.sub(r"[^\w\- ]", "", heading.casefold()).replace(" ", "-")
    count = seen[slug] = seen.get(slug, -1) + 1
    return f"{slug}-{count}" if count else slug


def _all(tokens: list["Token"]) -> Iterator["Token"]:
    for token in tokens:
        yield token
        yield from token.children or []


def _lead(token: "Token", page_name: str, address: Address) -> None:
    """Give a link or picture its address here, one that leads into the sources as plain text; a table to the keys."""
    token.attrs.pop("style", None)  # the site's policy allows none
    if token.type == "table_open":
        token.attrs["tabindex"] = "0"  # a wide one is scrolled, by keys too
    name = {"link_open": "href", "image": "src"}.get(token.type)
    if name is None:
        return
    target = _address(str(token.attrs[name]), page_name, address)
    if target is None:
        token.tag = "span"
        del token.attrs[name]
    else:
        token.attrs[name] = target


def _address(target: str, page_name: str, address: Address) -> str | None:
    path, hash_, anchor = target.partition("#")
    if "//" in path or not path:
        return target
    here = PurePosixPath("/", page_name).parent
    name = _normal(str(here / path))
    known: dict[str, Any] = sources()
    if name.removesuffix(".md") in known:
        return address(name.removesuffix(".md")) + hash_ + anchor
    return address(name) if is_file(name) else None


def _normal(path: str) -> str:
    """Without `..`; empty where it would lead out."""
    parts: list[str] = []
    for part in PurePosixPath(path).parts[1:]:
        if part != "..":
            parts.append(part)
        elif not parts:
            return ""
        else:
            parts.pop()
    return "/".join(parts)
