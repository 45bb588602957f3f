"""Our service as the suite meets it: a fresh data folder, and one address answered from a file."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conformance.source import prepare_suite
from tests.service import Service

REMOTE_LOGO = "http://cloudinary.com/images/old_logo.png"


@contextmanager
def conformance_service(folder: Path) -> Iterator[str]:
    """Run the service with its data in `folder`; the CLOUDINARY_URL that leads to it.

    Three tests make the server fetch a picture from the vendor's site; the fetch map stands in for that site.
    """
    logo = prepare_suite() / "test" / "resources" / "logo.png"
    with Service(folder / "data", env={"PICTURERAIL_FETCH_MAP": f"{REMOTE_LOGO}={logo}"}) as service:
        yield service.cloudinary_url
