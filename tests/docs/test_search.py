"""Words that people type, and the page that answers: each stands there."""

import re
from functools import cache
from pathlib import Path

import click
import pytest

from picturerail.cli import main
from picturerail.gallery.site import handbook

DOCS = Path(__file__).parents[2] / "docs"

# word -> page
WORDS = {
    "install": "install.md",
    "requirements": "install.md",
    "pipx": "install.md",
    "wheel": "install.md",
    "uninstall": "install.md",
    "upgrade": "upgrade.md",
    "rollback": "upgrade.md",
    "changelog": "upgrade.md",
    "getting started": "start.md",
    "debian": "start.md",
    "ubuntu": "start.md",
    "domain": "start.md",
    "firewall": "start.md",
    "systemd": "systemd.md",
    "journalctl": "systemd.md",
    "hardening": "systemd.md",
    "docker": "cluster.md",
    "compose": "cluster.md",
    "https": "https.md",
    "certificate": "https.md",
    "let's encrypt": "https.md",
    "acme": "https.md",
    "reverse proxy": "https.md",
    "nginx": "https.md",
    "caddy": "https.md",
    "traefik": "https.md",
    "x-forwarded-for": "https.md",
    "client_max_body_size": "https.md",
    "http/3": "https.md",
    "port already in use": "troubleshooting.md",
    "413": "troubleshooting.md",
    "429": "troubleshooting.md",
    "cors": "troubleshooting.md",
    "forgotten password": "troubleshooting.md",
    "permission denied": "troubleshooting.md",
    "invalid signature": "troubleshooting.md",
    "disk is nearly full": "troubleshooting.md",
    "backup": "backup.md",
    "restore": "backup.md",
    "s3": "backup.md",
    "migrate": "from-cloudinary.md",
    "cloudinary_url": "from-cloudinary.md",
    "upload preset": "from-cloudinary.md",
    "node.js": "from-cloudinary.md",
    "rails": "from-cloudinary.md",
    "laravel": "from-cloudinary.md",
    "immich": "comparison.md",
    "imgproxy": "comparison.md",
    "licence": "comparison.md",
    "prometheus": "monitoring.md",
    "grafana": "monitoring.md",
    "health check": "monitoring.md",
    "rest": "api.md",
    "curl": "api.md",
    "webhook": "notifications.md",
    "underscore": "transformations.md",
    "resize": "transformations.md",
    "crop": "transformations.md",
    "webp": "transformations.md",
    "watermark": "transformations.md",
    "roles": "people.md",
    "invite": "people.md",
    "google takeout": "transfer.md",
    "lightroom": "transfer.md",
    "replica set": "mongodb.md",
    "cdn": "edge.md",
    "cache": "edge.md",
    "purge": "edge.md",
    "albums": "use.md",
    "trash": "use.md",
    "share": "use.md",
    "environment variable": "operations.md",
    "stop": "operations.md",
}


@cache
def text(page: str) -> str:
    return re.sub(r"\s+", " ", (DOCS / page).read_text()).casefold()


@pytest.mark.parametrize(("word", "page"), WORDS.items())
def test_a_word_that_people_type_stands_on_the_page_that_answers(word: str, page: str) -> None:
    assert re.search(rf"(?<!\w){re.escape(word)}", text(page))


@pytest.mark.parametrize(("word", "page"), WORDS.items())
def test_the_search_of_a_running_gallery_finds_that_page(word: str, page: str) -> None:
    pages = list(dict.fromkeys(section.page for section in handbook.find(word)))
    assert page.removesuffix(".md") in pages[:8]


@pytest.mark.parametrize("page", sorted(set(WORDS.values()) - {"notifications.md", "cluster.md"}))
def test_a_page_begins_with_what_it_is_for_and_something_to_type(page: str) -> None:
    """For those who came by a search: nobody reads on to the third screen."""
    lines = (DOCS / page).read_text().splitlines()
    assert lines[0].startswith("# ")
    assert any(line.startswith("```") for line in lines[:20]), page


def _commands(command: click.Command, path: str) -> set[str]:
    own = {path}
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            inner = command.get_command(context, name)
            assert inner is not None, name
            own |= _commands(inner, f"{path} {name}")
    return own


def test_every_command_that_the_docs_name_is_there() -> None:
    known = _commands(main, "picturerail")
    groups = {name.split()[1] for name in known if len(name.split()) == 3}
    pages = [DOCS.parent / "README.md", *DOCS.glob("*.md")]
    wrong = []
    for page in pages:
        for first, second in re.findall(
            r"(?:`|^|\n|bin/|\(| )picturerail ([a-z]+)(?: ([a-z]+))?", page.read_text()
        ):
            if f"picturerail {first}" in known and first in groups and second:
                wrong += [] if f"picturerail {first} {second}" in known else [(page.name, first, second)]
    assert wrong == []
