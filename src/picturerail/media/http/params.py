"""The parameters of one request, read by kind: whatever does not fit is a 400 that names the parameter."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from itertools import pairwise
from typing import Any

from picturerail.errors import BadRequest
from picturerail.media.http import json_text
from picturerail.schemas.forms import FLAGS, SECONDS
from picturerail.signing import Value

MAX_DEPTH = 6  # of a name with brackets
# Lists that the Node SDK writes as a name that comes again and again.
_AGAIN = {"asset_ids", "fields", "public_ids"}
# The SDK of Dart sends the path of the file as one more field, unsigned: no name of a parameter has a dot or a slash.
_NO_NAME = re.compile(r"[^\[]*[./\\]")


class Params(Mapping[str, Any]):
    """Parameters as they came: text, or a list for `name[]`; native values where the body was JSON."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        """Hold `values` as they are."""
        self._values = dict(values)

    @classmethod
    def from_pairs(cls, pairs: Iterable[tuple[str, str]]) -> "Params":
        """Gather form fields: `name[]` and `name[0]` become lists, `name[key]` a mapping, else the last wins.

        `name[0][key]` and `name[][key]` are lists of mappings, as deep as they are written. What no parameter can be
        called is left out.
        """
        values: dict[str, Any] = {}
        for name, value in _bracketed([pair for pair in pairs if not _NO_NAME.match(pair[0])]):
            _put(values, _path(name), value)
        return cls({name: _whole(value) for name, value in values.items()})

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401
        """The value as it came."""
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        """The names."""
        return iter(self._values)

    def __len__(self) -> int:
        """How many there are."""
        return len(self._values)

    def text(self, name: str, default: str = "") -> str:
        """One text; numbers and booleans of a JSON body as text."""
        value = self._values.get(name)
        if value is None or value == "":
            return default
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, str | int | float):
            return str(value)
        raise BadRequest(f"Invalid value for parameter {name}: a single text is expected.")

    def delivery_type(self, name: str = "type") -> str:
        """The delivery type: upload unless another is given; `asset` is another word for it, and Dart's null none."""
        kind = self.text(name, "upload")
        return "upload" if kind in ("asset", "null") else kind

    def required(self, name: str) -> str:
        """One text that must be given."""
        value = self.text(name)
        if not value:
            raise BadRequest(f"Missing required parameter - {name}")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A yes or no: 1, true, 0, false."""
        return FLAGS.get(self.text(name).lower(), default)

    def number(self, name: str, default: int) -> int:
        """A whole number."""
        return int(float(self.text(name) or default))

    def time(self, name: str) -> float:
        """A moment in Unix seconds, which some clients give with fractions."""
        if not SECONDS.fullmatch(text := self.required(name)):
            raise BadRequest(f"Invalid value for parameter {name}: Unix seconds are expected.")
        return float(text)

    def names(self, name: str) -> list[str]:
        """A list of texts: an array, also as a text of JSON, or one text with commas; empty ones are left out."""
        value = _array(self._values.get(name))
        if isinstance(value, list):
            if not all(isinstance(item, str | int) for item in value):
                raise BadRequest(f"Invalid value for parameter {name}: a list of texts is expected.")
            return [str(item).strip() for item in value if str(item).strip()]
        return [item.strip() for item in self.text(name).split(",") if item.strip()]

    def texts(self, name: str) -> list[str]:
        """A list of texts in which commas have no meaning; one text is a list of one."""
        value = self._values.get(name)
        return self.names(name) if isinstance(value, list) else [text for text in [self.text(name)] if text]

    def data(self, name: str) -> Any:  # noqa: ANN401
        """A value of any shape: native from a JSON body, else parsed from JSON text; None when absent."""
        value = self._values.get(name)
        if not isinstance(value, str):
            return value
        try:
            return json_text.parsed(value) if value else None
        except ValueError:
            raise BadRequest(f"Invalid value for parameter {name}: JSON is expected.") from None

    def mapping(self, name: str) -> dict[str, Any] | None:
        """A mapping, native from a JSON body or as JSON text; None for whatever else was given."""
        value = self._values.get(name)
        if isinstance(value, str) and value.lstrip().startswith("{"):
            with suppress(ValueError):
                value = json_text.parsed(value)
        return value if isinstance(value, dict) else None

    def signable(self) -> dict[str, Value]:
        """The parameters as they are signed."""
        return {name: _signable(value) for name, value in self._values.items()}


def _array(value: Any) -> Any:  # noqa: ANN401
    """The list that a text of JSON is, as the WordPress plugin writes each; whatever else it is, as it is."""
    if not (isinstance(value, str) and value.startswith("[") and value.endswith("]")):
        return value
    try:
        listed = json_text.parsed(value)
    except ValueError:
        return value
    return listed if isinstance(listed, list) and all(isinstance(item, str) for item in listed) else value


class _Numbered(dict[str, Any]):
    """A list while its parts come: by their numbers, or each under a key of its own."""


def _bracketed(pairs: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The fields, with brackets behind the names of lists that come more than once without any."""
    count = Counter(name for name, _ in pairs)
    return [(f"{name}[]" if name in _AGAIN and count[name] > 1 else name, value) for name, value in pairs]


def _path(name: str) -> list[str]:
    """The keys that lead to a value: `a[b][]` is a, b and an empty one."""
    base, bracket, inner = name.partition("[")
    if not bracket or not base:
        return [name]
    path = [base, *inner.removesuffix("]").split("][")]
    if len(path) > MAX_DEPTH:
        raise BadRequest(f"The parameter {name[:100]} is nested too deeply.")
    return path


def _put(values: dict[str, Any], path: list[str], value: str) -> None:
    holder = values
    for key, following in pairwise(path):
        kind = _Numbered if following == "" or following.isdigit() else dict
        holder = holder.setdefault(_place(holder, key, following), kind())
        if type(holder) is not kind:
            raise BadRequest(f"The parameter {path[0][:100]} is given in two different shapes.")
    holder[_place(holder, path[-1])] = value


def _place(holder: dict[str, Any], key: str, following: str = "") -> str:
    """Where a part belongs: one without a number goes into the last mapping that lacks it, else into a new place."""
    if key:
        return key
    last = next(reversed(holder), "")
    is_open = following != "" and isinstance(holder.get(last), dict) and following not in holder[last]
    return last if is_open else f"[{len(holder)}]"


def _whole(value: Any) -> Any:  # noqa: ANN401
    if not isinstance(value, dict):
        return value
    if isinstance(value, _Numbered):
        return [_whole(each) for each in value.values()]
    return {key: _whole(each) for key, each in value.items()}


def _signable(value: Any) -> Value:  # noqa: ANN401
    if isinstance(value, list):
        return [str(item) for item in value]
    return value if isinstance(value, str | int | bool) or value is None else json.dumps(value)
