"""The address of an object store: what it may say beside the bucket, and what is told where it says nonsense."""

from pathlib import Path

import pytest

from picturerail.errors import StartupError
from picturerail.storage.objects import ObjectStorage


@pytest.mark.parametrize(
    "options",
    [
        "",
        "region=eu-central-1",
        "AWS_REGION=eu-central-1",
        "endpoint=http://127.0.0.1:9000&allow_http=true",
        "aws_allow_http=true&timeout=3s&connect_timeout=1s",
        "access_key_id=k&secret_access_key=s",
        "randomize_addresses=true&http2_keep_alive_interval=1s&proxy_url=http://127.0.0.1:9",
    ],
)
def test_options_of_the_store_and_of_its_connections_are_taken(options: str, tmp_path: Path) -> None:
    ObjectStorage(f"s3://bucket/prefix?{options}", "originals", tmp_path, name="What it is for")


@pytest.mark.parametrize(
    ("address", "named"),
    [
        ("s3://bucket?nonsense=1", "nonsense"),
        ("s3://bucket?aws_nonsense=1", "nonsense"),
        ("s3://bucket?allow_http=maybe", "maybe"),
        ("s3://bucket?timeout=abc", "abc"),
        ("s3://bucket?http2_max_frame_size=x", "x"),
        ("s3://bucket?skip_signature=perhaps", "perhaps"),
        ("gs://bucket?nonsense=1", "nonsense"),
        ("az://bucket?nonsense=1", "nonsense"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_sentence(address: str, named: str, tmp_path: Path) -> None:
    with pytest.raises(StartupError, match="What it is for cannot be used: ") as told:
        ObjectStorage(address, "originals", tmp_path, name="What it is for")
    assert named in str(told.value)
    assert "\n" not in str(told.value)
