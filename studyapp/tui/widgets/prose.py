"""Short Markdown as one widget.

Textual's own Markdown widget mounts a widget a block, some 40 ms for a card; this one renders the few forms that cards
and notes use into a single piece of content, quick enough to follow a key press.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from markdown_it import MarkdownIt
from markdown_it.token import Token
from markdown_it.tree import SyntaxTreeNode
from textual.content import Content
from textual.geometry import Size
from textual.highlight import highlight
from textual.reactive import var
from textual.widget import Widget

_PARSER = MarkdownIt("commonmark").enable("table")
GOES_ON = Content.styled("↪ ", "dim")
_SPANS = {"strong": "bold", "em": "italic", "s": "strike", "link": "underline"}


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, a list item or a code block: how its first and its other lines begin, and whether it may wrap."""

    content: Content
    first: str = ""
    rest: str = ""
    wrap: bool = True
    gap: bool = True

    def lines(self, width: int) -> list[Content]:
        """The block as lines of at most `width` cells."""
        room = max(8, width - len(self.first))
        body = self.content.wrap(room) if self.wrap else _folded(self.content, room)
        return [Content(self.rest if index else self.first) + line for index, line in enumerate(body)]


class Prose(Widget):
    """Markdown text that takes the height it needs."""

    DEFAULT_CSS = "Prose { height: auto; width: 1fr; }"
    text = var("")

    def __init__(self, text: str = "", *, id: str | None = None, classes: str | None = None) -> None:
        super().__init__(id=id, classes=classes)
        self._blocks: list[Block] = []
        self.text = text

    def on_mount(self) -> None:
        # text that was set between composing and mounting has not been given its height
        self.call_after_refresh(self.refresh, layout=True)

    def watch_text(self, text: str) -> None:
        self._blocks = list(blocks(text))
        self.refresh(layout=True)

    def get_content_height(self, container: Size, viewport: Size, width: int) -> int:
        return len(self._lines(width))

    def render(self) -> Content:
        return Content("\n").join(self._lines(self.content_size.width or 80))

    def _lines(self, width: int) -> list[Content]:
        lines: list[Content] = []
        for block in self._blocks:
            if lines and block.gap:
                lines.append(Content(""))
            lines.extend(block.lines(width))
        return lines


def blocks(text: str) -> Iterator[Block]:
    """The blocks of a Markdown text."""
    for node in SyntaxTreeNode(_PARSER.parse(text.strip())).children:
        yield from _blocks(node, "", "", gap=True)


def inline(text: str) -> Content:
    """A line with its emphasis, for rows and labels."""
    return Content("").join(_spans(_PARSER.parseInline(" ".join(text.split()))[0].children or []))


def _blocks(node: SyntaxTreeNode, first: str, rest: str, gap: bool) -> Iterator[Block]:
    match node.type:
        case "heading":
            yield Block(_inline(node).stylize("bold $text-primary"), first, rest, gap=gap)
        case "fence" | "code_block":
            language = node.info.strip() or "text"
            yield Block(highlight(node.content.rstrip("\n"), language=language), f"{first}  ", f"{rest}  ", False, gap)
        case "bullet_list" | "ordered_list":
            yield from _items(node, rest, gap)
        case "blockquote":
            for child in node.children:
                yield from _blocks(child, f"{first}▌ ", f"{rest}▌ ", gap)
        case "table":
            yield Block(_table(node), first, rest, False, gap)
        case "hr":
            yield Block(Content("───"), first, rest, gap=gap)
        case _:
            yield Block(_inline(node), first, rest, gap=gap)


def _folded(content: Content, room: int) -> list[Content]:
    """The lines of code or of a table, long ones going on behind a mark: cut off they could not be read."""
    lines = []
    for line in content.split("\n", allow_blank=True):
        whole, *more = [line] if line.cell_length <= room else line.fold(room - len(GOES_ON))
        lines += [whole, *(GOES_ON + part for part in more)]
    return lines


def _items(node: SyntaxTreeNode, indent: str, gap: bool) -> Iterator[Block]:
    start = int(node.attrs.get("start", 1))
    for number, item in enumerate(node.children, start):
        mark = f"{number}. " if node.type == "ordered_list" else "• "
        first, rest = indent + mark, indent + " " * len(mark)
        for place, child in enumerate(item.children):
            yield from _blocks(child, rest if place else first, rest, gap and number == start and not place)


def _inline(node: SyntaxTreeNode) -> Content:
    """The text of a paragraph or heading with its emphasis."""
    parts: list[Content] = []
    for child in node.children:
        parts.extend(_spans(child.token.children or [] if child.type == "inline" and child.token else []))
    return Content("").join(parts)


def _spans(tokens: list[Token]) -> Iterator[Content]:
    styles: list[str] = []
    for token in tokens:
        name = token.type.removesuffix("_open").removesuffix("_close")
        if name in _SPANS:
            if token.nesting > 0:
                styles.append(_SPANS[name])
            else:
                styles.remove(_SPANS[name])
        elif token.type == "code_inline":
            yield Content.styled(token.content, " ".join([*styles, "$text-accent"]))
        elif token.type in ("softbreak", "hardbreak"):
            yield Content(" " if token.type == "softbreak" else "\n")
        else:
            yield Content.styled(token.content, " ".join(styles)) if styles else Content(token.content)


def _table(node: SyntaxTreeNode) -> Content:
    """A table in aligned columns, its head in bold."""
    rows = [[_inline(cell) for cell in row.children] for part in node.children for row in part.children]
    widths = [max(len(row[column]) for row in rows if column < len(row)) for column in range(len(rows[0]))]
    lines = []
    for index, row in enumerate(rows):
        cells = [cell.pad_right(width - len(cell)) for cell, width in zip(row, widths, strict=False)]
        line = Content("  ").join(cells)
        lines.append(line.stylize("bold") if index == 0 else line)
    return Content("\n").join(lines)
