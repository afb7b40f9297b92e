"""What an Autopilot account does, in the plainest words: a list, searched from its beginning.

The fake is compared with it, so it shares no code with it, and knows no index, clock or HTTP.
Contact ids are made by the service: a new contact has none here until an answer shows it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

PAGE = 100
MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
NO_CONTACT = "Contact could not be found."
INVALID = "Invalid contact_id_or_email value provided."
NO_JOURNEY = "Could not delete the contact from the journey as the journey could not be found."
NOT_THERE = "Could not delete the contact from the journey as the contact was not on that journey."
TEXTS = ("Email", "_NewEmail", "contact_id", "_autopilot_list", "FirstName", "LastName", "Company")
TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(TEXTS, (str,)),
    "user_id": (str, int, float),
    "NumberOfEmployees": (str, int, float),
    "unsubscribed": (bool,),
    "custom": (dict,),
}
NOT_KEPT = ("Email", "_NewEmail", "contact_id", "_autopilot_list", "user_id", "custom")
DATES = {  # those that the tests send, and how a field of type date shows them
    "2016-02-14": "2016-02-14T00:00:00.000Z",
    "2016-02-14T12:02:49": "2016-02-14T12:02:49.000Z",
}
READ_ONLY = ("Name", "lists", "custom_fields", "type", "created_at", "updated_at")


class RefusedError(Exception):
    """The API refuses a call: the status, and how the message begins."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(status, message)
        self.status = status
        self.message = message


@dataclass(eq=False)
class Contact:
    """A contact. Those merged into it are kept, since their ids go on naming it."""

    contact_id: str = ""
    fields: dict[str, Any] = field(default_factory=dict)
    custom: dict[str, tuple[str, Any]] = field(default_factory=dict)
    lists: list[str] = field(default_factory=list)
    merged: list["Contact"] = field(default_factory=list)
    gone: bool = False
    writes: int = 0
    """How often a field other than the address was written; the address alone is no update."""

    def ids(self) -> list[str]:
        return [self.contact_id, *(other.contact_id for other in self.merged)]

    def document(self) -> dict[str, Any]:
        """Return the document, but for the times."""
        names = [self.fields[key] for key in ("FirstName", "LastName") if self.fields.get(key)]
        return {
            **self.fields,
            **({"Name": " ".join(names)} if names else {}),
            "contact_id": self.contact_id,
            "custom": dict(self.custom),
            **({"lists": self.lists} if self.lists else {}),
            "api_originated": True,
        }


@dataclass
class Entry:
    """One entry into a journey."""

    contact: Contact
    properties: dict[str, Any]
    ejected: bool = False


