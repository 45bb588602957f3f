"""The media service without HTTP: what is stored and made by calls."""

from picturerail.media.asset import Asset
from picturerail.media.service import Media
from picturerail.media.store.derived import get_or_create, intermediates
from picturerail.media.store.derived.records import Derived
from picturerail.media.store.derived.spec import DerivedSpec
from picturerail.media.store.ingest import UploadOptions, ingest, inspect
from picturerail.spool import Spooled, SpoolWriter, too_large
from picturerail.transform.grammar import parse
from picturerail.transform.plan import Output, make_plan


def spooled(media: Media, content: bytes) -> Spooled:
    with SpoolWriter(media.spool, 10**9, too_large) as writer:
        writer.write(content)
        return writer.finish("a.jpg")


def put(media: Media, name: str, content: bytes) -> Asset:
    file = spooled(media, content)
    try:
        kind, facts = inspect(media, file, "image")
        return ingest(media, file, facts, UploadOptions(kind, "upload", name, name)).asset
    finally:
        intermediates.discard(file.path)


def work(asset: Asset, transformation: str, image_format: str = "jpg") -> DerivedSpec:
    plan = make_plan(parse(transformation), asset.picture.info, Output(image_format))
    return DerivedSpec.of(asset, plan, transformation)


def render(media: Media, asset: Asset, transformation: str) -> Derived:
    return get_or_create.get_or_create(media, work(asset, transformation))
