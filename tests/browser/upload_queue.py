"""What tests of the upload queue share: photographs to send, and the rows of the queue."""

import itertools
import re
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import Locator, Page, expect

from tests import pictures
from tests.browser.conftest import fresh_photo

UPLOADS = re.compile(r"/v1_1/[^/]+/image/upload$")
seeds = itertools.count(1)


def photo(folder: Path, name: str) -> str:
    return str(fresh_photo(folder, name, next(seeds)))


def large_photo(folder: Path, name: str) -> Path:
    """One of several parts of an upload: noise, which nothing makes small."""
    noise = np.random.default_rng(next(seeds)).integers(0, 256, (2900, 2900, 3), np.uint8)
    return pictures.saved(Image.fromarray(noise), folder / name, compress_level=1)


def item(page: Page, name: str, state: str) -> None:
    """Wait until the row of a file is in a state."""
    expect(row(page, name)).to_have_attribute("data-state", state, timeout=60_000)


def row(page: Page, name: str) -> Locator:
    """The row of a file, by its name: what else stands in a row tells of all albums, too."""
    return page.locator(".upload-item", has=page.locator(".upload-name", has_text=name))
