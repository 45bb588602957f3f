"""Names of files in old encodings keep their letters."""

import pytest

from picturerail.filenames import decoded, readable


@pytest.mark.parametrize(
    ("name", "encoding"),
    [
        ("ภาพ.jpg", "utf-8"),
        ("été.jpg", "latin-1"),
        ("été.jpg", "cp437"),
        ("Straße 3.jpg", "latin-1"),
        ("Köln.jpg", "cp437"),
        ("Ärger.jpg", "cp437"),
        ("niño à la carte.jpg", "cp437"),
        ("Mère à l’eau – 100 €.jpg", "cp1252"),
        ("100 €.jpg", "cp1252"),
        ("写真.jpg", "cp932"),
        ("海.jpg", "cp932"),
        ("IMG_夏祭り2019.jpg", "cp932"),
        ("日本 東京タワー(1).JPG", "cp932"),
    ],
)
def test_a_name_in_the_code_page_of_its_country_keeps_its_letters(name: str, encoding: str) -> None:
    raw = name.encode(encoding)
    assert decoded(raw) == name
    assert readable(raw.decode(errors="surrogateescape")) == name


def test_half_an_emoji_is_left_as_it_is() -> None:
    assert readable("a\ud83d.jpg") == "a\ud83d.jpg"
    assert decoded(bytes(range(256)))
