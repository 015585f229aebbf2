"""A file that can be read knows where everything stands; any other says where and why."""

import os
from pathlib import Path

import pytest

from studyapp.domain.origin import Origin
from studyapp.library.document import DEEPEST, MOST_BYTES, Document, Unreadable, read

TEXT = """\
# a comment
cards:
  - id: one
    front: What?
  - {id: two, tags: [a, b]}
"""


def written(tmp_path: Path, data: bytes | str) -> Path:
    path = tmp_path / "cards.yaml"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def document(tmp_path: Path, data: bytes | str) -> Document:
    return read(written(tmp_path, data), "cards.yaml")


def refusals(tmp_path: Path, data: bytes | str) -> list[str]:
    with pytest.raises(Unreadable) as caught:
        document(tmp_path, data)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize(
    ("path", "line", "column"),
    [
        ((), 2, 1),
        (("cards", 0), 3, 5),
        (("cards", 0, "front"), 4, 12),
        (("cards", 1, "tags", 1), 5, 25),
        (("cards", 1, "missing"), 5, 5),  # the place of what should hold it
        (("cards", 7), 3, 3),
        (("nothing", "here"), 2, 1),
    ],
)
def test_each_value_has_its_place(tmp_path: Path, path: tuple[str | int, ...], line: int, column: int) -> None:
    assert document(tmp_path, TEXT).origin(*path) == Origin("cards.yaml", line, column)


def test_a_key_has_a_place_of_its_own(tmp_path: Path) -> None:
    read_ = document(tmp_path, TEXT + "3: x\n")
    assert read_.key_origin("cards", 0, "front") == Origin("cards.yaml", 4, 5)
    assert read_.key_origin(3) == Origin("cards.yaml", 6, 1)
    assert read_.key_origin("cards", 1, "missing") == Origin("cards.yaml", 5, 5)


def test_plain_words_are_what_yaml_1_2_says(tmp_path: Path) -> None:
    text = (
        "a: 8.64e9\nb: no\nc: 2026-11-01\nd: 12:30\ne: 100_000\nf: 007\ng: true\nh: ~\ni: .5\nj: 1.2.3\nk: 0x1F\nl: =\n"
    )
    assert document(tmp_path, text).data == {
        "a": 8.64e9,
        "b": "no",
        "c": "2026-11-01",
        "d": "12:30",
        "e": 100_000,
        "f": "007",
        "g": True,
        "h": None,
        "i": 0.5,
        "j": "1.2.3",
        "k": "0x1F",
        "l": "=",
    }


