"""Cloudinary's paid add-ons are not part of this service: asking for one is refused, never silently ignored."""

from picturerail.errors import BadRequest
from picturerail.media.http.params import Params

# parameter -> the sentence of an upload; Cloudinary's clients look for these words
_ON_UPLOAD = {
    "raw_convert": "Raw convert is invalid",
    "categorization": "Categorization item {value} is not valid",
    "detection": "Detection invalid model '{value}'",
    "background_removal": "Background removal is invalid",
    "ocr": "OCR {value} is not valid",
    "similarity_search": "Similarity search is invalid",
    "auto_transcription": "Auto transcription is invalid",
    "auto_chaptering": "Auto chaptering is invalid",
    "visual_search": "Visual search is invalid",
}

_NOT_HERE = {
    "proxy": "proxy is not available: files are fetched by the service itself",
    "on_success": "on_success is not available: use notification_url, or eval",
}


def refuse_on_upload(params: Params) -> None:
    """Refuse an upload or explicit call that needs an add-on, or what is not here."""
    for name, sentence in _NOT_HERE.items():
        if _asked(params, name):
            raise BadRequest(f"{sentence}.")
    for name, sentence in _ON_UPLOAD.items():
        if _asked(params, name):
            value = params.text(name)[:100]
            raise BadRequest(f"{sentence.format(value=value)}: add-ons are not available.")


def refuse_on_update(params: Params) -> None:
    """Refuse an update of an asset that needs an add-on."""
    for name in _ON_UPLOAD:
        if _asked(params, name):
            value = params.text(name)[:100]
            raise BadRequest(f"Illegal value {value} for {name}: add-ons are not available.")


def _asked(params: Params, name: str) -> bool:
    return params.get(name) not in (None, "", "0", "false", False)
