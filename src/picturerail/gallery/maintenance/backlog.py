"""Pictures about which the cloud has still to be asked: so many in an hour, one after the other."""

import logging
from collections.abc import Callable, Iterator
from typing import Any

from picturerail.database import Database
from picturerail.errors import BadRequest, NotFound, PicturerailError
from picturerail.gallery.cloud import Answer, CloudAccess
from picturerail.gallery.pictures.model import Picture, parse_picture

OWN, FOREIGN = 5000, 100  # pictures in an hour; an account has a limit of calls
MAX_FAILED = 5  # pictures, after which the cloud is taken to be away
AT_ONCE = 50  # whose pages are renewed together

log = logging.getLogger(__name__)


def answers(
    db: Database, cloud: CloudAccess, which: dict[str, Any], ask: Callable[..., Answer], most: int = 0
) -> Iterator[tuple[Picture, Answer]]:
    """Pictures that this query finds, with what the cloud answers of each; nothing of one whose asset is gone.

    At most `most`, or as many as may be asked about in an hour. Who gets
    an answer notes it, so that the query finds the picture no more.
    """
    failed = 0
    for document in db.gallery.find(which).limit(most or (OWN if cloud.own else FOREIGN)):
        picture = parse_picture(document)
        try:
            answer = ask(cloud, picture.public_id, picture.delivery)
        except (BadRequest, NotFound):
            answer = {}
        except PicturerailError as error:
            log.warning("A picture could not be looked at: %s", error)
            if (failed := failed + 1) < MAX_FAILED:
                continue  # the others need not wait for one that nobody can look at
            return
        yield picture, answer
