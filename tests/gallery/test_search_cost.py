"""What a search costs the database: it looks at what it shows, is led by its rarest word, and ends in time."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from pymongo import monitoring

from picturerail.database import TOKEN_ORDER, Database, connect
from picturerail.database import database as database_of
from picturerail.gallery import policy
from picturerail.gallery.pictures import listing
from picturerail.gallery.pictures.model import new_id
from picturerail.gallery.search import index
from picturerail.gallery.search.index import Search
from picturerail.gallery.search.words import tokens_of
from tests.gallery.conftest import Maker


class Heard(monitoring.CommandListener):
    """The commands that the driver sent."""

    def __init__(self) -> None:
        self.commands: list[dict[str, Any]] = []

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        self.commands.append(dict(event.command))

    def succeeded(self, event: monitoring.CommandSucceededEvent) -> None:
        """Nothing to note."""

    def failed(self, event: monitoring.CommandFailedEvent) -> None:
        """Nothing to note."""


def test_no_look_at_the_words_of_pictures_takes_longer_than_it_may(
    make: Maker, database: Database, mongo_uri: str
) -> None:
    """Also those that only ask whether there is another page."""
    one, two = make(description="wave rare"), make(description="wave rare")
    heard = Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db = database_of(client)
        among = index.matching(db, Search.of("wave rare"))
        assert among is not None
        wanted, heard.commands = policy.listed(policy.VISITOR).among(among), []
        for direction in ("after", "before", "at"):
            for cursor in (one.id, two.id):
                listing.page(db, wanted, size=1, cursor=cursor, direction=direction)
    looks = [each for each in heard.commands if each.get("find") == "gallery"]
    assert len(looks) > 6
    assert all(each.get("maxTimeMS") for each in looks)


@pytest.mark.parametrize(
    ("text", "looked_at"), [("wave", 61), ("wa", 61), ("#sea", 61), ("rare wave", 5), ("rare picture", 5)]
)
def test_a_search_looks_at_what_it_shows_and_no_more(
    database: Database, mongo_uri: str, text: str, looked_at: int
) -> None:
    """Of 3,000 pictures; nothing is sorted, and of several words the rarest leads."""
    documents = [
        {
            "_id": new_id(),
            "state": "live" if number % 3 else None,
            "shown": "public" if number % 3 else None,
            "tokens": tokens_of(
                f"picture wave{'' if number % 2 else 's'} {'rare' if number % 600 == 1 else ''}", "", ["sea"]
            ),
        }
        for number in range(3000)
    ]
    database.gallery.insert_many(documents)
    heard = Heard()
    with connect(mongo_uri, event_listeners=[heard]) as client:
        db = database_of(client)
        among = index.matching(db, Search.of(text))
        assert among is not None
        wanted = policy.listed(policy.VISITOR).among(among)
        shown = listing.page(db, wanted, size=60)
    assert len(shown.pictures) == min(60, looked_at)
    assert len(heard.commands) < 12
    plan = database.gallery.find(wanted.query, hint=list(TOKEN_ORDER)).sort("_id", -1).limit(61).explain()
    assert '"SORT"' not in str(plan["queryPlanner"]["winningPlan"]).replace("'", '"')
    assert plan["executionStats"]["totalDocsExamined"] <= looked_at


@pytest.mark.parametrize(("enough", "texts"), [(1000, 9), (5, 200)])
def test_a_phrase_is_looked_for_by_its_rarest_word(
    database: Database, monkeypatch: pytest.MonkeyPatch, enough: int, texts: int
) -> None:
    """Of words that are all frequent, by the longest one."""
    monkeypatch.setattr(index, "ENOUGH", enough)
    for text in ("here is a boat", "there is a harbour"):
        database.gallery.insert_many({"tokens": tokens_of(text, "", [])} for _ in range(texts))
    for query in ('"is a harbour"', '"a harbour" OR "is a boat"', '"is a" "harbour"'):
        among = index.matching(database, Search.of(query))
        assert among is not None
        assert among["tokens"] in ("=harbour", {"$in": ["=harbour", "=boat"]}), query


def test_frequent_words_that_never_meet_cost_a_bounded_time(
    client: FlaskClient, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = (tokens_of("mountain", "", []), tokens_of("harbour", "", []))
    database.gallery.insert_many(
        [{"_id": new_id(), "state": "live", "tokens": words[number % 2]} for number in range(6000)]
    )
    assert client.get("/gallery/?q=mountain+harbour").status_code == 200
    with monkeypatch.context() as short:
        short.setattr(listing, "MAX_MILLISECONDS", 1)
        answer = client.get("/gallery/?q=mountain+harbour")
    assert answer.status_code == 503
    assert "Add a word that few pictures have" in answer.text
    assert client.get("/gallery/?q=harbour").status_code == 200
