"""Parts that stand on packages of the extra `anki`, and on Anki itself."""

from importlib.util import find_spec

import pytest


def needs(package: str, why: str) -> pytest.MarkDecorator:
    """Skip where a package is not installed."""
    return pytest.mark.skipif(find_spec(package) is None, reason=f"{package} is not installed ({why})")


needs_extra = needs("markdownify", "extra `anki`")
needs_anki = needs("anki", "AGPL: installed for these tests alone")
