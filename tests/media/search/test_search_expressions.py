"""The language of search expressions without a database: text to tree, tree to query."""

import contextlib
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picturerail.errors import BadRequest
from picturerail.media.search.expression import values
from picturerail.media.search.expression.fields import ASSET_FIELDS
from picturerail.media.search.expression.parser import WORDS, parse
from picturerail.media.search.expression.syntax import EVERYTHING, And, Bound, FieldTerm, Node, Not, Or, Range
from picturerail.media.search.expression.translate import Translator

NOW = datetime(2026, 1, 31, 12, tzinfo=UTC)
ANY_CAT = {
    "search.entries": {"$in": ["=cat", "public_id=cat", "filename=cat", "display_name=cat", "tags=cat"]}
}


def bare(node: Node) -> Node:
    """A tree without positions."""
    match node:
        case FieldTerm(field, operator, value, prefix):
            return FieldTerm(field, operator, value, prefix)
        case Range(field, low, high):
            return Range(field, low, high)
        case Not(part):
            return Not(bare(part))
        case And(parts):
            return And(tuple(map(bare, parts)))
        case Or(parts):
            return Or(tuple(map(bare, parts)))


def query(text: str) -> dict[str, Any]:
    return Translator(text, ASSET_FIELDS, NOW).query(parse(text))


A, B, C = (FieldTerm("tags", "=", value) for value in "abc")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("", EVERYTHING),
        ("  ", EVERYTHING),
        ("tags=a", A),
        ("tags = a", A),
        ("(tags=a)", A),
        ("tags=a AND tags=b", And((A, B))),
        ("tags=a && tags=b", And((A, B))),
        ("tags=a tags=b", And((A, B))),
        ("tags=a OR tags=b", Or((A, B))),
        ("tags=a || tags=b", Or((A, B))),
        ("tags=a OR tags=b AND tags=c", Or((A, And((B, C))))),
        ("(tags=a OR tags=b) AND tags=c", And((Or((A, B)), C))),
        ("NOT tags=a", Not(A)),
        ("-tags=a", Not(A)),
        ("!tags=a", Not(A)),
        ("+tags=a", A),
        ("tags=a NOT tags=b", And((A, Not(B)))),
        ("tags=(a OR b)", Or((A, B))),
        ("tags=(a AND (b OR c))", And((A, Or((B, C))))),
        ("cat", FieldTerm("", ":", "cat")),
        ("cat dog", And((FieldTerm("", ":", "cat"), FieldTerm("", ":", "dog")))),
        ('"long pants"', FieldTerm("", ":", "long pants")),
        ('tags:"a b"', FieldTerm("tags", ":", "a b")),
        ("public_id:pre*", FieldTerm("public_id", ":", "pre", prefix=True)),
        ('folder:"my folder/*"', FieldTerm("folder", ":", "my folder/", prefix=True)),
        (r"tags=a\*", FieldTerm("tags", "=", "a*")),
        (r"tags=\"", FieldTerm("tags", "=", '"')),
        (r"context.a\:b=c", FieldTerm("context.a:b", "=", "c")),
        ("tags:*", FieldTerm("tags", ":", "", prefix=True)),
        ("bytes>1m", FieldTerm("bytes", ">", "1m")),
        ("bytes:>1m", FieldTerm("bytes", ">", "1m")),
        ("bytes >= 10", FieldTerm("bytes", ">=", "10")),
        ("aspect_ratio:16:9", FieldTerm("aspect_ratio", ":", "16:9")),
        ("created_at>2026-01-31T12:00:00Z", FieldTerm("created_at", ">", "2026-01-31T12:00:00Z")),
        ("width:[1 TO 5]", Range("width", Bound("1", True), Bound("5", True))),
        ("width={1 TO 5]", Range("width", Bound("1", False), Bound("5", True))),
        ("width:[* TO 5}", Range("width", Bound(None, True), Bound("5", False))),
        ("tags:ANDROID", FieldTerm("tags", ":", "ANDROID")),
        ("ORCHID", FieldTerm("", ":", "ORCHID")),
        ("tags:TO", FieldTerm("tags", ":", "TO")),
        ("tags=TO", FieldTerm("tags", "=", "TO")),
        ('tags:"TO"', FieldTerm("tags", ":", "TO")),
        ("tags=TO AND NOT tags:TO", And((FieldTerm("tags", "=", "TO"), Not(FieldTerm("tags", ":", "TO"))))),
        ("TO", FieldTerm("", ":", "TO")),
        ("tags=(TO OR a)", Or((FieldTerm("tags", "=", "TO"), A))),
        ("tags:(to not)", And((FieldTerm("tags", ":", "to"), FieldTerm("tags", ":", "not")))),
        *((f"tags={word}", FieldTerm("tags", "=", word)) for word in ("and", "or", "not", "to")),
        *((f'tags="{word}"', FieldTerm("tags", "=", word)) for word in ("AND", "OR", "NOT", "TO")),
        ('width:["TO" TO 5]', Range("width", Bound("TO", True), Bound("5", True))),
    ],
)
def test_expressions_become_trees(text: str, tree: Node) -> None:
    assert bare(parse(text)) == tree


