"""Where another cloud is reached, read from its CLOUDINARY_URL. Pure."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import parse_qs, quote, unquote, urlencode

from picturerail.errors import StartupError
from picturerail.media.asset import Identity
from picturerail.settings import Settings
from picturerail.signing import sign_delivery, sign_request
from picturerail.url_parts import is_web, split_url

API = "https://api.cloudinary.com"
DELIVERY = "https://res.cloudinary.com"
EXAMPLE = "cloudinary://KEY:SECRET@CLOUD"


@dataclass(frozen=True)
class CloudAddress:
    """An account of another cloud: its keys, the origin of its APIs, and the origin from which it delivers."""

    cloud_name: str
    api_key: str
    api_secret: str
    api: str
    delivery: str

    @classmethod
    def parse(cls, url: str, name: str) -> Self:
        """Read `cloudinary://KEY:SECRET@CLOUD?upload_prefix=...`; StartupError that names the setting or option."""
        parts = split_url(url)
        options = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        cloud = unquote(parts.netloc.rpartition("@")[2])
        if parts.scheme != "cloudinary" or not (parts.username and parts.password and cloud):
            raise StartupError(
                f"{name} must look like {EXAMPLE} (?upload_prefix=... where it is not Cloudinary's)."
            )
        api = options.get("upload_prefix", API).rstrip("/")
        if not is_web(api):
            raise StartupError(f"{name}: upload_prefix must be an address such as {API}.")
        return cls(cloud, unquote(parts.username), unquote(parts.password), api, _delivery(api, options))

    def endpoint(self, path: str, params: Mapping[str, str]) -> str:
        """The address of a call of its Admin API."""
        query = f"?{urlencode(params)}" if params else ""
        return f"{self.api}/v1_1/{quote(self.cloud_name)}/{quote(path)}{query}"

    def original(self, identity: Identity, image_format: str) -> str:
        """The signed address of an original, whatever its delivery type is."""
        asked = {
            "public_id": identity.public_id,
            "format": image_format,
            "type": identity.type,
            "timestamp": str(int(time.time())),
        }
        given = {name: value for name, value in asked.items() if value}
        signed = {**given, "signature": sign_request(given, self.api_secret), "api_key": self.api_key}
        return self.endpoint(f"{identity.resource_type}/download", signed)

    def delivered(self, identity: Identity) -> str:
        """The address under which it delivers the original; signed where the delivery type asks for that."""
        secret = "" if identity.type == "upload" else self.api_secret
        signature = f"s--{sign_delivery(identity.public_id, secret)}--/" if secret else ""
        kind = f"{identity.resource_type}/{identity.type}"
        name = quote(identity.public_id, safe="/:")
        return f"{self.delivery}/{quote(self.cloud_name)}/{kind}/{signature}{name}"


def old_cloud(settings: Settings) -> CloudAddress:
    """The cloud of the setting; StartupError unless it can be read."""
    return CloudAddress.parse(settings.old_cloud, "PICTURERAIL_OLD_CLOUD")


def _delivery(api: str, options: dict[str, str]) -> str:
    """An own host name if there is one; else Cloudinary's, or that of the APIs of a cloud that is not Cloudinary's."""
    scheme = split_url(api).scheme
    if host := options.get("secure_distribution") or options.get("cname"):
        return f"{scheme}://{host}"
    return DELIVERY if (split_url(api).hostname or "").endswith("cloudinary.com") else api
