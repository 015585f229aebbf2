"""Which plain words of a YAML file are numbers, true, false or nothing: YAML 1.2's core schema.

PyYAML follows YAML 1.1, where `no` is false, `2026-11-01` a date, `12:30` is 750 and `8.64e9` a text. Here the first
three are texts and the last is a number (YAML 1.2.2, section 10.3.2); `1_000_000` is a number too, as in Python.
"""

import re
from typing import Any

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML built without libyaml: the same result, fifteen times slower
    from yaml import SafeLoader  # type: ignore[assignment]

DIGITS = "-+.0123456789"
WHOLE = r"[-+]?(0|[1-9][0-9_]{0,17})"  # what is longer than 64 bits hold is read as a float
NUMBER = r"[-+]?(\.[0-9]+|(0|[1-9][0-9_]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?"


class Loader(SafeLoader):
    """A safe loader that gives texts, numbers, true, false, nothing, lists and mappings."""

    yaml_implicit_resolvers: dict[str, Any] = {}  # noqa: RUF012  (PyYAML declares it as it is)


Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(r"(~|null|Null|NULL|)\Z"), ["~", "n", "N", ""])
Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile(r"([tT]rue|TRUE|[fF]alse|FALSE)\Z"), [*"tTfF"])
Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(rf"{WHOLE}\Z"), [*DIGITS])
Loader.add_implicit_resolver("tag:yaml.org,2002:float", re.compile(rf"{NUMBER}\Z"), [*DIGITS])
