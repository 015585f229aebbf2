"""Where a fact comes from, in small print."""

from studyapp.domain.origin import Authored


def cite(about: Authored) -> str:
    """The sources of an item, one a line, with the month it was true in where it ages."""
    lines = [" ".join(filter(None, (source.title, source.url))) for source in about.sources]
    if about.as_of:
        lines.append(f"as of {about.as_of}")
    return "\n".join(lines)
