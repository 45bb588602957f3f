"""What turns a text into code, commands, markup or queries is not called; where it must be, the place is named."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCE = ROOT / "src/picturerail"
CALLS = {
    "eval", "exec", "compile", "os.system", "os.popen", "subprocess.getoutput", "subprocess.getstatusoutput",
    "render_template_string", "from_string", "input",
}  # fmt: skip
# serialisers that make any object, parsers of XML without limits, clients of what is not here
MODULES = {"pickle", "shelve", "marshal", "dill", "yaml", "jsonpickle", "lxml", "xml.sax", "xml.dom"}
MODULES |= {"ldap", "ldap3", "smtplib", "imaplib", "pymemcache", "memcache"}
XML = {"transform/pixels/decode/svg.py", "gallery/transfer/told.py"}  # Expat with bounds; defusedxml
SCRIPTS = re.compile(
    r"\binnerHTML\b|\bouterHTML\s*\+?=|insertAdjacentHTML|document\.write|\beval\(|new Function\(|postMessage"
    r"|addEventListener\(\s*[\"']message|srcdoc|__proto__|\bprototype\b|javascript:|createContextualFragment|jsonp"
    r"|\w\[\w+\] = |for \((?:const|let) \w+ in "  # names that a stranger chose become properties
)


@cache
def trees() -> list[tuple[str, ast.Module]]:
    """Every module, read once for all tests of this file."""
    return [(str(path.relative_to(SOURCE)), ast.parse(path.read_text())) for path in SOURCE.rglob("*.py")]


def dangers(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            name = ast.unparse(node.func)
            if name in CALLS or name.endswith(".from_string"):
                yield name
            if any(each.arg == "shell" for each in node.keywords):
                yield "shell"
        elif isinstance(node, ast.Import | ast.ImportFrom):
            names = (
                [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else [each.name for each in node.names]
            )
            wanted = [name for name in names if name != "xml.sax.saxutils"]  # which escapes
            yield from (name for name in wanted if any(f"{name}.".startswith(f"{each}.") for each in MODULES))


def test_no_text_becomes_code_a_command_or_any_object() -> None:
    assert {(name, danger) for name, tree in trees() for danger in dangers(tree)} == set()


@pytest.mark.parametrize(
    "text",
    [
        "eval(x)",
        "import pickle",
        "from xml.dom import minidom",
        "run(x, shell=True)",
        "env.from_string(x)",
        "os.system(x)",
    ],
)
def test_each_would_be_found(text: str) -> None:
    assert list(dangers(ast.parse(text)))


def test_xml_is_read_in_two_places() -> None:
    found = {
        str(path.relative_to(SOURCE)) for path in SOURCE.rglob("*.py") if "ElementTree" in path.read_text()
    }
    assert found == XML


def test_no_text_becomes_markup_or_code_in_a_browser() -> None:
    scripts = [path for path in (ROOT / "frontend/src").rglob("*.ts") if path.name != "api.ts"]
    assert len(scripts) > 20
    assert [path.name for path in scripts if SCRIPTS.search(path.read_text())] == []
    assert SCRIPTS.search("a.innerHTML = b")
    assert SCRIPTS.search("a.outerHTML = b")  # what an element is may be read
    assert SCRIPTS.search("window.addEventListener('message', f)")


def test_templates_escape_what_they_show() -> None:
    """`safe` stands behind shapes of icons, which are our own."""
    templates = [
        *(SOURCE / "gallery/templates").rglob("*.html"),
        *(SOURCE / "gallery/templates").rglob("*.xml"),
    ]
    unescaped = {
        path.name for path in templates if re.search(r"\|\s*safe\b|autoescape\s+false", path.read_text())
    }
    assert unescaped == {"icons.html"}


def test_no_text_of_anybody_is_a_format() -> None:
    """What `format` and `%` fill in is a constant, or named like one."""
    open_ones = set()
    for name, tree in trees():
        for node in ast.walk(tree):
            if (
                isinstance(node, ast.Call)
                and isinstance(node.func, ast.Attribute)
                and node.func.attr == "format"
            ):
                form = node.func.value
                named = form.attr if isinstance(form, ast.Attribute) else getattr(form, "id", "")
                if not (isinstance(form, ast.Constant) or named.isupper() or "Markup(" in ast.unparse(form)):
                    open_ones.add((name, ast.unparse(node)))
    # a sentence of its table
    assert open_ones == {("media/attributes/addons.py", "sentence.format(value=value)")}


def test_no_secret_comes_from_a_plain_generator() -> None:
    drawn = {name for name, tree in trees() for node in ast.walk(tree) if "random" in imported(node)}
    assert drawn == set()
    made = [name for name, tree in trees() for node in ast.walk(tree) if "secrets" in imported(node)]
    assert len(made) > 5


def imported(node: ast.AST) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [node.module or ""]
    return [each.name for each in node.names] if isinstance(node, ast.Import) else []


def values_of(tree: ast.Module, key: str) -> Iterator[ast.expr]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Dict):
            yield from (
                value
                for name, value in zip(node.keys, node.values, strict=True)
                if isinstance(name, ast.Constant) and name.value == key
            )


def test_expressions_for_the_database_are_escaped() -> None:
    """Each `$regex` is a constant, escapes what it was given, or is made by a function that does (`_phrase`)."""
    made = [(name, value) for name, tree in trees() for value in values_of(tree, "$regex")]
    assert len(made) > 5
    open_ones = {
        (name, ast.unparse(value))
        for name, value in made
        if not isinstance(value, ast.Constant) and "re.escape(" not in ast.unparse(value)
    }
    assert open_ones == {
        ("gallery/search/index.py", "term.phrase"),
        ("gallery/maintenance/delivery.py", "f'^{media.FOLDER}'"),
    }
    assert "regex.escape(word)" in (SOURCE / "gallery/search/terms.py").read_text()


def test_no_query_runs_code_in_the_database() -> None:
    for name, tree in trees():
        for key in ("$where", "$function", "$accumulator"):
            assert list(values_of(tree, key)) == [], name
