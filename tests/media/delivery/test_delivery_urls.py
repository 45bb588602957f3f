"""The grammar of delivery URLs, without any picture."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picturerail.errors import PicturerailError
from picturerail.media.urls.delivery_path import DeliveryPath, build_url, parse_path
from tests.assets import asset_of


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("image/upload/a.jpg", DeliveryPath("image", "upload", "a.jpg")),
        ("image/upload/v17/a.jpg", DeliveryPath("image", "upload", "a.jpg", version=17, longer="v17/a.jpg")),
        (
            "image/upload/w_9/v1/f/a.jpg",
            DeliveryPath("image", "upload", "f/a.jpg", "w_9", 1, longer="v1/f/a.jpg"),
        ),
        ("image/upload/w_9,h_9/a_90/f/a", DeliveryPath("image", "upload", "f/a", "w_9,h_9/a_90")),
        (
            "image/private/s--abcdefgh--/v3/a",
            DeliveryPath("image", "private", "a", "", 3, "abcdefgh", longer="v3/a"),
        ),
        ("image/upload/s----/a", DeliveryPath("image", "upload", "a", "", None, "")),
        (
            "image/upload/v1/w_9/a.jpg",
            DeliveryPath("image", "upload", "w_9/a.jpg", version=1, longer="v1/w_9/a.jpg"),
        ),
        ("image/upload/f/v12/a.jpg", DeliveryPath("image", "upload", "f/v12/a.jpg")),
        ("image/upload/w_100", DeliveryPath("image", "upload", "w_100")),
        ("image/upload/v12", DeliveryPath("image", "upload", "v12")),
        ("image//upload//w_9//a.jpg", DeliveryPath("image", "upload", "a.jpg", "w_9")),
        ("raw/upload/notes.html", DeliveryPath("raw", "upload", "notes.html")),
        ("iu/w_9/v01/f/a.jpg", DeliveryPath("image", "upload", "f/a.jpg", "w_9", 1, longer="v01/f/a.jpg")),
        ("images/w_9/v1/f/a/nice-words.jpg", DeliveryPath("image", "upload", "f/a.jpg", "w_9", 1)),
        ("images/s--abcdefgh--/a/words", DeliveryPath("image", "upload", "a", "", None, "abcdefgh")),
        ("files/v1/a.pdf/words", DeliveryPath("raw", "upload", "a.pdf", "", 1)),
        ("w_9/a.jpg", DeliveryPath("image", "upload", "a.jpg", "w_9")),
        ("a.jpg", DeliveryPath("image", "upload", "a.jpg")),
        (
            "v1/f/a/b.jpg",
            DeliveryPath("image", "upload", "f/a/b.jpg", version=1, shorter="f/a.jpg", longer="v1/f/a/b.jpg"),
        ),
        ("image/fetch/http://h/a.jpg", DeliveryPath("image", "fetch", "http://h/a.jpg")),
        ("image/fetch/w_9/https:/h/w_9/v1//a", DeliveryPath("image", "fetch", "https://h/w_9/v1//a", "w_9")),
        (
            "image/fetch/w_9/f_auto/HTTP://h/http://i",
            DeliveryPath("image", "fetch", "http://h/http://i", "w_9/f_auto"),
        ),
    ],
)
def test_the_parts_of_a_path(path: str, expected: DeliveryPath) -> None:
    assert parse_path(path) == expected


@pytest.mark.parametrize(
    "path",
    [
        "",
        "image",
        "image/upload",
        "image/nothing/a.jpg",
        "iu",
        "images/a.jpg",
        "image/fetch/a.jpg",
        "a" * 9000,
    ],
)
def test_paths_that_are_none(path: str) -> None:
    with pytest.raises(PicturerailError) as refused:
        parse_path(path)
    assert refused.value.status in (400, 404)


@given(st.text(max_size=300))
def test_no_path_is_a_fault_of_ours(path: str) -> None:
    try:
        parse_path(f"image/upload/{path}")
    except PicturerailError as error:
        assert error.status in (400, 404)  # noqa: PT017


NAME = (
    st.text(string.ascii_letters + string.digits + "-~@ üñ☀", min_size=1, max_size=20)
    .map(str.strip)
    .filter(bool)
)


@given(
    public_id=st.lists(NAME, min_size=1, max_size=4).map("/".join),
    transformation=st.sampled_from(["", "w_100", "c_fill,h_80,w_100", "w_100/a_90"]),
    version=st.integers(1, 2_000_000_000),
    kind=st.sampled_from(["upload", "private", "authenticated"]),
)
def test_what_is_built_is_parsed_back(public_id: str, transformation: str, version: int, kind: str) -> None:
    asset = asset_of(public_id, type=kind, version=version, format="png")
    url = build_url("cloud", asset, transformation)
    assert url.startswith("/cloud/image/")
    assert url.isascii()
    from urllib.parse import unquote

    parsed = parse_path(unquote(url.removeprefix("/cloud/")))
    name = f"{public_id}.png"
    assert parsed == DeliveryPath("image", kind, name, transformation, version, longer=f"v{version}/{name}")
    assert parsed.stem_and_extension == (public_id, "png")
