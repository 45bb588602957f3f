"""SVG: drawn at the size that is asked for, and nothing else done, loaded or told."""

import base64
import io
import signal
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from picturerail.errors import TooLarge, UnsupportedMedia
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.pixels.decode import svg
from picturerail.transform.probe import Limits
from tests import pictures
from tests.transform.conftest import Make

HEAD = (
    '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 40 20">'
)
HALVES = '<rect width="20" height="20" fill="red"/>'


def drawing(path: Path, body: str, head: str = HEAD, before: str = "") -> Path:
    path.write_text(f"{before}{head}{body}</svg>", encoding="utf-8")
    return path


@pytest.mark.parametrize("width", [7, 40, 400, 3000])
def test_edges_are_sharp_at_any_size(tmp_path: Path, make: Make, width: int) -> None:
    made = make(drawing(tmp_path / "a.svg", HALVES), f"w_{width}")
    with Image.open(made) as picture:
        pixels = np.asarray(picture.convert("RGBA"))
    assert pixels.shape[:2] == (round(width / 2 + 0.01), width)
    soft = (pixels[:, :, 3] > 8) & (pixels[:, :, 3] < 247)
    assert soft.any(axis=0).sum() <= 1
    assert abs((pixels[..., 3] > 127).mean() - 0.5) < 0.1


