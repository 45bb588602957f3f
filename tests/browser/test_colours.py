"""What Chromium shows of files that say their colour space, and what we make of them: the same."""

import base64
from collections.abc import Sequence
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from picturerail.transform.grammar import parse
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import Output, make_plan
from picturerail.transform.probe import Limits
from tests import pictures
from tests.transform.colour import files

TYPES = {"avif": "image/avif", "png": "image/png"}
SHOWN = """async (uri) => {
    const image = new Image();
    image.src = uri;
    await image.decode();
    const canvas = document.createElement("canvas");
    [canvas.width, canvas.height] = [image.width, image.height];
    const context = canvas.getContext("2d");
    context.drawImage(image, 0, 0);
    return Array.from(context.getImageData(8, 8, 1, 1).data).slice(0, 3);
}"""


def all_files(folder: Path) -> list[Path]:
    """Everything that Chromium understands: nclx boxes, cICP, gAMA and cHRM."""
    made = [files.avif(folder / f"primaries-{n}.avif", n, 13) for n in (1, 2, 4, 5, 6, 7, 8, 9, 11, 12, 22)]
    made += [files.avif(folder / f"transfer-{n}.avif", 1, n) for n in (1, 2, 4, 5, 6, 7, 8, 13, 14, 15, 17)]
    made += [
        files.png(folder / f"cicp-{p}-{t}.png", [files.cicp(p, t)])
        for p, t in ((12, 13), (9, 13), (1, 8), (1, 1), (9, 14), (1, 4))
    ]
    for name, gamma in (("1", 1.0), ("055", 0.55), ("045", 0.45455), ("03", 0.3)):
        made.append(files.png(folder / f"gama-{name}.png", [files.gama(gamma)]))
        made.append(files.png(folder / f"gama-{name}-grey.png", [files.gama(gamma)], (128,)))
        chunks = [files.gama(gamma), files.chrm(files.ADOBE)]
        made.append(files.png(folder / f"gama-{name}-adobe.png", chunks))
    made.append(files.png(folder / "p3-gama.png", [files.gama(0.45455), files.chrm(files.DISPLAY_P3)]))
    made.append(files.png(folder / "chrm.png", [files.chrm(files.ADOBE)]))
    made.append(files.png(folder / "srgb.png", [(b"sRGB", b"\0"), files.gama(1.0)]))
    return made


def ours(source: Path, target: Path) -> Sequence[int]:
    info = probe.gather(source, Limits()).info
    execute.render(source, make_plan(parse("w_16"), info, Output("png")), target, Limits(), {})
    return [int(value) for value in pictures.pixels_of(target)[8, 8][:3]]


def test_colours_are_those_that_chromium_shows(chromium: Browser, tmp_path: Path) -> None:
    page = chromium.new_page()
    different = {}
    for file in all_files(tmp_path):
        uri = f"data:{TYPES[file.suffix[1:]]};base64,{base64.b64encode(file.read_bytes()).decode()}"
        shown = page.evaluate(SHOWN, uri)
        made = ours(file, tmp_path / "made.png")
        if shown != pytest.approx(made, abs=2):
            different[file.name] = (shown, made)
    page.close()
    assert not different
