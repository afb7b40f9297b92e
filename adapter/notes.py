"""The table of notes: what a delivery left out, changed, or may have done twice.

docs/notes.md is made from this table.
"""

from dataclasses import dataclass
from typing import Literal

Evidence = Literal["seed", "spec", "client", "help", "ours"]
"""Where a rule is known from: Segment's page about the destination (`seed`), Segment's
documentation (`spec`), clients of the API (`client`), Autopilot's help pages (`help`), or our own
choice (`ours`)."""


@dataclass(frozen=True, slots=True)
class Note:
    """One note: the id of its kind, the path of the field that it is about, and a sentence."""

    id: str
    path: str
    message: str

    def __str__(self) -> str:
        return f"{self.path} {self.message}"

    def to_json(self) -> dict[str, str]:
        """Return it as a JSON object."""
        return {"id": self.id, "path": self.path, "message": self.message}


@dataclass(frozen=True, slots=True)
class NoteKind:
    """One row of the table; calling it makes a note about a path.

    Attributes:
        id: the stable name of the kind.
        sentence: a format string that continues the sentence begun by the path.
        evidence: where the rule that it is about is known from.

    """

    id: str
    sentence: str
    evidence: Evidence

    def __call__(self, path: str, **details: object) -> Note:
        """Return the note about the field at `path`, its sentence filled from `details`."""
        return Note(self.id, path, self.sentence.format(**details))


# --- integrations ----------------------------------------------------------------------------

INTEGRATION_CASE = NoteKind(
    "integration-case", "changes nothing: names are case-sensitive, write {name}", "ours"
)
INTEGRATION_VALUE = NoteKind(
    "integration-value", "is {kind}, which changes nothing: use true or false", "ours"
)
EMPTY_LIST = NoteKind("empty-list", "is an empty list, taken as an empty object", "ours")

# --- identifiers -----------------------------------------------------------------------------

PLACEHOLDER = NoteKind(
    "placeholder", "is {value}, which identifies nobody: it counts as missing", "ours"
)
BLANK_IDENTIFIER = NoteKind("blank-identifier", "is blank: it counts as missing", "seed")
IDENTIFIER_TYPE = NoteKind(
    "identifier-type", "is {kind}, not an identifier: it counts as missing", "ours"
)
TRIMMED = NoteKind("trimmed", "is sent without the white space around it", "ours")
USER_ID_IS_ADDRESS = NoteKind(
    "user-id-is-address", "is an e-mail address and the only one: it is sent as Email too", "ours"
)
OTHER_ADDRESS = NoteKind(
    "other-address", "is not the address that identifies: it is left out", "ours"
)

# --- parts of the message --------------------------------------------------------------------

CONTEXT_TRAITS_USED = NoteKind(
    "context-traits-used", "is taken for the traits, which the message does not have", "ours"
)
CONTEXT_TRAIT = NoteKind(
    "context-trait", "is left out: this identify carries its own traits", "ours"
)
UNUSED_PART = NoteKind("unused-part", "is left out: {use}", "ours")
TRACK_UNSUBSCRIBED = NoteKind(
    "track-unsubscribed", "is left out: an event does not change who gets mail", "ours"
)
IDENTIFYING_PROPERTY = NoteKind(
    "identifying-property", "is sent as {field} of the contact, not with the event", "ours"
)
LONE_SURROGATE = NoteKind(
    "lone-surrogate",
    "contains a lone surrogate, which UTF-8 cannot encode: it is left out",
    "ours",
)

# --- traits and fields -----------------------------------------------------------------------

REPEATED_ID = NoteKind("repeated-id", "repeats the message's own {name}: it is left out", "ours")
NULL = NoteKind("null", "is null: it is left out, since null must not erase", "ours")
EMPTY_OBJECT = NoteKind("empty-object", "is an empty object: it is left out", "ours")
NO_NAME = NoteKind("no-name", "has no name: it is left out", "ours")
CANNOT_HOLD = NoteKind(
    "cannot-hold", "is {kind}, which {field} cannot hold: it is sent as a custom field", "ours"
)
FIELD_TAKEN = NoteKind(
    "field-taken", "comes second to another value of {field}: it is sent as a custom field", "ours"
)
TAKEN_AS_BOOLEAN = NoteKind("taken-as-boolean", "is {value}, taken as {boolean}", "ours")
NUMBER_AS_TEXT = NoteKind("number-as-text", "is a number, sent as the text {text}", "ours")
NAME_BLANK = NoteKind("name-blank", "is blank: it is left out", "ours")
NAME_ONE_WORD = NoteKind("name-one-word", "is one word: LastName is left as it is", "ours")
NAME_FILLS_BLANK = NoteKind(
    "name-fills-blank", "fills {field}, for which a blank was given", "ours"
)
NAME_KEPT_APART = NoteKind(
    "name-kept-apart",
    "is not what FirstName and LastName say: it is sent as a custom field too",
    "ours",
)
FLATTENED = NoteKind(
    "flattened", "is an object: it is sent as custom fields such as {name}", "client"
)
LIST_AS_TEXT = NoteKind("list-as-text", "is a list, sent as JSON text", "client")
LARGE_FLOAT = NoteKind(
    "large-float",
    "is a whole number beyond 2^53 in a float, which may not be exact: it is sent as a float",
    "ours",
)
CUSTOM_NAME_TAKEN = NoteKind(
    "custom-name-taken", "comes second to the custom field {name}: it is left out", "ours"
)
CUSTOM_NAME_CHANGES = NoteKind(
    "custom-name-changes", "is sent, but Autopilot reads its name as {name}", "client"
)

# --- calls -----------------------------------------------------------------------------------

MAYBE_ENTERED_TWICE = NoteKind(
    "maybe-entered-twice",
    "may have entered the contact twice: the call was repeated after an attempt that got {result}",
    "ours",
)
MAYBE_ENTERED = NoteKind(
    "maybe-entered",
    "may have entered the contact, although the call failed: an attempt got {result}",
    "ours",
)
