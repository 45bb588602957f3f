"""What a browser calls itself, as people call it."""

import re

_BROWSERS = {"Edg": "Edge", "OPR": "Opera", "Firefox": "Firefox", "Chrome": "Chrome", "Safari": "Safari"}
_SYSTEMS = {
    "iPhone": "iPhone",
    "iPad": "iPad",
    "Android": "Android",
    "Windows": "Windows",
    "Mac OS X": "macOS",
    "Linux": "Linux",
}


def browser_name(agent: str) -> str:
    """Browser and system of a User-Agent, such as "Firefox on Linux"; its beginning when it is none that is known."""
    browser = next((name for sign, name in _BROWSERS.items() if re.search(rf"\b{sign}/", agent)), "")
    system = next((name for sign, name in _SYSTEMS.items() if sign in agent), "")
    return " on ".join(part for part in (browser, system) if part) or agent[:60] or "An unknown browser"
