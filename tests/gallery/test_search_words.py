"""Words, terms and tags, apart from any database: whatever is written is found by each of its words."""

import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picturerail.errors import BadRequest
from picturerail.gallery.search import terms as of_terms
from picturerail.gallery.search.tags import clean_tags
from picturerail.gallery.search.terms import Term, marked, terms_of
from picturerail.gallery.search.words import tokens_of


def is_found(query: str, tokens: list[str]) -> bool:
    """Whether a search finds a picture with these tokens."""
    terms = terms_of(query)
    return bool(terms) and all(set(term.tokens) <= set(tokens) for term in terms)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("Sunset over the sea", "sunset"),
        ("Sunset over the sea", "SEA sun"),
        ("Über die Brücke", "uber brucke"),
        ("Straße", "strasse"),
        ("Crème brûlée, été 2024", "creme 2024"),
        ("red-car_01", "car"),
        ("It's 12:30", "12 30"),
        ("\u6771\u4eac\u306e\u591c\u666f", "\u4eac"),
        ("\u6771\u4eac\u306e\u591c\u666f", "\u591c\u666f"),
        ("\ufb01sh and \uff26\uff35\uff2c\uff2c", "fish full"),
        (
            "\u0421\u0430\u043d\u043a\u0442-\u041f\u0435\u0442\u0435\u0440\u0431\u0443\u0440\u0433",
            "\u043f\u0435\u0442\u0435\u0440",
        ),
    ],
)
def test_words_are_found_however_they_are_written(text: str, query: str) -> None:
    assert is_found(query, tokens_of(text, "", ()))


@given(st.text(max_size=60), st.lists(st.text(max_size=12), max_size=4))
def test_whatever_is_written_is_found_by_each_of_its_words(text: str, tags: list[str]) -> None:
    kept = clean_tags(tags)
    tokens = tokens_of(text, "name.jpg", kept)
    assert is_found("name", tokens)
    for part in text.split():
        assert all(
            set(term.tokens) <= set(tokens) for term in terms_of(part.lstrip("#＃")) if not term.is_tag
        )
    assert html.unescape(re.sub("</?mark>", "", str(marked(text, terms_of(text[:5]))))) == text
    assert clean_tags(kept) == kept


def test_what_is_looked_for_is_marked_and_everything_else_escaped() -> None:
    shown = marked("<b>Seaside</b> & sea, Überfahrt, nausea", terms_of("sea uber"))
    assert str(shown) == (
        "&lt;b&gt;<mark>Seaside</mark>&lt;/b&gt; &amp; <mark>sea</mark>, <mark>Überfahrt</mark>, nausea"
    )


def test_a_phrase_is_marked_where_it_stands_and_its_words_are_not() -> None:
    shown = marked("A sea, the old sea; THE SEA & them", terms_of('"the sea" OR "old sea" -sea'))
    assert str(shown) == "A sea, the <mark>old sea</mark>; <mark>THE SEA</mark> &amp; them"


def test_tags_are_kept_in_one_spelling() -> None:
    assert clean_tags(["  New   York ", "#sea", "new york", "", "a\x07b,c", "# "]) == [
        "New York",
        "sea",
        "a b c",
    ]
    for many in (["x" * 41], [f"tag {n}" for n in range(31)]):
        with pytest.raises(BadRequest, match="at most"):
            clean_tags(many)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("-leaf-on-snow tree", [("leaf on snow", True), ("tree", False)]),
        ("tree NOT IMG_1234.jpg", [("tree", False), ("IMG 1234 jpg", True)]),
        ("koi OR red-sky", [("|koi|red sky", False)]),
        ("red-sky AND -koi", [("red", False), ("sky", False), ("koi", True)]),
        ("-camera:x-t5 #a-b", [("@camera=x-t5", True), ("#a-b", False)]),
    ],
)
def test_an_operator_means_all_words_of_a_file_name(query: str, words: list[tuple[str, bool]]) -> None:
    assert [(term.word, term.left_out) for term in terms_of(query)] == words


def test_no_word_of_a_title_is_looked_at_for_what_only_a_tag_or_facet_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A page has six hundred words in its titles."""
    looked_at, spans = list[str](), of_terms._spans

    def noted(word: str, beginnings: tuple[str, ...], parts: Sequence[str]) -> list[tuple[int, int]]:
        looked_at.append(word)
        return spans(word, beginnings, parts)

    monkeypatch.setattr(of_terms, "_spans", noted)
    assert marked("heic <water>", terms_of("format:heic OR #water taken:2024")) == "heic &lt;water&gt;"
    assert looked_at == []
    assert marked("heic <water>", terms_of("#water wat")) == "heic &lt;<mark>water</mark>&gt;"
    assert looked_at == ["heic", "water"]


def test_the_days_of_a_range_are_looked_for_in_no_text() -> None:
    """They are hundreds, of which none is a word, and a page marks each of its titles."""

    class Unread(tuple[Term, ...]):
        __slots__ = ()

        def __iter__(self) -> Iterator[Term]:
            raise AssertionError("each of them was looked at")

    days, sea = terms_of("taken:0101-01-02..9998-12-30 sea")
    assert len(days.either) > 300
    assert (
        marked("2024, a sea", (replace(days, either=Unread(days.either)), sea)) == "2024, a <mark>sea</mark>"
    )
