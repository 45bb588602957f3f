"""Parameters are held against their structs: what does not fit is named, whatever shape it came in. Pure."""

from typing import Any

import pytest

from picturerail.errors import BadRequest
from picturerail.media.derivatives.breakpoint_settings import BreakpointSettings
from picturerail.media.http.params import Params
from picturerail.media.routes import ROUTES
from picturerail.media.schemas import account_parameters, parameters
from picturerail.schemas.forms import check

REFUSED: list[tuple[type, dict[str, Any], str]] = [
    (parameters.PageQuery, {"max_results": "0"}, "max_results: use a number from 1 to 500."),
    (parameters.PageQuery, {"max_results": 501}, "max_results: use a number from 1 to 500."),
    (parameters.PageQuery, {"max_results": "1e2"}, "max_results: use a number from 1 to 500."),
    (parameters.PageQuery, {"max_results": "٣"}, "max_results: use a number from 1 to 500."),
    (parameters.PageQuery, {"max_results": True}, "max_results: use a number from 1 to 500."),
    (parameters.PageQuery, {"max_results": 5.5}, "max_results: use a number from 1 to 500."),
    (parameters.PageQuery, {"next_cursor": ["a"]}, "next_cursor: a single text is expected."),
    (parameters.UploadParameters, {"overwrite": "perhaps"}, "overwrite: use true or false."),
    (parameters.UploadParameters, {"overwrite": [True]}, "overwrite: use true or false."),
    (parameters.UploadParameters, {"tags": [{"a": 1}]}, "tags: a list of texts is expected."),
    (parameters.UploadParameters, {"public_id": {"a": "b"}}, "public_id: a single text is expected."),
    (parameters.UploadParameters, {"timestamp": "tomorrow"}, "timestamp: Unix seconds are expected."),
    (
        parameters.UploadParameters,
        {"access_mode": "closed"},
        "access_mode: use one of authenticated, public.",
    ),
    (
        account_parameters.FieldOrder,
        {"order_by": "size"},
        "order_by: use one of created_at, external_id, label.",
    ),
    (BreakpointSettings, {"max_images": "1"}, "max_images: use a number from 2 to 200."),
]
TAKEN: list[tuple[type, dict[str, Any]]] = [
    (parameters.PageQuery, {"max_results": "007", "next_cursor": ""}),
    (parameters.PageQuery, {"max_results": None, "somebody_elses": ["a"]}),
    (parameters.UploadParameters, {"overwrite": "Yes", "backup": 0, "unique_filename": False, "async": ""}),
    (parameters.UploadParameters, {"tags": "a,b", "eager": ["w_1", "w_2"], "allowed_formats": 3}),
    (parameters.UploadParameters, {"public_id": 12, "display_name": 1.5, "format": True}),
    (parameters.UploadParameters, {"timestamp": "1764300000.25", "context": {"a": "b"}, "metadata": "a=b"}),
    (BreakpointSettings, {"max_images": "2", "create_derived": "on", "of_another_version": 1}),
]


@pytest.mark.parametrize(("kind", "given", "sentence"), REFUSED)
def test_what_does_not_fit_is_named(kind: type, given: dict[str, Any], sentence: str) -> None:
    with pytest.raises(BadRequest, match=f"^Invalid value for parameter {sentence}$"):
        check(given, kind)


@pytest.mark.parametrize(("kind", "given"), TAKEN)
def test_what_means_the_same_is_taken(kind: type, given: dict[str, Any]) -> None:
    check(Params(given), kind)


@pytest.mark.parametrize("given", [{}, {"public_id": ""}, {"public_id": None}])
def test_what_is_missing_is_named(given: dict[str, Any]) -> None:
    with pytest.raises(BadRequest, match=r"^Missing required parameter - public_id$"):
        check(given, parameters.OneAsset)


def test_every_change_is_held_against_a_struct() -> None:
    """But those that are known by their address alone."""
    without = {route.action.__module__.split(".")[-2] for route in ROUTES if route.takes is None}
    changing = {route.path for route in ROUTES if route.takes is None and route.method in {"POST", "PUT"}}
    assert changing == {"/resources/visual_search"}
    assert without == {"account", "admin", "metadata", "notifications", "search"}
