"""JSON values as Python code: the same value, in the format of ruff, within the line."""

import ast
import re
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mock_autopilot.export.python_text import WIDTH, Arguments, Code, PythonText, width
from tests.export.support import reformatted

CHARACTERS = st.one_of(
    st.characters(codec="utf-8"),
    st.sampled_from("\"'\\{}\n\t éжΩ漢字かな\u200b\u0301\u202e🎉"),
)
TEXTS = st.one_of(st.text(CHARACTERS, max_size=20), st.text(CHARACTERS, max_size=300))
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False),
    TEXTS,
    st.sampled_from(["person_1", "person_12", "to person_1 and person_12!", "person_2"]),
)
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=6) | st.dictionaries(TEXTS, inner, max_size=6),
    max_leaves=20,
)
PYTHON = PythonText({"person_1", "person_12"})
IDS = {"person_1": "id-1", "person_12": "id-12"}


def as_read(value: Any) -> Any:
    """Return a value as the code gives it: with the contents of its variables."""
    match value:
        case str():
            return re.sub(r"person_(?:12|1)(?!\w)", lambda name: IDS[name[0]], value)
        case dict():
            return {as_read(key): as_read(inner) for key, inner in value.items()}
        case list():
            return [as_read(inner) for inner in value]
        case _:
            return value


@given(VALUES)
def test_it_is_the_same_value(value: Any) -> None:
    names: dict[str, Any] = {}
    code = PYTHON.write(4, "value = ", value)
    exec("if True:\n" + code, dict(IDS), names)
    assert names["value"] == as_read(value)
    assert repr(names["value"]) == repr(as_read(value))


@given(st.lists(VALUES, min_size=1, max_size=4))
@example([{"key" * 10: "words " * 11 + "end"}])
@example([{"key" * 10: "x" * 72}, ["x" * 93], ["x" * 94]])
@settings(max_examples=60)
def test_ruff_leaves_it_as_it_is(values: list[Any]) -> None:
    lines = [PYTHON.write(0, f"value_{at} = ", value) for at, value in enumerate(values)]
    arguments = Arguments((Code("autopilot"), "POST", *values))
    lines.append(PYTHON.write(0, "answer = call", arguments))
    lines += [
        PYTHON.write(0, 'assert [one for one in state["contacts"]] == ', value)
        for value in values
        if isinstance(value, list) and value
    ]
    source = "\n".join(lines) + "\n"
    with TemporaryDirectory() as folder:
        assert reformatted(Path(folder), source) == ""


@example("\x1f" * 8 + "\U00010000" * 8)
@example("00000" + "\x1f" * 6 + "\x08" + "\U00010000" * 5)
@given(st.recursive(TEXTS, lambda inner: st.lists(inner, max_size=4), max_leaves=8))
def test_it_keeps_within_the_line(value: Any) -> None:
    for line in PYTHON.write(8, "value = ", value).splitlines():
        assert width(line) <= WIDTH


@pytest.mark.parametrize(
    ("value", "code"),
    [
        ("it's", '"it\'s"'),
        ('say "hi"', "'say \"hi\"'"),
        ("both ' and \"", '"both \' and \\""'),
        ("a\\b\n", '"a\\\\b\\n"'),
        ("José 漢字", '"José 漢字"'),
        ("\u202eabc", '"\\u202eabc"'),
        ("🎉", '"\\U0001f389"'),
        ("person_1", "person_1"),
        ("contacts_person_1 {x}", 'f"contacts_{person_1} {{x}}"'),
        ("person_2", '"person_2"'),
        (1e300, "1e300"),
        (5.0, "5.0"),
        ({}, "{}"),
        ([None, True], "[None, True]"),
    ],
)
def test_examples(value: Any, code: str) -> None:
    assert PYTHON.write(0, "", value) == code


def test_a_long_text_is_written_in_parts() -> None:
    written = PYTHON.write(0, "x = ", {"text": "word " * 40})
    assert [line.strip() for line in written.splitlines()][:3] == [
        "x = {",
        '"text": (',
        '"' + "word " * 18 + '"',
    ]
    assert ast.literal_eval(written.removeprefix("x = ")) == {"text": "word " * 40}


@pytest.mark.parametrize(
    ("char", "code"),
    [("\u200b", r"\u200b"), ("\uffff", r"\uffff"), ("\U000e0001", r"\U000e0001")],
)
def test_what_cannot_be_seen_is_escaped(char: str, code: str) -> None:
    assert PYTHON.write(0, "X = ", char) == f'X = "{code}"'
