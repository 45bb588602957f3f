"""One request, read to its end and turned into plain values, so that no action touches the web framework."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import parse_qsl
from wsgiref.types import WSGIEnvironment

from werkzeug.http import parse_options_header
from werkzeug.wrappers import Request

from picturerail.errors import BadRequest, FileTooLarge, TooLarge, Unauthorized
from picturerail.media.http import json_text
from picturerail.media.http.multipart import FIELD_BYTES, Fields, read_multipart
from picturerail.media.http.params import Params
from picturerail.media.key_pair import ALL, KeyPair
from picturerail.spool import BLOCK, Spooled, SpoolWriter, too_large
from picturerail.visitors import KNOWN

_FOR_URLS = str.maketrans("-_", "+/")
_BASE64_GROWTH = 1.4  # text of a data URI over its bytes


@dataclass(frozen=True)
class ApiRequest:
    """One API request. `file_is_text` tells that the file came as a text field: a URL or a data URI."""

    method: str
    params: Params
    headers: Mapping[str, str]
    user: str = ""
    password: str = ""
    token: str = ""
    file: Spooled | None = None
    file_is_text: bool = False
    address: str = ""
    key: KeyPair | None = None  # who calls, once that is known

    @property
    def is_trusted(self) -> bool:
        """Whether who calls may see and replace all: no stranger, whom a key or a preset lets upload only."""
        return self.key is not None and self.key.role == ALL

    @property
    def boundary(self) -> str:
        """What tells one sending of a form from another one with the same fields."""
        return self.headers.get("content-type", "")


@contextmanager
def read_request(
    request: Request,
    spool: Path,
    max_upload: int,
    recognise: Callable[[ApiRequest], bool] = lambda _: False,
    *,
    bare: bool = False,
) -> Iterator[ApiRequest]:
    """Read the whole request; its spooled file, unless somebody moved it, is removed at the end.

    When a file begins, `recognise` is asked whether what came before shows who sends it. The body of a `bare` request
    is the file and nothing else: all parameters stand behind the question mark.
    """
    _refuse_unreadable(request)
    stream, limit = _Counted(request), int(max_upload * _BASE64_GROWTH)
    if (request.content_length or 0) > limit + FIELD_BYTES:
        raise FileTooLarge(too_large(max_upload))
    kind, options = parse_options_header(request.headers.get("Content-Type", ""))
    kind = kind.lower()  # letters of a media type are equal in both sizes (RFC 9110 8.3.1)
    pairs = _query(request)
    file, is_text, values = None, False, dict[str, Any]()

    def begin(fields: Fields) -> SpoolWriter:
        told = _call(request, Params.from_pairs(pairs + fields), None, is_text=False)
        request.environ[KNOWN] = recognise(told)
        return SpoolWriter(spool, limit, lambda _: too_large(max_upload))

    if bare:
        file = _whole_body(stream, begin([]))
    elif kind == "multipart/form-data":
        fields, file, is_text = read_multipart(stream, options.get("boundary", ""), begin)
        pairs += fields
    else:  # of any method: some clients send the parameters of GET and DELETE so
        body = _small_body(stream)
        if kind == "application/json" or _is_object(body):
            values = _json(body)
        else:
            pairs += _pairs(body)
        file, is_text = _file_text({**dict(pairs), **values}, spool), True
    try:
        if stream.missing:
            raise BadRequest("The request body ended before its Content-Length.")
        if file is not None and not is_text and file.bytes > max_upload:
            raise FileTooLarge(too_large(max_upload))
        given = {**Params.from_pairs(pairs), **values}
        if name := next((name for name, value in given.items() if _has_nul([name, value])), None):
            shown = name.replace("\0", "")[:100]
            raise BadRequest(
                f"The parameter '{shown}' holds a NUL character, which no text of ours may have."
            )
        yield _call(request, given, file, is_text=is_text)
    finally:
        if file is not None:
            file.path.unlink(missing_ok=True)


def use_one_alphabet(environ: WSGIEnvironment) -> None:
    """Write Basic credentials in the usual alphabet of Base64; the Ruby SDK has the one for URLs."""
    scheme, space, credentials = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
    if scheme.lower() == "basic":
        environ["HTTP_AUTHORIZATION"] = scheme + space + credentials.translate(_FOR_URLS)


class _Counted:
    """The body as a stream that knows how much of the announced length has come."""

    def __init__(self, request: Request) -> None:
        self._stream: BinaryIO = request.environ["wsgi.input"]
        self._length = request.content_length
        self._read = 0

    def read(self, size: int) -> bytes:
        if self._length is not None:
            size = min(size, self._length - self._read)
        data = self._stream.read(size) if size else b""
        self._read += len(data)
        return data

    @property
    def missing(self) -> bool:
        return self._length is not None and self._read < self._length


def _call(request: Request, values: Mapping[str, Any], file: Spooled | None, *, is_text: bool) -> ApiRequest:
    authorization = request.authorization
    basic = authorization is not None and authorization.type == "basic"
    return ApiRequest(
        method=request.method,
        params=Params(values),
        headers={name.lower(): value for name, value in request.headers},
        user=(authorization.username or "") if basic and authorization else "",
        password=(authorization.password or "") if basic and authorization else "",
        token=(authorization.token or "") if authorization and authorization.type == "bearer" else "",
        file=file,
        file_is_text=is_text,
        address=request.remote_addr or "",
    )


def _refuse_unreadable(request: Request) -> None:
    """Who means to say who he is, and does not, is told so: as a stranger he would be told something else."""
    scheme = request.headers.get("Authorization", "").partition(" ")[0]
    given = request.authorization
    if scheme.lower() in ("basic", "bearer") and not (given and (given.username or given.token)):
        raise Unauthorized(
            "Invalid Authorization header: send Basic with KEY:SECRET in Base64, or Bearer with a token."
        )


def _file_text(values: Mapping[str, Any], spool: Path) -> Spooled | None:
    """The URL or data URI that stands for the file in a form or JSON body."""
    text = values.get("file")
    if not isinstance(text, str) or not text:
        return None
    with SpoolWriter(spool, FIELD_BYTES, too_large) as writer:
        writer.write(text.encode(errors="replace"))
        return writer.finish()


def _whole_body(stream: _Counted, writer: SpoolWriter) -> Spooled:
    with writer as spool:
        while block := stream.read(BLOCK):
            spool.write(block)
        return spool.finish()


def _small_body(stream: _Counted) -> bytes:
    body = bytearray()
    while block := stream.read(64 * 1024):
        body += block
        if len(body) > FIELD_BYTES:
            raise TooLarge(f"The request body is over {FIELD_BYTES} bytes.")
    return bytes(body)


def _is_object(body: bytes) -> bool:
    """Whether a body is JSON, whatever it is said to be: no parameter's name begins with a brace.

    What curl sends with -d is said to be a form, and what fetch sends a plain text.
    """
    return body.lstrip().startswith(b"{") and body.rstrip().endswith(b"}")


def _json(body: bytes) -> dict[str, Any]:
    try:
        values = json_text.parsed(body or b"{}")
    except ValueError:
        raise BadRequest("The request body is not valid JSON, or nested too deeply.") from None
    if values in ([], None):  # PHP writes nothing at all so; other languages null
        return {}
    if not isinstance(values, dict):
        raise BadRequest("The request body must be a JSON object.")
    return values


def _query(request: Request) -> list[tuple[str, str]]:
    return _pairs(request.query_string)


def _pairs(text: bytes) -> list[tuple[str, str]]:
    try:
        return parse_qsl(text.decode(), keep_blank_values=True, max_num_fields=5000, errors="strict")
    except (ValueError, UnicodeDecodeError):
        raise BadRequest("The parameters are not text in UTF-8, or there are too many of them.") from None


def _has_nul(value: Any) -> bool:  # noqa: ANN401 - whatever JSON holds
    if isinstance(value, dict):
        return any(_has_nul(each) for pair in value.items() for each in pair)
    if isinstance(value, list):
        return any(map(_has_nul, value))
    return isinstance(value, str) and "\0" in value
