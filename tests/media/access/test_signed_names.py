"""What was signed is what is looked up, over every form of address, and for names that are parts of each other."""

import json
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from urllib.parse import quote, unquote, urlsplit

import pytest
from cloudinary.utils import cloudinary_url
from hypothesis import example, given, settings
from hypothesis import strategies as st

from picturerail import signing
from picturerail.errors import PicturerailError
from picturerail.media.access.signatures import other_readings, signed_path
from picturerail.media.urls.delivery_path import DeliveryPath, parse_path
from tests.files import jpeg
from tests.media.http import send, signed, upload
from tests.media_service import MediaService

SECRET = "the secret"
UNTOUCHED = "%/:,._-$!=*()+~;'@&"  # what HTTP clients leave as it is in a path
FORMS = (
    *("image/upload", "image/private", "image/authenticated", "raw/upload", "iu", ""),
    *("images", "private_images", "authenticated_images", "files"),
)
SEGMENTS = (
    *("t1", "album", "secret", "secret.png", "a", "a.jpg", "é b", "w_10", "t_x", "v1", "v12", "image"),
    "s--abcdefgh--",
)
names = st.lists(st.sampled_from(SEGMENTS), min_size=1, max_size=3).map("/".join)
transformations = st.lists(
    st.sampled_from(
        ("w_10", "c_fill,h_20", "t_x", "l_text:Arial_20:a b,c/d", "l_text:Arial_9:100%/fl_layer_apply")
    ),
    max_size=2,
)


def url(name: str, transformation: list[str], **options: object) -> str:
    """The path of a signed address as the official SDK makes it."""
    given = [_layer(each) for each in transformation]
    made, _ = cloudinary_url(
        name, cloud_name="c", api_secret=SECRET, sign_url=True, transformation=given, secure=True, **options
    )
    return str(urlsplit(made).path.removeprefix("/c/"))


def _layer(text: str) -> dict[str, object]:
    if not text.startswith("l_text:"):
        return {"raw_transformation": text}
    style, _, words = text.removeprefix("l_text:").partition(":")
    family, size = style.split("_")
    return {"overlay": {"font_family": family, "font_size": size, "text": words}}


def relatives(name: str) -> Iterator[str]:
    """Names that are prefixes, suffixes and spellings of a name."""
    parts = name.split("/")
    for count in range(1, len(parts)):
        yield "/".join(parts[:count])
        yield "/".join(parts[count:])
    yield from (f"{name}/secret", f"secret/{name}", f"{name}.png", f"{name}/a.jpg", name.upper())
    yield from (f"v1/{name}", f"w_10/{name}", quote(name), name.rpartition(".")[0] or name)


def addresses(signature: str, transformation: str, name: str) -> Iterator[str]:
    """Every form of address in which a signature may stand before a name."""
    for form in FORMS:
        for version in ("", "v1"):
            for suffix in ("", "/words", "/words.png", ".png"):
                yield "/".join(
                    part for part in (form, signature, transformation, version, name + suffix) if part
                )


def opened(address: str) -> DeliveryPath | None:
    """What an address leads to by its signature."""
    try:
        path = parse_path(address)
    except PicturerailError:
        return None
    return signed_path(path, SECRET) if path.signature else None


@settings(max_examples=50, deadline=None)
@given(
    names, transformations, st.sampled_from(("", "png", "jpg")), st.sampled_from(("upload", "authenticated"))
)
@example("t1/album", [], "png", "authenticated")
def test_a_signature_opens_only_what_was_signed(
    name: str, changes: list[str], ending: str, kind: str
) -> None:
    address = url(name, changes, type=kind, **({"format": ending} if ending else {}))
    path = parse_path(unquote(address))
    own = signed_path(path, SECRET)
    assert own is not None
    assert own.name == (f"{name}.{ending}" if ending else name)
    assert own == replace(path, name=own.name, shorter="", longer="")
    signature = f"s--{path.signature}--"
    seen = 0
    for other in {name, *relatives(name)}:
        for text in {path.transformation, ""}:
            for forged in addresses(signature, text, other):
                if (found := opened(forged)) is None:
                    continue
                seen += 1
                assert unquote(found.to_sign) == unquote(own.to_sign), forged
                if "%" in found.name:  # escaped once more: no public_id holds a %
                    continue
                if found.name != own.name:  # where the transformation ends is not signed
                    assert own.name in {each.name for each in other_readings(found)}
                    assert found.name in {each.name for each in other_readings(own)}
    assert seen


