"""A page of which no record is kept.

Playwright lets Chromium remember every request of its pages, inside of the page's own heap: after 6,000 pictures the
collector looked through them for 7 ms of each pause, and what was measured seemed to take them.
"""

import base64
import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from typing import Any

from playwright.sync_api import Browser, CDPSession

POLL_SECONDS = 0.005


class BarePage:
    """What can be asked of a page over Chromium's protocol; requests that match a pattern get one answer."""

    def __init__(self, root: CDPSession, target: str) -> None:
        self._root = root
        self._numbers = count(1)
        self._awaited = 0
        self._answer: dict[str, Any] | None = None
        self._body = ""
        root.on("Target.receivedMessageFromTarget", self._received)
        attached = root.send("Target.attachToTarget", {"targetId": target, "flatten": False})
        self._session = attached["sessionId"]

    def send(self, method: str, parameters: dict[str, Any] | None = None) -> dict[str, Any]:
        """The answer to a command."""
        self._answer, self._awaited = None, next(self._numbers)
        self._post(self._awaited, method, parameters or {})
        while self._answer is None:
            time.sleep(POLL_SECONDS)
            self._root.send("Browser.getVersion")  # lets what has arrived be heard
        if "error" in self._answer:
            raise RuntimeError(f"{method}: {self._answer['error']['message']}")
        return dict(self._answer["result"])

    def evaluate(self, expression: str) -> dict[str, Any]:
        """The object that an expression gives, awaited."""
        found = self.send(
            "Runtime.evaluate", {"expression": expression, "awaitPromise": True, "returnByValue": True}
        )
        if "exceptionDetails" in found:
            raise RuntimeError(json.dumps(found["exceptionDetails"]))
        return dict(found["result"]["value"])

    def answer_images(self, pattern: str, jpeg: bytes) -> None:
        """Answer each request for an address of that pattern with one picture, before it leaves the browser."""
        self._body = base64.b64encode(jpeg).decode()
        self.send("Fetch.enable", {"patterns": [{"urlPattern": pattern}]})

    def _post(self, number: int, method: str, parameters: dict[str, Any]) -> None:
        message = json.dumps({"id": number, "method": method, "params": parameters})
        self._root.send("Target.sendMessageToTarget", {"sessionId": self._session, "message": message})

    def _received(self, event: dict[str, Any]) -> None:
        message = json.loads(event["message"])
        if message.get("method") == "Fetch.requestPaused":
            headers = [{"name": "Content-Type", "value": "image/jpeg"}]
            reply = {
                "requestId": message["params"]["requestId"],
                "responseCode": 200,
                "responseHeaders": headers,
            }
            self._post(next(self._numbers), "Fetch.fulfillRequest", reply | {"body": self._body})
        elif message.get("id") == self._awaited:
            self._answer = message


@contextmanager
def bare_page(browser: Browser, width: int, height: int) -> Iterator[BarePage]:
    """A page in a context that Playwright does not know, and therefore leaves alone."""
    root = browser.new_browser_cdp_session()
    context = root.send("Target.createBrowserContext")["browserContextId"]
    size = {"width": width, "height": height}
    made = root.send("Target.createTarget", {"url": "about:blank", "browserContextId": context} | size)
    page = BarePage(root, made["targetId"])
    page.send("Emulation.setDeviceMetricsOverride", size | {"deviceScaleFactor": 1, "mobile": False})
    yield page
    root.send("Target.disposeBrowserContext", {"browserContextId": context})
