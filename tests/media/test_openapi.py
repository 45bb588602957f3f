"""The media service describes itself: every endpoint stands in its OpenAPI document."""

import json
import re
from pathlib import Path
from typing import Any

import msgspec
import pytest

from picturerail.media import coverage
from picturerail.media.openapi.contracts import CONTRACTS
from picturerail.media.openapi.description import describe
from picturerail.media.routes import ROUTES
from picturerail.media.schemas import parameters
from tests.media.http import send
from tests.media_service import MediaService

TOLD = describe(ROUTES, "http://127.0.0.1:8000", "cloud")
KEPT = Path(__file__).parents[2] / "docs" / "reference" / "media-api.json"


def test_every_endpoint_is_described() -> None:
    described = {(method.upper(), path) for path, calls in TOLD["paths"].items() for method in calls}
    missing = []
    for route in ROUTES:
        rule = route.path if route.path.startswith("/v2/") else f"/v1_1/<cloud>{route.path}"
        whole = re.sub(r"<(?:(?:any\([^)]*\)|\w+):)?\w+>", "{}", rule.replace("<cloud>", "cloud"))
        pattern = re.compile(re.escape(whole).replace(r"\{\}", r"(\{\w+\}|\w+)"))
        if not any(method == route.method and pattern.fullmatch(path) for method, path in described):
            missing.append(f"{route.method} {route.path}")
    assert missing == []


def test_no_two_paths_are_one_to_a_reader() -> None:
    shapes = [re.sub(r"\{\w+\}", "{}", path) for path in TOLD["paths"]]
    assert len(shapes) == len(set(shapes))


def test_each_call_is_told_whole() -> None:
    named = {f"#/components/schemas/{name}" for name in TOLD["components"]["schemas"]}
    assert set(re.findall(r"#/components/schemas/\w+", json.dumps(TOLD))) == named
    for path, calls in TOLD["paths"].items():
        for one in calls.values():
            assert one["summary"], path
            assert {each["name"] for each in one.get("parameters", ()) if each["in"] == "path"} == set(
                re.findall(r"\{(\w+)\}", path)
            )


@pytest.mark.parametrize(
    ("method", "path", "ways"),
    [
        ("get", "/v1_1/cloud/ping", [{"basic": []}]),
        ("post", "/v1_1/cloud/{resource_type}/destroy", [{"signature": []}, {"basic": []}]),
        ("post", "/v1_1/cloud/{resource_type}/upload", [{"signature": []}, {"basic": []}, {}]),
        ("post", "/v1_1/cloud/delete_by_token", None),
    ],
)
def test_each_call_says_how_to_show_who_one_is(method: str, path: str, ways: list[Any] | None) -> None:
    assert TOLD["paths"][path][method].get("security") == ways


def test_each_endpoint_has_its_contract() -> None:
    assert set(CONTRACTS) == {route.action for route in ROUTES}


def test_every_parameter_of_an_upload_is_told() -> None:
    fields = {field.name for field in msgspec.structs.fields(parameters.UploadParameters)}
    assert {*coverage.PARAMETERS, *coverage.PARAMETERS_PARTLY, "file", "signature"} <= fields


def test_the_service_serves_its_document(cloud: MediaService) -> None:
    served: dict[str, Any] = json.loads(send(f"{cloud.url}/v1_1/openapi.json").body)
    kept = json.loads(KEPT.read_text())
    assert {name.replace("/cloud/", "/picturerail/", 1) for name in served["paths"]} == set(kept["paths"])
    assert served["components"] == kept["components"]


@pytest.mark.parametrize("name", ["AssetAnswer", "CloudError", "AssetSearch", "Deletion"])
def test_what_answers_are_is_told(name: str) -> None:
    assert TOLD["components"]["schemas"][name]["properties"]
