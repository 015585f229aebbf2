"""Markdown, as content is written, to the HTML of Anki's fields, and back."""

import html
import re
from typing import Any

from markdown_it import MarkdownIt

from studyapp import extras

_MARKDOWN = MarkdownIt("commonmark", {"html": False}).enable("table")
_ONE_PARAGRAPH = re.compile(r"<p>((?:(?!<p>).)*)</p>", re.DOTALL)
_MEDIA = re.compile(r"<img\b|\[sound:")
_SIGNS = re.compile(r"[\\`*<\[]|(?<!\w)_|_(?!\w)")
_FENCE_END = re.compile(r"\n{2,}```$", re.MULTILINE)  # an opening fence names a language
_NOT_TEXT = re.compile(r"[^\t\n\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # what YAML cannot hold


def to_html(markdown: str) -> str:
    """Markdown as HTML; a single paragraph goes without its tag, as Anki writes it."""
    rendered = str(_MARKDOWN.render(markdown)).strip()
    alone = _ONE_PARAGRAPH.fullmatch(rendered)
    return alone[1] if alone else rendered


def to_markdown(field: str) -> str:
    """The HTML of a field as Markdown. Raises MissingExtra without the extra `anki`."""
    markdownify = extras.load("markdownify", "anki", "Reading Anki's fields")
    converter = markdownify.MarkdownConverter(
        bullets="-", heading_style="ATX", newline_style="backslash", code_language_callback=_language
    )
    converter.escape = _escape  # its own also escapes signs that mean nothing to Markdown, such as =
    return _FENCE_END.sub("\n```", _NOT_TEXT.sub("", str(converter.convert(field)))).strip()


def to_text(field: str) -> str:
    """The words of a field alone, on one line."""
    return " ".join(_NOT_TEXT.sub("", html.unescape(re.sub(r"<[^>]*>", " ", field))).split())


def has_media(field: str) -> bool:
    """Whether a field shows a picture or plays a sound."""
    return _MEDIA.search(field) is not None


def _escape(text: str, *_where: object) -> str:
    return _SIGNS.sub(r"\\\g<0>", text)


def _language(block: Any) -> str:
    """The language that a block of code is marked with; nothing marked is plain text."""
    named = (block.code.get("class") if block.code else None) or ["language-text"]
    return str(named[0]).removeprefix("language-")
