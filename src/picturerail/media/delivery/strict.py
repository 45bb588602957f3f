"""Strict mode: only transformations that the account allows, or that a URL's signature covers, are made."""

from picturerail.errors import Unauthorized
from picturerail.media.delivery.request import DeliveryRequest
from picturerail.media.service import Media
from picturerail.media.transformations import registry
from picturerail.transform.grammar import canonical

REFUSAL = "Strict transformations are on: sign the URL, or allow this transformation for strict mode."


def check(media: Media, wanted: DeliveryRequest) -> None:
    """Refuse an unsigned URL before its asset is looked up, so that nobody learns whether it is there."""
    if not wanted.transformation.components:
        return
    spellings = {wanted.path.transformation, canonical(wanted.transformation)}
    if not any(registry.is_allowed(media.database, text) for text in spellings):
        raise Unauthorized(REFUSAL)
