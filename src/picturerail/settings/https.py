"""The part of the table of settings that is about HTTPS without a proxy in front."""

from dataclasses import dataclass

from picturerail.settings.entry import setting as _setting


@dataclass(frozen=True, kw_only=True)
class HttpsSettings:
    """The name for which a certificate comes by itself and from where, or the files of one."""

    domain: str = _setting(
        "PICTURERAIL_DOMAIN",
        "",
        "Public name, such as pics.example: served by HTTPS on ports 80 and 443; its certificate comes by itself",
    )
    acme_url: str = _setting(
        "PICTURERAIL_ACME_URL",
        "",
        "Directory of the authority that certifies the domain; empty: Let's Encrypt",
    )
    acme_root: str = _setting(
        "PICTURERAIL_ACME_ROOT", "", "Certificate file (PEM) by which that authority's own address is trusted"
    )
    acme_email: str = _setting(
        "PICTURERAIL_ACME_EMAIL", "", "Address that the authority may write to about the certificate"
    )
    tls_cert: str = _setting("PICTURERAIL_TLS_CERT", "", "Certificate file (PEM) to serve HTTPS with")
    tls_key: str = _setting("PICTURERAIL_TLS_KEY", "", "Key file (PEM) of that certificate")
