"""Data checked against a shape: every fault of it at once, each with its place and what was expected."""

import re
import types
from collections.abc import Iterator
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
    "date": "a date",
    "datetime": "a date",
}


def decode(document: Document, value: Any, shape: type[T], *path: Key) -> tuple[T | None, list[Problem]]:
    """The shape that a value has, or every reason why it has not."""
    problems = list(_faults(document, value, shape, path))
    if problems:
        return None, problems
    try:
        return msgspec.convert(_numbers(value, shape), shape), []
    except msgspec.ValidationError as error:
        return None, [Problem(document.origin(*path), _said(error))]


def suggestion(word: str, known: list[str]) -> str:
    """A sentence naming the known word that was probably meant; empty where none is near."""
    near = process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=NEAR)
    return f" Did you mean `{near[0]}`?" if near else ""


def choose_kind(
    document: Document, value: Any, kinds: dict[str, type[Shape]], path: tuple[Key, ...]
) -> type[Shape] | Problem:
    """The shape that an item's `kind` names."""
    if not isinstance(value, dict):
        return Problem(document.origin(*path), f"expected a mapping, got {_kind_of(value)}")
    kind = value.get("kind")
    if kind in kinds:
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
    for key in value:
        if key not in known:
            near = suggestion(str(key), missing) or suggestion(str(key), known)
            yield Problem(document.key_origin(*path, key), f"unknown field `{key}`.{near}")
    for name in missing:
        yield Problem(document.origin(*path), f"`{name}` is missing")
    for name, field in fields.items():
        if name in value:
            yield from _value_faults(document, value[name], field.type, (*path, name))


def _value_faults(document: Document, value: Any, kind: Any, path: tuple[Key, ...]) -> Iterator[Problem]:
    inner, listed = _shape_in(kind)
    if inner is not None and not listed:
        yield from _faults(document, value, inner, path)
        return
    if inner is not None and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _faults(document, item, inner, (*path, index))
        if any(True for item in value if not isinstance(item, dict)):
            return
    try:
        msgspec.convert(_number(value, kind), kind)
    except msgspec.ValidationError as error:
        if inner is not None and "$[" in str(error):
            return  # said above, item by item
        name = path[-1] if isinstance(path[-1], str) else path[-2]
        yield Problem(document.origin(*path, *_inner_path(error)), f"`{name}`: {_said(error)}")


def _shape_in(kind: Any) -> tuple[type[Shape] | None, bool]:
    """The shape inside a type, and whether it stands in a list."""
    if get_origin(kind) is Annotated:
        return _shape_in(get_args(kind)[0])
    if get_origin(kind) is list:
        return _shape_in(get_args(kind)[0])[0], True
    if isinstance(kind, type) and issubclass(kind, Shape):
        return kind, False
    return None, False


def _numbers(value: dict[str, Any], shape: type[Shape]) -> dict[str, Any]:
    types_ = {field.encode_name: field.type for field in msgspec.structs.fields(shape)}
    return {key: _number(item, types_[key]) if key in types_ else item for key, item in value.items()}


def _number(value: Any, kind: Any) -> Any:
    """YAML reads 8.64e9 as text (it wants 8.64e+9); where a number is expected it is one."""
    if not isinstance(value, str) or not _takes_float(kind):
        return value
    try:
        return float(value)
    except ValueError:
        return value


def _takes_float(kind: Any) -> bool:
    if get_origin(kind) is Annotated:
        return _takes_float(get_args(kind)[0])
    if get_origin(kind) in (Union, types.UnionType):
        return any(_takes_float(part) for part in get_args(kind))
    return kind is float


def _inner_path(error: msgspec.ValidationError) -> list[Key]:
    """The path inside the value that msgspec names: `$[2].why` gives [2, "why"]."""
    at = re.search(r"`\$(.*)`$", str(error))
    return [int(i) if i else name for i, name in re.findall(r"\[(\d+)\]|\.([^.\[]+)", at[1])] if at else []


def _said(error: msgspec.ValidationError) -> str:
    text = re.sub(r" - at `.*`$", "", str(error))
    if got := re.match(r"Expected `(.+)`, got `(.+)`$", text):
        expected = " or ".join(_PLAIN.get(part, part) for part in got[1].split(" | ") if part != "null")
        quotes = "; put it in quotes" if "str" in got[1] and got[2] not in ("array", "object") else ""
        return f"expected {expected}, got {_PLAIN.get(got[2], got[2])}{quotes}"
    if "matching regex" in text:
        return _pattern_said(text)
    if "length >= 1" in text:
        return "must not be empty"
    return text[0].lower() + text[1:].replace("`", "")


def _pattern_said(text: str) -> str:
    if "a-z0-9" in text:
        return "expected an id: lower-case words joined by hyphens"
    if r"\d{4}-" in text:
        return "expected a month such as 2026-11"
    if "https" in text:
        return "expected a web address beginning with https://"
    if r"\{\{c" in text:
        return "expected at least one blank such as {{c1::answer}}"
    return "must not be empty"


def _kind_of(value: Any) -> str:
    names = {str: "text", bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "a mapping"}
    return "nothing" if value is None else names.get(type(value), type(value).__name__)
