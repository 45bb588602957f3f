"""What an action works with: who asks, and what the gallery stands on."""

from dataclasses import dataclass

from picturerail.database import Database
from picturerail.gallery import page_cache
from picturerail.gallery.cloud import CloudAccess
from picturerail.gallery.policy import Principal
from picturerail.settings import Settings


@dataclass(frozen=True)
class ActionContext:
    """Who asks, and the database, cloud and settings of the gallery."""

    who: Principal
    db: Database
    cloud: CloudAccess
    settings: Settings

    def renew_pages(self, *picture_ids: str) -> None:
        """These pictures or albums have changed: edges renew what shows them, and pages with the newest."""
        page_cache.renew(self.db, self.settings, picture_ids)

    def close_pages(self, *picture_ids: str) -> None:
        """The same at once, for what some may see no more: no edge shows its old copy while it asks."""
        page_cache.renew(self.db, self.settings, picture_ids, soft=False)
