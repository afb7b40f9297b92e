"""Any JSON in the place of any part of a definition."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from adapter.engage import InvalidSpace
from adapter.engage.scenario import read_scenario
from adapter.engage.simulation import simulate
from tests.engage.definitions import ADA, START, ada, definition, delivered


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    inner: Any = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else inner:
        yield from places(part, (*path, key))


def replaced(value: Any, path: tuple[Any, ...], by: Any) -> Any:
    if not path:
        return by
    copy = value.copy()
    copy[path[0]] = replaced(value[path[0]], path[1:], by)
    return copy


EVERYTHING = definition(
    days=3,
    seed=1,
    space_id="spa_2",
    profiles=[{**ADA, "emails": ["a@b.c"], "anonymous_ids": ["x"], "traits": {"p": 1}}],
    audiences=[
        {"name": "A", "when": {"event": "E", "within_days": 2, "at_least": 2}, "form": "track"},
        {"name": "B", "when": {"trait": "p", "equals": 1}, "created_at": START},
        {"name": "C", "members": ["ada"]},
    ],
    computed_traits=[
        {"key": "n", "count": {"event": "E", "within_days": 1}},
        {"key": "s", "sum": {"event": "E", "property": "p"}, "created_at": START},
        {"key": "l", "last": {"event": "E", "property": "p"}, "form": "track"},
    ],
    changes=[
        ada(1, track="E", properties={"p": 1}),
        ada(2, traits={"p": 2}),
        ada(3, enter="C"),
        ada(4, leave="C"),
        ada(5, gain={"user_ids": ["b"], "emails": ["d@e.f"], "anonymous_ids": ["y"]}),
    ],
)


ODD = ["ada", "C", "email", "track", "\ud800", START, "0001-01-01T00:00:00+05:00", "2026-01-01"]


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(ODD)
    | st.sampled_from([-1, 0, 10**30, 10**400, 1e300]),
    lambda inner: st.lists(inner, max_size=3)
    | st.dictionaries(st.sampled_from(["event", "trait", "equals", "at"]) | st.text(), inner),
    max_leaves=5,
)  # fmt: skip


@settings(deadline=None, max_examples=200)
@given(path=st.sampled_from(list(places(EVERYTHING))), value=ANY_JSON)
def test_any_definition_can_be_simulated_or_is_an_error(path: tuple[Any, ...], value: Any) -> None:
    raw = json.dumps(replaced(EVERYTHING, path, value))
    try:
        read = read_scenario(raw, days=1)
        list(simulate(read.space, read.changes, read.start, read.until, delivered))
    except InvalidSpace as caught:  # and no other exception
        error = caught
    else:
        return
    assert error.field.strip()
    assert error.problem.strip()
