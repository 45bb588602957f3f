"""A storage in an object store: S3 and what speaks like it, Google Cloud Storage, Azure; by obstore."""

import io
import os
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import parse_qsl, unquote

import obstore
from obstore.exceptions import BaseError
from obstore.store import ObjectStore, from_url

from picturerail.errors import NotFound, StartupError, Unavailable
from picturerail.storage.base import Stored
from picturerail.url_parts import split_url

BLOCK = 4 * 1024 * 1024  # what one request brings: most pictures whole
SECONDS = 20  # for one request, its repetitions included


class ObjectStorage:
    """Keeps each object under its key in a bucket; `scratch` is a folder of this machine for `local`."""

    def __init__(self, url: str, folder: str, scratch: Path, *, name: str) -> None:
        """Use `folder` below the prefix of `url`: s3://[KEY:SECRET@]BUCKET[/PREFIX][?endpoint=URL&option=value].

        `name` is what the person who gave the address knows it by: a setting, or what the bucket is for.
        """
        self._store = _open_store(url, folder, name)
        self._scratch, self._name = scratch, name

    def check(self) -> None:
        """Raise StartupError unless the bucket is there and lists what it holds."""
        try:
            next(iter(obstore.list(self._store, chunk_size=1)), None)
        except (BaseError, OSError) as error:
            raise StartupError(f"{self._name} cannot be used: {_cause(error)}") from error

    def put(self, key: str, source: Path) -> None:
        """Store the file `source` under `key`, whole and durable or not at all; `source` is used up."""
        with _plain_errors():
            obstore.put(self._store, _checked(key), source)
        source.unlink()

    def open(self, key: str) -> BinaryIO:
        """The bytes of `key`, seekable; raises `NotFound`."""
        return cast("BinaryIO", io.BufferedReader(_Reader(self._store, _checked(key)), 256 * 1024))

    def may_hold(self, key: str) -> bool:  # noqa: ARG002
        """Perhaps: a question would travel as far as the bytes."""
        return True

    @contextmanager
    def local(self, key: str) -> Iterator[Path]:
        """A copy on this machine, removed after the `with`; raises `NotFound`."""
        copy = self._scratch / uuid.uuid4().hex
        try:
            with _plain_errors(), copy.open("xb") as file:
                for block in obstore.get(self._store, _checked(key)).stream(BLOCK):
                    file.write(block)
            yield copy
        finally:
            copy.unlink(missing_ok=True)

    def delete(self, prefix: str) -> int:
        """Remove the object `prefix` and all objects under `prefix/`; how many there were."""
        with _plain_errors():
            names = [stored.key for stored in self.list(prefix)]
            if self._has(prefix):
                names.append(prefix)
            if names:
                obstore.delete(self._store, names)
        return len(names)

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """All objects under `prefix/` (all of them when empty), in no order."""
        with _plain_errors():
            for page in obstore.list(
                self._store, _checked(prefix) + "/" if prefix else None, chunk_size=1000
            ):
                for found in page:
                    yield Stored(found["path"], found["size"], found["last_modified"].timestamp())

    def mark(self) -> None:
        """Nothing: other machines remove from the bucket, and nobody tells."""

    def _has(self, key: str) -> bool:
        try:
            obstore.head(self._store, _checked(key))
        except FileNotFoundError:
            return False
        return True


