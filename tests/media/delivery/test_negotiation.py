"""Automatic formats and names to save under, without any picture."""

import pytest

from picturerail import image_formats
from picturerail.media.formats import disposition


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
    assert image_formats.automatic(accept, moving=frames > 1, transparent=transparent) == expected


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
