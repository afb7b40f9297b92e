"""What is accepted but looks wrong: one catalogue of the warnings that stand with a call.

All are ours: the live API said nothing of the kind. `--strict` makes each of them a 400.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CallWarning:
    """One doubt about one call: which rule, which field, and what to do."""

    id: str
    field: str
    message: str

    def to_json(self) -> dict[str, str]:
        """Give the form in which the control calls and the journal show it."""
        return {"id": self.id, "field": self.field, "message": self.message}

    def __str__(self) -> str:
        return f"{self.field}: {self.message}"


@dataclass(frozen=True, slots=True)
class WarningKind:
    """One entry of the catalogue; calling it makes the warning for a field."""

    id: str
    message: str

    def __call__(self, field: str, **details: object) -> CallWarning:
        """Make the warning about `field`, with the message's places filled from `details`."""
        return CallWarning(self.id, field, self.message.format(**details))


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
    "custom-prefix", "has no known type; write one of {types} before it, as in string--{name}"
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
