"""`search`: cards, questions, notes and reference by a few words."""

from tests.cli.conftest import Run


def test_what_matches_is_listed_best_first(run: Run) -> None:
    ran = run("search", "measurement", "alpha")
    assert ran.status == 0
    assert ran.out.splitlines()[0].split()[:3] == ["card", "alpha", "alpha-basic"]


def test_every_kind_is_found(run: Run) -> None:
    assert run("search", "golden", "signals").out.startswith("question")
    assert run("search", "measure", "before").out.startswith("notes")
    assert run("search", "camera").out.startswith("reference checklist")
    assert "alpha-cloze" in run("search", "secnds", "alpha").out  # a letter is missing


def test_at_most_as_many_as_asked(run: Run) -> None:
    assert len(run("search", "-n", "2", "alpha").out.splitlines()) == 2
    assert len(run("search", "-n", "0", "alpha").out.splitlines()) == 1


def test_nothing_found_says_so(run: Run) -> None:
    for words in (["zzzzqqqq"], ["zzz", "\x00", "qqqq"]):
        ran = run("search", *words)
        assert (ran.status, ran.out) == (1, "Nothing matches. Try fewer or shorter words.\n")
