"""Whatever happens to the bytes of a content file: a library comes out, and problems, never an exception."""

import json
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.library.conftest import Author

FILES = [
    *(
        f"alpha/{name}"
        for name in ("topic.yaml", "cards.yaml", "quiz.yaml", "interview.yaml", "coverage.yaml", "notes.md")
    ),
    *(f"reference/{name}.yaml" for name in ("key-numbers", "checklist", "interview-craft", "essentials")),
]
# what breaks YAML, shapes or rules more often than random bytes do
PIECES = st.sampled_from(
    ["{", "}", "[", "]", ": ", "- ", "\n", "#", "&a ", "*a", "!!int ", "'", '"', "|", "? ", "null", "~", "true",
     "1e999", "-1", "2026-11-01", "{{c1::", "}}", "\\x1b", "\x00", "\ufeff", "\x85", "é", "<<: ", "%YAML 1.1\n", "---"]
).map(str.encode)  # fmt: skip


def mutated(whole: bytes, draw: st.DataObject) -> bytes:
    content = bytearray(whole)
    for _ in range(draw.draw(st.integers(1, 3))):
        at = draw.draw(st.integers(0, len(content)))
        cut = draw.draw(st.sampled_from([0, 0, 1, 2, 8, 40]))
        content[at : at + cut] = draw.draw(PIECES | st.binary(max_size=6))
    return bytes(content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.data())
def test_any_mutation_gives_a_library_and_sentences(author: Author, data: st.DataObject) -> None:
    file = data.draw(st.sampled_from(FILES))
    path: Path = author.root / file
    whole = path.read_bytes()
    path.write_bytes(mutated(whole, data))
    try:
        library, problems = author.checked()
    finally:
        path.write_bytes(whole)
    assert library.topics["beta"].cards
    for problem in problems:
        assert problem.message
        assert problem.origin.file.startswith("pack")
        assert problem.origin.line >= 1
        assert problem.origin.column >= 1


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = (
    "id kind front back text answer accept source tags difficulty as_of calc section questions example step".split()
)
MORE = "stem options items pairs extra code faults language tolerance units rubric cards scenario why".split()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=100)
@given(st.sampled_from(["cards", "questions"]), st.sampled_from([*FIELDS, *MORE]), _VALUES, st.integers(0, 7))
def test_any_value_in_any_field_gives_a_library_and_sentences(
    author: Author, key: str, field: str, value: object, index: int
) -> None:
    path = author.root / "beta" / ("cards.yaml" if key == "cards" else "quiz.yaml")
    whole = path.read_text("utf-8")
    data = yaml.safe_load(whole)
    data[key][index % len(data[key])][field] = value
    path.write_text(yaml.safe_dump(data, allow_unicode=True), "utf-8")
    try:
        assert author.checked()[0].topics["alpha"].cards
    finally:
        path.write_text(whole, "utf-8")


@pytest.mark.parametrize("name", ["cards.yaml", "quiz.yaml"])
@pytest.mark.parametrize("kind", [[], {}, 1, None, True, "", "\n"])
def test_any_kind_gives_a_sentence(author: Author, name: str, kind: object) -> None:
    key = "cards" if name == "cards.yaml" else "questions"
    author.write(f"beta/{name}", json.dumps({key: [{"id": "x", "kind": kind}]}))
    assert any("kind" in said for said in author.problems())
