"""POST /<resource_type>/multi: several pictures as one animation or one PDF."""

import re
from typing import Any

from werkzeug.wrappers import Response

from picturerail.errors import BadRequest
from picturerail.media.asset import Asset
from picturerail.media.derivatives.eager import make_one
from picturerail.media.generated import inputs
from picturerail.media.generated.async_calls import send_or_make
from picturerail.media.generated.save import addresses, keep, name_of, refuse_video, stored_name
from picturerail.media.generated.writers.gif import animate
from picturerail.media.generated.writers.pdf import PdfPage, make_pdf
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store.derived.records import Derived
from picturerail.spool import Spooled, SpoolWriter, too_large

DELAY = 500  # milliseconds for each picture
_DELAY = re.compile(r"(?:^|[,/])dl_(\d{1,5})(?=[,/]|$)")


def multi(media: Media, call: ApiRequest, resource_type: str) -> dict[str, Any] | Response:
    """Make the file and keep it; with mode=download, send it."""
    return send_or_make(media, call, resource_type, kind="multi", kept=_kept, make=make)


def make(media: Media, params: Params, resource_type: str) -> dict[str, Any]:
    """Make the file and keep it; where it is."""
    del resource_type
    name = name_of(params)
    asset, ending = _kept(media, params, name)
    plain = addresses(media, "multi", asset, name, inputs.transformation_of(params))
    urls = {kind: f"{url}.{ending}" for kind, url in plain.items()}
    return {**urls, "asset_id": asset.asset_id, "public_id": name, "version": asset.version}


def _kept(media: Media, params: Params, name: str) -> tuple[Asset, str]:
    """The asset that was made, and its ending."""
    written = inputs.transformation_of(params)
    ending = params.text("format") or (match[1] if (match := inputs.FORMAT.search(written)) else "gif")
    refuse_video(ending)
    if ending not in ("gif", "pdf"):
        raise BadRequest(f"Several pictures cannot become {ending[:20]}: use gif or pdf.")
    file = _made(media, inputs.pictures(media, params), written, ending, f"{name}.{ending}")
    return keep(media, file, "multi", stored_name(f"{name}.{ending}", written)), ending


def _made(media: Media, pictures: list[Asset], written: str, ending: str, name: str) -> Spooled:
    delay = int(match[1]) if (match := _DELAY.search(written)) else DELAY
    text = inputs.without(_DELAY, inputs.without(inputs.FORMAT, written))
    if ending == "pdf":
        pages = [make_one(media, asset, inputs.joined(text, "b_white"), "jpg") for asset in pictures]
        content = make_pdf([PdfPage(_bytes(media, page), page.width, page.height) for page in pages])
    else:
        frames = _frames(media, pictures, text)
        content = animate([_bytes(media, frame) for frame in frames], delay)
    with SpoolWriter(media.spool, media.settings.max_upload_bytes, too_large) as writer:
        writer.write(content)
        return writer.finish(name)


def _frames(media: Media, pictures: list[Asset], text: str) -> list[Derived]:
    """The pictures of an animation, all of one size."""
    texts = [inputs.joined("pg_1", each) for each in inputs.fitting(pictures, text, _fit)]
    pairs = list(zip(pictures, texts, strict=True))
    sizes = [make_one(media, *pair, "jpg") for pair in pairs]  # a GIF takes forty times as long
    box = f"c_pad,h_{max(each.height for each in sizes)},w_{max(each.width for each in sizes)}"
    return [make_one(media, asset, inputs.joined(each, box), "gif") for asset, each in pairs]


def _fit(sizes: list[tuple[int, int]]) -> bool:
    box = max(width for width, _ in sizes) * max(height for _, height in sizes)
    return len(sizes) * box <= inputs.MAX_PIXELS


def _bytes(media: Media, image: Derived) -> bytes:
    with media.derived.open(image.key) as file:
        return file.read()
