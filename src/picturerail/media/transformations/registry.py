"""Every query about transformations: the named ones, and those that were used."""

import re
from collections.abc import Callable
from contextlib import suppress

from pymongo.errors import DuplicateKeyError

from picturerail import clock, image_formats
from picturerail.database import Database, Document
from picturerail.errors import BadRequest, Conflict, NotFound, UnsupportedTransformation
from picturerail.media.transformations import suffix
from picturerail.media.urls.delivery_path import layer_names
from picturerail.transform.grammar import Component, Transformation, canonical, parse
from picturerail.transform.language.expressions import Formula
from picturerail.transform.planning.blocks import apart

MAX_NAME_LENGTH = 255
MAX_DEPTH = 5  # named transformations within others
MAX_COMPONENTS = 100  # that names may stand for
ANY_LAYER = "l_?"  # the mention of a layer that the asset itself names, by its context or metadata
_FORBIDDEN = set("?&#%<>/\\,.")
_QUOTED = re.compile(r"!([^!]+)!")
_OF_ASSET = re.compile(r"\b(ctx|md):")


def find(db: Database, name: str) -> Document:
    """A named transformation by its name (or t_name), else one by its text that is listed or that made a picture.

    NotFound for neither.
    """
    wanted = name.removeprefix("t_") if _looks_named(name) else normal(name)
    for each in dict.fromkeys((name, wanted, suffix.split(wanted)[0])):
        if (found := db["transformations"].find_one({"_id": each})) is not None:
            return found
    if not _looks_named(name) and db["derived"].find_one({**derived_by(wanted), "copy": None}, {"_id": 1}):
        return _record(wanted, wanted, named=False, allowed_for_strict=False, used=True)
    raise NotFound(f"Can't find transformation {name[:255]}")


def create(db: Database, name: str, text: str, *, allowed_for_strict: bool) -> Document:
    """A new named transformation, or one that is kept under its own text: `name` is empty, or that text."""
    name = "" if normal(name) == normal(text) else name
    if len(name) > MAX_NAME_LENGTH or _FORBIDDEN & set(name):
        raise BadRequest(
            "Invalid name of a transformation: at most 255 characters, none of ? & # % < > / \\ , and no dot, "
            "which joins names in an address."
        )
    record = _record(
        name or normal(text), normal(text), named=bool(name), allowed_for_strict=allowed_for_strict
    )
    try:
        db["transformations"].insert_one(record)
    except DuplicateKeyError:
        raise Conflict(f"Transformation {record['_id']} already exists") from None
    return record


def update(db: Database, name: str, changes: Document) -> Document:
    """Change the text of a named transformation, or whether strict mode allows it."""
    found = find(db, name)
    if "text" in changes:
        if not found["named"]:
            raise BadRequest("Only a named transformation can be changed.")
        changes["text"] = normal(changes["text"])
    if changes:
        others = {key: value for key, value in found.items() if key not in changes}
        change = {"$set": changes, "$setOnInsert": others}
        db["transformations"].update_one({"_id": found["_id"]}, change, upsert=True)
    return {**found, **changes}


def remove(db: Database, name: str) -> Document:
    """Delete a transformation; what it was."""
    found = find(db, name)
    db["transformations"].delete_one({"_id": found["_id"]})
    return found


def used(db: Database, text: str) -> None:
    """Note that a transformation was made eagerly: it is listed from now on, and strict mode allows it."""
    record = _record(text, text, named=False, allowed_for_strict=True, used=True)
    db["transformations"].update_one({"_id": text}, {"$setOnInsert": record}, upsert=True)


def is_allowed(db: Database, text: str) -> bool:
    """True when strict mode delivers this transformation without a signature."""
    found = db["transformations"].find_one(
        {"_id": {"$in": [text, text.removeprefix("t_")]}, "allowed_for_strict": True}
    )
    return found is not None


def every(db: Database, query: Document, *, after: str, limit: int) -> list[Document]:
    """Up to `limit` transformations by name, those behind `after` only."""
    return list(db["transformations"].find({**query, "_id": {"$gt": after}}).sort("_id", 1).limit(limit))


def expanded(
    db: Database, transformation: Transformation, read: Callable[[str], Transformation] = parse, deep: int = 0
) -> Transformation:
    """`transformation` with the text of each named one (t_) in its place, as `read` understands it.

    BadRequest for an unknown name.
    """
    components: list[Component] = []
    for component in apart(transformation.components):
        names = component.get("t")
        if not isinstance(names, tuple):
            components.append(component)
            continue
        if deep == MAX_DEPTH:
            raise BadRequest(f"Named transformations name others more than {MAX_DEPTH} deep.")
        for name in names:
            components += expanded(db, read(_named_text(db, str(name))), read, deep + 1).components
            if len(components) > MAX_COMPONENTS:
                raise BadRequest(f"Named transformations stand for more than {MAX_COMPONENTS} components.")
        rest = type(component)(tuple(item for item in component.values if item[0] != "t"))
        components += [rest] if rest.values else []
    return Transformation(tuple(components))


