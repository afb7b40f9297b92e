"""From a person's traits to a contact: standard fields, custom fields, and what is left over."""

import json
from collections.abc import Mapping
from typing import Any

from adapter.identity import Identifiers
from adapter.naming import custom_key, custom_type, name_in_key, spelling
from adapter.traits import FIELDS, OBJECTS, TRAITS, in_any_spelling

_FIELD_OF = in_any_spelling(TRAITS)
_FIELD_OF_PART = {trait: in_any_spelling(parts) for trait, parts in OBJECTS.items()}


def contact_of(
    traits: Mapping[str, Any],
    who: Identifiers,
    *,
    new_email: str | None = None,
    where: str = "traits",
) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Give the contact that stands for `traits`, and what of them it does not carry.

    Args:
        traits: of a checked message.
        who: the message's identifiers, which become the contact's.
        new_email: the address to change to, when the message gives it outside of its traits.
        where: the path of the traits, with which the second answer names them.

    Returns:
        The contact, as under `contact` in the call, and a sentence for each thing not carried or
        carried otherwise than one may expect.

    """
    fields = {
        "Email": who.email,
        "user_id": who.user_id,
        "anonymous_id": who.anonymous_id,
        "_NewEmail": new_email,
    }
    contact = _Contact(where, {key: value for key, value in fields.items() if value is not None})
    for key, value in sorted(traits.items(), key=_turn):
        contact.take(key, value)
    custom = {"custom": contact.custom} if contact.custom else {}
    return {**contact.fields, **custom}, tuple(contact.uncarried)


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

    def __init__(self, where: str, fields: dict[str, Any]) -> None:
        self.where = where
        self.fields = fields
        self.custom: dict[str, Any] = {}
        self.uncarried: list[str] = []
        self._custom_names: set[str] = set()

    def take(self, key: str, value: Any) -> None:
        """Carry a trait wherever the table says."""
        trait = spelling(key)
        field = key if key in FIELDS else _FIELD_OF.get(trait)
        if trait == "name" and isinstance(value, str):
            self._take_name(key, value)
        elif trait in OBJECTS and isinstance(value, dict) and value:
            parts = _FIELD_OF_PART[trait]
            for part, inner in sorted(
                value.items(), key=lambda item: item[0] not in OBJECTS[trait]
            ):
                self._put(parts.get(spelling(part)), f"{key}.{part}", inner)
        else:
            self._put(field, key, value)

    def _put(self, field: str | None, name: str, value: Any) -> None:
        accepted = FIELDS[field](value) if field else None
        if field is None or value is None:
            self._put_custom(name, value)
        elif accepted is None and field in ("Email", "_NewEmail"):
            self._note(name, "is not an e-mail address: left out")
        elif accepted is None:
            self._put_custom(name, value)
        elif self.fields.setdefault(field, accepted) != accepted:
            # Another spelling or source has the field: the value is kept where it can be (`ours`).
            self._put_custom(name, value)

    def _take_name(self, key: str, name: str) -> None:
        words = name.split()
        if not words:
            self._note(key, "is blank: left out")
            return
        for field, word in (("FirstName", words[0]), ("LastName", " ".join(words[1:]))):
            if word and not self.fields.get(field, "").strip():
                if field in self.fields:
                    self._note(key, f"fills {field}, for which a blank was given")
                self.fields[field] = word
        full = f"{self.fields['FirstName']} {self.fields.get('LastName', '')}"
        if full.split() != words:
            self._put_custom(key, name)

    def _put_custom(self, name: str, value: Any) -> None:
        if value is None:
            self._note(name, "is null: left out, since null must not erase")
        elif not name.strip():
            self._note(name, "has no name: left out")
        elif isinstance(value, dict):
            if not value:
                self._note(name, "is an empty object: left out")
            for key, inner in value.items():
                self._put_custom(f"{name}.{key}", inner)
        elif isinstance(value, list | tuple):
            self._put_scalar(name, json.dumps(value, ensure_ascii=False))
        else:
            self._put_scalar(name, value)

    def _put_scalar(self, name: str, value: bool | float | str) -> None:
        kind = custom_type(value)
        key = custom_key(kind, name)
        read_back = name_in_key(key)
        if read_back in self._custom_names:
            self._note(name, f"comes second to the custom field {read_back!r}: left out")
            return
        if read_back != name:
            self._note(name, f"is sent, but Autopilot will read its name as {read_back!r}")
        self._custom_names.add(read_back)
        self.custom[key] = int(value) if kind == "integer" else value

    def _note(self, name: str, what: str) -> None:
        self.uncarried.append(f"{self.where}.{name} {what}")
