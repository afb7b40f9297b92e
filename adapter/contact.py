"""From a user's traits to a contact: standard fields, custom fields, and notes on the rest."""

from collections.abc import Mapping
from typing import Any

from adapter.identity import Identifiers, address_at, id_text
from adapter.json_values import json_text, kind_of, shown
from adapter.message import Parts
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


def build_contact(
    path: str,
    traits: Mapping[str, Any],
    ids: Identifiers,
    parts: Parts,
    notes: list[Note],
    new_email: str | None = None,
) -> dict[str, Any]:
    """Return the contact made of `traits`, as it stands under `contact` in the call.

    Args:
        path: the path of the traits in the message, for notes.
        traits: the traits, already checked to be JSON.
        ids: the identifiers of the message, which become those of the contact.
        parts: the parts of the message, to recognise ids that are repeated as traits.
        notes: receives a note for each trait not carried, or carried under another name or type.
        new_email: the address to change to, if the message gives it outside its traits.

    """
    fields = {
        "Email": ids.email,
        "user_id": ids.user_id,
        "anonymous_id": ids.anonymous_id,
        "_NewEmail": new_email,
    }
    contact = _ContactBuilder(path, notes, {key: value for key, value in fields.items() if value})
    own_ids = {
        spelling(name): (name, id_text(value))
        for name, value in (("userId", parts.user_id), ("anonymousId", parts.anonymous_id))
    }
    for key, value in sorted(traits.items(), key=_precedence):
        own_id, text = own_ids.get(spelling(key), ("", None))
        if text and id_text(value) == text:
            contact.note(REPEATED_ID, key, name=own_id)
        else:
            contact.add(key, value)
    return {**contact.fields, **({"custom": contact.custom} if contact.custom else {})}


def _precedence(trait: tuple[str, Any]) -> tuple[int, bool]:
    # Sort key: a field is filled by its own trait before a part of an object or a word of the
    # name, and by Segment's own spelling before any other (`ours`).
    key, value = trait
    if spelling(key) == "name":
        return 2, key != "name"
    if spelling(key) in OBJECTS and isinstance(value, dict):
        return 1, key not in OBJECTS
    return 0, key not in TRAITS


class _ContactBuilder:
    """Collects the fields and custom fields of one contact."""

    def __init__(self, path: str, notes: list[Note], fields: dict[str, Any]) -> None:
        self.fields = fields
        self.custom: dict[str, Any] = {}
        self._path = path
        self._notes = notes
        self._custom_names: set[str] = set()

    def note(self, kind: NoteKind, name: str, /, **details: object) -> None:
        """Add a note about the trait of that name."""
        self._notes.append(kind(f"{self._path}.{name}", **details))

    def add(self, key: str, value: Any) -> None:
        """Add a trait to the field that the table names, or else as a custom field."""
        trait = spelling(key)
        custom_before = len(self.custom)
        if trait == "name" and isinstance(value, str):
            self._add_name(key, value)
        elif trait in OBJECTS and isinstance(value, dict) and value:
            parts = _FIELD_OF_PART[trait]
            for part, inner in sorted(
                value.items(), key=lambda item: item[0] not in OBJECTS[trait]
            ):
                self._add_to(parts.get(spelling(part)), f"{key}.{part}", inner)
        else:
            field = key if key in FIELDS else _FIELD_OF.get(trait, _SEVERAL_FIELDS.get(trait))
            self._add_to(field, key, value)
        if isinstance(value, dict) and len(self.custom) > custom_before:
            self.note(FLATTENED, key, name=shown(name_in_key([*self.custom][custom_before])))

    def _add_to(self, field: str | None, name: str, value: Any) -> None:
        """Add a value to its field, or as a custom field if it has none that can hold it."""
        if field is None or value is None or value == {}:
            self._add_custom(name, value)
            return
        accepted = FIELDS[field](value) if field in FIELDS else None
        if field in ("Email", "_NewEmail") and (
            address_at(f"{self._path}.{name}", value, self._notes) is None
        ):
            return
        if accepted is None:
            self.note(CANNOT_HOLD, name, kind=_shown_kind(value), field=field)
            self._add_custom(name, value)
        elif self.fields.setdefault(field, accepted) != accepted:
            # Another spelling or part has filled the field: this value is not lost (`ours`).
            self.note(FIELD_TAKEN, name, field=field)
            self._add_custom(name, value)
        elif isinstance(accepted, bool) and not isinstance(value, bool):
            self.note(TAKEN_AS_BOOLEAN, name, value=shown(value), boolean=json_text(accepted))
        elif isinstance(accepted, str) and not isinstance(value, str):
            self.note(NUMBER_AS_TEXT, name, text=shown(accepted))

    def _add_name(self, key: str, name: str) -> None:
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
            self._add_custom(key, name)
        elif "LastName" not in self.fields:
            self.note(NAME_ONE_WORD, key)

    def _add_custom(self, name: str, value: Any) -> None:
        if value is None:
            self.note(NULL, name)
        elif not name.strip():
            self.note(NO_NAME, name)
        elif isinstance(value, dict):
            if not value:
                self.note(EMPTY_OBJECT, name)
            for key, inner in value.items():
                self._add_custom(f"{name}.{key}", inner)
        elif isinstance(value, list):
            self.note(LIST_AS_TEXT, name)
            self._add_scalar(name, json_text(value))
        else:
            self._add_scalar(name, value)

    def _add_scalar(self, name: str, value: bool | float | str) -> None:
        kind = custom_type(value)
        key = custom_key(kind, name)
        stored_name = name_in_key(key)
        if stored_name in self._custom_names:
            self.note(CUSTOM_NAME_TAKEN, name, name=shown(stored_name))
            return
        if stored_name != name:
            self.note(CUSTOM_NAME_CHANGES, name, name=shown(stored_name))
        if kind == "float" and float(value).is_integer():
            self.note(LARGE_FLOAT, name)
        self._custom_names.add(stored_name)
        self.custom[key] = int(value) if kind == "integer" else value


def _shown_kind(value: object) -> str:
    return shown(value) if isinstance(value, str | int | float) else kind_of(value)
