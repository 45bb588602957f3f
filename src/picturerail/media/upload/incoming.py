"""Incoming transformations: what is stored is the picture as it was changed, not as it came."""

import uuid

from picturerail import image_formats
from picturerail.errors import BadRequest
from picturerail.media.derivatives.plans import plan_of_file
from picturerail.media.http.params import Params
from picturerail.media.service import Media
from picturerail.media.store.derived import get_or_create, intermediates
from picturerail.media.transformations import registry
from picturerail.spool import Spooled, hash_file
from picturerail.transform.grammar import parse
from picturerail.transform.probe import Facts


def transformed(
    media: Media, file: Spooled, facts: Facts | None, params: Params, *, signed: bool
) -> tuple[Spooled, Facts | None]:
    """The file that is to be stored, in the spool: what came, or what `transformation` and `format` make of it.

    Only a `signed` transformation may show closed pictures as layers.
    """
    text, asked = params.text("transformation"), params.text("format")
    if facts is None or not (text or asked):
        return file, facts
    transformation = registry.expanded(media.database, parse(text))
    default = image_formats.by_default(facts.info.format, transparent=facts.transparent)
    image_format = image_formats.canonical(asked or str(transformation.told("f") or default))
    if image_format == "auto":
        image_format = image_formats.automatic(
            "", moving=facts.info.frames > 1, transparent=facts.transparent
        )
    if image_format not in image_formats.WRITABLE:
        if asked:
            raise BadRequest(
                f"Pictures cannot be converted to {asked[:20]}; use one of {', '.join(image_formats.WRITABLE)}."
            )
        image_format = default
    if not transformation.components and image_format == facts.info.format:
        return file, facts
    plan = plan_of_file(media, facts, transformation, image_format, signed=signed)
    target = media.spool / uuid.uuid4().hex
    try:
        with get_or_create.local_layers(media, plan.sources) as layers:
            media.images.render(file.path, plan, target, media.limits, layers)
        made = hash_file(target, file.name)
        return made, media.images.probe(target, media.limits, copies=True)
    except BaseException:
        intermediates.discard(target)
        raise
