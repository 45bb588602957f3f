"""The corpus: options for the SDK's builder, and what the answer must be like, told by arithmetic of its own."""

from picturerail.transform.language.effect_table import UNSUPPORTED_EFFECTS
from picturerail.transform.parameters import PARAMETERS, UNSUPPORTED
from tests.transform.corpus.case import Case, Options
from tests.transform.corpus.effects import effects
from tests.transform.corpus.layers import layers, texts
from tests.transform.corpus.output import conditions, encodings
from tests.transform.corpus.shapes import colours, outlines, resizes


def cases() -> list[Case]:
    """All that must be 200."""
    makers = (resizes, outlines, colours, effects, layers, texts, conditions, encodings)
    return [case for maker in makers for case in maker()]


def refusals() -> list[Options]:
    """All that Cloudinary documents and that needs a model, an add-on, video or a format that is not written."""
    found: list[Options] = [{"effect": name} for name in UNSUPPORTED_EFFECTS]
    found += [{"raw_transformation": f"{key}_1"} for key in UNSUPPORTED]
    for key, record in PARAMETERS.items():
        for word in getattr(record.kind, "unsupported", {}):
            # something else to look for
            other = ":ocr_text" if word in getattr(record.kind, "words", ()) else ""
            found.append({"raw_transformation": f"{key}_{word}{other}"})
    return [
        *found,
        {"overlay": "video:clip"},
        {"overlay": "subtitles:a.srt"},
        {"quality": "jpegmini"},
        {"background": "gen_fill"},
    ]
