"""What signed links to files take."""

from msgspec import UNSET

from picturerail.media.schemas.parameters import Flag, Moment, Signed, Text


class TaggedFiles(Signed, frozen=True, kw_only=True):
    """The assets of a tag, and what is made of each."""

    tag: str
    transformation: Text = UNSET
    expires_at: Moment = UNSET


class Download(Signed, frozen=True, kw_only=True):
    """An original, and how it is saved."""

    public_id: str
    type: Text = UNSET
    attachment: Flag = UNSET
    target_filename: Text = UNSET
    expires_at: Moment = UNSET


class BackupDownload(Signed, frozen=True, kw_only=True):
    """A version of an asset that is backed up."""

    asset_id: str
    version_id: str
    expires_at: Moment = UNSET
