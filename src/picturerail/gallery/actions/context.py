"""What an action works with: who asks, and what the gallery stands on."""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace

from bson import ObjectId
from pymongo.errors import PyMongoError

from picturerail.database import Database
from picturerail.gallery import page_cache
from picturerail.gallery.activity import store
from picturerail.gallery.activity.model import MAX_ABOUT, Deed, name_of
from picturerail.gallery.albums import location_addresses
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.follow_up import FollowUp, noted
from picturerail.gallery.pictures import lookup, stacks
from picturerail.gallery.pictures.location import SHOWN
from picturerail.gallery.policy import Principal
from picturerail.settings import Settings

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class ActionContext:
    """Who asks, from where, and the database, cloud and settings of the gallery."""

    who: Principal
    db: Database
    cloud: CloudAccess
    settings: Settings
    address: str = ""
    alias: str = ""  # what the log calls who acts, where that is somebody for whom another one answers

    def following_up(self, what: FollowUp) -> AbstractContextManager[None]:
        """Where one writes that something is closed, and closes it: what follows is done also by whoever is killed."""
        return noted(self.db, what)

    def renew_pages(self, *picture_ids: str) -> None:
        """These pictures or albums have changed: edges renew what shows them, and pages with the newest.

        A tile tells how many lie behind it: what lies in one stack with these is renewed, too.
        """
        page_cache.renew(self.db, self.settings, {*picture_ids, *stacks.beside(self.db, picture_ids)})

    def close_pages(self, *picture_ids: str) -> None:
        """The same at once, for what some may see no more: no edge shows its old copy while it asks."""
        beside = stacks.beside(self.db, picture_ids)
        page_cache.renew(self.db, self.settings, {*picture_ids, *beside}, soft=False)

    def close_locations(self, *picture_ids: str, word: str = "") -> None:
        """These pages may tell no more where pictures were taken, nor addresses of their files that were handed out.

        These go on where the pictures' own word shows it.
        """
        if word != SHOWN:
            location_addresses.close(self.db)
        self.close_pages(*picture_ids)

    def acting_as(self, who: Principal) -> "ActionContext":
        """The same for somebody who is known only now: who signs in, or joins."""
        return replace(self, who=who)

    def record(self, deed: Deed, *things: str, number: int = 0, about: str = "") -> None:
        """Write to the activity log what has been done, to these things or to `number` of them.

        It is done by now: a line that cannot be written undoes nothing, and stands in the program's own log.
        """
        try:
            store.add(
                self.db,
                self.who.id,
                self.alias or name_of(self.who),
                self.address,
                deed,
                things,
                number or len(things),
                about,
            )
        except PyMongoError:
            log.exception("Not written to the activity log: %s", deed.code)

    def record_pictures(self, deed: Deed, picture_ids: Sequence[str], said: str = "") -> None:
        """Write what has been done to pictures together; of a single one by its title, as of one by itself."""
        alone = [ObjectId(each) for each in picture_ids] if len(picture_ids) == 1 else []
        titles = lookup.titles(self.db, {"_id": {"$in": alone}}).values() if alone else ()
        told = [*(title[: MAX_ABOUT // 2] for title in titles), *filter(None, [said])]
        self.record(deed, *picture_ids, about=": ".join(told))
