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


ADDRESS = WarningKind("address", "{value!r} has no @; is it an e-mail address?")
BLANK = WarningKind("blank", "is blank and was left out")
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
ID_NUMBER = WarningKind("id-number", "is a number; ids are strings, so it was stored as {value!r}")
NULL = WarningKind("null", "is null, which clears the field")
NULL_IDENTIFIER = WarningKind("null", "is null and was left out; an identifier cannot be cleared")
ONLY_IDENTIFIER = WarningKind(
    "only-identifier", "the contact has nothing but its identifier; was something left out?"
)
READ_ONLY = WarningKind("read-only", "is made by Autopilot and cannot be set; it was left out")
UNKNOWN_BODY_FIELD = WarningKind("unknown-field", "is no part of this call{hint}")
UNKNOWN_CONTACT_ID = WarningKind("unknown-contact-id", "names no contact and was left out")
UNKNOWN_FIELD = WarningKind("unknown-field", "is no field of Autopilot's{hint}")
