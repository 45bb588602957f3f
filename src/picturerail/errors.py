"""Errors that carry their own HTTP status and a sentence for the person who caused or meets them."""

from typing import ClassVar


class PicturerailError(Exception):
    """An error with an HTTP status and a public message; `report` says whether operators must see it."""

    status: ClassVar[int] = 500
    report: ClassVar[bool] = True

    def __init__(self, message: str, *, retry_after: int | None = None) -> None:
        """Keep the public `message`; `retry_after` is in seconds and goes into the header of that name."""
        super().__init__(message)
        # half of a letter, which it may repeat, cannot be sent
        self.message = message.encode(errors="replace").decode()
        self.retry_after = retry_after


class BadRequest(PicturerailError):
    """The request cannot be understood; the message says what to change."""

    status = 400
    report = False


class UnsupportedTransformation(BadRequest):
    """A transformation that Cloudinary knows and that is not here: nothing in it is written wrongly."""


class FileTooLarge(BadRequest):
    """A file for the media service is over a limit: 400, as Cloudinary has it; its clients read no 413."""


class Unauthorized(PicturerailError):
    """Nobody is signed in, or a signature or key is wrong."""

    status = 401
    report = False


class Forbidden(PicturerailError):
    """Somebody is signed in, but may not do this."""

    status = 403
    report = False


class NotFound(PicturerailError):
    """There is no such thing."""

    status = 404
    report = False


class RequestTimeout(PicturerailError):
    """The request came too slowly to be waited for."""

    status = 408
    report = False


class Conflict(PicturerailError):
    """Something else is already there, or has changed meanwhile."""

    status = 409
    report = False


class TooLarge(PicturerailError):
    """The upload or the picture is over a limit; the message names the limit."""

    status = 413
    report = False


class UnsupportedMedia(PicturerailError):
    """The bytes are not a picture that we accept."""

    status = 415
    report = False


class TooManyRequests(PicturerailError):
    """A limit on rate or queue is reached; `retry_after` says when to come back."""

    status = 429
    report = False


class Unavailable(PicturerailError):
    """A part that we need does not answer now; `retry_after` says when to come back."""

    status = 503


class Abandoned(Unavailable):
    """Work that was stopped, since nobody waits for it any more."""

    report = False


class Vanished(Unavailable):
    """What was looked at has gone since, and may be there again for who looks again."""


class StartupError(PicturerailError):
    """The program cannot start; the message is the one sentence that is printed."""
