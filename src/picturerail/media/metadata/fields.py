"""Every query about metadata fields and rules."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from pymongo import ReturnDocument
from pymongo.errors import DuplicateKeyError

from picturerail import clock
from picturerail.database import Database, Document
from picturerail.errors import BadRequest, NotFound
from picturerail.media.metadata.checks import checked
from picturerail.media.metadata.datasource import MAX_ENTRIES
from picturerail.media.metadata.rule_definitions import fields_of

MAX_FIELDS = 500
MAX_RULES = 500


def every(db: Database) -> list[Document]:
    """All fields, in their order."""
    return list(db["metadata_fields"].find().sort([("position", 1), ("_id", 1)]))


def find(db: Database, external_id: str) -> Document:
    """One field; NotFound."""
    field = db["metadata_fields"].find_one({"external_id": external_id})
    if field is None:
        raise NotFound(f"metadata field {external_id[:255]} not found")
    return field


def insert(db: Database, field: Document) -> Document:
    """Add a field at the end; BadRequest when its external_id or its label is taken, or there are too many."""
    _refuse_taken(db, field, "external_id")
    _refuse_taken(db, field, "label")
    count = db["metadata_fields"].estimated_document_count()
    if count >= MAX_FIELDS:
        raise BadRequest(f"There may be {MAX_FIELDS} metadata fields.")
    document = {**field, "position": count, "created_at": clock.now(), "has_own_label": True}
    with _of_its_own(field):
        db["metadata_fields"].insert_one(document)
    return document


def replace(db: Database, field: Document) -> Document:
    """Store a changed field; NotFound when it is gone, BadRequest when another one has its label."""
    _refuse_taken(db, field, "label")
    with _of_its_own(field):
        stored = db["metadata_fields"].find_one_and_replace(
            {"_id": field["_id"]}, {**field, "has_own_label": True}, return_document=ReturnDocument.AFTER
        )
    if stored is None:
        raise NotFound(f"metadata field {field['external_id']} not found")
    return stored


def _refuse_taken(db: Database, field: Document, name: str) -> None:
    if db["metadata_fields"].find_one({name: field[name], "_id": {"$ne": field.get("_id")}}, {"_id": 1}):
        raise _taken(field, name)


@contextmanager
def _of_its_own(field: Document) -> Iterator[None]:
    """BadRequest when another field has taken the external_id or the label at this moment."""
    try:
        yield
    except DuplicateKeyError as error:
        name = next(iter((error.details or {}).get("keyPattern", ())), "external_id")
        raise _taken(field, name) from None


def _taken(field: Document, name: str) -> BadRequest:
    return BadRequest(f"{name.replace('_', ' ')} {field[name]} already exists")


def add_entries(db: Database, external_id: str, entries: Sequence[Document]) -> None:
    """Add entries at the end of a field's list, each once, whoever else adds some; BadRequest when it is full."""
    for entry in entries:
        room = {"external_id": external_id, f"datasource.{MAX_ENTRIES - 1}": {"$exists": False}}
        missing = {"datasource.external_id": {"$ne": entry["external_id"]}}
        added = db["metadata_fields"].update_one({**room, **missing}, {"$push": {"datasource": entry}})
        there = {"external_id": external_id, "datasource.external_id": entry["external_id"]}
        if not added.matched_count and db["metadata_fields"].find_one(there, {"_id": 1}) is None:
            raise BadRequest(
                f"The list of metadata field {external_id} is full: it may have {MAX_ENTRIES} values."
            )


def remove(db: Database, external_id: str) -> None:
    """Delete a field, the rules that lead to it, and its values on all assets."""
    field = find(db, external_id)
    db["metadata_fields"].delete_one({"_id": field["_id"]})
    db["metadata_rules"].delete_many({"metadata_field_id": external_id})
    name = f"metadata.{external_id}"
    db["assets"].update_many({name: {"$exists": True}}, {"$unset": {name: ""}})


def order(db: Database, order_by: str, direction: str) -> list[Document]:
    """Put all fields into a new order."""
    return place(db, sorted(every(db), key=lambda field: field[order_by], reverse=direction == "desc"))


def place(db: Database, fields: list[Document]) -> list[Document]:
    """Keep the order of these fields, which are all there are."""
    for position, field in enumerate(fields):
        db["metadata_fields"].update_one({"_id": field["_id"]}, {"$set": {"position": position}})
    return fields


def rules(db: Database) -> list[Document]:
    """All rules, in the order in which they are applied."""
    return list(db["metadata_rules"].find().sort([("position", 1), ("_id", 1)]))


def find_rule(db: Database, external_id: str) -> Document:
    """One rule; NotFound."""
    rule = db["metadata_rules"].find_one({"external_id": external_id})
    if rule is None:
        raise NotFound(f"metadata rule {external_id[:255]} not found")
    return rule


def insert_rule(db: Database, rule: Document) -> Document:
    """Add a rule; NotFound when its field is not there, BadRequest when that cannot hold what the rule gives it."""
    _refuse_misfit(db, rule, rule)
    if db["metadata_rules"].estimated_document_count() >= MAX_RULES:
        raise BadRequest(f"There may be {MAX_RULES} metadata rules.")
    db["metadata_rules"].insert_one(rule)
    return rule


def update_rule(db: Database, external_id: str, changes: dict[str, Any]) -> Document:
    """Change a rule; NotFound, or BadRequest."""
    _refuse_misfit(db, find_rule(db, external_id) | changes, changes)
    db["metadata_rules"].update_one({"external_id": external_id}, {"$set": changes})
    return find_rule(db, external_id)


def _refuse_misfit(db: Database, rule: Mapping[str, Any], changed: Mapping[str, Any]) -> None:
    """What `changed` says of a rule fits the fields there are: else it never held, or refused each upload it fits."""
    field = find(db, rule["metadata_field_id"])
    if "condition" in changed:
        there = {each["external_id"] for each in every(db)}
        if unknown := fields_of(changed["condition"]) - there:
            raise BadRequest(f"condition is invalid: there is no metadata field {min(unknown)}.")
    if "result" in changed or "metadata_field_id" in changed:
        _refuse_values(field, rule["result"])


def _refuse_values(field: Document, result: Mapping[str, Any]) -> None:
    known = {entry["external_id"] for entry in field["datasource"]}
    allowed = result.get("activate_values", "all")
    if allowed != "all" and allowed["external_ids"] and not known & set(allowed["external_ids"]):
        raise BadRequest("activate_values is invalid: none of them is in the list of the field.")
    if (given := result.get("apply_value")) is not None:
        try:
            checked(field, given["value"])
        except BadRequest as error:
            raise BadRequest(f"apply_value is invalid. {error.message}") from error


def remove_rule(db: Database, external_id: str) -> None:
    """Delete a rule; NotFound."""
    db["metadata_rules"].delete_one({"_id": find_rule(db, external_id)["_id"]})
