"""Photograph every page of a running gallery full of pictures: python -m bench.screenshots --photos DIR --into DIR.

At 360, 1280 and 2560 pixels, in light and dark, with JavaScript and without. Made to be looked at. With --readme the
one picture of the README is made instead, of photographs with a free licence that come with scikit-image.
"""

import argparse
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page

from bench.gallery.browser import chromium
from tests.pictures import photo, saved
from tests.service import Service

WIDTHS = {360: 740, 1280: 860, 2560: 1440}  # and heights
PAGES = {
    "landing": "/",
    "gallery": "/gallery/",
    "search": "/gallery/?q=red",
    "select": "/gallery/?select=1",
    "nothing-found": "/gallery/?q=yelow",
    "picture": "{picture}",
    "edit": "{picture}/edit",
    "editor": "{picture}/editor",
    "filters": "/gallery/filters",
    "small": "/gallery/?density=small",
    "large": "/gallery/?density=large",
    "albums": "/albums/",
    "timeline": "/timeline/",
    "favourites": "/favourites/",
    "review": "/review/",
    "upload": "/upload/",
    "trash": "/trash/",
    "account": "/account",
    "people": "/people/",
    "sign-in": "/sign-in",
    "nothing-here": "/nowhere",
}
FREE = {  # the last ones hang in front
    "coins": "Greek coins from Pompeii",
    "grass": "Grass",
    "moon": "The surface of the moon",
    "camera": "A man with a camera",
    "immunohistochemistry": "Tissue under the microscope",
    "brick": "A wall of bricks",
    "coffee": "A cup of coffee",
    "retina": "A retina",
    "rocket": "A rocket on its pad",
    "cat": "A cat, looking up",
    "hubble_deep_field": "Galaxies, far away",
    "astronaut": "An astronaut",
}
README = Path("docs/images/gallery.png")
README_SIZE = (1024, 800)
GUIDE = {  # the pages that docs/use.md shows
    "landing": "/",
    "upload": "/upload/",
    "gallery": "/gallery/",
    "picture": "{picture}",
    "edit": "{picture}/edit",
    "select": "/gallery/?select=1",
    "albums": "/albums/",
    "trash": "/trash/",
    "people": "/people/",
    "account": "/account",
    "site": "/site/",
}
GUIDE_FOLDER = Path("docs/images/use")


@dataclass(frozen=True)
class Shot:
    """How a page is looked at."""

    width: int
    scheme: str
    javascript: bool

    def __str__(self) -> str:
        return f"{self.width}-{self.scheme}{'' if self.javascript else '-plain'}"


def main() -> None:
    """Start a gallery on a folder that is thrown away afterwards, fill it, photograph it."""
    parser = argparse.ArgumentParser(prog="python -m bench.screenshots", description=__doc__)
    parser.add_argument("--photos", type=Path, metavar="DIR", help="a folder of camera JPEGs to hang up")
    parser.add_argument("--into", type=Path, default=Path("build/screenshots"), metavar="DIR")
    parser.add_argument("--readme", action="store_true", help=f"make {README} and nothing else")
    parser.add_argument(
        "--guide", action="store_true", help="make the pictures of docs/use.md and nothing else"
    )
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory() as folder,
        Service(Path(folder) / "data") as service,
        chromium() as browser,
    ):
        service.add_user("owner@example.com", "owner", password=secrets.token_urlsafe(12))
        free = given.readme or given.guide or given.photos is None
        photos = free_photographs(Path(folder)) if free else sorted(given.photos.glob("*.jpg"))
        with signed_in(browser, service) as context:
            newest = hang(context.new_page(), photos)
            state = context.storage_state()
        if given.readme:
            shoot_readme(browser, service)
            return
        if given.guide:
            shoot_guide(browser, service, newest, state)
            return
        given.into.mkdir(parents=True, exist_ok=True)
        for shot in shots():
            with closing(browser, service, shot, state) as page:
                shoot(page, shot, newest, given.into)


def shots() -> Iterator[Shot]:
    """Every way of looking."""
    for width in WIDTHS:
        for scheme in ("light", "dark"):
            for javascript in (True, False):
                yield Shot(width, scheme, javascript)


