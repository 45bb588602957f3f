"""How the gallery's rooms hang together, read from the source: no way leads around the policy and the actions."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import picturerail.gallery

GALLERY = Path(picturerail.gallery.__file__).parent
DOORS = [*(GALLERY / "pages").glob("*.py"), *(GALLERY / "api").glob("*.py")]

# What pages and API may call of the rooms below: it reads, and it takes a filter of the policy.
READING = {
    "lookup": {"find"},
    "listing": {
        "page",
        "count",
        "neighbours",
        "with_neighbours",
        "Page",
        "Count",
    },
}
COLLECTIONS = {"gallery", "albums", "users", "sessions"}
CHANGING = {
    "lifecycle",
    "create",
    "removal",
    "consistency",
    "contents",
    "search_index",
    "import_",
    "in_state",
}


def imported(tree: ast.Module) -> dict[str, str]:
    """Every name that a module imports, with where it comes from."""
    found: dict[str, str] = {}
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom):
            found |= {each.asname or each.name: f"{node.module}.{each.name}" for each in node.names}
        elif isinstance(node, ast.Import):
            found |= {each.asname or each.name: each.name for each in node.names}
    return found


def ways_around(source: str) -> Iterator[str]:
    """What a page or API module uses that only an action may: by import, by attribute, or straight on the database."""
    tree = ast.parse(source)
    names = imported(tree)
    for name, origin in names.items():
        last = origin.split(".")
        if origin.startswith("picturerail.gallery.") and CHANGING & set(last):
            constant = name.isupper()  # a limit that a page tells
            if not constant and not (last[-1] == "create" and _only_constants(tree, name)):
                yield origin
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            room = names.get(node.value.id, "").removeprefix("picturerail.gallery.pictures.")
            if room in READING and node.attr not in READING[room]:
                yield f"{room}.{node.attr}"
        if isinstance(node, ast.Attribute) and node.attr in COLLECTIONS and _is_database(node.value):
            yield f"database().{node.attr}"


def _only_constants(tree: ast.Module, name: str) -> bool:
    used = [
        node.attr
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id == name
    ]
    return bool(used) and all(each.isupper() for each in used)


def _is_database(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr == "database"
    return isinstance(node, ast.Name) and node.id == "db"


def test_pages_and_api_change_pictures_by_actions_only() -> None:
    found = {path.name: sorted(set(ways_around(path.read_text()))) for path in DOORS}
    assert {name: ways for name, ways in found.items() if ways} == {}


def test_each_way_around_would_be_found() -> None:
    ways = [
        "from picturerail.gallery.pictures import lifecycle\nlifecycle.trash(db, x)",
        "from picturerail.gallery.pictures.lifecycle import trash as t\nt(db, x)",
        "import picturerail.gallery.pictures.lifecycle as life\nlife.trash(db, x)",
        "from picturerail.gallery.maintenance import removal\nremoval.empty_trash(db, c, s)",
        "from picturerail.gallery.pictures import create\ncreate.take_answer(db, c, a)",
        "from picturerail.gallery.pictures import lookup\nlookup.with_public_id(db, x)",
        "from picturerail.gallery.pictures.filter import in_state\nin_state('trash')",
        "from picturerail.gallery.web import services\nservices.database().gallery.delete_one({})",
        "def view(db):\n    db.gallery.delete_one({})",
    ]
    assert [bool(list(ways_around(way))) for way in ways] == [True] * len(ways)
    assert list(ways_around("from picturerail.gallery.pictures import create\nx = create.ACCEPT")) == []


def test_only_the_policy_decides_which_pictures_are_seen() -> None:
    """A filter is made by the policy; machines have none of their own."""
    makers = set()
    for path in GALLERY.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            name = node.func.id if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) else ""
            if name in {"PictureFilter", "in_state"}:
                makers.add(str(path.relative_to(GALLERY)))
    assert makers == {"policy.py", "pictures/filter.py"}


def test_roles_are_compared_in_the_policy_only() -> None:
    asking = [
        path.name
        for path in GALLERY.rglob("*.py")
        if path.name != "policy.py"
        and any(
            isinstance(node, ast.Compare)
            and any(isinstance(part, ast.Attribute) and part.attr == "role" for part in ast.walk(node))
            for node in ast.walk(ast.parse(path.read_text()))
        )
    ]
    assert asking == []


def test_templates_ask_the_policys_answers_never_a_role() -> None:
    for path in (GALLERY / "templates").rglob("*.*"):
        text = path.read_text()
        for test in re.findall(r"{%-?\s*(?:if|elif|set)\b(.*?)%}", text) + re.findall(
            r"{{[^}]*\bif\b(.*?)}}", text
        ):
            assert not re.search(r"\brole\b|may_edit|is_owner|\beditor\b|\bowner\b", test), (path.name, test)


def test_titles_say_the_sites_own_name() -> None:
    titles = [
        (path.name, title)
        for path in (GALLERY / "templates").glob("*.html")
        for title in re.findall(r"{% block title %}(.*?){% endblock %}", path.read_text())
    ]
    assert len(titles) > 30
    assert [name for name, title in titles if "site().name" not in title] == ["handbook.html"]
