"""Packages that only some people need: imported when asked for, and named plainly where they are missing."""

import importlib
from typing import Any


class MissingExtra(Exception):
    """A package of an extra is not installed; the message says how to get it."""


def load(package: str, extra: str, gives: str) -> Any:
    """The package, imported. Raises MissingExtra, saying what it `gives`, where it is not installed."""
    try:
        return importlib.import_module(package)
    except ImportError:
        said = f"{gives} needs the package {package.replace('_', '-')}, which is not installed."
        raise MissingExtra(f"{said} To get it: python -m pip install 'studyapp[{extra}]'") from None
