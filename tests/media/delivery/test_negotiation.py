"""Formats, content types and names to save under, without any picture."""

import pytest

from picturerail.media.formats import disposition, negotiation
from picturerail.transform.probe import Facts, SourceInfo

CHROME = "image/avif,image/webp,image/apng,image/svg+xml,image/*,*/*;q=0.8"


def facts(frames: int = 1, *, transparent: bool = False) -> Facts:
    return Facts(SourceInfo("png", 10, 10, frames=frames), "", (), (), "", transparent)


@pytest.mark.parametrize(
    ("accept", "expected"),
    [
        (CHROME, "avif"),
        ("image/webp,*/*", "webp"),
        ("IMAGE/WEBP", "webp"),
        ("image/webp;q=0, image/avif;q=0.0", ""),
        ("image/webp;q=0.1", "webp"),
        ("*/*", ""),
        ("image/*", ""),
        ("", ""),
        (";;,,=;q=", ""),
        ("x" * 10_000, ""),
        ("image/avifx, ximage/webp", ""),
    ],
)
def test_what_a_browser_takes(accept: str, expected: str) -> None:
    assert negotiation.accept_class(accept) == expected


@pytest.mark.parametrize(
    ("accept", "frames", "transparent", "expected"),
    [
        ("avif", 1, False, "avif"),
        ("avif", 1, True, "avif"),
        ("avif", 5, False, "webp"),
        ("webp", 1, False, "webp"),
        ("webp", 5, True, "webp"),
        ("", 1, False, "jpg"),
        ("", 1, True, "png"),
        ("", 5, False, "gif"),
    ],
)
def test_the_automatic_format(accept: str, frames: int, transparent: bool, expected: str) -> None:
    assert negotiation.automatic(accept, facts(frames, transparent=transparent)) == expected


@pytest.mark.parametrize(
    ("name", "extension", "expected"),
    [
        ("photo", "jpg", 'attachment; filename="photo.jpg"'),
        ("photo.jpg", "jpg", 'attachment; filename="photo.jpg"'),
        ("", "jpg", 'attachment; filename="file.jpg"'),
        ('a"b\\c\r\nX: y', "", 'attachment; filename="a_b_c__X_ y"'),
        ("../../etc/passwd", "", 'attachment; filename="_.._etc_passwd"'),
        ("Zürich", "png", "attachment; filename=\"Z_rich.png\"; filename*=UTF-8''Z%C3%BCrich.png"),
        ("gpj.\u202etxt", "", 'attachment; filename="gpj._txt"'),
    ],
)
def test_names_to_save_under(name: str, extension: str, expected: str) -> None:
    assert disposition.attachment(name, extension) == expected


def test_only_pictures_have_types_that_browsers_show() -> None:
    assert disposition.mime_type("jpg") == "image/jpeg"
    assert disposition.mime_type("svg") == disposition.mime_type("html") == "application/octet-stream"
