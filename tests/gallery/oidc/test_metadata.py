"""What a provider tells of itself, however strange: it is taken as it must be, or refused with a reason."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from picturerail.gallery.oidc.metadata import Strange, parse_metadata

ISSUER = "https://id.example"
GOOD: dict[str, Any] = {
    "issuer": ISSUER,
    "authorization_endpoint": f"{ISSUER}/authorize",
    "token_endpoint": f"{ISSUER}/token",
    "jwks_uri": f"{ISSUER}/keys",
    "userinfo_endpoint": f"{ISSUER}/me",
    "end_session_endpoint": f"{ISSUER}/out",
    "id_token_signing_alg_values_supported": ["RS256"],
    "token_endpoint_auth_methods_supported": ["client_secret_basic"],
}
ADDRESSES = st.sampled_from(
    (
        *(
            "https://[",
            "https://[::1",
            "https://a]b/",
            "http://id.example/token",
            "//id.example/token",
            "https://",
        ),
        *(
            "https://id.example@evil.example/x",
            "https://evil.example:99999999/x",
            "file:///etc/passwd",
            "\x00",
            "",
        ),
        *("https://id.example\\@evil.example", "https://℀.example/", "https://id.example/\r\nX: y"),
    )
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | ADDRESSES,
    lambda below: st.lists(below, max_size=4) | st.dictionaries(st.text(max_size=8), below, max_size=4),
    max_leaves=8,
)


def test_a_good_one_is_taken() -> None:
    assert parse_metadata(ISSUER, GOOD).token_endpoint == f"{ISSUER}/token"


@settings(max_examples=300, deadline=None)
@given(st.dictionaries(st.sampled_from(sorted(GOOD)), JSON, min_size=1))
def test_a_strange_one_is_refused_or_leads_to_the_provider_by_tls(change: dict[str, Any]) -> None:
    try:
        told = parse_metadata(ISSUER, GOOD | change)
    except Strange:
        return
    needed = (told.authorization_endpoint, told.token_endpoint, told.jwks_uri)
    assert all(url.startswith("https://") for url in needed)
    assert set(told.algorithms).isdisjoint({"none", "HS256"})


@pytest.mark.parametrize(
    "told", [None, [], "x", 5, {}, {"issuer": None}, {"issuer": "https://other.example"}]
)
def test_what_is_no_description_of_this_provider_is_refused(told: object) -> None:
    with pytest.raises(Strange):
        parse_metadata(ISSUER, told)
