"""Forms of pages and of the API, with files."""

from collections.abc import Iterator
from io import BytesIO
from typing import IO, Any

from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.formparser import FormDataParser
from werkzeug.sansio.multipart import Data, Event, Field, File

from picturerail.form_decoder import FormDecoder
from picturerail.spool import BLOCK

Fields, Files = list[tuple[str, str]], list[tuple[str, FileStorage]]


class FormParser(FormDataParser):
    """Werkzeug's, by a decoder that knows old encodings: one name that is not in UTF-8 made a whole form empty."""

    def _parse_multipart(
        self, stream: IO[bytes], mimetype: str, content_length: int | None, options: dict[str, str]
    ) -> tuple[IO[bytes], MultiDict[str, str], MultiDict[str, FileStorage]]:
        del mimetype
        boundary = options.get("boundary", "").encode("ascii")
        if not boundary:
            raise ValueError("Missing boundary")
        decoder = FormDecoder(
            boundary, max_form_memory_size=self.max_form_memory_size, max_parts=self.max_form_parts
        )
        fields, files = Fields(), Files()
        for part, body in self._parts(decoder.events(stream, BLOCK), content_length):
            if isinstance(part, Field):
                fields.append((part.name, body.read().decode(errors="replace")))
            else:
                files.append((part.name, FileStorage(body, part.filename, part.name, headers=part.headers)))
        return stream, self.cls(fields), self.cls(files)

    def _parts(self, events: Iterator[Event], whole: int | None) -> Iterator[tuple[Field | File, IO[bytes]]]:
        for event in events:
            if isinstance(event, Field | File):
                part, body = event, self._body(event, whole)
            elif isinstance(event, Data):
                body.write(event.data)
                self._check(part, body)
                if not event.more_data:
                    body.seek(0)
                    yield part, body

    def _body(self, part: Field | File, whole: int | None) -> IO[bytes]:
        if isinstance(part, Field):
            return BytesIO()
        told: Any = part.headers.get("content-type")
        return self.stream_factory(
            total_content_length=whole, filename=part.filename, content_type=told, content_length=0
        )

    def _check(self, part: Field | File, body: IO[bytes]) -> None:
        most = self.max_form_memory_size
        if isinstance(part, Field) and most is not None and body.tell() > most:
            raise RequestEntityTooLarge
