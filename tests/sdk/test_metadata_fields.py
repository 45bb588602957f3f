"""Metadata fields and rules as the official SDK manages them, over HTTP."""

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any
from unittest.mock import patch

import pytest
from cloudinary import api, uploader
from cloudinary.exceptions import BadRequest, NotFound

from picturerail import errors as refusals
from picturerail.database import Database
from picturerail.media.metadata import fields
from picturerail.media.metadata.definitions import new_definition
from tests.media_service import MediaService
from tests.pictures import encoded, quadrants

pytestmark = pytest.mark.usefixtures("cloud", "database")
PIXEL = encoded(quadrants(), "PNG")
COLOURS = {"values": [{"external_id": "r", "value": "Red"}, {"external_id": "g", "value": "Green"}]}


@pytest.fixture
def add(cloud: MediaService, database: Database) -> Any:
    def make(external_id: str, kind: str = "string", **options: Any) -> dict[str, Any]:
        body = {"external_id": external_id, "label": external_id.upper(), "type": kind, **options}
        return dict(api.add_metadata_field(body))

    return make


def listed() -> list[str]:
    return [field["external_id"] for field in api.list_metadata_fields()["metadata_fields"]]


def test_fields_are_made_listed_changed_put_in_order_and_deleted(add: Any) -> None:
    add("b")
    add("a", "enum", datasource=COLOURS, default_value="r")
    assert listed() == ["b", "a"]
    assert api.update_metadata_field("a", {"label": "Colour"})["label"] == "Colour"
    assert api.metadata_field_by_field_id("a")["default_value"] == "r"
    api.reorder_metadata_fields("external_id", "asc")
    assert listed() == ["a", "b"]
    assert api.delete_metadata_field("a")["message"] == "ok"
    with pytest.raises(NotFound):
        api.metadata_field_by_field_id("a")


def test_an_external_id_is_taken_once(add: Any) -> None:
    add("a")
    with pytest.raises(BadRequest, match="external id a already exists"):
        add("a")


def test_a_label_is_taken_once_also_at_the_same_moment(add: Any, database: Database) -> None:
    def tried(number: int) -> bool:
        with suppress(BadRequest):
            add(f"f{number}", label="One")
            return True
        return False

    with ThreadPoolExecutor(4) as pool:
        assert sum(pool.map(tried, range(8))) == 1
    fields.insert(database, new_definition({"external_id": "b", "label": "Two", "type": "string"}))
    with patch.object(fields, "_refuse_taken"), pytest.raises(refusals.BadRequest, match="label One already"):
        fields.insert(database, new_definition({"external_id": "c", "label": "One", "type": "string"}))
    with patch.object(fields, "_refuse_taken"), pytest.raises(refusals.BadRequest, match="label One already"):
        fields.replace(database, {**fields.find(database, "b"), "label": "One"})
    with (
        patch.object(fields, "_refuse_taken"),
        pytest.raises(refusals.BadRequest, match="external id b already"),
    ):
        fields.insert(database, new_definition({"external_id": "b", "label": "Three", "type": "string"}))


def test_a_label_is_taken_once(add: Any) -> None:
    add("a")
    add("b")
    with pytest.raises(BadRequest, match="label A already exists"):
        add("c", label="A")
    with pytest.raises(BadRequest, match="label A already exists"):
        api.update_metadata_field("b", {"label": "A"})
    assert api.update_metadata_field("a", {"label": "A"})["label"] == "A"
    assert listed() == ["a", "b"]


@pytest.mark.parametrize(
    "again", [{"external_id": "r", "value": "Rose"}, {"external_id": "b", "value": "Red"}]
)
def test_no_entry_of_a_list_is_there_twice(add: Any, again: dict[str, str]) -> None:
    with pytest.raises(BadRequest, match="is there more than once"):
        add("a", "enum", datasource={"values": [*COLOURS["values"], again]})
    assert listed() == []


def test_values_of_a_list_never_look_alike(add: Any) -> None:
    add("a", "set", datasource=COLOURS)
    with pytest.raises(BadRequest, match="value Red is there more than once"):
        api.update_metadata_field_datasource("a", [{"external_id": "g", "value": "Red"}])
    api.delete_datasource_entries("a", ["r"])
    api.update_metadata_field_datasource("a", [{"external_id": "g", "value": "Red"}])
    with pytest.raises(BadRequest, match="value Red is there more than once"):
        api.restore_metadata_field_datasource("a", ["r"])
    assert api.metadata_field_by_field_id("a")["datasource"]["values"] == [
        {"external_id": "g", "value": "Red"}
    ]


