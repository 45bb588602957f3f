"""Strict mode: only transformations that the account allows, or that a URL's signature covers, are made."""

from picturerail.errors import Unauthorized
from picturerail.media.delivery.access.grants import Grant
from picturerail.media.delivery.wanted import Wanted
from picturerail.media.derivatives import transformations
from picturerail.media.service import Media
from picturerail.transform.grammar import canonical

REFUSAL = "Strict transformations are on: sign the URL, or allow this transformation for strict mode."


def check(media: Media, wanted: Wanted, shown: Grant) -> None:
    """Refuse what is not allowed before the asset is looked up, so that nobody learns whether it is there."""
    if not media.settings.strict_transformations or not wanted.transformation.components or shown.signature:
        return
    spellings = {wanted.path.transformation, canonical(wanted.transformation)}
    if not any(transformations.is_allowed(media.database, text) for text in spellings):
        raise Unauthorized(REFUSAL)
