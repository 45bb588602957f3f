"""Who may find what, for each visibility: the table that the test of leaks walks through, and its page in docs/.

`python -m tests.gallery.access.leak_matrix` writes the page.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient

PAGE = Path(__file__).parents[3] / "docs" / "leak-matrix.md"
VISIBILITIES = ("public", "unlisted", "private")
LIST, ADDRESS = "list", "address"
ABOUT = """Where who finds a picture of which visibility. Each cell is tried by one test
(`tests/gallery/access/test_leaks.py`), for a picture's own visibility and for one that it has from its album, just
after the change. The same holds where the pictures lie in a cloud that is not ours: with a second instance of the
service in the place of a Cloudinary account, with its tokens and with signatures alone, every address of bytes and a
part of the pages are tried by each run of the tests, and all pages by `pytest -m slow`
(`tests/gallery/access/test_foreign_cloud.py`). The page is written by `python -m tests.gallery.access.leak_matrix`."""


# who asks: what they find in lists, and what they open by its address
PRINCIPALS: dict[str, tuple[frozenset[str], frozenset[str]]] = {
    who: (frozenset(lists.split()), frozenset(opens.split()))
    for who, lists, opens in (
        ("visitor", "public", "public unlisted"),
        ("visitor of a private site", "", ""),
        ("viewer", "public", "public unlisted"),
        ("viewer to whom the album is given", "public unlisted private", "public unlisted private"),
        ("viewer from whom it was taken", "public", "public unlisted"),
        ("viewer in a group to which it is given", "public unlisted private", "public unlisted private"),
        ("viewer who left that group", "public", "public unlisted"),
        ("token to read", "public", "public unlisted"),
        ("contributor", "public", "public unlisted"),
        ("contributor, of their own", "public unlisted private", "public unlisted private"),
        ("editor", "public unlisted private", "public unlisted private"),
        ("token to write", "public unlisted private", "public unlisted private"),
        ("owner", "public unlisted private", "public unlisted private"),
    )
}


@dataclass(frozen=True)
class Target:
    """A picture of one visibility: its id, a word that only it has, its album, and a public neighbour.

    `found` and `search` are slug and id of an unlisted saved search for its word.
    """

    picture: str
    word: str
    slug: str
    album: str
    neighbour: str
    found: str
    search: str
    link: str = ""  # the paths of two links to the picture, the second of which hides its location
    hiding: str = ""


Probe = Callable[[FlaskClient, Target, Mapping[str, str]], bool]


def page_has(path: str, sign: str) -> Probe:
    """Whether a page is there and has a sign of the picture in it."""

    def probe(client: FlaskClient, target: Target, headers: Mapping[str, str]) -> bool:
        answer = client.get(filled(path, target), headers=headers)
        return answer.status_code == 200 and filled(sign, target) in answer.text

    return probe


def _there(path: str, method: str = "GET", json: Any = None) -> Probe:
    """Whether something answers that is neither missing nor shut."""

    def probe(client: FlaskClient, target: Target, headers: Mapping[str, str]) -> bool:
        answer = client.open(filled(path, target), method=method, json=json, headers=headers)
        assert answer.status_code in {200, 302, 303, 401, 404, 503}, answer.text
        to_sign_in = answer.status_code == 303 and answer.location.startswith("/sign-in")
        # 503: it was let through to the cloud, which is away in this test
        return answer.status_code in {200, 302, 503} or (answer.status_code == 303 and not to_sign_in)

    return probe


def filled(text: str, target: Target) -> str:
    wrong = target.word[:-1] + ("x" if target.word[-1] != "x" else "y")
    named = {
        "P": target.picture,
        "W": target.word,
        "S": target.slug,
        "A": target.album,
        "N": target.neighbour,
        "F": target.found,
        "G": target.search,
        "L": target.link,
        "H": target.hiding,
    }
    for name, value in {**named, "M": wrong}.items():
        text = text.replace(f"{{{name}}}", value)
    return text


# {P} the picture, {W} its word, {M} the same misspelt, {S} {A} the album's slug and id, {N} a public neighbour, {F} {G}
# slug and id of a saved search that finds it
THINGS: dict[str, tuple[str, Probe]] = {
    "the landing page": (LIST, page_has("/", "{P}")),
    "the gallery": (LIST, page_has("/gallery/", "{P}")),
    "the gallery by title": (LIST, page_has("/gallery/?order=title", "{P}")),
    "a page around it": (LIST, page_has("/gallery/?at={P}", "{P}")),
    "a search": (LIST, page_has("/gallery/?q={W}", "{P}")),
    "a suggestion": (LIST, page_has("/gallery/?q={M}", "{W}")),
    "the neighbour of another": (LIST, page_has("/gallery/{N}", "{P}")),
    "the feed": (LIST, page_has("/gallery/feed.atom", "{P}")),
    "the list of albums": (LIST, page_has("/albums/", "/albums/{S}")),
    "a saved search": (LIST, page_has("/albums/{F}", "{P}")),
    "the feed of a saved search": (LIST, page_has("/albums/{F}/feed.atom", "{P}")),
    "API: list": (LIST, page_has("/api/v1/pictures", "{P}")),
    "API: search": (LIST, page_has("/api/v1/pictures?q={W}", "{P}")),
    "API: a saved search's pictures": (LIST, page_has("/api/v1/albums/{G}/pictures", "{P}")),
    "API: albums": (LIST, page_has("/api/v1/albums", "{A}")),
    "its page": (ADDRESS, page_has("/gallery/{P}", "{P}")),
    "its card": (ADDRESS, page_has("/gallery/{P}", "og:image")),
    "its download": (ADDRESS, _there("/gallery/{P}/download")),
    "its original": (ADDRESS, _there("/gallery/{P}/download?original=1")),
    "oEmbed": (ADDRESS, page_has("/oembed?url=http://127.0.0.1:8000/gallery/{P}", "photo")),
    "its album": (ADDRESS, page_has("/albums/{S}", "{P}")),
    "the feed of its album": (ADDRESS, page_has("/albums/{S}/feed.atom", "{P}")),
    "API: one": (ADDRESS, page_has("/api/v1/pictures/{P}", "{P}")),
    "API: one album": (ADDRESS, page_has("/api/v1/albums/{A}", "{A}")),
    "API: an album's pictures": (ADDRESS, page_has("/api/v1/albums/{A}/pictures", "{P}")),
}
ONLY_API = ("token to read", "token to write")


# A picture's bytes, by whatever address a stranger writes: open or not in each of these states. {t} each delivery type,
# {n} the public_id, {c} the same with colons, {v} the version, {b} another picture, which is public.
STATES = ("public", "unlisted", "private", "made private just now", "in the trash")
BYTES: dict[str, tuple[str, str]] = {
    "a size": ("/picturerail/image/{t}/w_20/v{v}/{n}.jpg", "public"),
    "a size without a version": ("/picturerail/image/{t}/w_21/{n}", "public"),
    "a size of an old version": ("/picturerail/image/{t}/w_22/v1/{n}.webp", "public"),
    "a size by the short form": ("/picturerail/iu/w_23/{n}.jpg", "public"),
    "a format of the browser's": ("/picturerail/image/{t}/f_auto,q_auto/{n}", "public"),
    "facts about a size": ("/picturerail/image/{t}/fl_getinfo/w_24/{n}.jpg", "public"),
    "the file": ("/picturerail/image/{t}/v{v}/{n}.jpg", ""),
    "the file without a version": ("/picturerail/image/{t}/{n}", ""),
    "the file of an old version": ("/picturerail/image/{t}/v1/{n}.jpg", ""),
    "the file by the short form": ("/picturerail/v{v}/{n}.jpg", ""),
    "the file to save": ("/picturerail/image/{t}/fl_attachment:a/v{v}/{n}.jpg", ""),
    "the file under another extension": ("/picturerail/image/{t}/v{v}/{n}.png", ""),
    "the file as a raw one": ("/picturerail/raw/{t}/w_25/v{v}/{n}.jpg", ""),
    "the file with words behind it": ("/picturerail/{t}_images/v{v}/{n}/words.jpg", ""),
    "facts about the file": ("/picturerail/image/{t}/fl_getinfo/{n}.jpg", ""),
    "its widths": ("/picturerail/image/{t}/w_auto:breakpoints:json/{n}.jpg", ""),
    "a layer of another": ("/picturerail/image/private/l_{t}:{c},w_9/fl_layer_apply/w_26/{b}.jpg", ""),
    "an underlay of another": ("/picturerail/image/private/u_{c},w_9/fl_layer_apply/w_27/{b}.jpg", ""),
    "in the place of a missing one": ("/picturerail/image/{t}/d_{c}.jpg,w_28/none.jpg", ""),
    "a sprite": ("/picturerail/image/sprite/{n}.jpg", ""),
    "an animation": ("/picturerail/image/multi/{n}.gif", ""),
    "an archive": ("/v1_1/picturerail/image/generate_archive?mode=download&type={t}&public_ids[]={n}", ""),
    "the Admin API": ("/v1_1/picturerail/resources/image/{t}/{n}", ""),
}
_ABOUT_BYTES = """What a stranger gets of a picture's bytes by addresses that nobody gave out, of every delivery type
(`tests/gallery/access/test_bytes.py`). A token from a page opens the sizes of its one
picture, until who got it may see it no more (`tests/gallery/access/test_page_bytes.py`). A cloud that is not ours
knows nothing of that: there what is hidden gets another name, and what is taken from one person ends with its token."""


def expected(who: str, thing: str, visibility: str) -> bool:
    """Whether `who` finds a picture of this visibility there."""
    lists, opens = PRINCIPALS[who]
    return visibility in (lists if THINGS[thing][0] == LIST else opens)


def page() -> str:
    """The table as the docs show it: for each who and where, the visibilities that are found."""
    from tests.gallery.access.location_matrix import section  # which is made of what stands above

    lines = [
        "# The leak matrix",
        "",
        ABOUT,
        "",
        f"| where | {' | '.join(PRINCIPALS)} |",
        f"|---|{'---|' * len(PRINCIPALS)}",
    ]
    for thing in THINGS:
        cells = []
        for who in PRINCIPALS:
            found = [each for each in VISIBILITIES if expected(who, thing, each)]
            asked = who not in ONLY_API or thing.startswith("API")
            cells.append(
                ("all" if len(found) == len(VISIBILITIES) else ", ".join(found) or "nothing") if asked else ""
            )
        lines.append(f"| {thing} | {' | '.join(cells)} |")
    lines += ["", "## Bytes", "", _ABOUT_BYTES, "", f"| address | {' | '.join(STATES)} |"]
    lines.append(f"|---|{'---|' * len(STATES)}")
    for thing, (_, opens) in BYTES.items():
        cells = ["open" if state == opens else "closed" for state in STATES]
        lines.append(f"| {thing} | {' | '.join(cells)} |")
    return "\n".join([*lines, *section(), ""])


if __name__ == "__main__":
    PAGE.write_text(page())
