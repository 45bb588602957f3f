"""What an answer says about an asset, without a running service."""

from datetime import UTC, datetime
from unittest.mock import Mock

import pytest

from picturerail.media.asset import Asset
from picturerail.media.generated.save import addresses
from picturerail.media.resource import urls
from picturerail.settings import load

ASSET = Asset(
    document={}, resource_type="image", type="upload", public_id="x", asset_id="a", version=1, version_id="v",
    created_at=datetime.now(UTC), updated_at=datetime.now(UTC), original="o", format="png", bytes=1, etag="e",
    sha256="s",
)  # fmt: skip


@pytest.mark.parametrize(
    ("site", "plain", "secure"),
    [
        ("http://pics.example", "http://pics.example/", "http://pics.example/"),
        ("http://pics.example:8080", "http://pics.example:8080/", "http://pics.example:8080/"),
        ("https://pics.example", "http://pics.example/", "https://pics.example/"),
        ("https://pics.example:8443", "https://pics.example:8443/", "https://pics.example:8443/"),
        ("https://[2001:db8::1]", "http://[2001:db8::1]/", "https://[2001:db8::1]/"),
        ("https://[2001:db8::1]:8443", "https://[2001:db8::1]:8443/", "https://[2001:db8::1]:8443/"),
    ],
)
def test_no_address_is_plain_on_a_port_that_speaks_tls(site: str, plain: str, secure: str) -> None:
    told = urls(load({}, public_url=site), ASSET)
    path = "picturerail/image/upload/v1/x.png"
    assert told == {"url": plain + path, "secure_url": secure + path}
    made = addresses(Mock(settings=load({}, public_url=site)), "sprite", ASSET, "tag", "")
    path = "picturerail/image/sprite/v1/tag"
    assert made == {"url": plain + path, "secure_url": secure + path}
