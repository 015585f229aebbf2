"""The shipped content as a whole: no problem, enough of everything, and code that parses."""

import ast
import json
import re
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import kubernetes_validate
import pytest
import yaml
from kubernetes_validate.utils import SchemaNotFoundError, ValidationError

from studyapp.domain.cards import plain_cloze
from studyapp.domain.questions import SpotTheFault
from studyapp.domain.topics import Library, Problem
from studyapp.library.check import check
from studyapp.library.load import read_pack

CONTENT = Path(__file__).parents[2] / "content"
PREFIXES = {
    "system-design": "sd-",
    "kubernetes": "k8s-",
    "ci-cd": "cicd-",
    "model-drift": "drift-",
    "cost-optimization": "cost-",
    "monitoring": "mon-",
    "ab-testing": "ab-",
    "feature-store": "fs-",
    "lru-cache": "lru-",
    "scaling": "scale-",
}
FENCE = re.compile(r"^( *)```(\w*)\n(.*?)^ *```", re.MULTILINE | re.DOTALL)
LANGUAGES = {"python", "yaml", "json", "promql", "sql", "text", "sh", "dockerfile"}


@dataclass(frozen=True)
class Block:
    """Code as it stands in an item or in notes."""

    place: str
    language: str
    code: str


@pytest.fixture(scope="module")
def checked() -> tuple[Library, list[Problem]]:
    return check(read_pack(CONTENT, "content"), None, datetime.now(UTC).date())


@pytest.fixture(scope="module")
def blocks(checked: tuple[Library, list[Problem]]) -> list[Block]:
    return [block for place, text in texts(checked[0]) for block in fenced(place, text)]


def texts(library: Library) -> Iterator[tuple[str, str]]:
    for topic in library.topics.values():
        for card in topic.cards:
            for text in (plain_cloze(card.front), card.back, card.example, card.about.explain):
                yield card.id, text
        for question in topic.questions:
            yield question.id, question.stem
            yield question.id, question.about.explain
            if isinstance(question, SpotTheFault) and question.fixed:
                yield question.id, f"```{question.language}\n{question.fixed.rstrip()}\n```"
        for interview in topic.interviews:
            yield interview.id, interview.model_answer
        for section in topic.sections:
            yield f"{topic.slug}/{section.slug}", section.text


def fenced(place: str, text: str) -> Iterator[Block]:
    for match in FENCE.finditer(text):
        yield Block(place, match[2], textwrap.dedent(match[3]))


def of(blocks: list[Block], language: str) -> list[Block]:
    return [block for block in blocks if block.language == language]


def failures(blocks: list[Block], parse: object) -> list[str]:
    """The blocks that do not parse, each with the reason."""
    failed = []
    for block in blocks:
        try:
            parse(block.code)  # type: ignore[operator]
        except (SyntaxError, ValueError, yaml.YAMLError) as error:
            failed.append(f"{block.place}: {error}")
    return failed


def test_the_check_has_nothing_to_say(checked: tuple[Library, list[Problem]]) -> None:
    assert [str(problem) for problem in checked[1]] == []


def test_there_is_enough_of_everything(checked: tuple[Library, list[Problem]]) -> None:
    topics = checked[0].topics
    assert set(topics) == set(PREFIXES)
    counts = {slug: (len(t.cards), len(t.questions), len(t.interviews)) for slug, t in topics.items()}
    assert {slug: count for slug, count in counts.items() if count[0] < 60 or count[1] < 40 or count[2] < 5} == {}
    assert all(topic.coverage and topic.sections for topic in topics.values())
    assert set(checked[0].reference.pages) == {"key-numbers", "checklist", "interview-craft", "essentials"}


def test_ids_say_what_they_name_and_where(checked: tuple[Library, list[Problem]]) -> None:
    for slug, topic in checked[0].topics.items():
        prefix = PREFIXES[slug]
        for marks, items in (("", topic.cards), ("q-", topic.questions), ("i-", topic.interviews)):
            assert [item.id for item in items if not item.id.startswith(prefix + marks)] == []
        assert [point.id for point in topic.coverage if not point.id.startswith(f"{prefix}p-")] == []
    for groups in checked[0].reference.pages.values():
        ids = [entry.id for group in groups for entry in group.entries if ":" not in entry.id]
        assert [id_ for id_ in ids if not id_.startswith("ref-")] == []


def test_each_block_names_a_known_language(blocks: list[Block]) -> None:
    assert len(blocks) > 100
    assert [block.place for block in blocks if block.language not in LANGUAGES] == []


def test_python_parses(blocks: list[Block]) -> None:
    assert len(of(blocks, "python")) > 50
    assert failures(of(blocks, "python"), ast.parse) == []


def test_yaml_and_json_parse(blocks: list[Block]) -> None:
    assert len(of(blocks, "yaml")) > 40
    assert failures(of(blocks, "yaml"), lambda code: list(yaml.load_all(code, yaml.CSafeLoader))) == []
    assert failures(of(blocks, "json"), json.loads) == []


def test_promql_is_balanced(blocks: list[Block]) -> None:
    def balanced(code: str) -> None:
        bare = re.sub(r'"[^"]*"|#.*', "", code)
        stack = []
        for sign in re.findall(r"[()\[\]{}]", bare):
            if sign in "([{":
                stack.append(sign)
            elif not stack or stack.pop() + sign not in ("()", "[]", "{}"):
                raise ValueError(f"unbalanced {sign}")
        if stack or not bare.strip():
            raise ValueError("unbalanced or empty")

    assert failures(of(blocks, "promql"), balanced) == []


def test_whole_kubernetes_manifests_are_valid(blocks: list[Block]) -> None:
    judged = 0
    wrong = []
    for block in of(blocks, "yaml"):
        for manifest in yaml.load_all(block.code, yaml.CSafeLoader):
            if not isinstance(manifest, dict) or not {"apiVersion", "kind"} <= manifest.keys():
                continue
            try:
                kubernetes_validate.validate(manifest, "1.33", strict=True)
                judged += 1
            except SchemaNotFoundError:
                continue  # a custom resource
            except ValidationError as error:
                wrong.append(f"{block.place}: {error.message}")
    assert wrong == []
    assert judged >= 20


def test_the_authors_reference_shows_yaml_that_parses() -> None:
    text = (CONTENT / "README.md").read_text("utf-8")
    examples = [block for block in of(list(fenced("README.md", text)), "yaml") if "checklist" not in block.code]
    assert len(examples) >= 5
    assert failures(examples, lambda code: yaml.load(code, yaml.CSafeLoader)) == []
