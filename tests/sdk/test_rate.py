"""The limit on calls of the Admin API: told on every answer, real, and common to all processes."""

import urllib.error
import urllib.request
from base64 import b64encode
from collections.abc import Iterator

import cloudinary
import pytest
from cloudinary import api
from cloudinary.exceptions import AuthorizationRequired, RateLimited

from tests.media_service import MediaService
from tests.services import Services

LIMIT = 12


@pytest.fixture(scope="module")
def limited(services: Services) -> Iterator[MediaService]:
    env = {"PICTURERAIL_ADMIN_CALLS_PER_HOUR": str(LIMIT)}
    with services.media(env) as running:
        yield running


def test_the_limit_is_told_and_kept_over_all_processes(limited: MediaService) -> None:
    cloudinary.config(**limited.sdk_config)
    for _ in range(5):  # strangers cannot use it up
        with pytest.raises(AuthorizationRequired):
            api.ping(api_secret="wrong")
    told = [api.ping() for _ in range(LIMIT)]
    assert {answer.rate_limit_allowed for answer in told} == {LIMIT}
    assert [answer.rate_limit_remaining for answer in told] == list(reversed(range(LIMIT)))
    with pytest.raises(RateLimited, match="Limit 12"):
        api.ping()
    pair = b64encode(b"123456789:the secret").decode()
    request = urllib.request.Request(
        f"{limited.url}/v1_1/cloud/ping", headers={"Authorization": f"Basic {pair}"}
    )
    with pytest.raises(urllib.error.HTTPError, match="420") as refused:
        urllib.request.urlopen(request)
    assert 0 < int(refused.value.headers["Retry-After"]) <= 3600
    assert refused.value.headers["X-FeatureRateLimit-Remaining"] == "0"
