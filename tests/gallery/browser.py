"""A browser without JavaScript: cookies, forms, redirects; over the test client or over real HTTP."""

import html
import http.cookiejar
import re
import urllib.error
import urllib.request
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.message import Message
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from urllib3.filepost import encode_multipart_formdata

TOKEN = re.compile(r'name="csrf_token" value="([^"]+)"|name="csrf-token" content="([^"]+)"')

File = tuple[str, str, bytes]  # field, file name, content


@dataclass(frozen=True)
class Page:
    """An answer."""

    status: int
    headers: Message
    body: bytes
    url: str

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def words(self) -> str:
        """The page's text without its tags."""
        plain = re.sub(r"<(style|script|template)\b.*?</\1>", " ", self.text, flags=re.DOTALL)
        return html.unescape(" ".join(re.sub(r"<[^>]+>", " ", plain).split()))

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    def tiles(self) -> list[str]:
        """Ids of the pictures on a gallery page, in order."""
        return re.findall(r'class="tile p([0-9a-f]{24})', self.text)

    def link(self, rel: str) -> str:
        """The address of the first link with this `rel`, empty when there is none."""
        found = re.search(rf'<a [^>]*rel="{rel}" href="([^"]+)"', self.text)
        return html.unescape(found[1]) if found else ""


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any) -> None:
        return None


@dataclass
class Browser:
    """One person's browser at the site `url`."""

    url: str
    jar: http.cookiejar.CookieJar = field(default_factory=http.cookiejar.CookieJar)
    last: Page | None = None

    def get(self, path: str, *, follow: bool = True, **headers: str) -> Page:
        return self._send(urllib.request.Request(urljoin(self.url, path), headers=headers), follow)

    def post(
        self,
        path: str,
        form: dict[str, str] | None = None,
        files: Iterable[File] = (),
        *,
        follow: bool = True,
        token: str | None = None,
    ) -> Page:
        """Send a form, with the token of a page that has one."""
        fields: list[tuple[str, Any]] = [
            *(form or {}).items(),
            ("csrf_token", self.token() if token is None else token),
        ]
        given = list(files)
        if given:
            body, kind = encode_multipart_formdata(
                fields + [(name, (filename, content)) for name, filename, content in given]
            )
        else:
            body, kind = urlencode(fields).encode(), "application/x-www-form-urlencoded"
        request = urllib.request.Request(urljoin(self.url, path), body, {"Content-Type": kind}, method="POST")
        return self._send(request, follow)

    def token(self) -> str:
        """A form's token, as this person's pages hold it."""
        found = TOKEN.search(self.get("/sign-in").text)
        assert found, "no page gives a token"
        return html.unescape(found[1] or found[2])

    def sign_in(self, email: str, password: str) -> Page:
        return self.post("/sign-in", {"email": email, "password": password})

    def _send(self, request: urllib.request.Request, follow: bool) -> Page:
        handlers: list[urllib.request.BaseHandler] = [urllib.request.HTTPCookieProcessor(self.jar)]
        opener = urllib.request.build_opener(*handlers, *([] if follow else [_Stay()]))
        try:
            with opener.open(request, timeout=60) as answer:
                self.last = Page(answer.status, answer.headers, answer.read(), answer.url)
        except urllib.error.HTTPError as error:
            self.last = Page(error.code, error.headers, error.read(), error.url)
        return self.last
