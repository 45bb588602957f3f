"""What files say about their pictures."""

import io
import json
from pathlib import Path

import pytest
from PIL import Image, PngImagePlugin

from picturerail.gallery.transfer.picture_texts import in_picture
from picturerail.gallery.transfer.told import Told, in_takeout, in_xmp

XMP = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:dc="http://purl.org/dc/elements/1.1/">
<dc:description><rdf:Alt><rdf:li xml:lang="x-default">Der Hafen &amp; das Meer</rdf:li></rdf:Alt></dc:description>
<dc:subject><rdf:Bag><rdf:li>sea</rdf:li><rdf:li>New York</rdf:li></rdf:Bag></dc:subject>
</rdf:Description></rdf:RDF></x:xmpmeta>"""
TIMED = """<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:DateTimeOriginal="2024-07-14T10:11:12+02:00"/>
</rdf:RDF></x:xmpmeta>"""
SAID = Told("Der Hafen & das Meer", ("sea", "New York"))


def iptc(*fields: tuple[int, bytes]) -> bytes:
    """A Photoshop segment with IPTC records."""
    records = b"".join(
        b"\x1c\x02" + bytes([number]) + len(text).to_bytes(2, "big") + text for number, text in fields
    )
    block = b"8BIM\x04\x04\x00\x00" + len(records).to_bytes(4, "big") + records + b"\0" * (len(records) % 2)
    content = b"Photoshop 3.0\0" + block
    return b"\xff\xed" + (len(content) + 2).to_bytes(2, "big") + content


def jpeg(path: Path, *, xmp: str = "", segment: bytes = b"", described: str = "") -> Path:
    image, buffer = Image.new("RGB", (8, 8)), io.BytesIO()
    exif = Image.Exif()
    if described:
        exif[0x010E] = described
    image.save(buffer, "JPEG", exif=exif, **({"xmp": xmp.encode()} if xmp else {}))
    content = buffer.getvalue()
    path.write_bytes(content[:2] + segment + content[2:])
    return path


def test_a_sidecar_tells_description_and_tags() -> None:
    assert in_xmp(f'<?xpacket begin="\ufeff" id="x"?>{XMP}<?xpacket end="w"?>') == SAID


@pytest.mark.parametrize(
    "text",
    [
        "",
        "no xml",
        "<x>",
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><x>&b;</x>',
        '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/passwd">]><x>&f;</x>',
    ],
)
def test_what_is_no_packet_tells_nothing(text: str) -> None:
    assert in_xmp(text) == Told()


@pytest.mark.parametrize(
    ("written", "taken"),
    [
        ('exif:DateTimeOriginal="2024-07-14T10:11:12+02:00"', "2024-07-14T10:11:12+02:00"),
        ('xmp:CreateDate="2024-07-14T10:11:12"', "2024-07-14T10:11:12"),
        ('photoshop:DateCreated="2024-07-14"', "2024-07-14T00:00:00"),
        ('xmp:CreateDate="2020-01-01" photoshop:DateCreated="2024-07-14T01:02"', "2024-07-14T01:02:00"),
        (
            'exif:DateTimeOriginal="yesterday" xmp:CreateDate="2024-07-14T10:11:12Z"',
            "2024-07-14T10:11:12+00:00",
        ),
        ('exif:DateTimeOriginal=""', ""),
        ('exif:DateTimeOriginal="2024:02:03 05:31:00"', "2024-02-03T05:31:00"),
        ('exif:DateTimeOriginal="2024:02:03 05:31:00.25 +0100"', "2024-02-03T05:31:00+01:00"),
        ('exif:DateTimeOriginal="2024/2/3 5:31 UTC"', "2024-02-03T05:31:00+00:00"),
        ('photoshop:DateCreated="1987-06"', "1987-06-01T00:00:00"),
        ('exif:DateTimeOriginal="0000:00:00 00:00:00" xmp:CreateDate="1987"', "1987-01-01T00:00:00"),
        ('exif:DateTimeOriginal="0001-01-01T00:00:00"', ""),
        ('exif:DateTimeOriginal="9999-12-31T23:59:59Z"', ""),
    ],
)
def test_a_packet_tells_when_it_was_taken(written: str, taken: str) -> None:
    names = 'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/"'
    assert (
        in_xmp(
            TIMED.replace('exif:DateTimeOriginal="2024-07-14T10:11:12+02:00"', f"{names} {written}")
        ).taken_at
        == taken
    )


@pytest.mark.parametrize(
    ("written", "marks"),
    [
        ('xmp:Rating="4"', {"stars": "4"}),
        ('xmp:Rating="5.0"', {"stars": "5"}),
        ('xmp:Rating="0"', {}),
        ('xmp:Rating="-1"', {"choice": "reject"}),
        ('xmp:Rating="99"', {}),
        ('xmp:Rating="many"', {}),
    ],
)
def test_a_rating_is_stars(written: str, marks: dict[str, str]) -> None:
    packet = TIMED.replace('exif:DateTimeOriginal="2024-07-14T10:11:12+02:00"', written)
    assert (
        in_xmp(packet.replace("xmlns:exif=", 'xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:exif=')).marks
        == marks
    )


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("The pier", "The pier\nDer Hafen & das Meer"),
        ("IMG 7", "Der Hafen & das Meer"),
        ("img_7.jpg", "Der Hafen & das Meer"),
        ("Der Hafen &amp; das Meer", "Der Hafen & das Meer"),
    ],
)
def test_a_title_is_a_part_of_the_description(title: str, said: str) -> None:
    titled = f"<dc:title><rdf:Alt><rdf:li>{title}</rdf:li></rdf:Alt></dc:title><dc:description>"
    assert in_xmp(XMP.replace("<dc:description>", titled), "IMG_7.jpg").description == said


def test_takeouts_time_stands_behind_the_cameras() -> None:
    for seconds, taken in (
        ("1720951872", "2024-07-14T10:11:12+00:00"),
        ("-86400", "1969-12-31T00:00:00+00:00"),
    ):
        told = in_takeout(json.dumps({"photoTakenTime": {"timestamp": seconds}})).behind_camera()
        assert (told.taken_at, told.taken_otherwise) == ("", taken)
    for wrong in ("", "soon", "9" * 30, None, "0", "-62135596800"):
        assert in_takeout(json.dumps({"photoTakenTime": {"timestamp": wrong}})) == Told()


def test_takeout_tells_a_description() -> None:
    assert in_takeout(json.dumps({"description": "At the sea", "title": "a.jpg"})) == Told("At the sea")
    escaped = {"description": "Tom &amp; Ann&#39;s &copy; &lt;3", "favorited": True, "trashed": True}
    assert in_takeout(json.dumps(escaped)) == Told(
        "Tom & Ann's &copy; <3", marks={"favourite": "yes"}, is_trashed=True
    )
    for text in ("", "[]", '{"description": 5}', "[" * 100_000):
        assert in_takeout(text) == Told()


def test_embedded_xmp_then_iptc_then_exif_count(tmp_path: Path) -> None:
    records = iptc((120, "Größe".encode()), (25, b"caf\xe9"), (25, b"sea"))
    assert in_picture(jpeg(tmp_path / "a.jpg", xmp=XMP, segment=records)) == SAID
    assert in_picture(jpeg(tmp_path / "b.jpg", segment=records)) == Told("Größe", ("café", "sea"))
    titled = iptc((5, b"A pier"), (120, b"With gulls"))
    assert in_picture(jpeg(tmp_path / "t.jpg", segment=titled)) == Told("A pier\nWith gulls")
    assert in_picture(tmp_path / "t.jpg", "a pier.jpg") == Told("With gulls")
    assert in_picture(jpeg(tmp_path / "c.jpg", described="A boat")) == Told("A boat")
    for written in (
        "OLYMPUS DIGITAL CAMERA",
        "KODAK Digital Still Camera",
        "DCIM\\100MEDIA\\DJI_0001.JPG",
        "hdr",
    ):
        assert in_picture(jpeg(tmp_path / "d.jpg", described=written)) == Told()
    (tmp_path / "e.jpg").write_bytes(b"nothing")
    assert in_picture(tmp_path / "e.jpg") == Told()


def test_png_tells_too(tmp_path: Path) -> None:
    about = PngImagePlugin.PngInfo()
    about.add_itxt("XML:com.adobe.xmp", XMP)
    Image.new("RGB", (8, 8)).save(tmp_path / "a.png", pnginfo=about)
    assert in_picture(tmp_path / "a.png") == SAID


def test_too_much_is_cut_since_nobody_is_asked() -> None:
    text = Told("x" * 5000, tuple(f"tag {number} {'y' * 50}" for number in range(60))).text
    assert len(text.description) == 2000
    assert len(text.tags) == 30
