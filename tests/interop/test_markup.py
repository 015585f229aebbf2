"""Markdown to the HTML of Anki's fields and back: what is shown stays the same."""

import re
from pathlib import Path

import pytest

from studyapp.domain.topics import Library
from studyapp.interop.markup import has_media, to_html, to_markdown, to_text
from studyapp.library.load import assemble, read_pack
from tests.interop.conftest import needs_extra

SHIPPED = Path(__file__).parents[2] / "content"


def test_one_paragraph_goes_without_its_tag_and_html_is_shown_as_text() -> None:
    assert to_html("What is `a < b`?") == "What is <code>a &lt; b</code>?"
    assert to_html("a\n\nb") == "<p>a</p>\n<p>b</p>"
    assert to_html("<name>") == "&lt;name&gt;"


@needs_extra
@pytest.mark.parametrize(
    ("field", "markdown"),
    [
        ("one<br>two", "one\\\ntwo"),
        ("<div>one</div><div>two</div>", "one\n\ntwo"),
        ("a &lt; b &amp; <b>c</b>&nbsp;d", "a \\< b & **c**\xa0d"),
        ("2 * 3, snake_case, _under_", "2 \\* 3, snake_case, \\_under\\_"),
        ("<ul><li>a<ul><li>b</li></ul></li></ul>", "- a\n  - b"),
        ('<pre><code class="language-yaml">a: 1\n</code></pre>', "```yaml\na: 1\n```"),
        ("<pre>x *y*</pre>", "```text\nx *y*\n```"),
        ("{{c1::a<b>b</b>::hint}} c", "{{c1::a**b**::hint}} c"),
        ("bell\x07", "bell"),
        ("<script>alert(1)</script>seen", "seen"),
    ],
)
def test_fields_as_people_write_them(field: str, markdown: str) -> None:
    assert to_markdown(field) == markdown


def test_words_and_media() -> None:
    assert to_text("<b>--previous</b><br>or&nbsp;-p") == "--previous or -p"
    assert has_media('a <img src="x.png">')
    assert has_media("a [sound:x.mp3]")
    assert not has_media("[sound] <b>")


@needs_extra
def test_every_shipped_card_survives_the_way_there_and_back() -> None:
    library = assemble([read_pack(SHIPPED, "content")])
    texts = list(_texts(library))
    assert len(texts) > 2000
    for text in texts:
        shown = to_html(text)
        assert _evened(to_html(to_markdown(shown))) == _evened(shown)


def _texts(library: Library):  # type: ignore[no-untyped-def]
    for prompt in library.prompts.values():
        card = prompt.card
        yield from filter(None, (card.front, card.back, card.example, card.about.explain))


def _evened(shown: str) -> str:
    return re.sub(r"\s+", " ", shown)
