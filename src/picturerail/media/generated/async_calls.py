"""Make a file now, or after the call was answered (async=true); either way tell that it is there."""

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from werkzeug.wrappers import Response

from picturerail.errors import PicturerailError, TooManyRequests, Unavailable
from picturerail.jobs import queue
from picturerail.jobs.job import NewJob
from picturerail.media.asset import Asset
from picturerail.media.generated.save import download, name_of
from picturerail.media.http.api_request import ApiRequest
from picturerail.media.http.params import Params
from picturerail.media.notifications.publish import check_receiver, publish_answer
from picturerail.media.service import Media
from picturerail.media.store import naming

Maker: TypeAlias = Callable[[Media, Params, str], dict[str, Any]]

_OF_THE_CALL = ("signature", "api_key", "timestamp", "file", "async", "mode")


def make_or_queue(
    media: Media, call: ApiRequest, kind: str, make: Maker, resource_type: str, *, name: tuple[str, str]
) -> dict[str, Any]:
    """What `make` answers; with `async`, that it will be made. `name` is the parameter that names it, and its value.

    A job keeps the name, so that one that is done twice makes one asset.
    """
    check_receiver(media, call.params)
    params = Params({**call.params, name[0]: name[1]})
    if not call.params.flag("async"):
        answer = make(media, params, resource_type)
        publish_answer(media, params, kind, answer, asset_id=answer["asset_id"])
        return answer
    batch_id = params.text("batch_id") or naming.random_text(32)
    kept = {key: value for key, value in params.items() if key not in _OF_THE_CALL}
    arguments = {"params": {**kept, "batch_id": batch_id}, "resource_type": resource_type}
    queue.put(media.database, NewJob(kind=kind, arguments=arguments))
    return {"status": "processing", "public_id": name[1], "batch_id": batch_id}


def send_or_make(
    media: Media,
    call: ApiRequest,
    resource_type: str,
    *,
    kind: str,
    kept: Callable[[Media, Params, str], tuple[Asset, Any]],
    make: Maker,
) -> dict[str, Any] | Response:
    """With mode=download, the file that `kept` makes of the call under its name; else what `make_or_queue` answers."""
    name = name_of(call.params)
    if call.params.text("mode") == "download":
        asset, _ = kept(media, call.params, name)
        return download(media, asset, name)
    return make_or_queue(media, call, kind, make, resource_type, name=("public_id", name))


def job(kind: str, make: Maker) -> Callable[[Media, str, Mapping[str, Any]], None]:
    """The job that makes what was put off; what cannot be made is told, too."""

    def run(media: Media, job_id: str, arguments: Mapping[str, Any]) -> None:
        params = Params(arguments["params"])
        try:
            answer = make(media, params, arguments["resource_type"])
        except (TooManyRequests, Unavailable):
            raise
        except PicturerailError as error:
            answer = {"status": "failed", "error": {"message": error.message}}
        told = {**answer, "batch_id": params.text("batch_id")}
        publish_answer(media, params, kind, told, asset_id=answer.get("asset_id", job_id), once=job_id)

    return run
