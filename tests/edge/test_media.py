"""The real media service behind a row of two edges: what is made once, and what is for one visitor alone."""

import asyncio
import io
import os
import re
import signal
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

import cloudinary.api
import cloudinary.uploader
import pytest
from cloudinary import auth_token
from PIL import Image, ImageColor

from bench.media.counting import CountedWorkers
from bench.parts.processes import command, tree
from tests.edge.site import Site, site
from tests.faults.uploads import account_of, unique_jpeg
from tests.service import wait_until

KEY = "00112233445566778899aabbccddeeff"
VISITORS = 1000


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    with site(tmp_path_factory.mktemp("media"), count=2, env={"PICTURERAIL_AUTH_TOKEN_KEY": KEY}) as running:
        yield running


def upload(behind: Site, **options: Any) -> str:
    """The path of a new original, without a signature."""
    return upload_bytes(behind, unique_jpeg(hash(str(options)) % 2**32, (2000, 1500)), **options)


def upload_bytes(behind: Site, content: bytes, **options: Any) -> str:
    answer = cloudinary.uploader.upload(io.BytesIO(content), **account_of(behind.front), **options)
    return re.sub("/s--[^/]+--", "", urlsplit(answer["secure_url"]).path)


def derived(path: str, transformation: str) -> str:
    head, _, tail = path.rpartition("/v")
    return f"{head}/{transformation}/v{tail}"


async def _visit(behind: Site, edge: int, path: str) -> bytes:
    host, _, port = behind.edges[edge].edge.listen.partition(":")
    reader, writer = await asyncio.open_connection(host, int(port))
    site_name = behind.edges[0].edge.listen
    writer.write(f"GET {path} HTTP/1.1\r\nHost: {site_name}\r\nConnection: close\r\n\r\n".encode())
    answer = await reader.read()
    writer.close()
    return answer


def test_a_thousand_first_requests_over_two_edges_are_one_transformation(behind: Site) -> None:
    """Counted before the image workers themselves, not at the origin's door."""
    path = derived(upload(behind, public_id="crowd"), "c_scale,w_777,e_sharpen,q_80,f_auto")

    async def crowd() -> list[bytes]:
        return await asyncio.gather(*(_visit(behind, number % 2, path) for number in range(VISITORS)))

    with CountedWorkers(behind.service.data / "run/images.sock") as workers, ThreadPoolExecutor(1) as apart:
        answers = apart.submit(asyncio.run, crowd()).result()
    assert Counter(answer.split(b" ", 2)[1] for answer in answers) == {b"200": VISITORS}
    assert len({answer.partition(b"\r\n\r\n")[2] for answer in answers}) == 1
    assert workers.jobs["render"] == 1, workers.jobs


@pytest.mark.parametrize("way", ["query", "cookie"])
def test_a_token_opens_for_its_visitor_and_for_nobody_else(behind: Site, way: str) -> None:
    path = derived(upload(behind, public_id=f"closed-{way}", type="authenticated"), "w_100")
    token = auth_token.generate(key=KEY, duration=60, acl="/picturerail/image/authenticated/*")
    others = "session=secret; theme=dark"
    for edge, cache in ((0, "MISS"), (1, "MISS"), (0, "REVALIDATED")):  # each edge of the row for itself
        assert behind.get(path, edge=edge)[0] == 401
        if way == "query":
            status, headers, body = behind.get(f"{path}?{token}", {"Cookie": others}, edge=edge)
        else:
            status, headers, body = behind.get(path, {"Cookie": f"{others}; {token}; x=y"}, edge=edge)
        assert (status, body[:2]) == (200, b"\xff\xd8")
        assert (headers["Cache-Control"], headers["X-Accel-Expires"]) == ("private, max-age=3600", None)
        assert headers["X-Cache"] == cache
    assert behind.get(path)[0] == 401, "none of it is for whoever has no token"
    wrong = auth_token.generate(key=KEY[::-1], duration=60, acl="/*")
    assert behind.get(path, {"Cookie": wrong})[0] == 401


def test_a_token_for_one_address_knows_the_visitor_through_the_row(behind: Site) -> None:
    path = derived(upload(behind, public_id="addressed", type="authenticated"), "w_100")
    for address, status in (("127.0.0.1", 200), ("192.0.2.7", 401)):
        token = auth_token.generate(key=KEY, duration=60, acl="/*", ip=address)
        for edge in (0, 1):
            got = behind.get(path, {"Cookie": token, "X-Edge-Client": "192.0.2.7"}, edge=edge)
            assert got[0] == status, "the edge's word counts, not the visitor's"


