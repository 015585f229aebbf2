"""Points proposed for typed answers: stems, slips, spellings; and every rubric of the content against real answers."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from studyapp.domain.interviews import Interview
from studyapp.domain.questions import Open, RubricPoint
from studyapp.domain.rubric import Doubt, Standing, found
from studyapp.domain.topics import Library
from studyapp.library.load import assemble, read_pack
from studyapp.study.rubric_matching import propose
from studyapp.study.wording import Lexicon, read

CONTENT = Path(__file__).parents[2] / "content"
Rubric = tuple[RubricPoint, ...]


def standing(phrase: str, text: str, lexicon: Lexicon | None = None) -> Standing:
    return propose((RubricPoint("p", 1, (phrase,)),), text, lexicon or Lexicon())[0].standing


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("readiness probe", "The readiness probes wait for the weights."),
        ("throttled", "CPU throttling shows in the tail"),
        ("utilisation", "at 70 % utilization"),
        ("scaling behaviour", "set the scaling behavior"),
        ("PodDisruptionBudget", "a pod disruption budget"),
        ("pod disruption budget", "a PodDisruptionBudget"),
        ("maxSurge", "max surge of one"),
        ("max_surge", "maxsurge 1"),
        ("OMP_NUM_THREADS", "set OMP_NUM_THREADS=4"),
        ("autoscaler", "the autoscalr adds pods"),
        ("idempotent", "make it idempotnet"),
        ("dependency", "a soft dependancy"),
        ("70 percent", "headroom at 70% of the peak"),
        ("8,000 requests", "8000 requests a second"),
        ("don't retry", "don’t retry"),
        ("requests a second", "requests per second"),
    ],
)
def test_what_people_write_is_recognised(phrase: str, text: str) -> None:
    assert standing(phrase, text) is Standing.FOUND


@pytest.mark.parametrize(
    ("phrase", "text"),
    [
        ("MIG", "MPS on the card"),
        ("p99", "p95"),
        ("429", "428"),
        ("cache", "catch"),
        ("liveness probe", "Liveness matters. A probe is set."),
        ("rate limit", "- rate of errors\n- limit of memory"),
        ("canary release", "canary\n\nrelease"),
        ("requests in flight", ""),
    ],
)
def test_what_means_something_else_is_not(phrase: str, text: str) -> None:
    assert standing(phrase, text) is Standing.MISSING


def test_a_word_of_the_content_is_no_slip_of_another() -> None:
    assert standing("sharding", "sharing the card") is Standing.FOUND
    assert standing("sharding", "sharing the card", Lexicon(frozenset({"sharing"}))) is Standing.MISSING


def test_the_matched_words_are_named_by_their_characters() -> None:
    text = "First: NO  startup and\nreadiness probes. Then canary-free."
    startup = propose((RubricPoint("p", 1, ("startup probe",)),), text, Lexicon())[0].matches[0]
    assert [text[start:end] for start, end in startup.spans] == ["startup", "probes"]
    assert startup.doubt is Doubt.DENIED


@given(st.text(max_size=300))
def test_any_text_can_be_read_and_its_words_stand_where_they_say(text: str) -> None:
    seen = list(read(text))
    assert all(0 <= word.start < word.end <= len(text) and word.text for word in seen)
    assert [word.start for word in seen] == sorted(word.start for word in seen)
    propose((RubricPoint("p", 1, ("startup probe", "", "%")),), text, Lexicon())


@pytest.fixture(scope="module")
def library() -> Library:
    return assemble([read_pack(CONTENT, "content")])


@pytest.fixture(scope="module")
def lexicon(library: Library) -> Lexicon:
    return Lexicon.of(library)


def marked(library: Library) -> list[tuple[str, str, Rubric, str]]:
    """(id, topic, rubric, model answer) of all that is marked by a rubric."""
    opens = [one for one in library.questions.values() if isinstance(one, Open)]
    every: list[Interview | Open] = [*library.interviews.values(), *opens]
    return [(one.id, one.topic, one.rubric, one.model_answer) for one in every]


def test_every_model_answer_shows_each_point_of_its_own_rubric(library: Library, lexicon: Lexicon) -> None:
    silent = [
        f"{id_}: {point.point} ({proposal.standing})"
        for id_, _, rubric, answer in marked(library)
        for point, proposal in zip(rubric, propose(rubric, answer, lexicon), strict=True)
        if proposal.standing is not Standing.FOUND
    ]
    assert silent == []


def test_the_answer_to_another_question_shows_few_points(library: Library, lexicon: Lexicon) -> None:
    """Measured over all pairs: 4 % of the points for answers on other topics, 18 % on the same topic."""
    interviews = [one for one in marked(library) if one[0] in library.interviews]
    answers = [answer for *_, answer in interviews]
    elsewhere = _proposed(interviews, answers[11:] + answers[:11], lexicon)  # two topics on
    assert elsewhere < 0.07
    within = _proposed(
        interviews, [answers[index - index % 5 + (index + 1) % 5] for index in range(len(answers))], lexicon
    )
    assert elsewhere < within < 0.30


def _proposed(rubrics: list[tuple[str, str, Rubric, str]], answers: list[str], lexicon: Lexicon) -> float:
    """Share of the points that are proposed when each rubric meets the answer beside it."""
    pairs = list(zip(rubrics, answers, strict=True))
    hits = sum(len(found(propose(rubric, answer, lexicon))) for (_, _, rubric, _), answer in pairs)
    return hits / sum(len(rubric) for (_, _, rubric, _), _ in pairs)
