"""The words of an answer that speak for the points of a rubric, made visible."""

from collections.abc import Sequence

from textual.content import Content

from studyapp.domain.rubric import Match, Proposal, Standing

CONTEXT_LINES = 1
MOST_PHRASES = 4


def evidence(proposal: Proposal) -> Content:
    """One line on why a point is proposed, is doubtful, or was not found."""
    if proposal.standing is Standing.MISSING:
        return Content.styled("not found in your words; tick it if you said it otherwise", "$text-muted")
    phrases = {match.phrase: match for match in reversed(proposal.matches)}
    shown = list(reversed(phrases.values()))[:MOST_PHRASES]
    said = ", ".join(f"“{match.phrase}”" for match in shown)
    if proposal.standing is Standing.FOUND:
        return Content.assemble(("found: ", "$text-success"), Content(said))
    reasons = " and ".join(dict.fromkeys(match.doubt.value for match in shown if match.doubt))
    return Content.assemble(("doubtful: ", "bold $text-warning"), Content(f"{said}, {reasons}"))


def marked(text: str, proposals: Sequence[Proposal], chosen: Proposal) -> Content:
    """The answer with every matched word underlined and those of the chosen point inverted."""
    content = Content(text)
    for proposal in proposals:
        content = _styled(content, proposal.matches, "underline")
    return _styled(content, chosen.matches, "bold reverse")


def seen_from(text: str, chosen: Proposal, width: int) -> int:
    """The line from which the first matched word of a point can be read, when the text is `width` cells wide."""
    if not chosen.matches:
        return 0
    first = chosen.matches[0].start
    return max(0, len(Content(text[: first + 1]).wrap(width)) - 1 - CONTEXT_LINES)


def _styled(content: Content, matches: Sequence[Match], style: str) -> Content:
    for match in matches:
        for start, end in match.spans:
            content = content.stylize(style, start, end)
    return content
