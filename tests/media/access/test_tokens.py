"""Tokens and client hints without HTTP; the official SDK makes the tokens."""

from typing import Any

import pytest
from cloudinary import auth_token

from picturerail.media.access import tokens
from picturerail.media.access.tokens import TokenTarget, find_token, is_valid
from picturerail.media.delivery.client_hints import READ, resolved
from picturerail.signing import SHORT_TOKEN_HMAC

KEY = "00112233FF99"
NOW = 1_700_000_000
PATH = "/cloud/image/authenticated/v1/a b.jpg"
ASKED = TokenTarget(
    (PATH, "/cloud/image/authenticated/v1/a%20b.jpg", "/image/authenticated/v1/a b.jpg"), "1.2.3.4"
)


def token(**options: Any) -> str:
    made = {"key": KEY, "start_time": NOW - 10, "expiration": NOW + 100, **options}
    return str(auth_token.generate(**made)).partition("=")[2]


@pytest.mark.parametrize(
    "options",
    [
        {"url": PATH},
        {"url": "/cloud/image/authenticated/v1/a%20b.jpg"},
        {"acl": "/image/authenticated/*"},
        {"acl": "/cloud/image/*"},
        {"acl": ["/video/*", "/image/*/v1/*.jpg"]},
        {"acl": "*"},
        {"url": PATH, "ip": "1.2.3.4"},
        {"url": PATH, "start_time": None},
        {"acl": "/image/*", "start_time": NOW, "expiration": NOW},
    ],
)
def test_the_sdks_tokens_open(options: dict[str, Any]) -> None:
    assert is_valid(token(**options), KEY, ASKED, NOW)


def test_digits_count_in_capitals_too() -> None:
    told, digits = token(url=PATH).split("~hmac=")
    assert is_valid(f"{told}~hmac={digits.upper()}", KEY, ASKED, NOW)


@pytest.mark.parametrize(
    "options",
    [
        {"url": PATH, "expiration": NOW - 1},
        {"url": PATH, "start_time": NOW + 1},
        {"url": PATH, "ip": "1.2.3.5"},
        {"url": PATH, "key": "00112233FF98"},
        {"url": "/cloud/image/authenticated/v1/b.jpg"},
        {"url": PATH + "x"},
        {"acl": "/image/authenticated"},
        {"acl": "/image/authenticated/"},
        {"acl": "/image/private/*"},
        {"acl": "image/*"},
        {"acl": "/image/authenticated/v1/?*"},
        {"acl": "/image/authenticated/v1/a.b.jpg"},
        {"acl": ["/video/*", "/raw/*"]},
    ],
)
def test_other_tokens_do_not(options: dict[str, Any]) -> None:
    assert not is_valid(token(**options), KEY, ASKED, NOW)


def test_no_byte_of_a_token_can_be_changed() -> None:
    for good in (token(url=PATH), token(acl="/image/authenticated/*", ip="1.2.3.4")):
        for at in range(len(good)):
            changed = good[:at] + ("0" if good[at] != "0" else "1") + good[at + 1 :]
            assert not is_valid(changed, KEY, ASKED, NOW), changed
            is_half = at == len(good) - SHORT_TOKEN_HMAC
            assert is_valid(good[:at], KEY, ASKED, NOW) == is_half
            if is_half:
                assert not is_valid(good[: at - 1] + ("0" if good[at - 1] != "0" else "1"), KEY, ASKED, NOW)


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.partition("~hmac=")[0],
        lambda text: text.partition("~hmac=")[0] + "~hmac=",
        lambda text: text.replace("acl=%2fimage%2fprivate%2f*", "acl=*"),
        lambda text: f"acl=*~{text}",
        lambda text: f"exp=99999999999~{text}",
        lambda text: text.replace("st=", "st=0"),
        lambda text: f"{text}~acl=*",
        lambda text: f"x=1~{text}",
        lambda text: text.upper(),
        lambda text: "~" + text,
        lambda text: "",
        lambda text: "~".join(reversed(text.split("~"))),
        lambda text: text + "\n",
        lambda text: text.replace("exp=", "exp=٣"),
    ],
)
def test_widened_tokens_do_not_open(change: Any) -> None:
    private = token(acl="/image/private/*")
    assert not is_valid(change(private), KEY, ASKED, NOW)


def test_nothing_opens_without_a_key() -> None:
    assert not is_valid(token(url=PATH, key=""), "", ASKED, NOW)


