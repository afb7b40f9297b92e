"""The list of mutants that may live: what it says, and that its functions are there."""

from pathlib import Path

import pytest

from tests.mutation.kinds import kind_of
from tests.mutation.survivors import (
    REASONS,
    SURVIVORS,
    Change,
    Row,
    allowed,
    missing,
    read_rows,
    surplus,
    without_function,
)

ROWS = read_rows(SURVIVORS.read_text("utf-8"))


def test_the_function_of_every_survivor_is_there() -> None:
    told = "rename them in survivors.toml, or take them out: python -m tests.mutation.survivors"
    assert without_function(ROWS) == [], told


def test_every_reason_is_used_and_no_survivor_explained_twice() -> None:
    assert {row.reason for row in ROWS} == REASONS.keys()
    assert len({(row.change, row.why) for row in ROWS}) == len(ROWS)


def test_a_function_that_is_gone_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(
        "def f(): ...\nclass C:\n    def m(self):\n        def g(): ...\n"
    )
    changes = [Change("a.py", name, "") for name in ("f", "C.m", "m", "C", "g")]
    changes.append(Change("b.py", "f", ""))
    assert without_function([Row(one, 1, "", "") for one in changes], tmp_path) == changes[2:]


def test_what_the_file_says() -> None:
    row = '["a.py", "f", "number changed", {}]'
    text = "\n".join(
        f'[[{reason}]]\nwhy = "So."\nmutants = [{row.format(number)}]'
        for reason, number in (("speed", 1), ("figure", 2))
    )
    change = Change("a.py", "f", "number changed")
    rows = read_rows(text)
    assert rows == [Row(change, 1, "speed", "So."), Row(change, 2, "figure", "So.")]
    assert allowed(rows) == {change: 3}
    with pytest.raises(ValueError, match="there is no reason luck"):
        read_rows(text.replace("speed", "luck"))
    with pytest.raises(ValueError, match=r"a\.py f: 0 mutants"):
        read_rows(text.replace("2]", "0]"))


def test_more_or_fewer_than_may_live() -> None:
    one, other = Change("a.py", "f", "number changed"), Change("a.py", "g", "number changed")
    rows = [Row(one, 1, "speed", "So."), Row(one, 1, "figure", "So."), Row(other, 1, "speed", "")]
    assert (surplus([one, one, other], rows), missing([one, one, other], rows)) == ({}, {})
    assert (surplus([one] * 3, rows), missing([one] * 3, rows)) == ({one: 1}, {other: 1})


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ("if a < 400:", "if a <= 400:", "< → <="),
        ("if a < 400:", "if a < 401:", "number changed"),
        ("return 0.5", "return 1.5", "number changed"),
        ('return f"{a[:60]}…"', 'return f"{a[:61]}…"', "number changed"),
        ('raise E("no", x)', 'raise E("XXnoXX", x)', "string changed"),
        ('raise E("no", x)', 'raise E("NO", x)', "letter case changed"),
        ("raise E('no', x)", "raise E(None, x)", "set to None"),
        ("a = f(b, 'c')[0]", "a = None", "set to None"),
        ("lambda: f(x)", "lambda: None", "set to None"),
        ("f(a, b=c(1))", "f(a, )", "argument removed"),
        ("f(a, b)", "f(b)", "argument removed"),
        ("    b=1,", "", "argument removed"),
        ("a = None", 'a = ""', 'None → ""'),
        ("f(a=True)", "f(a=False)", "True → False"),
        ("a and b", "a or b", "and → or"),
        ("x.lower()", "x.upper()", "lower → upper"),
        ("a += 1", "a = 1", "+= → ="),
        ("if not a:", "if a:", "not removed"),
        ("case 1: return 2", "", "case removed"),
        ("b if a or c else d", "b if (a or c) and False else d", "condition made false"),
        ("b if a else d", "b if (a) or True else d", "condition made true"),
        ("a is None", "a is not None", "other"),
    ],
)
def test_kinds(before: str, after: str, kind: str) -> None:
    assert kind_of(before, after) == kind
