"""Orders: newest added, newest and oldest taken, title; the same pictures page by page, each page by an index."""

from typing import Any

import pytest
from flask.testing import FlaskClient

from picturerail.database import Database
from picturerail.gallery import policy
from picturerail.gallery.maintenance import search_index
from picturerail.gallery.pictures.order import ORDERS
from picturerail.gallery.policy import VISITOR
from tests.gallery.conftest import Maker, call, json_of
from tests.gallery.test_albums import fill, hung, made


def listed(client: FlaskClient, query: str) -> list[str]:
    return [one["id"] for one in json_of(client.get(f"/api/v1/pictures?{query}"))["pictures"]]


@pytest.fixture
def wall(make: Maker) -> dict[str, str]:
    """Four pictures, of which two were taken in the same second."""
    fields: list[tuple[str, str]] = [
        ("Émile", "2020-01-01T00:00:00"),
        ("dune", "2024-01-01T00:00:00+09:00"),
        ("Zebra", "2020-01-01T00:00:00"),
        ("ant", "2019-05-05T12:00:00"),
    ]
    return {title: make(description=title, taken_at=taken).id for title, taken in fields}


def expected(wall: dict[str, str]) -> dict[str, list[str]]:
    orders = {
        "newest": ["ant", "Zebra", "dune", "Émile"],
        "taken": ["dune", "Zebra", "Émile", "ant"],
        "oldest": ["ant", "Émile", "Zebra", "dune"],
        "title": ["ant", "dune", "Émile", "Zebra"],
    }
    return {name: [wall[title] for title in titles] for name, titles in orders.items()}


@pytest.mark.parametrize("order", list(ORDERS))
def test_pictures_come_in_each_order_page_by_page(
    client: FlaskClient, wall: dict[str, str], order: str
) -> None:
    wanted = expected(wall)[order]
    assert listed(client, f"order={order}") == wanted
    assert listed(client, f"order={order}&limit=2") == wanted[:2]
    assert listed(client, f"order={order}&limit=2&after={wanted[1]}") == wanted[2:]
    assert listed(client, f"order={order}&limit=2&before={wanted[3]}") == wanted[1:3]
    assert listed(client, f"order={order}&at={wanted[2]}") == wanted[2:]
    page = client.get(f"/gallery/?order={order}").text
    places = [page.index(f'id="p{each}"') for each in wanted]
    assert places == sorted(places)


@pytest.mark.parametrize("direction", ["after", "before", "at"])
def test_no_page_begins_at_a_hidden_picture(
    client: FlaskClient, owner: FlaskClient, wall: dict[str, str], direction: str
) -> None:
    """What stands around it would tell its title and its day; what was public may go from the list meanwhile."""
    hidden, gone = wall["dune"], wall["Zebra"]
    album = made(owner)
    call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": list(wall.values())})
    call(owner, "PATCH", f"/api/v1/pictures/{hidden}", {"visibility": "private"})
    call(owner, "DELETE", f"/api/v1/pictures/{gone}")
    pictures = ["/api/v1/pictures?order=taken", "/gallery/?order=title", "/api/v1/pictures?order=oldest"]
    for path in [*pictures, f"/api/v1/albums/{album['id']}/pictures?", f"/albums/{album['slug']}?"]:
        page = f"{path}&limit=2&{direction}="
        assert client.get(page + hidden).status_code == 404, path
        assert client.get(page + gone).status_code != 404, path
        assert owner.get(page + hidden).status_code != 404, path


@pytest.mark.parametrize("order", ["newest", "taken", "oldest", "title"])
def test_an_album_has_each_order(owner: FlaskClient, wall: dict[str, str], make: Maker, order: str) -> None:
    make(description="elsewhere")
    album = made(owner, order=order)
    json_of(call(owner, "POST", f"/api/v1/albums/{album['id']}/pictures", {"add": list(wall.values())}))
    assert hung(owner, album) == expected(wall)[order]


def test_a_change_moves_a_picture_in_its_order(owner: FlaskClient, wall: dict[str, str]) -> None:
    ant = f"/api/v1/pictures/{wall['ant']}"
    told = json_of(call(owner, "PATCH", ant, {"taken_at": "2030-01-01T00:00:00"}))["picture"]
    assert listed(owner, "order=taken")[0] == wall["ant"]
    call(owner, "PATCH", ant, {"updated_at": told["updated_at"], "description": "zzz"})
    assert listed(owner, "order=title")[-1] == wall["ant"]
    call(owner, "PATCH", ant, {"taken_at": ""})
    assert listed(owner, "order=taken")[0] == wall["ant"]  # when it was uploaded stands for it


def test_pictures_of_an_older_program_come_into_the_orders(
    client: FlaskClient, wall: dict[str, str], database: Database
) -> None:
    database.gallery.update_many({}, {"$unset": {"sort": ""}})
    assert search_index.index_words(database) == 4
    assert listed(client, "order=title") == expected(wall)["title"]
    assert search_index.index_words(database) == 0


def test_an_order_that_is_none_is_refused(client: FlaskClient) -> None:
    for path in ("/gallery/?order=size", "/api/v1/pictures?order=size", "/api/v1/pictures?order=taken&q=sea"):
        assert client.get(path).status_code == 400


@pytest.mark.parametrize("order", ["taken", "oldest", "title"])
def test_each_order_is_an_index(make: Maker, owner: FlaskClient, database: Database, order: str) -> None:
    pictures = [make(description=f"wave {n}") for n in range(40)]
    fill(owner, made(owner, order=order), pictures[10:])
    seen = policy.seen(VISITOR)
    album = str(database.albums.find_one({})["_id"])  # type: ignore[index]
    for wanted in (seen.ordered(ORDERS[order]), seen.hung_in(album).ordered(ORDERS[order])):
        found = database.gallery.find(wanted.past({"$gt": ""}), hint=wanted.index)
        plan: Any = found.sort(wanted.order.field, wanted.order.direction).limit(6).explain()
        assert plan["executionStats"]["totalDocsExamined"] <= 7
        assert "'stage': 'SORT'" not in str(plan["queryPlanner"]["winningPlan"])
