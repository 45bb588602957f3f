"""Every transformation of the corpus makes a picture of the right size, transparency and orientation, or is refused."""

from pathlib import Path

import cloudinary
import numpy as np
import pytest
from cloudinary.utils import generate_transformation_string
from PIL import Image

from picturerail.errors import BadRequest
from picturerail.transform.grammar import canonical, parse
from picturerail.transform.pixels import execute
from picturerail.transform.pixels.analysis import probe
from picturerail.transform.plan import Context, Face, LayerAsset, Output, Plan, make_plan
from picturerail.transform.probe import Limits, SourceInfo
from tests import pictures
from tests.transform.corpus.case import HEIGHT, LAYER, WIDTH, Case, Options
from tests.transform.corpus.cases import cases, refusals

CASES, REFUSALS = cases(), refusals()
FACE = Face(0.3, 0.2, 0.3, 0.5)
WARM = "LUT_3D_SIZE 2\n" + "\n".join(
    f"{r} {g * 0.9} {b * 0.8}" for b in (0, 1) for g in (0, 1) for r in (0, 1)
)
OTHER_WARM = "0 1023\n" + "\n".join(f"{r} {g} {b}" for r in (0, 1023) for g in (0, 900) for b in (0, 800))


def text_of(options: Options) -> str:
    cloudinary.reset_config()
    text, _ = generate_transformation_string(**options)
    return str(text)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Quarters of four colours, stored lying on their side with the camera's flag; and what goes onto them."""
    folder = tmp_path_factory.mktemp("corpus")
    seen = pictures.quadrants(WIDTH, HEIGHT)
    files = {
        "source": pictures.oriented(seen.transpose(Image.Transpose.ROTATE_90), folder / "source.jpg", 6),
        "logo": pictures.saved(Image.new("RGBA", LAYER, (250, 250, 250, 200)), folder / "logo.png"),
    }
    for name, content in (("warm.cube", WARM), ("warm.3dl", OTHER_WARM)):
        files[name] = folder / name
        files[name].write_text(content)
    files["swapped.icc"] = folder / "swapped.icc"
    files["swapped.icc"].write_bytes(pictures.swapped_profile())
    return files


CONTEXT = Context(
    named=lambda _: parse("c_scale,w_30"),
    layer=lambda _kind, _name: LayerAsset(SourceInfo("png", *LAYER, has_alpha=True, bands=4), "logo"),
    faces=lambda: (FACE,),
    custom=(FACE,),
    tags=("a", "c"),
    raw=lambda name: name,
)


def planned(text: str, info: SourceInfo) -> Plan:
    transformation = parse(text)
    assert parse(canonical(transformation)) == transformation
    asked = str(transformation.last("f") or "png")
    return make_plan(transformation, info, Output("webp" if asked == "auto" else asked), CONTEXT)


def test_the_corpus_is_large() -> None:
    texts = {text_of(case.options) for case in CASES}
    assert len(texts) >= 1500, len(texts)


def wrong(case: Case, plan: Plan, made: Path) -> str:
    """What is not as it must be; nothing for a picture that is right."""
    with Image.open(made) as opened:
        picture = opened.convert("RGBA")
    size = picture.size
    if case.size and size != case.size:
        return f"size {size}, not {case.size}"
    unknown = any(step["kind"] in ("Trim", "Overlay") for step in plan.to_json()["steps"])
    if not unknown and size != (plan.width, plan.height):
        return f"size {size}, planned as {(plan.width, plan.height)}"
    pixels = np.asarray(picture)
    if (
        case.clear is not None
        and (pixels[..., 3].min() < 255) != case.clear
        and plan.encoding.format not in ("jpg", "bmp")
    ):
        return "transparent" if not case.clear else "opaque"
    if case.upright:
        across, down = size[0] // 4, size[1] // 4
        places = {"nw": (down, across), "ne": (down, -across), "sw": (-down, across), "se": (-down, -across)}
        for name, place in places.items():
            if np.abs(pixels[place][:3].astype(int) - pictures.QUADRANTS[name]).max() > 70:
                return f"{name} is {pixels[place]}"
    return ""


@pytest.mark.costly
def test_every_transformation_makes_a_picture(sources: dict[str, Path], tmp_path: Path) -> None:
    info = probe.gather(sources["source"], Limits()).info
    assert (info.width, info.height, info.orientation) == (WIDTH, HEIGHT, 6)
    faults, target = [], tmp_path / "made"
    for case in CASES:
        text = text_of(case.options)
        try:
            plan = planned(text, info)
            execute.render(sources["source"], plan, target, Limits(), sources)
        except Exception as error:
            faults.append((text, repr(error)))
            continue
        if said := wrong(case, plan, target):
            faults.append((text, said))
    assert not faults, f"{len(faults)} of {len(CASES)}: {faults[:40]}"


@pytest.mark.parametrize("options", REFUSALS, ids=str)
def test_what_is_not_here_is_refused_with_its_reason(options: Options) -> None:
    text = text_of(options)
    with pytest.raises(BadRequest) as refused:
        make_plan(parse(text), SourceInfo("jpg", WIDTH, HEIGHT), Output("png"), CONTEXT)
    said = refused.value.message
    assert "not supported" in said
    assert len(said.rpartition(":")[2].strip()) > 10 or "layers of the kind" in said
