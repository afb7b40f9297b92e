"""From a person's traits to a contact: standard fields, custom fields, and what is left over."""

import json
from collections.abc import Mapping
from typing import Any

from adapter.identity import Identifiers, address_at, id_text
from adapter.message import Parts, kind_of, shown
from adapter.naming import custom_key, custom_type, name_in_key, spelling
from adapter.notes import (
    CANNOT_HOLD,
    CUSTOM_NAME_CHANGES,
    CUSTOM_NAME_TAKEN,
    EMPTY_OBJECT,
    FIELD_TAKEN,
    FLATTENED,
    LARGE_FLOAT,
    LIST_AS_TEXT,
    NAME_BLANK,
    NAME_FILLS_BLANK,
    NAME_KEPT_APART,
    NAME_ONE_WORD,
    NO_NAME,
    NULL,
    NUMBER_AS_TEXT,
    REPEATED_ID,
    TAKEN_AS_BOOLEAN,
    Note,
    NoteKind,
)
from adapter.traits import FIELDS, OBJECTS, TRAITS, in_any_spelling

_FIELD_OF = in_any_spelling(TRAITS)
_FIELD_OF_PART = {trait: in_any_spelling(parts) for trait, parts in OBJECTS.items()}
#: Traits that fill several fields, and what these are called in a note.
_SEVERAL_FIELDS = {"name": "FirstName and LastName", "address": "the mailing address"}


def contact_of(
    path: str,
    traits: Mapping[str, Any],
    who: Identifiers,
    parts: Parts,
    notes: list[Note],
    new_email: str | None = None,
) -> dict[str, Any]:
    """Return the contact that stands for `traits`, as under `contact` in the call.

    Args:
        path: where the traits stand.
        traits: as JSON can carry them.
        who: the message's identifiers, which become the contact's.
        parts: the message's, for the ids that traits repeat.
        notes: takes a note for each thing not carried, or carried otherwise than one may expect.
        new_email: the address to change to, when the message gives it outside of its traits.

    """
    fields = {
        "Email": who.email,
        "user_id": who.user_id,
        "anonymous_id": who.anonymous_id,
        "_NewEmail": new_email,
    }
    contact = _Contact(path, notes, {key: value for key, value in fields.items() if value})
    own_ids = {
        spelling(name): (name, id_text(value))
        for name, value in (("userId", parts.user_id), ("anonymousId", parts.anonymous_id))
    }
    for key, value in sorted(traits.items(), key=_turn):
        own_id, text = own_ids.get(spelling(key), ("", None))
        if text and id_text(value) == text:
            contact.note(REPEATED_ID, key, name=own_id)
        else:
            contact.take(key, value)
    return {**contact.fields, **({"custom": contact.custom} if contact.custom else {})}


def _turn(trait: tuple[str, Any]) -> tuple[int, bool]:
    # A field goes to its own trait before an object's part or a word of the name can take it, and
    # to Segment's own spelling before the others (`ours`).
    key, value = trait
    if spelling(key) == "name":
        return 2, key != "name"
    if spelling(key) in OBJECTS and isinstance(value, dict):
        return 1, key not in OBJECTS
    return 0, key not in TRAITS


class _Contact:
    """A contact in the making."""

    def __init__(self, path: str, notes: list[Note], fields: dict[str, Any]) -> None:
        self.fields = fields
        self.custom: dict[str, Any] = {}
        self._path = path
        self._notes = notes
        self._custom_names: set[str] = set()

    def note(self, kind: NoteKind, name: str, /, **details: object) -> None:
        """Note something about the trait of that name."""
        self._notes.append(kind(f"{self._path}.{name}", **details))

    def take(self, key: str, value: Any) -> None:
        """Carry a trait wherever the table says."""
        trait = spelling(key)
        custom = len(self.custom)
        if trait == "name" and isinstance(value, str):
            self._take_name(key, value)
        elif trait in OBJECTS and isinstance(value, dict) and value:
            parts = _FIELD_OF_PART[trait]
            for part, inner in sorted(
                value.items(), key=lambda item: item[0] not in OBJECTS[trait]
            ):
                self._put(parts.get(spelling(part)), f"{key}.{part}", inner)
        else:
            field = key if key in FIELDS else _FIELD_OF.get(trait, _SEVERAL_FIELDS.get(trait))
            self._put(field, key, value)
        if isinstance(value, dict) and len(self.custom) > custom:
            self.note(FLATTENED, key, name=shown(name_in_key([*self.custom][custom])))

    def _put(self, field: str | None, name: str, value: Any) -> None:
        """Carry a value in its field, or else in a custom field."""
        if field is None or value is None or value == {}:
            self._put_custom(name, value)
            return
        accepted = FIELDS[field](value) if field in FIELDS else None
        if field in ("Email", "_NewEmail") and (
            address_at(f"{self._path}.{name}", value, self._notes) is None
        ):
            return
        if accepted is None:
            self.note(CANNOT_HOLD, name, kind=_shown_kind(value), field=field)
            self._put_custom(name, value)
        elif self.fields.setdefault(field, accepted) != accepted:
            # Another spelling or source has the field: the value is kept where it can be (`ours`).
            self.note(FIELD_TAKEN, name, field=field)
            self._put_custom(name, value)
        elif isinstance(accepted, bool) and not isinstance(value, bool):
            self.note(TAKEN_AS_BOOLEAN, name, value=shown(value), boolean=json.dumps(accepted))
        elif isinstance(accepted, str) and not isinstance(value, str):
            self.note(NUMBER_AS_TEXT, name, text=shown(accepted))

    def _take_name(self, key: str, name: str) -> None:
        words = name.split()
        if not words:
            self.note(NAME_BLANK, key)
            return
        for field, word in (("FirstName", words[0]), ("LastName", " ".join(words[1:]))):
            if word and not self.fields.get(field, "").strip():
                if field in self.fields:
                    self.note(NAME_FILLS_BLANK, key, field=field)
                self.fields[field] = word
        full = f"{self.fields['FirstName']} {self.fields.get('LastName', '')}"
        if full.split() != words:
            self.note(NAME_KEPT_APART, key)
            self._put_custom(key, name)
        elif "LastName" not in self.fields:
            self.note(NAME_ONE_WORD, key)

    def _put_custom(self, name: str, value: Any) -> None:
        if value is None:
            self.note(NULL, name)
        elif not name.strip():
            self.note(NO_NAME, name)
        elif isinstance(value, dict):
            if not value:
                self.note(EMPTY_OBJECT, name)
            for key, inner in value.items():
                self._put_custom(f"{name}.{key}", inner)
        elif isinstance(value, list):
            self.note(LIST_AS_TEXT, name)
            self._put_scalar(name, json.dumps(value, ensure_ascii=False))
        else:
            self._put_scalar(name, value)

    def _put_scalar(self, name: str, value: bool | float | str) -> None:
        kind = custom_type(value)
        key = custom_key(kind, name)
        read_back = name_in_key(key)
        if read_back in self._custom_names:
            self.note(CUSTOM_NAME_TAKEN, name, name=shown(read_back))
            return
        if read_back != name:
            self.note(CUSTOM_NAME_CHANGES, name, name=shown(read_back))
        if kind == "float" and float(value).is_integer():
            self.note(LARGE_FLOAT, name)
        self._custom_names.add(read_back)
        self.custom[key] = int(value) if kind == "integer" else value


def _shown_kind(value: object) -> str:
    return shown(value) if isinstance(value, str | int | float) else kind_of(value)