def test_hints_choose_the_size_for_each_browser_and_plain_addresses_do_not_hear_them(behind: Site) -> None:
    path = upload(behind, public_id="hinted")
    automatic, plain = derived(path, "w_auto,c_scale"), derived(path, "w_300,c_scale")
    for wide in (200, 400, 200):
        hints = {"Sec-CH-Width": str(wide), "Sec-CH-DPR": "1.0"}
        for edge in (0, 1):
            status, headers, body = behind.get(automatic, hints, edge=edge)
            assert (status, headers["X-Cache"]) == (200, "BYPASS")
            assert abs(Image.open(io.BytesIO(body)).width - wide) <= 100, "the next step of widths"
            assert Image.open(io.BytesIO(behind.get(plain, hints, edge=edge)[2])).width == 300
    sizes = {
        Image.open(io.BytesIO(behind.get(automatic, {"Sec-CH-Width": w})[2])).width for w in ("200", "900")
    }
    assert len(sizes) == 2
    assert behind.get(plain)[1]["X-Cache"] == "HIT"


def test_a_named_transformation_that_changes_changes_at_edges(behind: Site) -> None:
    """Its addresses are not immutable, whatever version they name; and edges forget what it made."""
    account = account_of(behind.front)
    cloudinary.api.create_transformation("inner", "c_scale,w_30", **account)
    cloudinary.api.create_transformation("outer", "t_inner/e_grayscale", **account)
    path = upload(behind, public_id="named")

    def widths() -> list[int]:
        paths = [derived(path, name) for name in ("t_inner", "t_outer", "c_scale,w_60/t_inner")]
        answers = [behind.get(each, edge=number) for each in paths for number in (0, 1)]
        assert {headers["Cache-Control"] for _, headers, _ in answers} == {"public, max-age=60"}
        return [Image.open(io.BytesIO(body)).width for _, _, body in answers]

    assert widths() == [30] * 6
    cloudinary.api.update_transformation("inner", unsafe_update="c_scale,w_20", **account)
    wait_until(lambda: widths() == [20] * 6)
    cloudinary.api.delete_transformation("outer", **account)
    wait_until(lambda: behind.get(derived(path, "t_outer"))[0] == 400)


def test_a_layer_that_is_replaced_changes_at_edges(behind: Site) -> None:
    """What lies on a picture may change without a new version of the picture: below a name, too."""
    account = account_of(behind.front)
    cloudinary.api.create_transformation("marked", "w_60/l_marks:star,w_60,h_40/fl_layer_apply", **account)
    path = upload(behind, public_id="underneath")

    def shows(colour: str) -> bool:
        texts = ("w_60/l_marks:star,w_60,h_40/fl_layer_apply", "t_marked", "w_90/t_marked")
        paths = [derived(path, f"{text}/f_png") for text in texts]
        answers = [behind.get(each, edge=number) for each in paths for number in (0, 1)]
        assert {headers["Cache-Control"] for _, headers, _ in answers} == {"public, max-age=60"}
        pixels = {Image.open(io.BytesIO(body)).convert("RGB").getpixel((5, 5)) for _, _, body in answers}
        return pixels == {ImageColor.getrgb(colour)}

    upload_bytes(behind, png("red"), public_id="marks/star")
    assert shows("red")
    upload_bytes(behind, png("blue"), public_id="marks/star")
    wait_until(lambda: shows("blue"))


def png(colour: str) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(buffer, "png")
    return buffer.getvalue()


def public_workers(behind: Site) -> list[int]:
    """The processes that answer visitors: children of the web server with the public door."""
    assert behind.service.process is not None
    parts = tree(behind.service.process.pid)
    server = next(pid for pid in parts if "picturerail.rsgi.public" in command(pid))
    return tree(server)[1:]


def _uploaded_soon(behind: Site, content: bytes, name: str) -> str:
    """As soon as uploads are taken again: an edge passes none on twice, and workers were killed a moment ago."""
    answers: list[str] = []

    def is_taken() -> bool:
        try:
            answers.append(upload_bytes(behind, content, public_id=name))
        except cloudinary.exceptions.Error:
            return False
        return True

    wait_until(is_taken)
    return answers[0]


def test_workers_that_are_killed_at_once_lose_no_purge(behind: Site) -> None:
    """The answer has left, the purge has not: whoever serves next, or the media server, delivers it."""
    for round_ in range(4):
        old, new = (unique_jpeg(1000 * round_ + number, (200, 100)) for number in (1, 2))
        path = derived(_uploaded_soon(behind, old, f"killed-{round_}"), "w_50")
        before = behind.get(path)[2]
        assert behind.get(path, edge=1)[2] == before
        upload_bytes(behind, new, public_id=f"killed-{round_}")
        for pid in public_workers(behind):
            os.kill(pid, signal.SIGKILL)

        def is_new(path: str = path, before: bytes = before) -> bool:
            found = [behind.get(path, edge=edge) for edge in (0, 1)]
            return all(status == 200 and body != before for status, _, body in found)

        wait_until(is_new)