def mentioned(text: str) -> set[str]:
    """What a transformation depends on by name: t_NAME of named ones, l_TYPE/PUBLIC_ID of pictures in layers."""
    try:
        parsed = parse(suffix.split(text)[0])
    except BadRequest:
        return set()
    named = [names for each in parsed.components if isinstance(names := each.get("t"), tuple)]
    layers = {layer_name(kind, name) for kind, public_id in parsed.layers for name in layer_names(public_id)}
    return {f"t_{name}" for names in named for name in names} | layers | _named_indirectly(parsed)


def _named_indirectly(parsed: Transformation) -> set[str]:
    """Pictures in layers that variables name, and the one that d_ shows in the place of a missing one."""
    found: set[str] = set()
    with suppress(BadRequest):
        default = parsed.told("d")
        found = (
            {layer_name("upload", each) for each in layer_names(default)}
            if isinstance(default, str)
            else found
        )
    if any(kind == "" for kind, _ in parsed.layers):
        formulas = [
            value.text for each in parsed.components for _, value in each.values if isinstance(value, Formula)
        ]
        texts = [text for formula in formulas for text in _QUOTED.findall(formula)]
        found |= {name for text in texts for name in _layer_of(text)}
        if any(_OF_ASSET.search(formula) for formula in formulas):
            found.add(ANY_LAYER)
    return found


def _layer_of(text: str) -> frozenset[str]:
    """The picture that a variable with this text would put into a layer."""
    try:
        layers = parse(f"l_{text}").layers
    except BadRequest:
        return frozenset()
    return frozenset(layer_name(kind, name) for kind, public_id in layers for name in layer_names(public_id))


def dependent_on_picture(db: Database, kind: str, public_id: str) -> set[str]:
    """What is made anew when a picture changes that may lie in layers: `dependent`, and layers of unknown names."""
    return dependent(db, layer_name(kind, public_id)) | dependent(db, ANY_LAYER)


def layer_name(kind: str, public_id: str) -> str:
    """How `mentioned` names a picture in a layer."""
    return f"l_{kind}/{public_id}"


def dependent(db: Database, mention: str) -> set[str]:
    """`mention` (t_NAME or l_TYPE/PUBLIC_ID), and the named transformations that mention it, however deep."""
    found = {mention}
    inner = {
        f"t_{each['_id']}": mentioned(each["text"]) for each in db["transformations"].find({"named": True})
    }
    for _ in range(MAX_DEPTH):
        found |= {each for each, mentions in inner.items() if mentions & found}
    return found


def normal(text: str) -> str:
    """The one spelling of a transformation; text that we cannot do stays as it is, to be listed and found."""
    head, extension = suffix.split(text)
    try:
        return canonical(parse(head)) + ("" if extension is None else f"/{extension}")
    except BadRequest:
        return text.strip("/")


def check(text: str) -> None:
    """BadRequest for text that is no transformation anywhere; what only this service cannot do is kept for clients."""
    with suppress(UnsupportedTransformation):
        parse(suffix.split(text)[0])


def check_names(db: Database, text: str) -> None:
    """BadRequest for what `check` refuses, and for text that names a transformation that is not there."""
    with suppress(UnsupportedTransformation):
        expanded(db, parse(suffix.split(text)[0]))


def derived_by(text: str) -> Document:
    """The query for the derived images of a transformation; in one format only, when it ends in that."""
    head, extension = suffix.split(normal(text))
    return {"transformation": head, **({"format": image_formats.canonical(extension)} if extension else {})}


def _named_text(db: Database, name: str) -> str:
    found = db["transformations"].find_one({"_id": name, "named": True})
    if found is None:
        raise BadRequest(f"There is no named transformation '{name[:100]}'.")
    text, extension = suffix.split(found["text"])
    return f"{text}/f_{extension}" if extension else text


def _looks_named(name: str) -> bool:
    return name.startswith("t_") and "/" not in name and "," not in name


def _record(name: str, text: str, *, named: bool, allowed_for_strict: bool, used: bool = False) -> Document:
    return {
        "_id": name,
        "text": text,
        "named": named,
        "allowed_for_strict": allowed_for_strict,
        "used": used,
        "created_at": clock.now(),
    }