@pytest.mark.parametrize(
    ("text", "position"),
    [
        ("tags=", 6),
        ("tags= AND tags=b", 7),
        ("(tags=a", 1),
        ("tags=a)", 7),
        ("tags=a AND", 11),
        ("tags=a OR OR tags=b", 11),
        ('tags="a', 6),
        ("tags=a*b", 7),
        ("tags=*b", 6),
        ("width:[1 5]", 10),
        ("width:[1 TO 5", 14),
        ("width:[TO 5]", 8),
        ("width:[1 TO TO]", 13),
        ("tags:AND", 6),
        ("tags=OR", 6),
        ("tags:NOT", 6),
        ("width>5*", 7),
        ("NOT", 4),
        ("tags=a\\", 7),
        ("()", 2),
        ("colour=red", 1),
        ("width>wide", 7),
        ("tags=a AND created_at>yesterday", 23),
        ("tags>a", 6),
        ("width:[a TO 5]", 7),
        ("public_id:[a TO b]", 11),
        ("context=a", 9),
        ("transparent:maybe", 13),
        ("created_at=3d", 12),
    ],
)
def test_a_bad_expression_is_refused_at_its_place(text: str, position: int) -> None:
    with pytest.raises(BadRequest) as refused:
        query(text)
    first, shown, caret = refused.value.message.splitlines()
    assert first.startswith(f"Invalid search expression, position {position}: ")
    assert shown == text
    assert caret == " " * (position - 1) + "^"


NAMES = st.sampled_from(["tags", "public_id", "context.a b", "metadata.size", "a*b"])
VALUES = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=10)


def written(text: str) -> str:
    if text in WORDS:  # a value only when it is marked as one
        return f"\\{text}"
    return "".join(f"\\{letter}" if not letter.isalnum() else letter for letter in text)


def quoted(text: str) -> str:
    return '"' + "".join(f"\\{letter}" if letter in '"\\*' else letter for letter in text) + '"'


TERMS = st.builds(FieldTerm, NAMES, st.sampled_from([":", "="]), VALUES, st.booleans()) | st.builds(
    FieldTerm, NAMES, st.sampled_from([">", ">=", "<", "<="]), VALUES
)
RANGES = st.builds(
    Range, NAMES, st.builds(Bound, VALUES | st.none(), st.booleans()), st.builds(Bound, VALUES, st.booleans())
)