def test_lists_of_values_are_managed(add: Any) -> None:
    add("a", "set", datasource=COLOURS)
    changed = api.update_metadata_field_datasource("a", [{"external_id": "b", "value": "Blue"}])
    assert [value["value"] for value in changed["values"]] == ["Red", "Green", "Blue"]
    assert len(api.delete_datasource_entries("a", ["r"])["values"]) == 2
    assert len(api.restore_metadata_field_datasource("a", ["r"])["values"]) == 3
    ordered = api.reorder_metadata_field_datasource("a", "value", "asc")
    assert [value["value"] for value in ordered["values"]] == ["Blue", "Green", "Red"]


def test_a_list_that_may_grow_takes_new_values_with_an_upload(add: Any) -> None:
    grows = {"datasource": COLOURS, "allow_dynamic_list_values": True}
    add("a", "set", **grows)
    add("b", "enum", **grows)
    add("c", "enum", datasource=COLOURS)
    api.delete_datasource_entries("b", ["r"])
    told = uploader.upload(PIXEL, metadata={"a": ["Navy", "r", "Navy"], "b": "Sky blue"})
    assert told["metadata"] == {"a": ["r", "Navy"], "b": "Sky blue"}
    values = {"external_id": "Navy", "value": "Navy"}
    assert api.metadata_field_by_field_id("a")["datasource"]["values"] == [*COLOURS["values"], values]
    for refused in (
        {"c": "Navy"},
        {"b": "r"},
        {"b": ["x", "y"]},
        {"a": [{"x": 1}]},
        {"a": "x" * 256},
        {"b": "new", "c": "x"},
    ):
        with pytest.raises(BadRequest):
            uploader.upload(PIXEL, metadata=json.dumps(refused))
    uploader.update_metadata({"b": "Navy"}, [told["public_id"]])
    known = [each["external_id"] for each in api.metadata_field_by_field_id("b")["datasource"]["values"]]
    assert known == ["g", "Sky blue", "Navy"]


def test_what_uploads_are_given_by_themselves_stays_possible(add: Any) -> None:
    add("a", "enum", datasource=COLOURS, default_value="r")
    add("b", "set", datasource=COLOURS)
    rule = {"metadata_field_id": "b", "name": "x", "condition": {"metadata_field_id": "a", "populated": True}}
    with pytest.raises(BadRequest, match="apply_value is invalid"):
        api.add_metadata_rule({**rule, "result": {"enable": True, "apply_value": {"value": "gone"}}})
    for wrong in (
        {"result": {"activate_values": {"external_ids": ["gone"]}}},
        {"result": {"enabled": True}},
        {"condition": {"or": [rule["condition"], {"metadata_field_id": "gone", "populated": True}]}},
    ):
        with pytest.raises(BadRequest):
            api.add_metadata_rule({**rule, "result": {"enable": True}, **wrong})
    api.add_metadata_rule({**rule, "result": {"enable": True, "apply_value": {"value": ["g"]}}})
    for field, entry in (("a", "r"), ("b", "g")):
        with pytest.raises(BadRequest, match=f"{entry} is the default_value of metadata field {field}, or"):
            api.delete_datasource_entries(field, [entry])
    assert uploader.upload(PIXEL)["metadata"] == {"a": "r", "b": ["g"]}


def test_rules_are_managed(add: Any) -> None:
    add("a")
    add("b", "set", datasource=COLOURS)
    made = api.add_metadata_rule(
        {
            "metadata_field_id": "b",
            "name": "b when a",
            "condition": {"metadata_field_id": "a", "populated": True},
            "result": {"enable": True, "activate_values": "all"},
        }
    )
    api.update_metadata_rule(made["external_id"], {"name": "new", "state": "inactive"})
    rules = api.list_metadata_rules()["metadata_rules"]
    assert [(rule["name"], rule["state"]) for rule in rules] == [("new", "inactive")]
    assert rules[0]["condition"] == {"metadata_field_id": "a", "populated": True}
    api.delete_metadata_rule(made["external_id"])
    assert api.list_metadata_rules()["metadata_rules"] == []
    with pytest.raises(NotFound):
        api.delete_metadata_rule(made["external_id"])


@pytest.mark.parametrize("name", ["$where", "a.b", "a" * 300, "../a"])
def test_hostile_names_are_refused(add: Any, name: str) -> None:
    with pytest.raises(BadRequest):
        add(name)
    with pytest.raises((BadRequest, NotFound)):
        api.metadata_field_by_field_id(name)