def test_where_a_token_may_stand() -> None:
    good = token(acl="/image/*")
    assert find_token(f"a=b&{tokens.NAME}={good}", "") == good
    assert find_token("", f"a=b; {tokens.NAME}={good}; c=d") == good
    assert find_token(f"{tokens.NAME}={good.replace('~', '%7E').replace('=', '%3D')}", "") == good.replace(
        "%2f", "/"
    )
    assert find_token(f"x{tokens.NAME}={good}", f"x{tokens.NAME}={good}") == ""


# ---- client hints -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("transformation", "headers", "expected"),
    [
        ("w_auto,c_scale", {"sec-ch-width": "333"}, "w_400,c_scale"),
        ("w_auto", {"sec-ch-width": "800", "sec-ch-dpr": "2"}, "w_400"),
        ("w_auto,dpr_auto", {"sec-ch-width": "800", "sec-ch-dpr": "2"}, "w_400,dpr_2.0"),
        ("w_auto:50", {"width": "333"}, "w_350"),
        ("w_auto:50:200", {}, "w_200"),
        ("w_auto:50:412", {}, "w_412"),
        ("w_auto:50:412", {"sec-ch-width": "412"}, "w_450"),
        ("w_auto:50:9999", {}, "w_4000"),
        ("w_auto", {"sec-ch-viewport-width": "1250"}, "w_1300"),
        ("w_auto", {}, "w_1.0"),
        ("w_auto:1", {"sec-ch-width": "333"}, "w_340"),
        ("w_auto", {"sec-ch-width": "99999"}, "w_4000"),
        ("dpr_auto", {}, "dpr_1.0"),
        ("dpr_auto", {"dpr": "1.3"}, "dpr_1.5"),
        ("dpr_auto", {"sec-ch-dpr": "100"}, "dpr_4.0"),
        ("dpr_auto", {"sec-ch-dpr": "0.1"}, "dpr_1.0"),
        ("dpr_auto", {"sec-ch-dpr": "NaN"}, "dpr_1.0"),
        ("dpr_auto", {"sec-ch-dpr": "-1"}, "dpr_1.0"),
        ("dpr_auto", {"sec-ch-dpr": "1e9"}, "dpr_1.0"),
        ("c_fill,w_auto/e_x/dpr_auto", {"sec-ch-width": "100", "dpr": "2"}, "c_fill,w_100/e_x/dpr_2.0"),
        ("dpr_auto", {"sec-ch-dpr": "1.33333"}, "dpr_1.5"),
        ("dpr_auto", {"sec-ch-dpr": "2.8125"}, "dpr_3.0"),
        ("dpr_auto", {"dpr": "1.7999999523162842"}, "dpr_2.0"),
        ("dpr_auto", {"sec-ch-dpr": "123456"}, "dpr_4.0"),
        ("dpr_auto", {"sec-ch-dpr": "2."}, "dpr_2.0"),
        ("w_auto", {"viewport-width": "411.4286"}, "w_500"),
        ("w_auto", {"sec-ch-viewport-width": "1234567"}, "w_4000"),
        ("w_auto", {"sec-ch-width": "1080", "sec-ch-dpr": "2.625"}, "w_500"),
        *(
            ("dpr_auto", {"sec-ch-dpr": text}, "dpr_1.0")
            for text in ("0.0", "-2", "1e3", "2;q=1", "٢", "nan", "")
        ),
    ],
)
def test_hints_choose_sizes(transformation: str, headers: dict[str, str], expected: str) -> None:
    assert resolved(transformation, headers) == (expected, READ)


@pytest.mark.parametrize(
    "transformation", ["", "w_100", "g_auto,f_auto,q_auto", "w_auto:breakpoints:json", "w_autos"]
)
def test_nothing_else_is_touched(transformation: str) -> None:
    assert resolved(transformation, {"sec-ch-width": "333", "dpr": "2"}) == (transformation, ())


def test_a_token_says_by_which_names_it_can_be_closed() -> None:
    named = token(acl=[PATH, "/share/65f0"])
    assert is_valid(named, KEY, ASKED, NOW)
    assert tokens.names_in(named) == tokens.names_in(named.replace("%2f", "%2F")) == ["/share/65f0"]
    assert tokens.names_in(token(acl=[PATH, "/person/1.0", "/open/"])) == ["/person/1.0", "/open/"]
    for unnamed in (token(acl=PATH), token(url=PATH), "", "acl=/share/1", "hmac=~~", "exp=1~acl=%ff~hmac=0"):
        assert tokens.names_in(unnamed) == []
    assert not is_valid(named.replace("%2fshare%2f65f0", "%2fshare%2f65f1"), KEY, ASKED, NOW)