def _joined(parts: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    several = st.lists(parts, min_size=2, max_size=3).map(tuple)
    return st.builds(Not, parts) | st.builds(And, several) | st.builds(Or, several)


TREES: st.SearchStrategy[Node] = st.recursive(TERMS | RANGES, _joined, max_leaves=8)


def text_of(node: Node, write: Any) -> str:
    """An expression that says `node`: an independent writer for the parser."""
    match node:
        case FieldTerm(field, operator, value, prefix):
            star = "*" if prefix else ""
            text = write(value)
            text = f'{text[:-1]}{star}"' if text.startswith('"') else text + star
            return f"{written(field)}{operator}{text}"
        case Range(field, low, high):
            ends = ["*" if bound.value is None else write(bound.value) for bound in (low, high)]
            opening, closing = "[" if low.included else "{", "]" if high.included else "}"
            return f"{written(field)}:{opening}{ends[0]} TO {ends[1]}{closing}"
        case Not(part):
            return f"NOT ({text_of(part, write)})"
        case And(parts):
            return " AND ".join(f"({text_of(part, write)})" for part in parts)
        case Or(parts):
            return " OR ".join(f"({text_of(part, write)})" for part in parts)


@settings(max_examples=300)
@given(tree=TREES, write=st.sampled_from([quoted, written]))
def test_every_tree_can_be_written_and_read_back(tree: Node, write: Any) -> None:
    if write is written and " TO " in text_of(tree, write):
        write = quoted
    assert bare(parse(text_of(tree, write))) == tree


@given(st.text(max_size=60) | st.text('()[]{}":=<>*\\ ANDORTONtags-+!|&', max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with contextlib.suppress(BadRequest):
        assert operators(query(text)) <= KNOWN


KNOWN = {"$and", "$or", "$nor", "$in", "$gte", "$gt", "$lt", "$lte", "$eq", "$elemMatch", "$nin"}


def operators(query: Any) -> set[str]:
    """All operators in a query."""
    if isinstance(query, list):
        return set().union(*map(operators, query))
    if not isinstance(query, dict):
        return set()
    own = {name for name in query if name.startswith("$")}
    return own.union(*map(operators, query.values()))


@pytest.mark.parametrize(
    "text",
    [
        'tags={"$ne": null}',
        "tags:$where",
        "$where:1",
        "public_id=$ne",
        "metadata.$where>5",
        "metadata.a.b>5",
        "context.$ne=1",
        "tags=(a+)+$*",
        "public_id:.*",
    ],
)
def test_operators_of_mongodb_stay_plain_text(text: str) -> None:
    with contextlib.suppress(BadRequest):
        assert operators(query(text)) <= KNOWN


@pytest.mark.parametrize(
    "name",
    [
        "face_count",
        "image_metadata.Make",
        "last_updated.tags_updated_at",
        "uploaded_by",
        "created_by.access_key",
    ],
)
def test_fields_that_are_not_here_say_why(name: str) -> None:
    with pytest.raises(BadRequest, match=f"position 1: {name} cannot be searched for here: "):
        query(f"{name}:1")


def test_limits() -> None:
    for text in ("a" * 5000, "(" * 40 + "a" + ")" * 40, " ".join("a" for _ in range(300)), "NOT " * 50 + "a"):
        with pytest.raises(BadRequest):
            parse(text)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("tags=a", {"tags": "a"}),
        ("tags:Red", {"search.entries": "tags=red"}),
        ("tags:'red shoes'", None),
        ('tags:"red shoes"', {"$and": [{"search.entries": "tags=red"}, {"search.entries": "tags=shoes"}]}),
        ("tags:re*", {"search.entries": {"$elemMatch": {"$gte": "tags=re", "$lt": "tags=re\U0010ffff"}}}),
        ("public_id=a/b*", {"public_id": {"$gte": "a/b", "$lt": "a/b\U0010ffff"}}),
        ("public_id:a/b*", {"public_id": {"$gte": "a/b", "$lt": "a/b\U0010ffff"}}),
        ("folder=a", {"search.folder": "a"}),
        (
            'folder:"a b/*"',
            {"$or": [{"search.folder": "a b"}, {"search.folder": {"$gte": "a b/", "$lt": "a b/\U0010ffff"}}]},
        ),
        ("folder:*", {}),
        ("asset_folder:a*", {"asset_folder": {"$gte": "a", "$lt": "a\U0010ffff"}}),
        ("format:png", {"format": "png"}),
        ("bytes>1.5kb", {"bytes": {"$gt": 1536}}),
        ("width=100", {"width": {"$eq": 100}}),
        ("aspect_ratio>=16:9", {"search.aspect_ratio": {"$gte": 1.78}}),
        ("transparent=true", {"search.transparent": True}),
        ("colors:Blue", {"facts.predominant": {"$elemMatch": {"0": "blue"}}}),
        ("colors:*", {"facts.predominant": {"$nin": [None, "", []]}}),
        ("duration>30s", {"_id": {"$exists": False}}),
        ("duration:[1 TO 5]", {"_id": {"$exists": False}}),
        ("access_control=token", {"access_control.access_type": "token"}),
        ("context.alt=A b", None),
        ('context.alt="A b"', {"search.entries": "context.alt==A b"}),
        ("metadata.size>5", {"metadata.size": {"$gt": 5}}),
        ("metadata.day>=2026-01-01", {"metadata.day": {"$gte": "2026-01-01"}}),
        ("uploaded_at>1d", {"search.uploaded_at": {"$gte": NOW - timedelta(days=1)}}),
        (
            "created_at:2026-01-30",
            {
                "created_at": {
                    "$gte": datetime(2026, 1, 30, tzinfo=UTC),
                    "$lt": datetime(2026, 1, 31, tzinfo=UTC),
                }
            },
        ),
        ("created_at>2026-01-30", {"created_at": {"$gte": datetime(2026, 1, 31, tzinfo=UTC)}}),
        ("created_at<=2026-01-30", {"created_at": {"$lt": datetime(2026, 1, 31, tzinfo=UTC)}}),
        ("created_at<1769774400", {"created_at": {"$lt": datetime(2026, 1, 30, 12, tzinfo=UTC)}}),
        ("width:[5 TO 9}", {"$and": [{"width": {"$gte": 5}}, {"width": {"$lt": 9}}]}),
        ("public_id:Cat", {"search.entries": {"$in": ["public_id=cat", "filename=cat"]}}),
        ("cat", ANY_CAT),
        ("NOT cat", {"$nor": [ANY_CAT]}),
    ],
)
def test_conditions_become_queries(text: str, wanted: dict[str, Any] | None) -> None:
    if wanted is not None:
        assert query(text) == wanted
    else:
        assert "$and" in query(text)


@pytest.mark.parametrize(
    ("text", "size"), [("10", 10), ("1k", 1024), ("1KB", 1024), ("2mb", 2 * 1024**2), ("1g", 1024**3)]
)
def test_sizes(text: str, size: int) -> None:
    assert values.size(text) == size


@pytest.mark.parametrize("text", ["1e9", "١٢", "1tb", "", "-5k", "0x10"])
def test_texts_that_are_no_sizes(text: str) -> None:
    with pytest.raises(ValueError, match="size"):
        values.size(text)
