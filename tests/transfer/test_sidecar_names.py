"""Which sidecar belongs to which picture, in the spellings that people have met."""

import unicodedata

import pytest

from picturerail.gallery.transfer import sidecar_names
from picturerail.gallery.transfer.sidecar_names import Sidecars

LONG = "a_very_long_name_that_somebody_gave_to_a_picture_of_the_sea"
TAKEOUT: list[tuple[str, str]] = [
    ("IMG_0001.jpg", "IMG_0001.jpg.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.supplemental-metadata.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.supplemental-metadat.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.supplemental-meta.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.suppl.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.s.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg..json"),
    ("IMG_0001.JPG", "IMG_0001.jpg.json"),
    ("IMG_0001.jpg", "IMG_0001.JPG.json"),
    ("IMG_0001.jpg", "IMG_0001.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.ergänzende-metadaten.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.metadatos.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.métadonnées-supplémentaires.json"),
    ("IMG_0001.jpg", "IMG_0001.jpg.補足メタデータ.json"),
    ("IMG_0001(1).jpg", "IMG_0001.jpg(1).json"),
    ("IMG_0001(1).jpg", "IMG_0001.jpg.supplemental-metadata(1).json"),
    ("IMG_0001(12).jpg", "IMG_0001.jpg.supplemental-me(12).json"),
    ("IMG_0001(1).jpg", "IMG_0001(1).jpg.json"),
    ("IMG_0001(1).jpg", "IMG_0001(1).jpg.supplemental-metadata.json"),
    ("IMG_0001-edited.jpg", "IMG_0001.jpg.json"),
    ("IMG_0001-edited.jpg", "IMG_0001.jpg.supplemental-metadata.json"),
    ("IMG_0001-edited(1).jpg", "IMG_0001.jpg(1).json"),
    ("IMG_0001-bearbeitet.jpg", "IMG_0001.jpg.json"),
    ("IMG_0001-modifié.jpg", "IMG_0001.jpg.json"),
    ("IMG_0001-編集済み.jpg", "IMG_0001.jpg.json"),
    ("IMG_0001-edited.jpg", "IMG_0001-edited.jpg.json"),
    (f"{LONG[:47]}.jpg", f"{LONG[:46]}.json"),
    (f"{LONG}.jpg", f"{LONG[:46]}.json"),
    (f"{LONG[:43]}.jpg", f"{LONG[:43]}.jp.json"),
    (f"{LONG[:42]}.jpg", f"{LONG[:42]}.jpg.json"),
    (f"{LONG[:47]}(1).jpg", f"{LONG[:46]}(1).json"),
    ("写真 2024-07-14.png", "写真 2024-07-14.png.json"),
    ("Screenshot_20240714-101112_Some App.png", "Screenshot_20240714-101112_Some App.png.supplem.json"),
    ("a.b.c.jpeg", "a.b.c.jpeg.supplemental-metadata.json"),
    ("IMG_0001.HEIC", "IMG_0001.HEIC.supplemental-metadata.json"),
    ("IMG 1 (2).jpg", "IMG 1 (2).jpg.json"),
    ("picture(1)(2).jpg", "picture(1).jpg(2).json"),
    ("100%.jpg", "100%.jpg.json"),
    ("IMG_0001.webp", "IMG_0001.webp.supplementary.json"),
    ("PXL_20240714_101112345.NIGHT.jpg", "PXL_20240714_101112345.NIGHT.jpg.supplemental-.json"),
]
OTHERS = [
    "metadata.json",
    "IMG_00011.jpg.json",
    "IMG_000.jpg.json",
    "print-subscriptions.json",
    "IMG_0002.jpg(1).json",
]


@pytest.mark.parametrize(("picture", "sidecar"), TAKEOUT)
def test_takeouts_sidecar_is_found_among_others(picture: str, sidecar: str) -> None:
    assert Sidecars([*OTHERS, sidecar]).takeout_of(picture) == sidecar


@pytest.mark.parametrize("picture", [picture for picture, _ in TAKEOUT])
def test_a_sidecar_of_another_picture_is_none(picture: str) -> None:
    assert Sidecars(OTHERS).takeout_of(picture) is None


def test_numbers_are_not_mixed_up() -> None:
    names = ["a.jpg.json", "a.jpg(1).json", "a.jpg.supplemental-metadata(2).json"]
    assert [Sidecars(names).takeout_of(name) for name in ("a.jpg", "a(1).jpg", "a(2).jpg", "a(3).jpg")] == [
        *names,
        None,
    ]


def test_xmp_is_found_in_both_spellings_and_any_case() -> None:
    assert Sidecars(["a.jpg.xmp", "a.xmp"]).xmp_of("a.jpg") == "a.jpg.xmp"
    assert Sidecars(["A.XMP"]).xmp_of("a.JPG") == "A.XMP"
    assert Sidecars(["b.xmp"]).xmp_of("a.jpg") is None


def test_a_name_that_a_file_system_took_apart_finds_its_sidecar() -> None:
    apart, together = (unicodedata.normalize(form, "café.jpg") for form in ("NFD", "NFC"))
    assert Sidecars([f"{together}.xmp"]).xmp_of(apart) == f"{together}.xmp"
    assert Sidecars([f"{apart}.xmp"]).xmp_of(together) == f"{apart}.xmp"
    assert Sidecars([f"{apart}.json"]).takeout_of(together) == f"{apart}.json"


@pytest.mark.parametrize("name", ["IMG_{:05}.jpg", "image({}).jpg", f"{LONG[:36]}{{:05}}.jpg"])
def test_a_picture_is_compared_with_few_however_many_lie_beside_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared = list[str]()
    real = sidecar_names._begins

    def counted(wanted: str, told: str) -> int:
        compared.append(told)
        return real(wanted, told)

    monkeypatch.setattr(sidecar_names, "_begins", counted)
    for count in (100, 2000):
        compared.clear()
        names = [name.format(number) for number in range(1, count + 1)]
        beside = Sidecars([each for picture in names for each in (picture, f"{picture}.json")])
        assert [beside.takeout_of(each) for each in names] == [f"{each}.json" for each in names]
        assert len(compared) <= 4 * count