class _Reader(io.RawIOBase):
    """An object as a file: one request brings a block, the first of them the size too."""

    def __init__(self, store: ObjectStore, key: str) -> None:
        self._store, self._key, self._position, self._start = store, key, 0, 0
        with _plain_errors():
            self._block, self._size = _first_block(store, key)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        base = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._size}[whence]
        self._position = max(0, base + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - any writable buffer
        if self._position >= self._size:
            return 0
        if not self._start <= self._position < self._start + len(self._block):
            self._fetch()
        begin = self._position - self._start
        part = self._block[begin : begin + len(buffer)]
        buffer[: len(part)] = part
        self._position += len(part)
        return len(part)

    def _fetch(self) -> None:
        end = min(self._size, self._position + BLOCK)
        with _plain_errors():
            block = obstore.get_range(self._store, self._key, start=self._position, end=end)
        self._start, self._block = self._position, bytes(block)


def _first_block(store: ObjectStore, key: str) -> tuple[bytes, int]:
    """The first block of an object, and the size of the whole."""
    try:
        result = obstore.get(store, key, options={"range": (0, BLOCK)})
    except FileNotFoundError:
        raise
    except BaseError:  # a store may refuse any range of an object without bytes
        if obstore.head(store, key)["size"]:
            raise
        return b"", 0
    return bytes(result.bytes()), result.meta["size"]


@contextmanager
def _plain_errors() -> Iterator[None]:
    """Our errors in place of the store's."""
    try:
        yield
    except FileNotFoundError:
        raise NotFound("The stored bytes are missing.") from None
    except (BaseError, OSError, TimeoutError) as error:
        raise Unavailable("The object store cannot be used now. Try again later.", retry_after=5) from error


def _option(name: str) -> str:
    """An option as the library calls it, with or without the name of its cloud in front."""
    return re.sub(r"^(aws|google|azure)_", "", name.lower())


def _cause(error: Exception) -> str:
    """What a person can do about an error of the store, from what its server or the connection says."""
    said = str(error)
    for sign, sentence in _CAUSES.items():
        if sign in said:
            return sentence
    return said.split("\n", maxsplit=1)[0][:300]


# Of the address, what is about connections: among the others the library would end with a panic of Rust for them.
_CLIENT_OPTIONS = (
    *("allow_http", "allow_invalid_certificates", "connect_timeout", "default_content_type", "http1_only"),
    *("http2_keep_alive_interval", "http2_keep_alive_timeout", "http2_keep_alive_while_idle"),
    *("http2_max_frame_size", "http2_only", "pool_idle_timeout", "pool_max_idle_per_host"),
    *("proxy_ca_certificate", "proxy_excludes", "proxy_url", "randomize_addresses", "timeout", "user_agent"),
)
_ENDPOINT = re.compile(r"https?://([A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(:\d{1,5})?(/[!-~]*)?")
_CAUSES = {
    "169.254.169.254": "its address names no key: s3://KEY:SECRET@BUCKET.",
    "NoSuchBucket": "there is no such bucket. Make it, or name another one.",
    "InvalidAccessKeyId": "it does not know the key. Check KEY and SECRET.",
    "SignatureDoesNotMatch": "the secret does not fit the key. Check KEY and SECRET.",
    "AccessDenied": "the key may not list this bucket. Give it the right to read, write, list and delete.",
    "Connection refused": "nothing answers at its endpoint. Is it running, and is the address right?",
    "dns error": "its endpoint has no address. Check the name.",
    "timed out": "its endpoint does not answer in time. Is it running, and is the address right?",
}


def _checked(key: str) -> str:
    parts = key.split("/")
    if any(not part or part.startswith(".") or "\0" in part for part in parts):
        raise ValueError(f"not a storage key: {key!r}")
    return key


def _open_store(url: str, folder: str, name: str) -> ObjectStore:
    parts = split_url(url)
    config: dict[str, Any] = {_option(name): value for name, value in parse_qsl(parts.query)}
    if parts.username:
        config |= {
            "access_key_id": unquote(parts.username),
            "secret_access_key": unquote(parts.password or ""),
        }
    # for others the library would end with a panic of Rust
    if "endpoint" in config and not _ENDPOINT.fullmatch(config["endpoint"]):
        raise StartupError(f"{name} cannot be used: {config['endpoint']} is no address of an endpoint.")
    if parts.scheme == "s3":
        config.setdefault("region", "us-east-1")
    client = {name: config.pop(name) for name in _CLIENT_OPTIONS if name in config}
    prefix = "/".join(part for part in (parts.path.strip("/"), folder) if part)
    connect: Callable[..., ObjectStore] = from_url  # its overloads tell apart what only the URL does
    try:
        return connect(
            f"{parts.scheme}://{parts.hostname}/{prefix}",
            config=config,
            client_options={
                "timeout": f"{SECONDS}s",
                "connect_timeout": "2s",
                "allow_http": config.get("endpoint", "").startswith("http://"),
                **client,
            },
            retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=SECONDS)},
        )
    except (BaseError, ValueError, TypeError) as error:
        raise StartupError(f"{name} cannot be used: {_cause(error)}") from error
