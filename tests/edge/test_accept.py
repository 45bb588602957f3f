"""The origin's reader of Accept headers and a real nginx put each browser into the same class."""

import random
import socket

from picturerail import image_formats
from picturerail.edge.format_class import ANY, OTHER, format_class
from tests.edge.conftest import SITE, Running
from tests.edge.origin import PNG, Origin

PATH = "/picturerail/image/upload/f_auto/x"
TYPES = (
    "image/avif",
    "image/webp",
    "IMAGE/AVIF",
    "image/*",
    "*/*",
    "image/avif-sequence",
    "ximage/avif",
    "image/webpx",
)
PARAMETERS = (
    *(
        "",
        "",
        ";q=0",
        ";q=0.0",
        ";q=0.000",
        ";q=0.",
        ";q=.0",
        ";q=0.5",
        ";q=1",
        ';q="0"',
        "; q = 0",
        ";Q=0",
        ";q=00",
    ),
    *(";q=0.0001", ";a=b", ';a="x,y"', ';a=";q=0"', ';a="\\",image/avif,"', ";=", ";q=", ";"),
)
NOISE = ("", "", "", "", " ", "\t", '"', "\\", ';a="', "=", "q=0", "\xe9", "{", "$", "'", ",")


def headers(count: int) -> list[str]:
    chance = random.Random(20261128)
    kinds = (TYPES, PARAMETERS, PARAMETERS, NOISE)

    def item() -> str:
        return "".join(chance.choice(kind) for kind in kinds)

    return [",".join(item() for _ in range(chance.randint(0, 4))).strip(" \t") for _ in range(count)]


def classes_at(edge: Running, accepts: list[str]) -> list[str]:
    """The Accept headers in whose name the edge answers these, one after the other over one connection."""
    host, _, port = edge.edge.listen.rpartition(":")
    found = []
    with (
        socket.create_connection((host, int(port)), timeout=10) as connection,
        connection.makefile("rb") as answer,
    ):
        for accept in accepts:
            head = f"GET {PATH} HTTP/1.1\r\nHost: {SITE}\r\nAccept: {accept}\r\n\r\n"
            connection.sendall(head.encode("latin-1"))
            status, *lines = (line.lower() for line in iter(answer.readline, b"\r\n"))
            assert status.split()[1] == b"200", accept
            length = next(int(line.split(b":")[1]) for line in lines if line.startswith(b"content-length"))
            # the test's origin names what it was asked
            found.append(answer.read(length).removeprefix(PNG).split()[1].decode())
    return found


def test_the_same_class_for_two_thousand_headers(edge: Running, origin: Origin) -> None:
    accepts = headers(2000)
    known = [image_formats.accept_class(accept) for accept in accepts]
    assert min(known.count(name) for name in image_formats.CLASSES) > 100, "each class is met"
    assert classes_at(edge, accepts) == [image_formats.accept_of(name) for name in known]
    assert len(origin.asked) == len(image_formats.CLASSES)


def test_the_origin_notes_a_copy_under_the_class_of_the_edge() -> None:
    assert [format_class(PATH, accept) for accept in ("image/avif;q=0,image/webp", "*/*")] == ["webp", OTHER]
    assert format_class("/picturerail/image/upload/w_10/x", "image/avif") == ANY
