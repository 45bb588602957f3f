"""Three sizes of pictures, which the address says; links keep it."""

import html
import re

from flask.testing import FlaskClient

from tests.gallery.conftest import Maker


def test_the_address_says_how_large_pictures_are(client: FlaskClient, make: Maker) -> None:
    make()
    widths = {}
    for density in ("small", "medium", "large"):
        page = client.get(f"/gallery/?density={density}&order=taken").text
        assert (f'class="rows is-{density}"' in page) == (density != "medium")
        row = "min(3.3rem + 13.6vw,13rem + 4.2vw)"
        found = re.search(r'sizes="min\(100vw,R\*([0-9.]+)\)"', page.replace(row, "R"))
        assert found
        widths[density] = float(found[1])
        links = [
            html.unescape(link) for link in re.findall(r'<a href="([^"]+)"[^>]* title="\w+ pictures"', page)
        ]
        assert links == [
            "/gallery/?order=taken&density=small",
            "/gallery/?order=taken",
            "/gallery/?order=taken&density=large",
        ]
    assert widths["small"] < widths["medium"] < widths["large"]
    assert 'class="rows"' in client.get("/gallery/?density=huge").text


def test_pages_and_the_choice_of_pictures_keep_the_size(owner: FlaskClient, make: Maker) -> None:
    for _ in range(61):
        make()
    page = html.unescape(owner.get("/gallery/?density=small").text)
    assert re.search(r'rel="next" href="/gallery/\?[^"]*density=small[^"]*after=', page)
    assert "/gallery/?select=1&density=small" in page
    chosen = html.unescape(owner.get("/gallery/?density=small&select=1").text)
    assert '<div class="rows is-small">' in chosen
    assert 'href="/gallery/?density=small" data-done' in chosen