def free_photographs(folder: Path) -> list[Path]:
    """Photographs that may be published, named as a person would name them."""
    return [
        saved(photo(name).convert("RGB"), folder / f"{title}.jpg", quality=92) for name, title in FREE.items()
    ]


@contextmanager
def signed_in(browser: Browser, service: Service) -> Iterator[BrowserContext]:
    """A browser in which the owner has signed in."""
    context = browser.new_context(base_url=service.url)
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(service.owner_email)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()
    yield context
    context.close()


def hang(page: Page, photos: list[Path]) -> str:
    """Upload photographs, put one into the trash, and return the address of the newest."""
    page.goto("/upload/")
    page.set_input_files("#image", [str(path) for path in photos])
    page.locator("[data-unfinished=false]").wait_for(timeout=300_000)
    for field, path in zip(page.locator(".upload-item textarea").all(), photos, strict=False):
        field.fill(path.stem.replace("-", " ").capitalize())
    page.get_by_role("heading").first.click()
    page.wait_for_load_state("networkidle")
    page.goto("/gallery/")
    oldest = page.locator(".tile").last.get_attribute("href") or ""
    newest = page.locator(".tile").first.get_attribute("href") or ""
    page.goto(oldest)
    page.get_by_role("button", name="Delete").click()
    page.get_by_role("button", name="Undo").wait_for()
    return newest


@contextmanager
def closing(browser: Browser, service: Service, shot: Shot, state: object) -> Iterator[Page]:
    """A page of the owner's that looks in this way."""
    context = browser.new_context(
        base_url=service.url,
        storage_state=state,  # type: ignore[arg-type]
        viewport={"width": shot.width, "height": WIDTHS[shot.width]},
        device_scale_factor=2 if shot.width == min(WIDTHS) else 1,
        color_scheme=shot.scheme,  # type: ignore[arg-type]
        java_script_enabled=shot.javascript,
    )
    yield context.new_page()
    context.close()


def shoot(page: Page, shot: Shot, newest: str, into: Path) -> None:
    """Photograph every page, and the viewer."""
    for name, path in PAGES.items():
        page.goto(path.format(picture=newest))
        page.wait_for_load_state("networkidle")
        if shot.javascript:
            scroll_through(page)
        page.screenshot(path=into / f"{name}-{shot}.png", full_page=True)
    if shot.javascript:
        page.goto("/gallery/")
        page.locator(".tile").nth(1).click()
        page.locator(".pswp--open[aria-modal=true]").wait_for()
        page.wait_for_load_state("networkidle")
        page.screenshot(path=into / f"viewer-{shot}.png")


def scroll_through(page: Page) -> None:
    """Let the lazy pictures come, and fade in."""
    for top in range(0, int(page.evaluate("document.body.scrollHeight")), 500):
        page.evaluate("(top) => scrollTo(0, top)", top)
        page.wait_for_timeout(60)
    page.wait_for_load_state("networkidle")
    page.evaluate("scrollTo(0, 0)")
    page.wait_for_timeout(600)


def shoot_readme(browser: Browser, service: Service) -> None:
    """The first window of the landing page, small enough for a README."""
    width, height = README_SIZE
    context = browser.new_context(base_url=service.url, viewport={"width": width, "height": height})
    page = context.new_page()
    page.goto("/")
    scroll_through(page)
    README.parent.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=README)
    context.close()


def shoot_guide(browser: Browser, service: Service, newest: str, state: object) -> None:
    """Each page of the gallery as its owner sees it, small enough for docs."""
    GUIDE_FOLDER.mkdir(parents=True, exist_ok=True)
    context = browser.new_context(
        base_url=service.url,
        storage_state=state,  # type: ignore[arg-type]
        viewport={"width": 880, "height": 640},
    )
    page = context.new_page()
    for name, path in GUIDE.items():
        page.goto(path.format(picture=newest))
        scroll_through(page)
        page.screenshot(path=GUIDE_FOLDER / f"{name}.jpg", type="jpeg", quality=72)
    context.clear_cookies()
    page.goto("/sign-in")
    page.screenshot(path=GUIDE_FOLDER / "sign-in.jpg", type="jpeg", quality=72)
    context.close()


if __name__ == "__main__":
    main()