@dataclass
class Model:
    """An account: all contacts there ever were, in the order of their making, and the journeys."""

    lists: tuple[str, ...] = ()
    ever: list[Contact] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    entries: dict[str, list[Entry]] = field(default_factory=dict)

    def contacts(self) -> list[Contact]:
        return [contact for contact in self.ever if not contact.gone]

    def with_id(self, contact_id: str) -> Contact | None:
        return next(
            (one for one in self.contacts() if contact_id and contact_id in one.ids()), None
        )

    def with_email(self, email: str) -> Contact | None:
        same = (
            one for one in self.contacts() if one.fields.get("Email", "").lower() == email.lower()
        )
        return next(same, None) if email else None

    def with_user_id(self, user_id: str) -> Contact | None:
        same = (one for one in self.contacts() if one.fields.get("user_id", "") == user_id)
        return next(same, None) if user_id else None

    def find(self, who: str) -> Contact:
        found = self.with_id(who) or self.with_email(who.strip())
        if found is None:
            valid = "@" in who or who.startswith("person_")
            raise RefusedError(404, NO_CONTACT) if valid else RefusedError(400, INVALID)
        return found

    def upsert(self, body: Mapping[str, Any]) -> Contact:
        self._check_types(body, "contact")
        self._check_names(body, "")
        return self._write(body)

    def upsert_many(self, bodies: list[dict[str, Any]]) -> list[Contact]:
        for index, body in enumerate(bodies):
            self._check_types(body, f"contacts[{index}]")
        if len(bodies) > PAGE:
            raise RefusedError(400, f"contacts has {len(bodies)} items")
        for index, body in enumerate(bodies):
            self._check_names(body, f"contacts[{index}]: ")
        return [self._write(body) for body in bodies]

    def delete(self, who: str) -> None:
        self.find(who).gone = True

    def unsubscribe(self, who: str) -> None:
        contact = self.find(who)
        contact.fields["unsubscribed"] = True
        contact.writes += 1

    def page(self, bookmark: str) -> tuple[list[Contact], str]:
        known = bookmark in [contact.contact_id for contact in self.ever]
        first = bookmark if known else ""
        found = sorted(
            (contact for contact in self.contacts() if contact.contact_id >= first),
            key=lambda contact: contact.contact_id,
        )
        return found[:PAGE], found[PAGE].contact_id if len(found) > PAGE else ""

    def custom_fields(self) -> dict[str, str]:
        """Return the types by name; where contacts differ, that of most of them."""
        order = ("string", "integer", "float", "boolean", "date")
        given: dict[str, list[str]] = {}
        for contact in self.contacts():
            for kind, (type_of_value, _) in contact.custom.items():
                given.setdefault(kind, []).append(type_of_value)
        return {kind: max(order, key=types.count) for kind, types in given.items()}

    def define_journey(self, trigger_id: str, name: str) -> None:
        self.names[trigger_id] = name
        self.entries.setdefault(trigger_id, [])

    def enter(self, trigger_id: str, contact: Contact, properties: dict[str, Any]) -> None:
        if trigger_id not in self.names:
            self.define_journey(trigger_id, trigger_id)
        self.entries[trigger_id].append(Entry(contact, properties))

    def eject(self, trigger_id: str, who: str) -> None:
        if trigger_id not in self.names:
            raise RefusedError(404, NO_JOURNEY)
        try:
            found = self.find(who)
        except RefusedError as error:
            raise (RefusedError(404, NOT_THERE) if error.status == 404 else error) from None
        entries = [entry for entry in self.entries[trigger_id] if not entry.ejected]
        there = [entry for entry in entries if self.now(entry.contact) is found]
        if not there:
            raise RefusedError(404, NOT_THERE)
        for entry in there:
            entry.ejected = True

    def now(self, contact: Contact) -> Contact:
        """Return the one that a contact is now, after merges, or was when that one was deleted."""
        merged = [one for other in self.ever for one in other.merged]
        final = (one for one in self.ever if contact in one.merged and one not in merged)
        return next(final, contact)

    def restore(self) -> None:
        """Forget deleted contacts, as saving and loading the state does."""
        for entries in self.entries.values():
            for entry in entries:
                entry.contact = self.now(entry.contact)
        self.ever = self.contacts()

    def _check_types(self, body: Mapping[str, Any], path: str) -> None:
        for name, value in body.items():
            types = TYPES.get(name)
            right = types is None or (bool in types) == isinstance(value, bool)
            if value is not None and types and not (right and isinstance(value, types)):
                raise RefusedError(400, f"{path}.{name} must be ")

    def _check_names(self, body: Mapping[str, Any], prefix: str) -> None:
        known = self.with_id(_identifier(body, "contact_id"))
        if not (_identifier(body, "Email") or _identifier(body, "user_id") or known):
            raise RefusedError(400, prefix + MISSING)
        wanted = _identifier(body, "_autopilot_list")
        if wanted and wanted not in self.lists:
            raise RefusedError(404, "List does not exist.")

    def _write(self, body: Mapping[str, Any]) -> Contact:
        email, new_email = _identifier(body, "Email"), _identifier(body, "_NewEmail")
        contact_id, user_id = _identifier(body, "contact_id"), _identifier(body, "user_id")
        found = [
            self.with_email(email),
            self.with_email(new_email),
            self.with_id(contact_id),
            self.with_user_id(user_id),
        ]
        named = [contact for contact in found if contact]
        named.sort(key=lambda contact: "Email" not in contact.fields)
        if not named:
            self.ever.append(contact := Contact())
            named = [contact]
        contact = named[0]
        before = contact.fields.get("Email")
        is_new = not contact.contact_id and not contact.fields
        more = any(
            name not in (*READ_ONLY, "Email", "contact_id", "custom", "user_id")
            and (name not in NOT_KEPT or _identifier(body, name))
            for name in body
        )
        merging = any(other is not contact for other in named)
        more = more or bool(user_id or body.get("custom") or merging)
        for other in named[1:]:
            if other is not contact and not other.gone:
                self._merge(contact, other)
        given = {"Email": new_email or email, "user_id": user_id}
        contact.fields.update({name: text for name, text in given.items() if text})
        for name, value in body.items():
            if name not in (*NOT_KEPT, *READ_ONLY):
                contact.fields.pop(name, None)
                if value is not None:
                    contact.fields[name] = value
        for key, value in (body.get("custom") or {}).items():
            kind, kind_of_value = _custom(key, value)
            contact.custom.pop(kind, None)
            if value is not None:
                if kind_of_value == "date" and isinstance(value, str):
                    value = DATES.get(value, value)
                contact.custom[kind] = (kind_of_value, value)
        wanted = _identifier(body, "_autopilot_list")
        if wanted and wanted not in contact.lists:
            contact.lists.append(wanted)
        if more or (not is_new and contact.fields.get("Email") != before):
            contact.writes += 1
        return contact

    def _merge(self, winner: Contact, loser: Contact) -> None:
        """Give the winner what only the loser has, and the loser's ids."""
        winner.fields = {**loser.fields, **winner.fields}
        if loser.fields.get("unsubscribed"):
            winner.fields["unsubscribed"] = True
        winner.custom = {**loser.custom, **winner.custom}
        winner.lists += [name for name in loser.lists if name not in winner.lists]
        winner.merged += [loser, *loser.merged]
        loser.gone = True


def _identifier(body: Mapping[str, Any], name: str) -> str:
    """Return an identifier as a text without blanks around it, empty when there is none."""
    value = body.get(name)
    if isinstance(value, float) and value == int(value):
        value = int(value)
    return "" if value is None else str(value).strip()


def _custom(key: str, value: object) -> tuple[str, str]:
    """Return the name and the type of a custom field that is sent under this key."""
    words = key.split("--")
    if len(words) > 1 and words[0] in ("string", "integer", "float", "boolean", "date"):
        return " ".join(words[1:]), words[0]
    guesses: list[tuple[type, str]] = [(bool, "boolean"), (int, "integer"), (float, "float")]
    guess = next((name for kind, name in guesses if isinstance(value, kind)), "string")
    return " ".join(words), guess