def test_a_suffix_is_no_way_into_a_folder() -> None:
    signature = f"s--{signing.sign_delivery('t1/album.png', SECRET)}--"
    for form in ("", "images/", "image/upload/", "authenticated_images/"):
        found = opened(f"{form}{signature}/t1/album/secret.png")
        assert found is None or found.names == ("t1/album.png",)


def put(cloud: MediaService, name: str, kind: str, width: int, **params: str) -> None:
    got = upload(cloud, signed(cloud, public_id=name, type=kind, **params), jpeg(width, 20))
    assert got.status == 200, json.loads(got.body)


def test_the_signature_of_a_picture_opens_none_below_it(cloud: MediaService) -> None:
    album = f"album{uuid.uuid4().hex}"
    closed = '[{"access_type":"token"}]'
    put(cloud, f"t1/{album}", "upload", 30)
    put(cloud, f"t1/{album}/secret", "upload", 60, access_control=closed)
    signature = f"s--{signing.sign_delivery(f't1/{album}.png', SECRET)}--"
    assert send(f"{cloud.delivery}/{signature}/t1/{album}/secret.png").status == 200
    small = send(f"{cloud.delivery}/{signature}/t1/{album}.png").body
    assert send(f"{cloud.delivery}/{signature}/t1/{album}/secret.png").body == small
    assert send(f"{cloud.delivery}/t1/{album}/secret.png").status == 401


@pytest.mark.parametrize("kind", ["private", "authenticated"])
def test_a_folder_like_a_transformation_is_not_taken_for_one(cloud: MediaService, kind: str) -> None:
    name = f"secret{uuid.uuid4().hex}"
    folder = f"w_10/{name}"
    put(cloud, folder, kind, 30)
    signature = f"s--{signing.sign_delivery(f'{folder}.png', SECRET)}--"
    beside, within = f"{signature}/v1/{folder}.png", f"{signature}/{folder}.png"
    assert send(f"{cloud.delivery}/image/{kind}/{beside}").status == 200
    put(cloud, name, kind, 60)  # now the signature may have been made for either
    for path in (beside, within):
        got = send(f"{cloud.delivery}/image/{kind}/{path}")
        assert got.status == 401
        assert "two assets" in got.headers["x-cld-error"]
    signature = f"s--{signing.sign_delivery(f'{name}.png', SECRET)}--"
    assert send(f"{cloud.delivery}/image/{kind}/{signature}/{name}.png").status == 200


WORDS = (
    "Hello World",
    "a,b/c",
    "100%25 %41",
    "Grüße, 東京",
    "it's (so)! *~+&=?#",
    "one\ntwo",
    "$(word) and more",
    "%",
)


def as_sent(text: str) -> str:
    return text


def decoded_fully(text: str) -> str:
    while text != (text := unquote(text)):
        pass
    return text


@pytest.mark.parametrize("spelled", [as_sent, unquote, decoded_fully], ids=lambda spelled: spelled.__name__)
@pytest.mark.parametrize("words", WORDS)
def test_texts_are_signed_as_each_client_spells_them(
    cloud: MediaService, words: str, spelled: Callable[[str], str]
) -> None:
    name = "a text/é"
    put(cloud, name, "authenticated", 60)
    address = url(name, ["l_text:Open Sans_20:" + words], type="authenticated", format="png")
    signature, text, *rest = address.removeprefix("image/authenticated/").split("/")
    text_signed = spelled("/".join((text, *rest[1:])))
    if spelled is as_sent:
        assert signature == f"s--{signing.sign_delivery(text_signed, SECRET)}--"
    signature = f"s--{signing.sign_delivery(text_signed, SECRET)}--"
    sent = "/".join((signature, quote(text, safe=UNTOUCHED), *rest))
    got = send(f"{cloud.delivery}/image/authenticated/{sent}")
    assert got.status == (400 if "$" in words else 200), got.body[:200]  # 400: the variable is not set
    other = sent.replace("Open%20Sans_20", "Open%20Sans_21")
    assert send(f"{cloud.delivery}/image/authenticated/{other}").status == 401
