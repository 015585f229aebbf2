"""Data checked against a shape: every fault of it at once, each with its place and what was expected."""

import re
import types
from collections.abc import Iterator
from enum import Enum
from typing import Annotated, Any, TypeVar, Union, get_args, get_origin

import msgspec
from rapidfuzz import fuzz, process

from studyapp.domain.topics import Problem
from studyapp.library.document import Document, Key
from studyapp.library.shapes import Shape

T = TypeVar("T", bound=Shape)
NEAR = 70.0
_PLAIN = {
    "str": "text",
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "nothing",
}
_PATTERNS = {
    "a-z0-9": "expected an id: lower-case words joined by hyphens",
    r"\d{4}-": "expected a month such as 2026-11",
    "https": "expected a web address beginning with https://",
    "::": "expected at least one blank such as {{c1::answer}}",
}


def decode(document: Document, value: Any, shape: type[T], *path: Key) -> tuple[T | None, list[Problem]]:
    """The shape that a value has, or every reason why it has not."""
    problems = list(_faults(document, value, shape, path))
    return (None, problems) if problems else (msgspec.convert(value, shape), [])


def suggestion(word: str, known: list[str]) -> str:
    """A sentence naming the known word that was probably meant; empty where none is near."""
    near = nearest(word, known)
    return f" Did you mean `{near}`?" if near else ""


def nearest(word: str, known: list[str]) -> str:
    """The known word that was probably meant; empty where none is near."""
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=NEAR)
    return str(near[0]) if near else ""


def choose_kind(
    document: Document, value: Any, kinds: dict[str, type[Shape]], path: tuple[Key, ...]
) -> type[Shape] | Problem:
    """The shape that an item's `kind` names."""
    if not isinstance(value, dict):
        return Problem(document.origin(*path), f"expected a mapping, got {_kind_of(value)}")
    kind = value.get("kind")
    if isinstance(kind, str) and kind in kinds:
        return kinds[kind]
    choices = ", ".join(kinds)
    if kind is None:
        near = suggestion("kind", [key for key in value if isinstance(key, str)])
        return Problem(document.origin(*path), f"`kind` is missing: one of {choices}.{near}")
    near = suggestion(str(kind), list(kinds))
    return Problem(document.origin(*path, "kind"), f"`{kind}` is no kind: expected one of {choices}.{near}")


def _faults(document: Document, value: Any, shape: type[Shape], path: tuple[Key, ...]) -> Iterator[Problem]:
    if not isinstance(value, dict):
        yield Problem(document.origin(*path), f"expected a mapping, got {_kind_of(value)}")
        return
    fields = {field.encode_name: field for field in msgspec.structs.fields(shape)}
    known = [*fields, "kind"] if shape.__struct_config__.tag else list(fields)
    missing = [name for name, field in fields.items() if field.required and name not in value]
    for key in (key for key in value if key not in known):
        meant = nearest(str(key), missing)
        missing = [name for name in missing if name != meant]  # said once is enough
        near = f" Did you mean `{meant}`?" if meant else suggestion(str(key), known)
        comma = " A text with a comma must be quoted here." if value[key] is None and not near else ""
        yield Problem(document.key_origin(*path, key), f"unknown field `{key}`.{near}{comma}")
    for name in missing:
        yield Problem(document.origin(*path), f"`{name}` is missing")
    for name, field in fields.items():
        if name in value:
            yield from _value_faults(document, value[name], field.type, (*path, name))


def _value_faults(document: Document, value: Any, kind: Any, path: tuple[Key, ...]) -> Iterator[Problem]:
    kind = _part_for(value, kind)
    plain = _plain(kind)
    if isinstance(plain, type) and issubclass(plain, Shape):
        yield from _faults(document, value, plain, path)
    elif get_origin(plain) is list and isinstance(value, list):
        yield from _length_faults(document, value, kind, path)
        for index, item in enumerate(value):
            yield from _value_faults(document, item, get_args(plain)[0], (*path, index))
    elif get_origin(plain) is dict and isinstance(value, dict):
        for key, item in value.items():
            yield from _leaf_faults(document, key, str, (*path, key))
            yield from _value_faults(document, item, get_args(plain)[1], (*path, key))
    else:
        yield from _leaf_faults(document, value, kind, path)


def _length_faults(document: Document, value: list[Any], kind: Any, path: tuple[Key, ...]) -> Iterator[Problem]:
    for limit in getattr(kind, "__metadata__", ()):
        least, most = limit.min_length or 0, limit.max_length or len(value)
        if not least <= len(value) <= most:
            bound = f"at least {least}" if len(value) < least else f"at most {most}"
            yield Problem(document.origin(*path), f"`{path[-1]}`: expected {bound} in the list, got {len(value)}")


def _leaf_faults(document: Document, value: Any, kind: Any, path: tuple[Key, ...]) -> Iterator[Problem]:
    if said := "must not be empty" if isinstance(value, str) and value.isspace() else _wrong(value, kind):
        name = next(key for key in reversed(path) if isinstance(key, str))
        yield Problem(document.origin(*path), f"`{name}`: {said}")


def _part_for(value: Any, kind: Any) -> Any:
    """Of a union, the part that takes lists where the value is one; any other type as it is."""
    if get_origin(kind) in (Union, types.UnionType):
        return next((part for part in get_args(kind) if get_origin(_plain(part)) is type(value)), kind)
    return kind


def _plain(kind: Any) -> Any:
    """A type without its limits."""
    return get_args(kind)[0] if get_origin(kind) is Annotated else kind


def _wrong(value: Any, kind: Any) -> str:
    """What is wrong with a single value, for a person; empty where nothing is."""
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        if isinstance(kind, type) and issubclass(kind, Enum):
            choices = [str(one.value) for one in kind]
            return f"expected one of {', '.join(choices)}, got {_kind_of(value)}.{suggestion(str(value), choices)}"
        return _said(str(error), value)
    return ""


def _said(error: str, value: Any) -> str:
    if "of length >= 1" in error:
        return "must not be empty"
    if pattern := next((said for part, said in _PATTERNS.items() if part in error), ""):
        return pattern
    parts = re.match(r"Expected `(.+?)`(.*?)(?:, got `\w+`)?$", error)
    if parts is None:
        return error
    expected, limit = parts.groups()
    kinds = " or ".join(_PLAIN.get(part, part) for part in expected.split(" | ") if part != "null")
    quotes = "; put it in quotes" if "str" in expected and isinstance(value, bool | int | float) else ""
    return f"expected {kinds}{limit}, got {_kind_of(value)}{quotes}"


def _kind_of(value: Any) -> str:
    if value is None:
        return "nothing"
    if isinstance(value, list | dict):
        return "a list" if isinstance(value, list) else "a mapping"
    said = str(value).lower() if isinstance(value, bool) else repr(value)
    return said if len(said) <= 40 else f"{said[:40]}…"
