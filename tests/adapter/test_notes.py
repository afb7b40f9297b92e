"""The table of notes."""

import json
import pickle
from typing import Any

import pytest

from adapter import Note, notes, plan
from adapter.notes import NoteKind
from tests.adapter.support import LONE_SURROGATE, SETTINGS

KINDS = {kind.id: kind for kind in vars(notes).values() if isinstance(kind, NoteKind)}

#: For each kind that a message can have, an identify's parts, or a track's when it has an event.
EXAMPLES: list[dict[str, Any]] = [
    {"integrations": {"all": False}},
    {"integrations": {"All": "false"}},
    {"context": []},
    {"userId": "null"},
    {"userId": " "},
    {"userId": True},
    {"userId": " u"},
    {"userId": 7},
    {"userId": "ada@example.com"},
    {"traits": {"email": "a@e"}, "context": {"traits": {"email": "b@e", "x": 1}}},
    {"context": {"traits": {"x": 1}}},
    {"properties": {"x": 1}},
    {"event": "E", "context": {"traits": {"unsubscribed": False}}},
    {"event": "E", "properties": {"email": "a@e"}},
    {"traits": {"x": LONE_SURROGATE}},
    {"userId": "u", "traits": {"userId": "u"}},
    {"traits": {"x": None, "y": {}, "": 1}},
    {"traits": {"phone": True, "firstName": "A", "first_name": "B", "unsubscribed": "yes"}},
    {"traits": {"name": " "}},
    {"traits": {"name": "Ada"}},
    {"traits": {"name": "Ada King", "lastName": ""}},
    {"traits": {"name": "Ada King", "lastName": "K"}},
    {"traits": {"a": {"b": [1]}, "a.b": 2, "c--d": 1e300}},
]
#: What only calls can tell of.
OF_CALLS = {"maybe-entered-twice", "maybe-entered"}


def test_each_kind_has_an_id_of_its_own() -> None:
    rows = [kind for kind in vars(notes).values() if isinstance(kind, NoteKind)]
    assert len(rows) == len(KINDS) > 30


def test_each_kind_has_an_example() -> None:
    seen = set()
    for fields in EXAMPLES:
        message = {"type": "track" if "event" in fields else "identify", **fields}
        seen |= {note.id for note in plan(message, SETTINGS).notes}
    assert seen | OF_CALLS == KINDS.keys()


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_sentence_continues_from_the_path_and_has_no_full_stop(kind: NoteKind) -> None:
    first = kind.sentence.split()[0]
    assert first in {"is", "has", "may", "changes", "comes", "contains", "fills", "repeats"}
    assert kind.sentence[-1] not in ".:;,"


def test_a_note_is_read_as_a_sentence_and_sent_as_json() -> None:
    note = notes.NUMBER_AS_TEXT("traits.phone", text="'5'")
    assert str(note) == "traits.phone is a number, sent as the text '5'"
    assert json.loads(json.dumps(note.to_json())) == {
        "id": "number-as-text",
        "path": "traits.phone",
        "message": "is a number, sent as the text '5'",
    }
    assert pickle.loads(pickle.dumps(note)) == note == Note(**note.to_json())


@pytest.mark.parametrize(
    ("traits", "sentence"),
    [
        ({"phone": True}, "traits.phone is True, which Phone cannot hold"),
        ({"phone": [1]}, "traits.phone is a list, which Phone cannot hold"),
        ({"title": {"a": 1}}, "traits.title is an object, which Title cannot hold"),
        ({"firstName": "", "name": "Ann Lee"}, "traits.name fills FirstName, for which"),
    ],
)
def test_a_note_says_which_value_and_which_field(traits: dict[str, Any], sentence: str) -> None:
    found = [str(note) for note in plan({"type": "identify", "traits": traits}, SETTINGS).notes]
    assert any(one.startswith(sentence) for one in found), found


def test_braces_in_a_value_stay_as_they_are() -> None:
    note = notes.PLACEHOLDER("userId", value="'{x}'")
    assert note.message == "is '{x}', which identifies nobody: it counts as missing"


def test_a_long_value_is_cut() -> None:
    (note,) = plan({"type": "identify", "traits": {"email": "x" * 10_000}}, SETTINGS).notes
    assert len(str(note)) < 200


def test_equal_notes_of_two_steps_are_one_note() -> None:
    planned = plan({"type": "identify", "traits": {"email": 5}}, SETTINGS)
    assert [note.id for note in planned.notes] == ["identifier-type"]
