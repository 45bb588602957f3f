"""Boundaries of forms are found as Werkzeug finds them, without an expression made for each."""

import random
import re
from contextlib import suppress
from io import BytesIO
from unittest.mock import patch

import pytest
from werkzeug.sansio.multipart import MultipartDecoder

from picturerail.form_decoder import FormDecoder

PIECES = (
    b"--",
    b"b",
    b"b--",
    b"--b",
    b"\r",
    b"\n",
    b"\r\n",
    b" ",
    b"\t",
    b"x",
    b"\x0b",
    b"--b--",
    b"\r\n--b\r\n",
)


@pytest.mark.parametrize("seed", range(8))
def test_a_boundary_is_found_where_the_expressions_of_werkzeug_find_it(seed: int) -> None:
    chosen = random.Random(seed)
    boundary = chosen.choice((b"b", b"b.b+", b"--b", b"bb"))
    ours, theirs = FormDecoder(boundary), MultipartDecoder(boundary)
    found = 0
    for _ in range(3000):
        data = bytearray(
            b"".join(chosen.choices((*PIECES, boundary, b"--" + boundary), k=chosen.randint(1, 12)))
        )
        first = chosen.randint(0, 3)
        for one, other in ((ours.preamble_re, theirs.preamble_re), (ours.boundary_re, theirs.boundary_re)):
            expected = other.search(data, first)
            seen = one.search(data, first)
            assert (seen is None) == (expected is None), (data, first)
            if seen is not None and expected is not None:
                found += 1
                assert (seen.start(), seen.end(), seen.group(1)) == (
                    expected.start(),
                    expected.end(),
                    expected.group(1),
                ), (data, first)
    assert found > 500


def test_no_expression_is_compiled_for_the_boundary_of_a_form() -> None:
    FormDecoder(b"first")
    with patch("re._compiler.compile", side_effect=AssertionError) as compiled:
        decoder = FormDecoder(b"second")
        events = decoder.events(
            BytesIO(b'--second\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--second--\r\n'), 1024
        )
        kinds = [type(event).__name__ for event in events]
        assert not compiled.called
        with suppress(AssertionError):
            re.compile("never before")
        assert compiled.called
    assert kinds == ["Preamble", "Field", "Data", "Epilogue"]