@pytest.mark.parametrize(
    ("head", "size"),
    [
        ('<svg xmlns="http://www.w3.org/2000/svg" width="60" height="30">', (60, 30)),
        ('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24">', (24, 24)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="100%" height="100%" viewBox="0 0 40 20">', (40, 20)),
        # as browsers show them: 96 dots to the inch
        ('<svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="30mm">', (189, 113)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="72pt" height="36pt">', (96, 48)),
        ('<svg xmlns="http://www.w3.org/2000/svg" width="2in" height="1pc">', (192, 16)),
    ],
)
def test_size_by_itself(tmp_path: Path, head: str, size: tuple[int, int]) -> None:
    info = probe.gather(drawing(tmp_path / "a.svg", HALVES, head), Limits()).info
    assert (info.format, info.width, info.height, info.has_alpha) == ("svg", *size, True)


@pytest.mark.parametrize("scale", [1.0, 2.0])
def test_a_drawing_keeps_the_size_that_it_was_found_to_have(tmp_path: Path, scale: float) -> None:
    """Those that came while an inch had 72 dots: what is planned with their sizes fits what is drawn."""
    path = drawing(
        tmp_path / "a.svg", HALVES, '<svg xmlns="http://www.w3.org/2000/svg" width="50mm" height="30mm">'
    )
    drawn = svg.load(path, scale, 142)
    assert (drawn.width, drawn.height) == (142 * scale, 85 * scale)


@pytest.mark.parametrize(
    "before",
    [
        "",
        "\ufeff",
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- Created with a program -->\n',
        '<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" "http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">',
        f"<!-- {'long ' * 500} -->",
        '<!DOCTYPE svg [<!ENTITY ns "http://www.w3.org/2000/svg">]>',
    ],
)
def test_what_may_stand_in_front(tmp_path: Path, before: str) -> None:
    assert probe.gather(drawing(tmp_path / "a.svg", HALVES, before=before), Limits()).info.format == "svg"


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8", "utf-8-sig"])
@pytest.mark.parametrize("before", ["", f"<!-- {'a licence ' * 20_000} -->\n"])
def test_letters_of_two_bytes_and_long_words_before(
    tmp_path: Path, make: Make, encoding: str, before: str
) -> None:
    """A mark of the order of bytes, or what the file says of itself, tells how it is written."""
    said = f'<?xml version="1.0" encoding="{encoding[:6]}"?>\n' if encoding[:6] == "utf-16" else ""
    path = tmp_path / "a.svg"
    path.write_bytes(f"{said}{before}{HEAD}{HALVES}</svg>".encode(encoding))
    assert probe.gather(path, Limits()).info.format == "svg"
    with Image.open(make(path, "w_80")) as made:
        pixels = np.asarray(made.convert("RGBA"))
    assert pixels.shape[:2] == (40, 80)
    assert tuple(pixels[20, 10]) == (255, 0, 0, 255)
    assert pixels[20, 70, 3] == 0


def test_endless_markup_is_no_drawing(tmp_path: Path) -> None:
    path = tmp_path / "a.svg"
    for content in (
        f"<!-- {'x' * 1_100_000} -->{HEAD}</svg>",
        "<!-- " * 300_000,
        "<?xml version='1.0'?><html/>",
    ):
        path.write_text(content)
        with pytest.raises(UnsupportedMedia):
            probe.gather(path, Limits())


def test_letters_are_drawn(tmp_path: Path, make: Make) -> None:
    source = drawing(tmp_path / "a.svg", '<text x="2" y="16" font-size="16" font-family="Arial">Hi</text>')
    with Image.open(make(source, "w_400")) as picture:
        assert (np.asarray(picture.convert("RGBA"))[..., 3] > 200).mean() > 0.02


@pytest.fixture
def listener() -> Iterator[tuple[str, list[str]]]:
    """An address of this machine, and what was asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", asked
    server.shutdown()
    thread.join()
    server.server_close()


def test_nothing_is_loaded(tmp_path: Path, make: Make, listener: tuple[str, list[str]]) -> None:
    """Neither from an address nor from a file of this machine."""
    address, asked = listener
    secret = pictures.saved(Image.new("RGB", (40, 20), "blue"), tmp_path / "secret.png")
    ways = (
        '<image href="{}" width="40" height="20"/>',
        '<image xlink:href="{}" width="40" height="20"/>',
        '<use href="{}#a"/>',
        "<style>@import url({}); rect {{ fill: url({}#a) }}</style><rect width='40' height='20'/>",
        '<rect width="40" height="20" style="fill:url({}#a) none"/>',
        '<filter id="f"><feImage href="{}"/></filter><rect width="40" height="20" fill="none" filter="url(#f)"/>',
        '<foreignObject width="40" height="20"><img xmlns="http://www.w3.org/1999/xhtml" src="{}"/></foreignObject>',
    )
    for way in ways:
        for target in (f"{address}/x.png", secret.as_uri(), str(secret), "secret.png"):
            made = make(
                drawing(tmp_path / "a.svg", way.replace("{{", "{").replace("}}", "}").replace("{}", target)),
                "",
            )
            with Image.open(made) as picture:
                seen = np.asarray(picture.convert("RGBA"))
            assert not ((seen[..., 2] > 200) & (seen[..., 0] < 50) & (seen[..., 3] > 0)).any(), (way, target)
    assert asked == []


def test_pictures_inside_are_drawn(tmp_path: Path, make: Make) -> None:
    file = io.BytesIO()
    Image.new("RGB", (4, 4), "blue").save(file, "PNG")
    uri = f"data:image/png;base64,{base64.b64encode(file.getvalue()).decode()}"
    body = f'<image href="{uri}" width="40" height="20" preserveAspectRatio="none"/>'
    made = make(drawing(tmp_path / "a.svg", body), "")
    assert list(pictures.pixels_of(made)[10, 20][:3]) == pytest.approx([0, 0, 255], abs=2)


def test_what_acts_is_taken_away(tmp_path: Path) -> None:
    body = (
        '<script>alert(1)</script><g onclick="alert(2)" ONLOAD="alert(3)"><a xlink:href="javascript:alert(4)">'
        '<rect width="5" height="5" fill="url(#here)"/></a></g><use href="#here"/>'
        '<image href="data:text/html;base64,PHNjcmlwdD4=" width="1" height="1"/>'
        "<foreignObject><iframe src='http://example.com'/></foreignObject>"
    )
    clean = svg.sanitised(drawing(tmp_path / "a.svg", body)).decode()
    for word in (
        "script",
        "alert",
        "onclick",
        "ONLOAD",
        "javascript",
        "foreignObject",
        "iframe",
        "text/html",
    ):
        assert word not in clean
    assert 'fill="url(#here)"' in clean
    assert 'href="#here"' in clean


BOMB = (
    '<!DOCTYPE svg [<!ENTITY a "aaaaaaaaaa">'
    + "".join(f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(8))
    + "]>"
)


@pytest.mark.parametrize(
    ("before", "body", "words"),
    [
        (BOMB, "<text>&i;</text>", "not well-formed"),
        (
            '<!DOCTYPE svg [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
            "<text>&x;</text>",
            "not well-formed",
        ),
        ("", "<g>" * 500 + "</g>" * 500, "nested"),
        ("", "<g/>" * 60_000, "elements"),
        ("", "<g>", "not well-formed"),
    ],
)
def test_drawings_that_are_refused(tmp_path: Path, before: str, body: str, words: str) -> None:
    with pytest.raises(UnsupportedMedia, match=words):
        probe.gather(drawing(tmp_path / "a.svg", body, before=before), Limits())


def test_drawing_without_a_size_is_refused(tmp_path: Path) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg">'
    with pytest.raises(UnsupportedMedia, match="viewBox"):
        probe.gather(drawing(tmp_path / "a.svg", "", head), Limits())


def test_drawing_of_a_huge_size_is_too_large(tmp_path: Path) -> None:
    head = '<svg xmlns="http://www.w3.org/2000/svg" width="30000" height="30000">'
    with pytest.raises(TooLarge):
        probe.gather(drawing(tmp_path / "a.svg", HALVES, head), Limits())


def test_drawing_has_less_time_than_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A filter that takes no time as it comes, and long in 700 pixels: the alarm comes early, for the drawing only."""
    wide = (
        '<filter id="f"><feMorphology operator="dilate" radius="6"/></filter>'
        '<rect width="20" height="9" filter="url(#f)"/>'
    )
    monkeypatch.setattr(svg, "MAX_SECONDS", 0.05)
    alarms: list[int] = []
    before = signal.signal(signal.SIGPROF, lambda number, _: alarms.append(number))
    signal.setitimer(signal.ITIMER_PROF, 300)
    try:
        svg.load(drawing(tmp_path / "a.svg", HALVES), 17)
        assert not alarms
        svg.load(drawing(tmp_path / "b.svg", wide), 17)
        assert alarms == [signal.SIGPROF]
        assert signal.getitimer(signal.ITIMER_PROF)[0] > 200
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
