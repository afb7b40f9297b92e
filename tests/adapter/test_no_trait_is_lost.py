"""No trait is dropped or renamed without a note, whatever the traits."""

import json
from collections.abc import Iterator
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from adapter.naming import name_in_key, spelling
from adapter.traits import FIELDS, OBJECTS
from tests.adapter.support import sent_contact

TEXT = st.text(st.characters(codec="utf-8"), max_size=8)


SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(2**70), 2**70)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
)


VALUES = st.recursive(
    SCALARS | st.lists(SCALARS, max_size=2),
    lambda inner: st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


NAMES = TEXT | st.sampled_from(
    [*FIELDS, "name", "company", "address", "firstName", "first_name", "email", "a.b", "a b"]
)


def written(value: object) -> set[str]:
    """The ways in which a value may stand on a contact."""
    ways = {json.dumps(value), json.dumps(str(value))}
    if isinstance(value, str):
        ways.add(json.dumps(value.strip()))
    if isinstance(value, float) and value.is_integer():
        ways |= {json.dumps(int(value)), json.dumps(str(int(value)))}
    return ways


@given(st.dictionaries(NAMES, SCALARS, max_size=6))
def test_no_scalar_trait_is_dropped_without_a_note(traits: dict[str, Any]) -> None:
    contact, notes = sent_contact(traits)
    custom = contact.pop("custom", {})
    there = {json.dumps(value) for value in [*contact.values(), *custom.values()]}
    full = f"{contact.get('FirstName', '')} {contact.get('LastName', '')}".split()
    for name, value in traits.items():
        reported = f"traits.{name}" in [path for _, path in notes]
        split = isinstance(value, str) and value.split() == full
        # A blank that the words of a name replaced is reported at the name.
        blank = isinstance(value, str) and not value.strip()
        replaced = blank and any(kind == "name-fills-blank" for kind, _ in notes)
        assert reported or split or replaced or written(value) & there, name


def leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Everything that is not an object with something in it, with its path."""
    if isinstance(value, dict) and value:
        for key, inner in value.items():
            yield from leaves(f"{path}.{key}", inner)
    else:
        yield path, value


@given(st.dictionaries(NAMES, VALUES, max_size=4))
def test_nothing_in_an_object_is_dropped_or_renamed_without_a_note(
    traits: dict[str, Any],
) -> None:
    contact, notes = sent_contact(traits)
    noted_paths = {path for _, path in notes}
    fields = {
        json.dumps(value) for value in [*contact.values(), *contact.get("custom", {}).values()]
    }
    for name, value in traits.items():
        # Without a name, or as an address, an object is left out whole.
        if not isinstance(value, dict) or spelling(name).strip() in ("", "email", "newemail"):
            continue
        for path, leaf in leaves(f"traits.{name}", value):
            # A part of a company or an address may have a field of its own.
            arrived = f"traits.{name}" in noted_paths or spelling(name) in OBJECTS
            assert path in noted_paths or (arrived and written(leaf) & fields), path


@given(st.dictionaries(NAMES, SCALARS, max_size=6))
def test_a_contact_has_only_fields_that_can_be_written_and_typed_custom_fields(
    traits: dict[str, Any],
) -> None:
    contact, _ = sent_contact(traits)
    custom = contact.pop("custom", {"string--x": ""})
    assert custom
    assert set(contact) <= set(FIELDS)
    kinds = {"string": str, "date": str, "boolean": bool, "integer": int, "float": float}
    for key, value in custom.items():
        assert type(value) is kinds[key.partition("--")[0]]
    names = [name_in_key(key) for key in custom]
    assert len(names) == len(set(names))
