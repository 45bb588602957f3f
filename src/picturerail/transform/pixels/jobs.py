"""The jobs that an image worker does: a JSON request in, a JSON answer out."""

import dataclasses
import importlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from picturerail.errors import PicturerailError
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import colour_blindness, focus, probe
from picturerail.transform.pixels.metadata import exif
from picturerail.transform.plan import Plan
from picturerail.transform.probe import Limits


def run(request: dict[str, Any]) -> dict[str, Any]:
    """Do one job. Errors are raised; the pool sends them to the client."""
    return JOBS[request["job"]](request)


def _probe(request: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    return probe.gather(
        Path(request["path"]), limits, copies=request["copies"], quick=request["quick"]
    ).to_json()


def _render(request: dict[str, Any]) -> dict[str, Any]:
    plan = Plan.from_json(request["plan"])
    limits = Limits(**request["limits"])
    layers = {original: Path(path) for original, path in request["layers"].items()}
    source, target = Path(request["source"]), Path(request["target"])
    return dataclasses.asdict(execute.render(source, plan, target, limits, layers))


def _faces(request: dict[str, Any]) -> dict[str, Any]:
    # Loaded by name when it is first asked for: OpenCV would cost every worker 50 MB, and most never need it.
    faces = importlib.import_module("picturerail.transform.pixels.analysis.faces")
    found = faces.find(Path(request["path"]), Limits(**request["limits"]))
    return {"faces": [dataclasses.asdict(face) for face in found]}


def _focus(request: dict[str, Any]) -> dict[str, Any]:
    return {"focus": focus.measure(Path(request["path"]), Limits(**request["limits"]))}


def _clarity(request: dict[str, Any]) -> dict[str, Any]:
    return dataclasses.asdict(colour_blindness.measure(Path(request["path"]), Limits(**request["limits"])))


def _camera(request: dict[str, Any]) -> dict[str, Any]:
    return exif.read(Path(request["path"]), Limits(**request["limits"]))


def _surveys(request: dict[str, Any]) -> dict[str, Any]:
    limits = Limits(**request["limits"])
    return {"found": [_survey(Path(each), limits) for each in request["paths"]]}


def _survey(path: Path, limits: Limits) -> dict[str, Any] | None:
    """None also for what is refused: whoever looks at it by itself hears why."""
    try:
        if (facts := probe.survey(path, limits)) is None:
            return None
        return {"facts": facts.to_json(), "camera": exif.read_known(path, facts.info)}
    except PicturerailError:
        return None


JOBS: dict[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "probe": _probe,
    "render": _render,
    "faces": _faces,
    "focus": _focus,
    "clarity": _clarity,
    "camera": _camera,
    "surveys": _surveys,
}
