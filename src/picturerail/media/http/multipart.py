"""Read a multipart form as it streams in: small fields into memory, the part named `file` into the spool."""

import codecs
import re
from collections.abc import Callable, Iterator

from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.sansio.multipart import Data, Event, Field, File

from picturerail.errors import BadRequest, TooLarge
from picturerail.form_decoder import FormDecoder, Readable
from picturerail.spool import BLOCK, Spooled, SpoolWriter

FIELD_BYTES = 4 * 1024 * 1024  # of all fields together
MAX_PARTS = 1100  # a call may name 1,000 assets, each in a part of its own, beside what it says of them
HEAD_BYTES = 1024  # of a part, by which a file is told from a text
_UTF_8 = codecs.getincrementaldecoder("utf-8")
_CONTROLS = re.compile(r"[\0-\x1f\x7f-\x9f]")  # which no file name means


PLACEHOLDER = b"file"
FILE_NAMES = ("file", "image_file")  # the latter in a search by a picture
Fields = list[tuple[str, str]]
Form = tuple[Fields, Spooled | None, bool]


def read_multipart(stream: Readable, boundary: str, open_spool: Callable[[Fields], SpoolWriter]) -> Form:
    """The fields, the file, and whether that file came as a text field (a URL or a data URI).

    `open_spool` is told the fields before the file.
    """
    fields: Fields = []
    file: Spooled | None = None
    file_is_text = False
    events = _events(stream, boundary)
    room = FIELD_BYTES
    try:
        for event in events:
            if isinstance(event, Field | File):
                if event.name in FILE_NAMES and file is None:
                    name = _CONTROLS.sub("", event.filename) if isinstance(event, File) else ""
                    fields = _without_name(fields, name)
                    file = _spool(events, open_spool(fields), name)
                    file_is_text = _is_text(event) and not _is_binary(file)
                    if file_is_text and _is_placeholder(file):
                        file.path.unlink(missing_ok=True)
                        file = None
                else:
                    value = _value(events, room)
                    room -= len(value)
                    fields.append((event.name or "", _text(value, event)))
    except BaseException:
        if file is not None:
            file.path.unlink(missing_ok=True)
        raise
    return fields, file, file_is_text


def _without_name(fields: Fields, name: str) -> Fields:
    """The fields without the one that the SDK of Dart adds, unsigned: by the name of the file, with its path."""
    return [(key, value) for key, value in fields if key != name or ("/" not in value and value != name)]


def _is_placeholder(file: Spooled) -> bool:
    """Whether it is what the SDK of Dart puts before an address or a data URI: a field `file` that says `file`."""
    return file.bytes == len(PLACEHOLDER) and file.path.read_bytes() == PLACEHOLDER


def _events(stream: Readable, boundary: str) -> Iterator[Event]:
    decoder = FormDecoder(boundary.encode(), max_parts=MAX_PARTS)
    try:
        yield from decoder.events(stream, BLOCK)
    except RequestEntityTooLarge:
        raise TooLarge(f"The multipart body has more than {MAX_PARTS} parts.") from None
    except (ValueError, AttributeError, UnicodeDecodeError):
        raise BadRequest("The multipart body is malformed, or ends before it is complete.") from None


def _is_text(event: Field | File) -> bool:
    """Whether a part is a field; one whose name got lost, since a low byte was a quote or a new line, says its type."""
    return isinstance(event, Field) and event.headers.get("content-type", "text/plain").startswith("text/")


def _is_binary(file: Spooled) -> bool:
    """Whether it can be no address and no data URI: a client that names no file sends the file itself."""
    with file.path.open("rb") as spooled:
        head = spooled.read(HEAD_BYTES)
    try:
        return "\0" in _UTF_8(errors="strict").decode(head)  # which minds no letter that is cut at the end
    except UnicodeDecodeError:
        return True


def _spool(events: Iterator[Event], writer: SpoolWriter, name: str) -> Spooled:
    with writer as spool:
        for data in _data(events):
            spool.write(data)
        return spool.finish(name)


def _value(events: Iterator[Event], room: int) -> bytes:
    value = bytearray()
    for data in _data(events):
        value += data
        if len(value) > room:
            raise TooLarge(f"The fields of the form are over {FIELD_BYTES} bytes.")
    return bytes(value)


def _data(events: Iterator[Event]) -> Iterator[bytes]:
    for event in events:
        if isinstance(event, Data):
            yield event.data
            if not event.more_data:
                return


def _text(value: bytes, part: Field | File) -> str:
    name = (part.name or "")[:100]
    try:
        return value.decode()
    except UnicodeDecodeError:
        if isinstance(part, File):
            raise BadRequest(f"A file came as the parameter {name}: it is expected as file.") from None
        raise BadRequest(f"The parameter {name} is not text in UTF-8.") from None
