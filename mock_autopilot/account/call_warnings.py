"""What is accepted but looks wrong: the catalogue of warnings, and the collector for one call.

All are `ours`: the live API gave none. `--strict` turns a call with any of them into a 400.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from mock_autopilot.account import errors


@dataclass(frozen=True, slots=True)
class CallWarning:
    """One warning about one call: the id of its kind, the field, and what to do."""

    id: str
    field: str
    message: str

    def to_json(self) -> dict[str, str]:
        """Return the warning as control calls show it."""
        return {"id": self.id, "field": self.field, "message": self.message}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class WarningKind:
    """One entry of the catalogue; calling it makes the warning for a field."""

    id: str
    message: str

    def __call__(self, field: str, **details: object) -> CallWarning:
        """Return the warning about `field`, its message filled in from `details`."""
        return CallWarning(self.id, field, self.message.format(**details))


MOST_HINTS = 20
"""Unknown names of one call for which a near known one is searched for."""


class Warnings:
    """Collects the warnings of one call, in the order in which they are found."""

    def __init__(self, *, strict: bool = False) -> None:
        self._strict = strict
        self._found: list[CallWarning] = []
        self._hints_left = MOST_HINTS

    def __iter__(self) -> Iterator[CallWarning]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def add(self, *found: CallWarning) -> None:
        """Add warnings."""
        self._found += found

    def take_hint(self) -> bool:
        """Return whether a near name may be searched for once more: that takes its time."""
        self._hints_left -= 1
        return self._hints_left >= 0

    def keep_first(self, count: int) -> None:
        """Forget all but the first `count`: those that an operation found before it was undone."""
        del self._found[count:]

    def reject_if_strict(self) -> None:
        """Raise `ApiError` (400) that lists the warnings, if there are any and the fake is strict.

        An operation calls it once, after its last check and before its first write.
        """
        if self._strict and self._found:
            raise errors.STRICT(problems="; ".join(map(str, self._found)))


ACCEPTED_AS = WarningKind(
    "accepted-as", "is {value} and was stored as {stored}; the live API may not take it"
)
ADDRESS = WarningKind("address", "{value!r} has no @; is it an e-mail address?")
BLANK = WarningKind("blank", "is blank and was left out")
BOOKMARK = WarningKind(
    "bookmark",
    "{value!r} is no bookmark of this account, so this is the first page; give back the `bookmark` "
    "of the page before",
)
BYTE_ORDER_MARK = WarningKind(
    "byte-order-mark", "begins with a byte order mark, which JSON may not have; it was left out"
)
CONTENT_ENCODING = WarningKind(
    "content-encoding",
    "the body was {encoding}; it was unpacked, but the live API may not take it",
)
CUSTOM_NAME = WarningKind("custom-name", "names no custom field; write <type>--<Name>")
CUSTOM_PREFIX = WarningKind(
    "custom-prefix", "has no known type; write one of {types} before it, as in {example}"
)
CUSTOM_TWICE = WarningKind("custom-twice", "names the custom field {kind!r} again; this one counts")
CUSTOM_TYPE_CHANGED = WarningKind(
    "custom-type-changed",
    "the field {kind!r} was {old} until now; Autopilot may keep the two apart",
)
CUSTOM_VALUE = WarningKind("custom-value", "{value} does not fit the type {type}")
DUPLICATE_KEY = WarningKind("duplicate-key", "stands twice in one object; the last one counts")
EMPTY = WarningKind("empty", "is empty, so the call does nothing")
EMPTY_ARRAY = WarningKind(
    "empty-array", "is an empty array, which was taken for an empty object; PHP writes one so"
)
ENCODED_TWICE = WarningKind(
    "encoded-twice", "is JSON inside a JSON string; encode it once (client: three PHP clients)"
)
ID_NUMBER = WarningKind("id-number", "is a number; ids are strings, so it was stored as {value!r}")
NULL = WarningKind("null", "is null, which clears the field")
NULL_IDENTIFIER = WarningKind("null", "is null and was left out; an identifier cannot be cleared")
ONLY_IDENTIFIER = WarningKind(
    "only-identifier", "the contact has nothing but its identifier; was something left out?"
)
PLACEHOLDER = WarningKind(
    "placeholder",
    "{value!r} looks like a program's word for no value: all who have it become one contact",
)
READ_ONLY = WarningKind("read-only", "is made by Autopilot and cannot be set; it was left out")
SHARED_ADDRESS = WarningKind(
    "address-shared",
    "{value!r} is another contact's address too; calls reach the contact that stands first",
)
LIST_TWICE = WarningKind("list-twice", "names the list {value!r} twice; it counts once")
UNKNOWN_BODY_FIELD = WarningKind("unknown-field", "is no part of this call{hint}")
UNKNOWN_CONTACT_ID = WarningKind("unknown-contact-id", "names no contact and was left out")
UNKNOWN_FIELD = WarningKind("unknown-field", "is no field of Autopilot's{hint}")
UNKNOWN_TRIGGER = WarningKind(
    "unknown-trigger",
    "{value!r} is no trigger of this account, which has others: its first use makes a journey"
    "{hint}",
)
