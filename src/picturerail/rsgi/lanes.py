"""Which threads do which work of the media service, and which requests share one answer."""

from picturerail.conditions import CONDITIONS
from picturerail.door.coalescing import RequestKey
from picturerail.door.door import Entrance
from picturerail.door.head import Head
from picturerail.door.lanes import Lane
from picturerail.edge.origin_auth import guarded
from picturerail.image_formats import accept_class
from picturerail.media.app import App
from picturerail.media.delivery.cache.url_index import may_name
from picturerail.settings import Settings


class MediaLanes:
    """The classes of work of the media service: calls of its APIs, and pictures."""

    def __init__(self, settings: Settings, app: App) -> None:
        """Give each as many threads as it may need: most of those for pictures wait for image workers."""
        behind = guarded(settings, app.wsgi)
        self._delivery = f"/{settings.cloud_name}/"
        self._pictures = Entrance(
            Lane("pictures", settings.threads * 2, settings.threads * 16), behind, is_watched=True
        )
        self._calls = Entrance(Lane("calls", settings.threads, settings.threads * 16), behind)

    def __call__(self, head: Head) -> Entrance:
        """Where a request goes."""
        return self._pictures if head.path.startswith(self._delivery) else self._calls


class Pictures:
    """Which requests get the same answer: those for one public picture, when only path and Accept header say which."""

    def __init__(self, settings: Settings) -> None:
        """Pictures of the own cloud."""
        self._prefixes = tuple(f"/{settings.cloud_name}/image/{each}/" for each in ("upload", "private"))

    def __call__(self, head: Head) -> RequestKey | None:
        """The path, and the class of Accept headers; None for what may differ for each, as by a token."""
        if (
            head.method not in ("GET", "HEAD")
            or not head.path.startswith(self._prefixes)
            or may_name(head.query)
        ):
            return None
        if any(name in head.headers for name in ("cookie", "authorization", *CONDITIONS)):
            return None
        return f"{head.method} {head.path}", accept_class(head.headers.get("accept", ""))
