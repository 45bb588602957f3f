"""What a refusal of the cloud, or its silence, means for the person who waits: an error of ours."""

from cloudinary import exceptions as refusals

from picturerail.errors import (
    BadRequest,
    Conflict,
    PicturerailError,
    TooLarge,
    TooManyRequests,
    Unavailable,
    UnsupportedMedia,
)

AWAY = "The media service does not answer at the moment. Nothing was changed; please try again shortly."
AWAY_AGAIN_AFTER = 5
TRANSPORT_FAULTS = ("Unexpected error", "Socket error", "Error parsing server response")


def understood(error: refusals.Error) -> PicturerailError:
    """What an exception of the SDK means for the person who waits."""
    message = str(error)
    for kind, status in ((refusals.BadRequest, 400), (refusals.AlreadyExists, 409), (refusals.NotFound, 404)):
        if isinstance(error, kind):
            return refused(status, message)
    known = type(error) is refusals.Error and not message.startswith(TRANSPORT_FAULTS)
    return refused(400, message) if known else refused(503, message)


def refused(status: int, message: str) -> PicturerailError:
    """The cloud's refusal as our own; what is not the uploader's fault becomes Unavailable."""
    kinds: dict[int, type[PicturerailError]] = {
        400: BadRequest,
        404: BadRequest,
        409: Conflict,
        413: TooLarge,
        415: UnsupportedMedia,
    }
    if kind := kinds.get(status):
        return kind(message)
    if status == 429:
        return TooManyRequests(message, retry_after=AWAY_AGAIN_AFTER)
    if status in (401, 403):
        return Unavailable("The media service does not accept this gallery's key.", retry_after=60)
    return Unavailable(AWAY, retry_after=AWAY_AGAIN_AFTER)
