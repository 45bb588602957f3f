"""Who learns where a picture was taken, for each way to say so: a part of the leak matrix and of its page."""

from collections.abc import Mapping

from flask.testing import FlaskClient

from tests.gallery.access.leak_matrix import ONLY_API, PRINCIPALS, Probe, Target, filled, page_has

PLACE = "52.50028, 13.40056"
GIVERS = {
    "picture": "by its own word, in an album of the other",
    "album": "by its album's, on a site of the other",
    "site": "by the site's, where nothing else is said",
}
WORDS = ("shown", "hidden")
CHANGERS = ("contributor, of their own", "editor", "token to write", "owner")
ABOUT = f"""Who learns where a public picture was taken, and gets its file as the camera wrote it, where a word shows
or hides it: {"; ".join(GIVERS.values())}.
It is the same for each of the three, and tried for each (`tests/gallery/access/test_location_cells.py`). The panel of
the viewer is read from the picture's page. A link opens the same to everybody, signed in or not."""

TOLD, LINK, NEVER = "told", "link", "never"  # to whom: by the word, by the word whoever asks, to nobody


def _whole(path: str) -> Probe:
    """Whether one is sent to the file itself; else it is stripped here, for which the cloud is away in this test."""

    def probe(client: FlaskClient, target: Target, headers: Mapping[str, str]) -> bool:
        answer = client.get(filled(path, target), headers=headers)
        to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in")
        assert answer.status_code in (302, 503) or to_sign_in, answer.text
        return answer.status_code == 302 and "/fl_attachment:" in answer.location

    return probe


def _address(client: FlaskClient, target: Target, headers: Mapping[str, str]) -> bool:
    """Whether the API names the file itself, and not the whole picture made anew."""
    answer = client.get(filled("/api/v1/pictures/{P}", target), headers=headers)
    return answer.status_code == 200 and "/c_limit," not in answer.get_json()["picture"]["url"]


# {L} and {H} are the paths of two links to the picture, the second of which hides its location
THINGS: dict[str, tuple[str, Probe]] = {
    "its page, and the panel": (TOLD, page_has("/gallery/{P}", PLACE)),
    "its download": (TOLD, _whole("/gallery/{P}/download")),
    "its original": (TOLD, _whole("/gallery/{P}/download?original=1")),
    "API: one": (TOLD, page_has("/api/v1/pictures/{P}", PLACE)),
    "API: its address": (TOLD, _address),
    "API: list": (TOLD, page_has("/api/v1/pictures", PLACE)),
    "API: search": (TOLD, page_has("/api/v1/pictures?q={W}", PLACE)),
    "API: an album's pictures": (TOLD, page_has("/api/v1/albums/{A}/pictures", PLACE)),
    "a link to it": (LINK, page_has("{L}", PLACE)),
    "a link to it: download": (LINK, _whole("{L}/{P}/download")),
    "a link that hides it": (NEVER, page_has("{H}", PLACE)),
    "a link that hides it: download": (NEVER, _whole("{H}/{P}/download")),
    "the gallery": (NEVER, page_has("/gallery/", PLACE)),
    "a search": (NEVER, page_has("/gallery/?q={W}", PLACE)),
    "a search for the place": (NEVER, page_has("/gallery/?q=52.50028", "{P}")),
    "the feed": (NEVER, page_has("/gallery/feed.atom", PLACE)),
    "its album": (NEVER, page_has("/albums/{S}", PLACE)),
    "the feed of its album": (NEVER, page_has("/albums/{S}/feed.atom", PLACE)),
    "oEmbed": (NEVER, page_has("/oembed?url=http://127.0.0.1:8000/gallery/{P}", PLACE)),
}

# Bytes of a picture with a location, and of whom: with which word they tell it.
BYTES = {
    "the download of a visitor": ("shown",),
    "the address of the file, as the API tells it to a visitor": ("shown",),
    "an address that was given while it was shown": ("shown",),
    "a size": (),
    "the card of its page": (),
    "the download of a link": ("shown",),
    "the download of a link that hides it": (),
    "the download of an owner": WORDS,
    "the zip of an owner": WORDS,
    "a zip for a visitor": (),
}
_ABOUT_BYTES = """Bytes that tell it, each fetched from the running program when the word has been said
(`tests/gallery/access/test_location_bytes.py`). An edge asks for what a token opened each time
([private pictures](edge.md#private-pictures)), so an address that has ended has ended there, too."""


def expected(who: str, thing: str, word: str) -> bool:
    """Whether `who` learns the place there."""
    kind = THINGS[thing][0]
    if kind == NEVER or (kind == LINK and word != "shown"):
        return False
    return kind == LINK or who in CHANGERS or (word == "shown" and "public" in PRINCIPALS[who][1])


def asks(who: str, thing: str) -> bool:
    """Whether this cell is one: tokens are for the API only."""
    return who not in ONLY_API or thing.startswith("API")


def section() -> list[str]:
    """The tables as the docs show them."""
    lines = ["", "## Location", "", ABOUT, "", f"| where | {' | '.join(PRINCIPALS)} |"]
    lines.append(f"|---|{'---|' * len(PRINCIPALS)}")
    for thing in THINGS:
        cells = []
        for who in PRINCIPALS:
            told = [word for word in WORDS if expected(who, thing, word)]
            cells.append(
                ("always" if len(told) == len(WORDS) else ", ".join(told) or "never") * asks(who, thing)
            )
        lines.append(f"| {thing} | {' | '.join(cells)} |")
    lines += ["", _ABOUT_BYTES, "", f"| bytes | {' | '.join(WORDS)} |", f"|---|{'---|' * len(WORDS)}"]
    for name, words in BYTES.items():
        cells = ["with it" if word in words else "without" for word in WORDS]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return lines
