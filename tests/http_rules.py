"""Conditions, ranges and methods as RFC 9110 has them: checks that every way to bytes must pass alike.

`ask(method="GET", **headers)` asks for one address one way; a header's name is written with _ for -.
"""

from collections.abc import Callable

from tests.media.http import Got

LONG_AGO, LATER = "Sat, 01 Jan 2000 00:00:00 GMT", "Fri, 01 Jan 2100 00:00:00 GMT"
PAGES = ("/", "/gallery/", "/sign-in", "/api/v1/pictures", "/api/v1/openapi.json")

Ask = Callable[..., Got]


def same(got: Got, whole: Got, status: int = 200) -> None:
    assert (got.status, got.headers.get("etag")) == (status, whole.headers["etag"])
    assert got.body == (whole.body if status == 200 else b"")


def check_conditions(ask: Ask, *, nginx: bool = False) -> None:
    """`nginx` minds a time beside a tag, which RFC 9110 lets count alone, and keeps its refusals as short as ours."""
    whole = ask()
    etag, modified = whole.headers["etag"], whole.headers["last-modified"]
    for headers in (
        {"If_None_Match": etag},
        {"If_None_Match": f"W/{etag}"},
        {"If_None_Match": f'"x", {etag}'},
        {"If_None_Match": "*"},
        {"If_Modified_Since": modified},
        {"If_Modified_Since": LATER},
        {"If_None_Match": etag, "If_Modified_Since": LONG_AGO},
        {"If_None_Match": etag, "Range": "bytes=0-1"},
        {"If_Match": etag, "If_None_Match": etag},
    ):
        if nginx and len({name.rpartition("_")[2] == "Since" for name in headers}) > 1:
            continue
        for method in ("GET", "HEAD"):
            got = ask(method, **headers)
            assert got.status == 304, (method, headers)
            same(got, whole, 304)
            assert "content-type" not in got.headers
            assert got.headers["cache-control"] == whole.headers["cache-control"]
            assert got.headers.get("vary") == whole.headers.get("vary")
    for headers in (
        {"If_None_Match": '"x"'},
        {"If_None_Match": '"x"', "If_Modified_Since": LATER},
        {"If_Modified_Since": LONG_AGO},
        {"If_Modified_Since": "yesterday"},
        {"If_Match": etag},
        {"If_Match": "*"},
        {"If_Match": f'"x", {etag}', "If_Unmodified_Since": LONG_AGO},
        {"If_Unmodified_Since": modified},
        {"If_Unmodified_Since": LATER},
    ):
        if nginx and len({name.rpartition("_")[2] == "Since" for name in headers}) > 1:
            continue
        got = ask(**headers)
        assert got.status == 200, headers
        same(got, whole)
    for headers in (
        {"If_Match": '"x"'},
        {"If_Match": f"W/{etag}"},
        {"If_Match": '"x"', "If_None_Match": etag},
        {"If_Unmodified_Since": LONG_AGO},
        {"If_Unmodified_Since": LONG_AGO, "If_Modified_Since": LATER},
    ):
        got = ask(**headers)
        assert got.status == 412, headers
        assert nginx or got.headers["cache-control"] == "no-store"


def check_ranges(ask: Ask, *, nginx: bool = False) -> None:
    """`nginx` may answer several ranges with several parts, HEAD with the head of a part, and what is none with 416."""
    whole = ask()
    size, etag = len(whole.body), whole.headers["etag"]
    for asked, part in (
        ("bytes=0-0", slice(0, 1)),
        ("bytes=5-9", slice(5, 10)),
        (f"bytes=9-{size * 9}", slice(9, None)),
        ("bytes=7-", slice(7, None)),
        ("BYTES=-4", slice(size - 4, None)),
        (f"bytes=-{size + 5}", slice(0, None)),
        (f"bytes={size - 1}-{10**15 if nginx else 10**25}", slice(size - 1, None)),
    ):
        for more in ({}, {"If_Range": etag}, {"If_Match": etag}):
            got = ask(Range=asked, **more)
            assert (got.status, got.body) == (206, whole.body[part])
            first, last, _ = part.indices(size)
            assert got.headers["content-range"] == f"bytes {first}-{last - 1}/{size}"
            assert got.headers["etag"] == etag
        same(ask(Range=asked, If_Range='"x"'), whole)
        same(ask(Range=asked, If_Range=f"W/{etag}"), whole)
        same(ask(Range=asked, If_Range=LONG_AGO), whole)
        assert ask("HEAD", Range=asked).status in ((200, 206) if nginx else (200,))
    for asked in (
        "chunks=0-1",
        "bytes=0-0,5-6",
        "bytes=5-4",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes",
        "0-1",
    ):
        got = ask(Range=asked)
        if nginx and got.status in (206, 416):
            continue
        same(got, whole)
    for asked in (f"bytes={size}-", f"bytes={size + 9}-{size + 10}", "bytes=-0"):
        got = ask(Range=asked)
        assert (got.status, got.headers["content-range"]) == (416, f"bytes */{size}")
        same(ask(Range=asked, If_Range='"x"'), whole)


def check_methods(ask: Ask) -> None:
    whole = ask()
    head = ask("HEAD")
    told = ("content-length", "content-type", "etag", "cache-control", "content-disposition", "vary")
    assert {name: head.headers.get(name) for name in told} == {name: whole.headers.get(name) for name in told}
    assert (head.status, head.body) == (200, b"")
    for method in ("POST", "PUT", "DELETE", "PATCH", "PROPFIND"):
        got = ask(method)
        assert got.status == 405
        assert {"GET", "HEAD"} <= {name.strip() for name in got.headers["allow"].split(",")}


def check_page(ask: Ask) -> None:
    """A page has no tag but a weak one, so no condition but the wildcard holds, and no part of it is sent."""
    whole, head = ask(), ask("HEAD")
    if etag := whole.headers.get("etag", ""):
        assert etag.startswith('W/"')
        for kept in (etag, etag.removeprefix("W/"), f'"x", {etag}'):
            got = ask(If_None_Match=kept)
            assert (got.status, got.body, got.headers["etag"]) == (304, b"", etag)
    for headers in (
        {"If_Match": "*"},
        {"If_None_Match": '"x"'},
        {"If_Modified_Since": LATER},
        {"If_Unmodified_Since": LONG_AGO},
        {"Range": "bytes=0-3"},
        {"Range": "bytes=99999999-", "If_Range": '"x"'},
    ):
        got = ask(**headers)
        assert (got.status, "content-range" in got.headers) == (200, False), headers
    refused = ask(If_Match='"x"')
    assert (refused.status, refused.headers["cache-control"]) == (412, "no-store")
    unlike = ("content-length", "content-security-policy", "x-request-id", "set-cookie", "date", "x-cache")
    assert {name: value for name, value in head.headers.items() if name not in unlike} == {
        name: value for name, value in whole.headers.items() if name not in unlike
    }
    assert (head.status, head.body) == (200, b"")
    for method in ("PUT", "PROPFIND"):
        got = ask(method)
        assert got.status == 405
        assert {"GET", "HEAD"} <= {name.strip() for name in got.headers["allow"].split(",")}
