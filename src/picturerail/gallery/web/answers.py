"""What templates ask of the policy: the decisions about who looks at the page, never a role."""

from dataclasses import dataclass

from picturerail.gallery.albums.model import Album
from picturerail.gallery.pictures.model import Picture
from picturerail.gallery.policy import Action, Principal, may


@dataclass(frozen=True)
class Answers:
    """The decisions about one principal, for templates."""

    who: Principal

    @property
    def add(self) -> bool:
        """Whether pictures may be added."""
        return may(self.who, Action.ADD)

    @property
    def change(self) -> bool:
        """Whether some pictures may be changed."""
        return may(self.who, Action.CHANGE)

    @property
    def share(self) -> bool:
        """Whether some things may be shared by a link."""
        return may(self.who, Action.SHARE)

    @property
    def import_folders(self) -> bool:
        """Whether pictures may be imported from folders of the server."""
        return may(self.who, Action.IMPORT)

    @property
    def manage_people(self) -> bool:
        """Whether accounts may be made, changed and removed."""
        return may(self.who, Action.MANAGE_PEOPLE)

    @property
    def read_handbook(self) -> bool:
        """Whether the documentation is shown."""
        return may(self.who, Action.READ_HANDBOOK)

    @property
    def see_activity(self) -> bool:
        """Whether the activity log may be read."""
        return may(self.who, Action.SEE_ACTIVITY)

    @property
    def empty_trash(self) -> bool:
        """Whether everything in the trash may be deleted for good."""
        return may(self.who, Action.EMPTY_TRASH)

    def change_album(self, album: Album) -> bool:
        """Whether this album may be changed."""
        return may(self.who, Action.CHANGE, album)

    @property
    def name_site(self) -> bool:
        """Whether the site's name and words may be written."""
        return may(self.who, Action.NAME_SITE)

    def change_picture(self, picture: Picture) -> bool:
        """Whether this picture may be changed."""
        return may(self.who, Action.CHANGE, picture)
