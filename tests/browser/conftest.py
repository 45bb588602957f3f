"""A real Chromium, and pages in it that are watched for errors and foreign requests."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tests import pictures
from tests.browser.watch import Watch
from tests.service import Service
from tests.services import Services

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
FAR = "https://far.example/harbour.jpg"
BUOY = "https://far.example/buoy.jpg"
PATIENCE = 45_000  # milliseconds; other tests may be busy on the same cores
NAMES = ("astronaut", "cat", "coffee", "rocket")

Open = Callable[..., Page]


@pytest.fixture(scope="package")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium, without windows if that is there. `make test` installs it where it can."""
    path = shutil.which("chromium-headless-shell") or shutil.which("chromium")
    if path is None:
        pytest.fail("The browser tests need Chromium: run 'apt-get install chromium-headless-shell' as root.")
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def service(services: Services, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A program of the browser's tests alone, which knows two pictures on another host."""
    folder = tmp_path_factory.mktemp("far")
    far, buoy = fresh_photo(folder, "harbour.jpg", 70_000), fresh_photo(folder, "buoy.jpg", 70_001)
    with services.owned({"PICTURERAIL_FETCH_MAP": f"{FAR}={far},{BUOY}={buoy}"}) as running:
        yield running


@pytest.fixture(scope="package")
def session(chromium: Browser, service: Service) -> dict[str, Any]:
    """The cookies of the signed-in owner."""
    context = chromium.new_context(base_url=service.url)
    sign_in(context.new_page(), service)
    state: dict[str, Any] = dict(context.storage_state())
    context.close()
    return state


def sign_in(page: Page, service: Service) -> None:
    """Sign the owner in by the form."""
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(service.owner_email)
    page.get_by_label("Password").fill(service.owner_password)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("button", name="Sign out").wait_for()


@contextmanager
def pages_of(chromium: Browser, service: Service, session: dict[str, Any]) -> Iterator[Open]:
    """Makes pages, closes them in the end, and asserts that there were no errors on them."""
    contexts, watches = [], []

    def make(
        path: str = "", *, owner: bool = True, width: int = 1280, javascript: bool = True, **options: Any
    ) -> Page:
        context = chromium.new_context(
            base_url=service.url,
            storage_state=session if owner else None,  # type: ignore[arg-type]
            viewport={"width": width, "height": 900},
            java_script_enabled=javascript,
            **options,
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE)
        watches.append(Watch(page))
        if path:
            page.goto(path)
        return page

    yield make
    errors = [error for watch in watches for error in watch.errors]
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def open_page(chromium: Browser, service: Service, session: dict[str, Any]) -> Iterator[Open]:
    """Make pages: open_page("/gallery/", owner=True, width=1280, javascript=True). Errors on them fail the test."""
    with pages_of(chromium, service, session) as make:
        yield make


@pytest.fixture
def upload_page(open_page: Open) -> Page:
    page = open_page("/upload/")
    page.wait_for_load_state("networkidle")  # the page's own module comes after the page
    return page


@pytest.fixture(scope="session")
def photos(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Four photographs of different shapes."""
    folder = tmp_path_factory.mktemp("photos")
    return [pictures.saved(pictures.photo(name), folder / f"{name}.jpg", quality=90) for name in NAMES]


def fresh_photo(folder: Path, name: str, seed: int) -> Path:
    """A photograph that no other test has uploaded: its bytes carry the seed."""
    picture = pictures.photo("coffee")
    picture.putpixel((seed % picture.width, seed // picture.width), (255, 0, 255))
    return pictures.saved(picture, folder / name, quality=85, comment=f"picture {seed}")


@pytest.fixture(scope="package")
def hung(
    chromium: Browser, service: Service, session: dict[str, Any], tmp_path_factory: pytest.TempPathFactory
) -> list[str]:
    """Pages of a dozen pictures that hang in the gallery, newest first."""
    folder = tmp_path_factory.mktemp("hung")
    shapes = [(600, 400), (400, 600), (900, 300), (512, 512)]
    files = [pictures.photo(NAMES[n % 4], shapes[n % 4]) for n in range(12)]
    paths = [
        pictures.saved(file, folder / f"picture {n}.jpg", comment=f"hung {n}") for n, file in enumerate(files)
    ]
    context = chromium.new_context(base_url=service.url, storage_state=session)  # type: ignore[arg-type]
    page = context.new_page()
    page.goto("/upload/")
    page.set_input_files("#image", [str(path) for path in paths])
    done = page.locator(".upload-item[data-state=done]")
    expect(done).to_have_count(len(paths), timeout=120_000)
    links = done.locator("a[data-link=page]").evaluate_all("all => all.map((a) => a.getAttribute('href'))")
    context.close()
    return list(reversed(links))
