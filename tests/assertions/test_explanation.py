"""An explanation is bounded, and each line of it can be printed."""

import pytest
from dirty_equals import IsStr

from mock_autopilot.assertions.explanation import Failure, Section, counted, section, shown


def test_an_explanation_is_a_summary_with_sections() -> None:
    failure = Failure("It failed.", (Section("why", ("a", "b")), Section("how", ("c",))))
    assert str(failure) == "It failed.\nwhy:\n  a\n  b\nhow:\n  c"


@pytest.mark.parametrize(("lines", "shown_lines"), [(38, 40), (39, 40), (100, 40)])
def test_an_explanation_has_forty_lines_at_most(lines: int, shown_lines: int) -> None:
    text = str(Failure("It failed.", (Section("why", tuple(map(str, range(lines)))),)))
    assert len(text.splitlines()) == shown_lines
    left_out = lines + 2 - 39
    last = "  37" if lines == 38 else f"… and {left_out} more lines"
    assert text.splitlines()[-1] == last


def test_a_line_has_two_hundred_printable_characters_at_most() -> None:
    text = str(Failure("a\nb\x1b[0m\ud800 é", (Section("x" * 300, ("y" * 300,)),)))
    first, title, line = text.splitlines()
    assert first == "a\\nb\\x1b[0m\\ud800 é"
    assert (len(title), len(line)) == (200, 200)
    assert title.endswith("x…")


def test_a_section_counts_what_it_leaves_out() -> None:
    assert section("t", ["a", "b"], 2) == (Section("t", ("a", "b")),)
    assert section("t", ["a", "b"], 1) == (Section("t", ("a", "… and 1 more")),)
    assert section("t", ["a", "b", "c"], 1) == (Section("t", ("a", "… and 2 more")),)
    assert section("t", [], 1) == ()


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("a'b", '"a\'b"'),
        ({"a": [1, None, True]}, "{'a': [1, None, True]}"),
        ((1, "a"), "[1, 'a']"),
        ({"a": len, "b": [shown]}, "{'a': len, 'b': [shown]}"),
        (b"ab", "b'ab'"),
        (IsStr, "IsStr"),
    ],
)
def test_values_are_shown_as_python_writes_them(value: object, text: str) -> None:
    assert shown(value) == text


@pytest.mark.parametrize("value", ["x" * 1000, ["x"] * 1000, {"x": "y" * 1000}, 10**500])
def test_a_long_value_is_shortened(value: object) -> None:
    assert len(shown(value)) == 120
    assert shown(value).endswith("…")


def test_a_text_of_the_greatest_length_is_whole() -> None:
    assert shown("x" * 118) == f"'{'x' * 118}'"


def test_counts() -> None:
    assert [counted(n, "call") for n in (0, 1, 2)] == ["0 calls", "1 call", "2 calls"]
    assert [counted(n, "entry", "entries") for n in (1, 2)] == ["1 entry", "2 entries"]
