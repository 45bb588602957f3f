"""Structured metadata without a server: values against their fields, lists of values, and rules."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from picturerail.errors import BadRequest, NotFound
from picturerail.media.http.pairs import parse_pairs
from picturerail.media.metadata import datasource, rules
from picturerail.media.metadata.checks import checked
from picturerail.media.metadata.definitions import new_definition, shown, updated_definition
from picturerail.media.metadata.rule_definitions import new_rule
from picturerail.media.metadata.rules import Values

COLOURS = {"values": [{"external_id": "r", "value": "Red"}, {"external_id": "g", "value": "Green"}]}


def field(kind: str, **options: Any) -> dict[str, Any]:
    given = {"external_id": kind, "type": kind, "label": kind, **options}
    return new_definition(given | ({"datasource": COLOURS} if kind in ("enum", "set") else {}))


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("string", "some text", "some text"),
        ("integer", "12", 12),
        ("integer", -3, -3),
        ("date", "2026-01-31", "2026-01-31"),
        ("enum", "r", "r"),
        ("set", ["g", "r"], ["r", "g"]),
        ("set", "g", ["g"]),
    ],
)
def test_values_are_kept_in_the_shape_of_their_field(kind: str, value: Any, kept: Any) -> None:
    assert checked(field(kind), value) == kept


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("integer", "1.5"),
        ("integer", "²"),
        ("integer", True),
        ("integer", {"$gt": 1}),
        ("string", ["a"]),
        ("string", {"$ne": None}),
        ("date", "31.01.2026"),
        ("date", "2026-02-30"),
        ("date", "2026-W01-1"),
        ("date", "20260131"),
        ("enum", "blue"),
        ("enum", ["r", "g"]),
        ("set", ["r", "blue"]),
        ("set", [{"$ne": 1}]),
    ],
)
def test_values_that_do_not_fit_are_refused_by_the_name_of_their_field(kind: str, value: Any) -> None:
    with pytest.raises(BadRequest, match=f"field {kind}"):
        checked(field(kind), value)


@given(number=st.integers(-1000, 1000), limit=st.integers(-1000, 1000), equals=st.booleans())
def test_comparisons_are_those_of_arithmetic(number: int, limit: int, equals: bool) -> None:
    for name, right in (("less_than", number < limit), ("greater_than", number > limit)):
        rule = {"type": name, "value": limit, "equals": equals}
        wanted = right or (equals and number == limit)
        if wanted:
            assert checked(field("integer", validation=rule), number) == number
        else:
            with pytest.raises(BadRequest):
                checked(field("integer", validation=rule), number)


def test_all_rules_of_an_and_must_hold() -> None:
    inside = {
        "type": "and",
        "rules": [
            {"type": "greater_than", "value": "2026-01-01", "equals": True},
            {"type": "less_than", "value": "2026-02-01"},
        ],
    }
    january = field("date", validation=inside)
    assert checked(january, "2026-01-01") == "2026-01-01"
    for outside in ("2025-12-31", "2026-02-01"):
        with pytest.raises(BadRequest):
            checked(january, outside)


def test_text_has_a_length() -> None:
    short = field("string", validation={"type": "strlen", "min": 2, "max": 3})
    assert checked(short, "äöü") == "äöü"
    for wrong in ("a", "abcd"):
        with pytest.raises(BadRequest):
            checked(short, wrong)


@pytest.mark.parametrize(
    "body",
    [
        {"type": "float", "label": "a"},
        {"type": "string"},
        {"type": "string", "label": ""},
        {"type": "string", "label": "a", "external_id": "a.b"},
        {"type": "string", "label": "a", "external_id": "$a"},
        {"type": "string", "label": "a", "external_id": {"$ne": 1}},
        {"type": "string", "label": "a", "mandatory": "yes"},
        {"type": "string", "label": "a", "mandatory": True},
        {"type": "string", "label": "a", "validation": {"type": "less_than", "value": 3}},
        {"type": "integer", "label": "a", "validation": {"type": "and", "rules": []}},
        {"type": "integer", "label": "a", "validation": "[a-z]+"},
        {"type": "string", "label": "a", "validation": {"type": "strlen", "min": 3, "max": 2}},
        {"type": "string", "label": "a", "validation": {"type": "strlen", "min": True}},
        *(
            {"type": kind, "label": "a", "validation": {"type": "and", "rules": rules}}
            for kind, rules in (
                ("string", [{"type": "strlen", "min": 3}, {"type": "strlen", "max": 2}]),
                ("integer", [{"type": "greater_than", "value": 5}, {"type": "less_than", "value": 6}]),
                (
                    "date",
                    [
                        {"type": "greater_than", "value": "2026-02-01", "equals": True},
                        {"type": "less_than", "value": "2026-02-01"},
                    ],
                ),
            )
        ),
        {"type": "integer", "label": "a", "default_value": "x"},
        {"type": "enum", "label": "a"},
        {"type": "enum", "label": "a", "datasource": {"values": [{"value": 3}]}},
        {"type": "string", "label": "a", "restrictions": {"other": True}},
    ],
)
def test_definitions_that_make_no_sense_are_refused(body: dict[str, Any]) -> None:
    with pytest.raises(BadRequest):
        new_definition(body)


def test_a_field_keeps_its_identity_and_type_when_it_changes() -> None:
    changed = updated_definition(field("string"), {"external_id": "other", "type": "integer", "label": "New"})
    assert (changed["external_id"], changed["type"], changed["label"]) == ("string", "string", "New")


def test_entries_of_a_list_are_changed_deleted_restored_and_put_in_order() -> None:
    entries = datasource.merged(
        datasource.new(COLOURS), [{"external_id": "r", "value": "Rouge"}, {"value": "Blue"}]
    )
    assert [entry["value"] for entry in entries] == ["Rouge", "Green", "Blue"]
    fewer = datasource.with_state(entries, ["g"], "inactive")
    assert [entry["value"] for entry in datasource.shown(fewer)["values"]] == ["Rouge", "Blue"]
    assert datasource.with_state(fewer, ["g"], "active") == entries
    descending = datasource.ordered(entries, "value", "desc")
    assert [entry["value"] for entry in descending] == ["Rouge", "Green", "Blue"]
    came = datasource.ordered(descending, "created_at", "asc")
    assert [entry["value"] for entry in came] == ["Rouge", "Green", "Blue"]
    with pytest.raises(NotFound):
        datasource.with_state(entries, ["missing"], "inactive")


def test_a_deleted_entry_is_no_value_any_more() -> None:
    colour = field("enum")
    colour["datasource"] = datasource.with_state(colour["datasource"], ["r"], "inactive")
    with pytest.raises(BadRequest):
        checked(colour, "r")
    assert shown(colour)["datasource"] == {"values": [{"external_id": "g", "value": "Green"}]}


def rule(condition: dict[str, Any], result: dict[str, Any]) -> dict[str, Any]:
    return new_rule({"metadata_field_id": "set", "name": "a", "condition": condition, "result": result})


WHEN_TEXT = {"metadata_field_id": "string", "equals": "on"}


def test_the_first_rule_that_fits_decides() -> None:
    fields = [field("string"), field("set", default_disabled=True)]
    on = rule(WHEN_TEXT, {"enable": True, "activate_values": {"external_ids": ["r"]}})
    assert rules.applied(fields, [on], {"string": "on", "set": ["r"]}, clear_invalid=False)["set"] == ["r"]
    wrongs: list[Values] = [{"string": "on", "set": ["g"]}, {"string": "off", "set": ["r"]}]
    for wrong in wrongs:
        with pytest.raises(BadRequest):
            rules.applied(fields, [on], wrong, clear_invalid=False)
        assert "set" not in rules.applied(fields, [on], wrong, clear_invalid=True)


def test_a_rule_may_say_disable_for_enable() -> None:
    fields = [field("string"), field("set", default_disabled=True)]
    off, on = (rule(WHEN_TEXT, {"disable": disabled, "hide": True}) for disabled in (True, False))
    held: Values = {"string": "on", "set": ["r"]}
    assert rules.applied(fields, [on], held, clear_invalid=False)["set"] == ["r"]
    with pytest.raises(BadRequest, match="the field is disabled"):
        rules.applied(fields, [off], held, clear_invalid=False)
    with pytest.raises(BadRequest, match="enabled and disabled"):
        rule(WHEN_TEXT, {"disable": True, "enable": True})


def test_restrictions_of_pages_that_are_not_here_are_kept() -> None:
    given = {"readonly_ui": True, "hidden_ui": True, "excluded_from_search": False}
    assert shown(field("string", restrictions=given))["restrictions"] == given
    with pytest.raises(BadRequest, match="no field is excluded_from_search here"):
        field("string", restrictions={"excluded_from_search": True})


def test_rules_give_values_and_demand_them() -> None:
    fields = [field("string"), field("set")]
    default = rule(WHEN_TEXT, {"enable": True, "apply_value": {"value": "r", "mode": "default"}})
    append = rule(WHEN_TEXT, {"enable": True, "apply_value": {"value": "g", "mode": "append"}})
    demand = rule(WHEN_TEXT, {"enable": True, "set_mandatory": True})
    assert rules.applied(fields, [default], {"string": "on"}, clear_invalid=False)["set"] == ["r"]
    held: Values = {"string": "on", "set": ["r"]}
    assert rules.applied(fields, [append], held, clear_invalid=False)["set"] == ["r", "g"]
    with pytest.raises(BadRequest, match="mandatory"):
        rules.applied(fields, [demand], {"string": "on"}, clear_invalid=False)


@pytest.mark.parametrize(
    ("condition", "right"),
    [
        ({"metadata_field_id": "set", "includes": ["r"]}, True),
        ({"metadata_field_id": "set", "includes": ["r", "g"]}, False),
        ({"metadata_field_id": "set", "populated": True}, True),
        ({"metadata_field_id": "date", "populated": False}, True),
        ({"and": [WHEN_TEXT, {"metadata_field_id": "set", "equals": "r"}]}, True),
        ({"or": [{"metadata_field_id": "date", "populated": True}, {"and": [WHEN_TEXT]}]}, True),
    ],
)
def test_conditions(condition: dict[str, Any], right: bool) -> None:
    read = rule(condition, {"enable": True})["condition"]
    assert rules.holds(read, {"string": "on", "set": ["r"]}) is right


@pytest.mark.parametrize(
    "condition",
    [
        {"metadata_field_id": "a"},
        {"metadata_field_id": "a", "equals": {"$ne": 1}},
        {"and": []},
        {"and": [{"and": [{"and": [{"and": [{"and": [{"and": [WHEN_TEXT]}]}]}]}]}]},
        "text",
    ],
)
def test_conditions_that_make_no_sense_are_refused(condition: Any) -> None:
    with pytest.raises(BadRequest):
        rule(condition, {"enable": True})


@given(
    st.dictionaries(
        st.text("abc=|", min_size=1).map(str.strip).filter(bool),
        st.text('ab|="[] ,äé', max_size=20),
        max_size=5,
    )
)
def test_pairs_come_back_as_clients_write_them(pairs: dict[str, str]) -> None:
    def escaped(text: str) -> str:
        return text.replace("=", "\\=").replace("|", "\\|")

    assert parse_pairs("|".join(f"{escaped(key)}={escaped(value)}" for key, value in pairs.items())) == pairs
