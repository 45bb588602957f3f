"""What an edge keeps, under which key, and what it answers from it."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from picturerail import cache_policy
from tests.edge.client import AVIF, PICTURE, WEBP, get
from tests.edge.conftest import SECRET, SITE, Running
from tests.edge.origin import PNG, Answer, Asked, Origin, picture
from tests.service import wait_until


def test_second_visitor_is_answered_from_disk(edge: Running, origin: Origin) -> None:
    first = get(edge, PICTURE, {"Accept": AVIF})
    second = get(edge, PICTURE, {"Accept": "image/avif"})
    assert (first[1]["X-Cache"], second[1]["X-Cache"]) == ("MISS", "HIT")
    assert first[2] == second[2]
    assert len(origin.asked) == 1
    assert second[1]["Vary"] == "Accept", "browsers and proxies on the way still need it"


def test_three_classes_of_accept_and_no_more(edge: Running, origin: Origin) -> None:
    accepts = [
        AVIF,
        WEBP,
        "*/*",
        "",
        "image/avif",
        "image/webp,image/png",
        "text/html",
        "image/avif;q=0,image/webp",
        "IMAGE/AVIF",
        "image/webp;q=0",
        "x" * 6000,
        "image/avif;q=0.5",
    ]
    for accept in accepts:
        assert get(edge, PICTURE, {"Accept": accept})[0] == 200
    assert sorted(asked.headers["accept"] for asked in origin.asked) == [
        "*/*",
        "image/avif,image/webp,*/*",
        "image/webp,*/*",
    ]


def test_an_address_that_does_not_depend_on_accept_is_kept_once(edge: Running, origin: Origin) -> None:
    for accept in (AVIF, WEBP, "*/*"):
        get(edge, "/picturerail/image/upload/w_100/v1/a.jpg", {"Accept": accept})
    assert [asked.headers["accept"] for asked in origin.asked] == ["*/*"]


def test_the_origin_hears_nothing_that_is_not_in_the_key(edge: Running, origin: Origin) -> None:
    get(
        edge,
        f"{PICTURE}?_a=BAMAK0&x=1",
        {
            "Cookie": "session=me",
            "Authorization": "Basic eDp5",
            "X-Any": "thing",
            "Accept-Encoding": "br",
            "Range": "bytes=0-9",
        },
    )
    (asked,) = origin.asked
    assert asked.path == PICTURE
    assert asked.headers == {
        "host": SITE, "accept": "*/*", "x-edge-secret": SECRET, "x-edge-keep": "1", "x-edge-visitor": "127.0.0.1",
    }  # fmt: skip


def test_one_canonical_spelling(edge: Running, origin: Origin) -> None:
    spellings = [
        "/picturerail/image/upload/v1/a%20b.jpg",
        "/picturerail/image/upload/v1/%61%20b.jpg",
        "/picturerail/image/x/../upload/v1/a%20b.jpg",
        "/picturerail/image/upload/./v1/a%20b.jpg?q",
    ]
    for spelling in spellings:
        get(edge, spelling)
    assert [asked.path for asked in origin.asked] == ["/picturerail/image/upload/v1/a%20b.jpg"]


def test_line_breaks_in_an_address_do_not_reach_the_origin_as_such(edge: Running, origin: Origin) -> None:
    get(edge, "/picturerail/image/upload/v1/a%0d%0aX-Injected:%201%0d%0a.jpg")
    assert all("x-injected" not in asked.headers for asked in origin.asked)
    assert [asked.path for asked in origin.asked] == [
        "/picturerail/image/upload/v1/a%0D%0AX-Injected:%201%0D%0A.jpg"
    ]


def test_a_remote_address_keeps_its_slashes_and_query(edge: Running, origin: Origin) -> None:
    get(edge, "/picturerail/image/fetch/w_10/https://example.com/a.jpg?size=1")
    get(edge, "/picturerail/image/fetch/w_10/https://example.com/a.jpg?size=2")
    assert [a.path[-13:] for a in origin.asked] == ["/a.jpg?size=1", "/a.jpg?size=2"]
    assert "https://example.com" in origin.asked[0].path


def test_a_personal_token_is_handed_on_and_its_answer_not_kept(edge: Running, origin: Origin) -> None:
    address = f"{PICTURE}?__cld_token__=exp=1~hmac=2"
    get(edge, address)
    get(edge, address)
    assert [asked.path for asked in origin.asked] == [address, address]
    get(edge, PICTURE)
    assert len(origin.asked) == 3, "what a token opened must not serve those without"


def test_hints_reach_the_origin_where_they_choose_the_size_and_nowhere_else(
    edge: Running, origin: Origin
) -> None:
    hints = {"Sec-CH-DPR": "2.0", "Sec-CH-Width": "640", "Sec-CH-Viewport-Width": "evil"}
    for _ in range(2):
        get(edge, "/picturerail/image/upload/w_auto,dpr_auto/v1/a.jpg", hints)
        get(edge, PICTURE, hints)
    heard = [{name for name in asked.headers if name.startswith("sec-ch")} for asked in origin.asked]
    assert heard == [{"sec-ch-dpr", "sec-ch-width"}, set(), {"sec-ch-dpr", "sec-ch-width"}]


def test_ranges_are_cut_from_the_whole_picture(edge: Running, origin: Origin) -> None:
    whole = get(edge, PICTURE)[2]
    status, headers, part = get(edge, PICTURE, {"Range": "bytes=10-19"})
    assert (status, part) == (206, whole[10:20])
    assert headers["Content-Range"] == f"bytes 10-19/{len(whole)}"
    assert get(edge, PICTURE, {"Range": "bytes=" + ",".join(f"{n}-{n}" for n in range(100))})[0] == 200
    assert get(edge, PICTURE, {"Range": "bytes=99999-"})[0] == 416
    status, _, cold = get(edge, PICTURE.replace("100", "101"), {"Range": "bytes=0-7"})
    assert (status, cold) == (206, PNG)
    assert len(origin.asked) == 2


def test_a_crowd_at_one_cold_picture_asks_the_origin_once(edge: Running, origin: Origin) -> None:
    """nginx by default lets all of them through after 5 seconds (threats F6)."""
    origin.answer = lambda asked: Answer(delay=6)
    with ThreadPoolExecutor(100) as crowd:
        answers = list(crowd.map(lambda _: get(edge, PICTURE), range(100)))
    assert {status for status, _, _ in answers} == {200}
    assert len({body for _, _, body in answers}) == 1
    assert len(origin.asked) == 1


def expiring(asked: Asked) -> Answer:
    return Answer(
        headers={
            "Content-Type": "image/png",
            "Cache-Control": f"public, max-age=1, {cache_policy.EDGE_STALE}",
            "ETag": '"one"',
        },
        body=picture(asked).body,
        status=304 if asked.headers.get("if-none-match") == '"one"' else 200,
    )


def lasting(asked: Asked) -> Answer:
    """As the guard marks what never changes, with a second for its day; nginx 1.22 minds the order."""
    answer = expiring(asked)
    control = f"{cache_policy.IMMUTABLE}, {cache_policy.EDGE_STALE}"
    answer.headers |= {"Cache-Control": control, "X-Accel-Expires": "1"}
    return answer


@pytest.mark.parametrize("of", [expiring, lasting])
def test_nobody_waits_while_an_old_picture_is_revalidated(
    edge: Running, origin: Origin, of: Callable[[Asked], Answer]
) -> None:
    origin.answer = of
    body = get(edge, PICTURE)[2]
    time.sleep(2.1)

    def slow(asked: Asked) -> Answer:
        answer = of(asked)
        answer.delay = 5
        return answer

    origin.answer = slow
    started = time.monotonic()
    answers = [get(edge, PICTURE) for _ in range(20)]
    assert time.monotonic() - started < 5
    assert {answer[2] for answer in answers} == {body}
    wait_until(lambda: len(origin.asked) == 2)
    assert origin.asked[1].headers["if-none-match"] == '"one"'


def test_an_origin_that_is_away(edge: Running, origin: Origin) -> None:
    origin.answer = expiring
    body = get(edge, PICTURE)[2]
    origin.stop()
    time.sleep(2.1)
    assert [get(edge, PICTURE)[2] for _ in range(5)] == [body] * 5
    started = time.monotonic()
    status, headers, _ = get(edge, PICTURE.replace("100", "999"))
    assert (status, headers["Retry-After"], headers["Cache-Control"]) == (503, "2", "no-store")
    assert time.monotonic() - started < 5
    assert get(edge, "/gallery/")[0] == 503
    asked = len(origin.asked)
    origin.start()
    wait_until(lambda: get(edge, PICTURE.replace("100", "999"))[0] == 200)
    with ThreadPoolExecutor(20) as crowd:
        assert {a[0] for a in crowd.map(lambda _: get(edge, PICTURE), range(200))} == {200}
    assert sum(a.path == PICTURE for a in origin.asked[asked:]) <= 1, "no herd when it comes back"


@pytest.mark.parametrize("status", [500, 429])
def test_a_failing_origin_does_not_replace_what_is_kept(edge: Running, origin: Origin, status: int) -> None:
    origin.answer = expiring
    body = get(edge, PICTURE)[2]
    time.sleep(2.1)
    origin.answer = lambda asked: Answer(status=status, body=b"sorry")
    for _ in range(3):
        assert get(edge, PICTURE)[2] == body
    assert get(edge, PICTURE.replace("100", "999"))[0] in (status, 503)
    origin.answer = picture
    assert get(edge, PICTURE.replace("100", "999"))[0] == 200, "errors are not kept"


def test_what_is_missing_is_asked_for_once_in_a_while(edge: Running, origin: Origin) -> None:
    told = {"X-Accel-Expires": "1", "Cache-Control": "no-store", "X-Cld-Error": "not found"}
    origin.answer = lambda asked: Answer(404, {"Content-Type": "text/plain"} | told, b"")
    assert {get(edge, PICTURE)[0] for _ in range(20)} == {404}
    assert len(origin.asked) == 1
    origin.answer = picture
    wait_until(lambda: get(edge, PICTURE)[0] == 200)


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/html", "Cache-Control": "public, max-age=3600"},
        {"Content-Type": "image/png", "Cache-Control": "private, max-age=3600"},
        {"Content-Type": "image/png", "Cache-Control": "no-store"},
        {"Content-Type": "image/png", "Cache-Control": "public, max-age=3600", "Set-Cookie": "session=1"},
    ],
)
def test_private_answers_and_pages_are_not_kept(
    edge: Running, origin: Origin, headers: dict[str, str]
) -> None:
    origin.answer = lambda asked: Answer(headers=headers)
    for _ in range(2):
        answer = get(edge, PICTURE)
        assert answer[0] == 200
        assert "Set-Cookie" not in answer[1]
    assert len(origin.asked) == 2


def test_insiders_purge_and_refresh_and_strangers_do_not(edge: Running, origin: Origin) -> None:
    get(edge, PICTURE)
    assert get(edge, f"/edge/purge{PICTURE}", {"X-Edge-Class": "other"}, inner=True)[0] == 403
    assert get(edge, PICTURE, {"X-Edge-Secret": "x", "X-Edge-Refresh": "1"}, inner=True)[0] == 403
    assert get(edge, PICTURE, {"X-Edge-Refresh": "1", "X-Edge-Secret": "wrong"})[1]["X-Cache"] == "HIT"
    secret = {"X-Edge-Secret": SECRET}
    assert get(edge, PICTURE, secret | {"X-Edge-Refresh": "1"}, inner=True)[1]["X-Cache"] == "BYPASS"
    assert get(edge, PICTURE)[1]["X-Cache"] == "HIT"
    assert len(origin.asked) == 2
    purge = f"/edge/purge{PICTURE}", secret | {"X-Edge-Class": "other"}
    assert get(edge, *purge, inner=True)[0] == 200
    assert get(edge, *purge, inner=True)[0] == 404
    assert get(edge, PICTURE)[1]["X-Cache"] == "MISS"


@pytest.mark.parametrize(
    ("given", "kind", "expected"),
    [
        ("", "image/png", None),
        ("Accept", "image/png", "Accept"),
        ("", "text/css", "Accept-Encoding"),
        ("Accept", "application/json", "Accept, Accept-Encoding"),
        ("Accept-Encoding", "text/css; charset=utf-8", "Accept-Encoding"),
        ("Accept-Encoding, Cookie", "text/html; charset=utf-8", "Accept-Encoding, Cookie"),
    ],
)
def test_there_is_one_line_of_vary(
    edge: Running, origin: Origin, given: str, kind: str, expected: str | None
) -> None:
    headers = {"Content-Type": kind, "Cache-Control": "public, s-maxage=9"} | (
        {"Vary": given} if given else {}
    )
    origin.answer = lambda asked: Answer(headers=headers, body=b"x" * 5000)
    for path in ("/static/a.css", "/static/a.css", "/account", "/gallery/", "/gallery/"):
        seen = get(edge, path, {"Accept-Encoding": "gzip, br"})[1]
        assert seen.get_all("Vary") == (None if expected is None else [expected]), path
