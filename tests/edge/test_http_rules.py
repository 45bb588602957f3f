"""Conditions, ranges and methods through an edge: the answers that the origin itself gives, cold and kept."""

import re
from collections.abc import Callable, Iterator
from functools import partial
from itertools import count
from urllib.parse import urlsplit

import cloudinary.uploader
import pytest

from tests.edge.site import Site, site
from tests.faults.uploads import account_of
from tests.files import jpeg
from tests.http_rules import PAGES, Ask, check_conditions, check_methods, check_page, check_ranges
from tests.media.http import Got, send

WAYS = ("original", "raw", "kept", "by Accept", "cold", "private", "static")
WIDTHS = count(100)


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A row of two: the first asks the second for what that owns, and keeps the rest itself."""
    with site(tmp_path_factory.mktemp("rules"), count=2) as running:
        yield running


@pytest.fixture(scope="module")
def addresses(behind: Site) -> dict[str, Callable[[], str]]:
    """The path of an address of each kind; that of `cold` is another one each time, with the same bytes."""
    account = account_of(behind.front)
    for options in ({"public_id": "rules"}, {"public_id": "rules", "type": "private"}):
        answer = cloudinary.uploader.upload(jpeg(80, 60), **account, **options)
        assert answer["bytes"]
    raw = cloudinary.uploader.upload(b"words " * 900, public_id="rules.txt", resource_type="raw", **account)
    private = urlsplit(answer["secure_url"]).path
    cloud = private.split("/")[1]
    sheet = re.search(rb'"(/static/app\.[^"]+\.css)"', behind.get("/")[2])
    assert sheet is not None
    fixed = {
        "original": f"/{cloud}/image/upload/rules.jpg",
        "raw": urlsplit(raw["secure_url"]).path,
        "kept": f"/{cloud}/image/upload/c_scale,w_40/rules.png",
        "by Accept": f"/{cloud}/image/upload/c_scale,f_auto,w_30/rules",
        "private": private,
        "static": sheet[1].decode(),
    }
    cold = {"cold": lambda: f"/{cloud}/image/upload/c_limit,w_{next(WIDTHS)}/e_grayscale/rules.png"}
    return {**{kind: lambda path=path: path for kind, path in fixed.items()}, **cold}  # type: ignore[misc]


@pytest.fixture
def visit(behind: Site) -> Callable[..., Got]:
    def one(path: str, method: str = "GET", **headers: str) -> Got:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return send(f"http://{behind.edges[0].edge.listen}{path}", method, headers=named)

    return one


@pytest.fixture(params=WAYS)
def ask(
    request: pytest.FixtureRequest, addresses: dict[str, Callable[[], str]], visit: Callable[..., Got]
) -> Ask:
    """Asks one way."""

    def one(method: str = "GET", **headers: str) -> Got:
        return visit(addresses[request.param](), method, **{"Accept": "image/webp", **headers})

    assert one().status == 200
    return one


def test_conditions(ask: Ask) -> None:
    check_conditions(ask, nginx=True)


def test_ranges(ask: Ask) -> None:
    check_ranges(ask, nginx=True)


def test_methods(ask: Ask) -> None:
    check_methods(ask)


@pytest.mark.parametrize("path", PAGES)
def test_pages(visit: Callable[..., Got], path: str) -> None:
    check_page(partial(visit, path))