def test_a_whole_number_that_64_bits_cannot_hold_is_a_float(tmp_path: Path) -> None:
    data = document(tmp_path, f"a: {'9' * 18}\nb: {'9' * 19}\nc: {'9' * 6000}\n").data
    assert data == {"a": 10**18 - 1, "b": 1e19, "c": float("inf")}
    assert isinstance(data["b"], float)


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(tmp_path: Path) -> None:
    read_ = document(tmp_path, b"\xef\xbb\xbfa: 1\r\nb: 2\r\n")
    assert read_.data == {"a": 1, "b": 2}
    assert read_.origin("b") == Origin("cards.yaml", 2, 4)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "cards.yaml:1:1: the file is empty"),
        (b"# only a comment\n", "cards.yaml:1:1: the file is empty"),
        (b"- a\n- b\n", "cards.yaml:1:1: expected a mapping at the top"),
        (b"just words\n", "cards.yaml:1:1: expected a mapping at the top"),
        (b"a: 1\nb: caf\xe9\n", "cards.yaml:2:7: not UTF-8 text"),
        ("a: é\nb: é".encode() + b"\xff", "cards.yaml:2:5: not UTF-8 text"),
        (b"\x00\x01\x02", "cards.yaml:1:1: the character U+0000 is no text; is this a binary file?"),
        (b"a: 1\nb: \x1b[0m\n", "cards.yaml:2:4: the character U+001B"),
        (b"a: [1, 2\nb: 3\n", "cards.yaml:2:2: not valid YAML: while parsing a flow sequence"),
        (b"a: b: c\n", "cards.yaml:1:5: not valid YAML: mapping values are not allowed"),
        (b"a: {text: x: y}\n", "cards.yaml:1:12: not valid YAML"),
        (b"a: `code`\n", "cards.yaml:1:4: not valid YAML: while scanning for the next token"),
        (b"a: 1\n---\nb: 2\n", "cards.yaml:2:1: not valid YAML"),
        (b'a: "\\ud800"\n', "cards.yaml:1:7: not valid YAML"),
        (b"a: &x 1\n", "cards.yaml:1:4: anchors and aliases"),
        (b"a: 1\nb: *word here\n", "cards.yaml:2:4: anchors and aliases"),
        (b"a: 1\nb: *word* here\n", "cards.yaml:2:9: not valid YAML: while scanning an alias"),
        (b"a: !!python/object:os.system x\n", "cards.yaml:1:4: tags such as"),
        (b"a: !!timestamp x\n", "cards.yaml:1:4: tags such as"),
        (b"a: !important\n", "cards.yaml:1:4: tags such as !important"),
        (b"? [a, b]\n: c\n", "cards.yaml:1:3: a key must be a word"),
        (b"a: {text: {{c1::x}}}\n", "cards.yaml:1:12: a key must be a word"),
    ],
)
def test_what_cannot_be_read_says_where_and_why(tmp_path: Path, data: bytes, said: str) -> None:
    (refusal,) = refusals(tmp_path, data)
    assert refusal.startswith(said)


def test_a_text_in_need_of_quotes_is_recognised(tmp_path: Path) -> None:
    assert refusals(tmp_path, "a: why: not\n")[0].endswith("Does a text need quotes?")


def test_every_key_given_twice_is_named_in_the_order_of_the_file(tmp_path: Path) -> None:
    text = "a: {x: 1, x: 2}\nb: 1\nc: [{y: 1, y: 2}]\nb: 2\n"
    assert refusals(tmp_path, text) == [
        "cards.yaml:1:11: the key `x` stands here twice",
        "cards.yaml:3:12: the key `y` stands here twice",
        "cards.yaml:4:1: the key `b` stands here twice",
    ]


@pytest.mark.parametrize("opening", ["[", "{a: ", "\n" + "- "])
@pytest.mark.parametrize("depth", [DEEPEST + 1, 500_000])
def test_nesting_ends_before_the_stack_does(tmp_path: Path, opening: str, depth: int) -> None:
    opened = "\n" + "- " * depth if opening.startswith("\n") else opening * depth
    assert "levels deep" in refusals(tmp_path, f"a: {opened}x")[0]


def test_aliases_never_multiply(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]", *(f"a{n}: &a{n} [{', '.join(f'*a{n - 1}' for _ in range(9))}]" for n in range(1, 12))]
    assert "anchors and aliases" in refusals(tmp_path, "\n".join(lines))[0]


def test_a_huge_file_is_not_read(tmp_path: Path) -> None:
    path = written(tmp_path, "")
    os.truncate(path, MOST_BYTES + 1)
    with pytest.raises(Unreadable, match="larger than 4 MiB"):
        read(path, "cards.yaml")


def test_a_folder_a_pipe_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for path in (tmp_path, tmp_path / "pipe.yaml"):
        with pytest.raises(Unreadable, match="this is not a file"):
            read(path, "cards.yaml")
    with pytest.raises(Unreadable, match="cannot be read: No such file"):
        read(tmp_path / "none.yaml", "none.yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_rights_is_named(tmp_path: Path) -> None:
    path = written(tmp_path, "a: 1")
    path.chmod(0)
    with pytest.raises(Unreadable, match="cannot be read: Permission denied"):
        read(path, "cards.yaml")
