"""What is written: quality, chroma, metadata, and files that other programs read."""

from pathlib import Path

import numpy as np
import pytest
from PIL import ExifTags, Image
from ssimulacra2 import compute_ssimulacra2

from tests import pictures
from tests.transform.conftest import Make

LOSSY = ("jpg", "webp", "avif")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    return pictures.saved(pictures.photo("coffee"), tmp_path / "photo.png")


def score(one: Path, other: Path, folder: Path) -> float:
    """How alike two pictures look to people: 100 is the same, 70 is high quality, 50 is medium."""
    paths = []
    for number, path in enumerate((one, other)):
        with Image.open(path) as picture:
            paths.append(str(pictures.saved(picture.convert("RGB"), folder / f"score{number}.png")))
    return float(compute_ssimulacra2(*paths))


@pytest.mark.parametrize("kind", LOSSY)
def test_better_quality_is_larger_and_looks_better(
    photo: Path, tmp_path: Path, make: Make, kind: str
) -> None:
    exact = make(photo, "w_300", "png").rename(tmp_path / "exact.png")
    made = [
        make(photo, f"w_300,q_{quality}", kind).rename(tmp_path / f"{quality}.{kind}")
        for quality in (30, 60, 90)
    ]
    assert [path.stat().st_size for path in made] == sorted(path.stat().st_size for path in made)
    scores = [score(exact, path, tmp_path) for path in made]
    assert scores == sorted(scores)


@pytest.mark.costly
@pytest.mark.parametrize("kind", LOSSY)
def test_automatic_quality_hits_its_levels(photo: Path, tmp_path: Path, make: Make, kind: str) -> None:
    """Judged by ssimulacra2, within what a model without trial encodings can hold; no photograph of the fit."""
    exact = make(photo, "w_500", "png").rename(tmp_path / "exact.png")
    aims = {"best": 78, "good": 70, "eco": 62, "low": 52}
    for level, aim in aims.items():
        made = make(photo, f"w_500,q_auto:{level}", kind)
        assert abs(score(exact, made, tmp_path) - aim) < 9, level


def test_the_same_quality_looks_alike_in_all_formats(photo: Path, tmp_path: Path, make: Make) -> None:
    exact = make(photo, "w_500", "png").rename(tmp_path / "exact.png")
    scores = [score(exact, make(photo, "w_500,q_75", kind), tmp_path) for kind in LOSSY]
    assert max(scores) - min(scores) < 7, scores


def test_newer_formats_are_smaller_at_the_same_quality(photo: Path, make: Make) -> None:
    sizes = [make(photo, "w_500,q_auto", kind).stat().st_size for kind in ("jpg", "webp", "avif")]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.75 * sizes[0]


@pytest.mark.parametrize(("text", "sampling"), [("q_80:444", 1), ("q_80:420", 2), ("q_95", 1), ("q_80", 2)])
def test_chroma(photo: Path, make: Make, text: str, sampling: int) -> None:
    with Image.open(make(photo, f"w_100,{text}", "jpg")) as picture:
        assert picture.layer[0][1:3] == (sampling, sampling)  # type: ignore[attr-defined]


def test_progressive(photo: Path, make: Make) -> None:
    for text, expected in (("w_100", False), ("w_100,fl_progressive", True), ("w_100,q_auto", True)):
        with Image.open(make(photo, text, "jpg")) as picture:
            assert bool(picture.info.get("progressive")) is expected


def test_q_auto_is_progressive_unless_that_is_not_wanted(photo: Path, make: Make) -> None:
    for text, expected in (
        ("q_auto", True),
        ("q_auto,fl_progressive:none", False),
        ("fl_progressive:semi", True),
    ):
        with Image.open(make(photo, f"w_100,{text}", "jpg")) as picture:
            assert bool(picture.info.get("progressive")) == expected, text


@pytest.mark.parametrize("kind", ["jpg", "png"])
@pytest.mark.parametrize("flag", ["", ",fl_keep_iptc"])
def test_density(tmp_path: Path, make: Make, kind: str, flag: str) -> None:
    fields = Image.Exif()
    fields[ExifTags.Base.Make], fields[ExifTags.Base.Artist] = "SECRET", "Ann"
    photo = pictures.saved(
        pictures.photo("coffee"), tmp_path / "p.jpg", exif=fields, comment=b"SECRET", xmp=b"<x>SECRET</x>"
    )
    made = make(photo, f"w_100,dn_300{flag}", kind)
    with Image.open(made) as picture:
        assert [round(part) for part in picture.info["dpi"]] == [300, 300]
        assert picture.width == 100
    assert b"SECRET" not in made.read_bytes()


def test_a_palette_for_small_png(photo: Path, make: Make) -> None:
    with Image.open(make(photo, "w_100,fl_png8", "png")) as picture:
        assert picture.mode == "P"


@pytest.mark.parametrize("kind", ["jpg", "png", "webp", "avif", "gif"])
def test_no_metadata_leaves(tmp_path: Path, make: Make, kind: str) -> None:
    exif = Image.Exif()
    exif[ExifTags.Base.Make] = "SECRET-CAMERA"
    exif.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (52.0, 31.0, 12.0)
    source = tmp_path / "source.jpg"
    pictures.photo("cat").save(source, exif=exif, comment=b"SECRET-COMMENT", xmp=b"<x>SECRET-XMP</x>")
    assert source.read_bytes().count(b"SECRET") == 3
    for text in ("", "w_100", "c_crop,w_50,h_50"):
        made = make(source, text, kind)
        assert b"SECRET" not in made.read_bytes()
        with Image.open(made) as picture:
            assert not picture.getexif()
            assert "icc_profile" not in picture.info


def test_what_is_written_is_what_was_seen(photo: Path, make: Make) -> None:
    with Image.open(photo) as picture:
        expected = np.asarray(picture.convert("RGB")).astype(int)
    assert np.array_equal(pictures.pixels_of(make(photo, "", "png")), expected)
    for kind in LOSSY:
        assert np.abs(pictures.pixels_of(make(photo, "q_95", kind)) - expected).mean() < 3


def test_png24_has_no_palette(photo: Path, make: Make) -> None:
    for flags, mode in (("lossy", "P"), ("lossy.png24", "RGB"), ("png8.png32", "RGB")):
        with Image.open(make(photo, f"w_60,fl_{flags}", "png")) as picture:
            assert picture.mode == mode
