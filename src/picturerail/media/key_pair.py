"""An API key with its secret, and what its holder may do."""

from dataclasses import dataclass
from datetime import datetime

ALL, UPLOAD, READ = "all", "upload", "read"
ROLES = {
    ALL: "everything",
    UPLOAD: "upload what is new, and nothing else",
    READ: "list, search and load, and change nothing",
}
_MAKERS = ("/generate_archive", "/sprite", "/multi")  # by GET, too, they keep what they make
_UPLOADS = ("/upload", "/upload_chunked", "/direct_upload")
_SEARCHES = ("/search", "/visual_search")  # asked by POST


@dataclass(frozen=True)
class KeyPair:
    """One pair of the account, by its name."""

    key: str
    secret: str
    name: str
    role: str
    created_at: datetime | None = None
    used_at: datetime | None = None
    disabled: bool = False

    def may(self, method: str, path: str) -> bool:
        """Whether its holder may call an endpoint, by its path behind the cloud's name."""
        if self.role == ALL or path == "/ping":
            return True
        if self.role == READ:
            return path.endswith(_SEARCHES) or (method == "GET" and not path.endswith(_MAKERS))
        return self.role == UPLOAD and method in ("POST", "PUT") and path.endswith(_UPLOADS)
