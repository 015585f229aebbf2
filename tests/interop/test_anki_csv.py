"""Anki's text files: what we write reads back; what Anki and people write is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.cards import CardKind
from studyapp.interop import anki_csv
from studyapp.interop.note import ExchangeError, Note, notes
from studyapp.study.study import Study

TEXTS = st.text(st.characters(blacklist_categories=["Cs", "Cc"]), min_size=1, max_size=30).filter(
    lambda t: t == t.strip()
)


IDS = st.from_regex(r"[a-z0-9]+(-[a-z0-9]+){0,3}", fullmatch=True)


@given(st.lists(st.tuples(IDS, TEXTS, TEXTS, st.sampled_from([CardKind.BASIC, CardKind.REVERSED, CardKind.TYPEIN]))))
def test_notes_survive_whatever_stands_in_them(given_notes: list[tuple[str, str, str, CardKind]]) -> None:
    wrote = [Note(guid, kind, (front, back), "a::b", ("x", "y")) for guid, front, back, kind in given_notes]
    read = anki_csv.read(anki_csv.write(wrote))
    assert [(n.guid, n.fields, n.deck, n.tags) for n in read] == [(n.guid, n.fields, n.deck, n.tags) for n in wrote]


def test_every_kind_of_card_is_written(study: Study) -> None:
    text = anki_csv.write(notes(study.library))
    assert text.startswith("#separator:Comma\n#html:true\n#guid column:1\n#notetype column:2\n")
    read = {note.guid: note for note in anki_csv.read(text)}
    assert set(read) == {card.id for topic in study.library.topics.values() for card in topic.cards}
    assert {read[f"alpha-{name}"].kind for name in ("basic", "reversed", "cloze", "typed")} == set(CardKind)
    assert read["alpha-typed"].fields == ("Which command lists the topics of alpha?", "studyapp topics")
    assert "{{c1::86,400::number}}" in read["alpha-cloze"].fields[0]
    assert "<hr>" in read["alpha-basic"].fields[1]  # the source stands under the answer
    assert "<hr>" not in read["alpha-reversed"].fields[1]  # which is itself a question
    assert read["alpha-basic"].deck == "studyapp::alpha"
    assert read["alpha-basic"].tags == ("why",)


def test_an_export_of_ankis_own_is_read() -> None:
    text = (
        "#separator:tab\n#html:true\n#guid column:1\n#notetype column:2\n#deck column:3\n#tags column:6\n"
        '"#K0x}b^Gq,"\tBasic\tDefault\t"say ""hi"""\t<b>hi</b>\tgreeting\n'
    )
    assert anki_csv.read(text) == [
        Note("#K0x}b^Gq,", CardKind.BASIC, ('say "hi"', "<b>hi</b>"), "Default", ("greeting",))
    ]


def test_a_plain_file_without_a_header_is_read() -> None:
    one, two = anki_csv.read("front;a < b\n{{c1::x}} y;\n")
    assert (one.fields, one.kind) == (("front", "a < b"), CardKind.BASIC)
    assert two.kind is CardKind.CLOZE
    assert one.guid == anki_csv.read("front;edited\n")[0].guid != two.guid


def test_text_that_is_no_html_stays_as_it_was_meant() -> None:
    (one,) = anki_csv.read("#html:false\n#separator:Pipe\n#notetype:Cloze\n#deck:D\n#tags:x y\na < b|c\n")
    assert (one.fields, one.deck, one.tags) == (("a &lt; b", "c"), "D", ("x", "y"))


@pytest.mark.parametrize("text", ['#separator:Comma\n"never closed', "#guid column:one\na\tb"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ExchangeError, match=r"no text file of Anki's"):
        anki_csv.read(text)
