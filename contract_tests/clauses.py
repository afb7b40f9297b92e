"""The clauses of the contract: what a forwarder of Segment messages must do.

An id is never renumbered and never used again. MUST: Segment's page about the destination, its
specification, or a fact known of Autopilot says so. SHOULD: the reference forwarder's decision, or
one client's habit.
"""

from dataclasses import dataclass
from typing import Literal

Level = Literal["MUST", "SHOULD"]

DESTINATION = "Segment's page about the Autopilot destination"
SPEC = "Segment's specification"
HELP = "Autopilot's help pages about its Segment integration"
API = "the Autopilot API as its description and its clients have it"
OURS = "the reference forwarder's decision"


@dataclass(frozen=True)
class Clause:
    """One clause: a stable id, how binding it is, one sentence, and where that comes from.

    `since` is the version of the contract that it came with.
    """

    id: str
    level: Level
    title: str
    source: str
    since: int = 1


VERSION = 2
"""The version of the contract: another one when a clause is added, or demands more than before."""


def _clauses(
    *rows: tuple[str, Level, str, str] | tuple[str, Level, str, str, int],
) -> dict[str, Clause]:
    return {row[0]: Clause(*row) for row in rows}


_MISSING = f'{DESTINATION}, Identify: "If neither are provided in the payload …"'
_TYPES = f'{DESTINATION}: "Accepts Identify, Track calls"'
_INTEGRATIONS = f"{SPEC}: filtering with the integrations object"
_RETRIES = f"{SPEC}: delivery; connection failures, 429 and 5xx are retried, other 4xx are final"
_TYPED = f"{API}: a custom field has a type"
_NOTHING_ELSE = "what every source takes for granted"
_ENGAGE = f"{DESTINATION}, Engage"
_COMPUTED = f"{SPEC}: Engage, computed traits and audiences"

CLAUSES: dict[str, Clause] = _clauses(
    # --- settings ---
    ("SET-01", "MUST", "A key that Autopilot refuses is reported as 401, not as delivered.",
     f'{DESTINATION}, Settings: "API Key … Required"'),
    # --- types of messages ---
    ("TYP-01", "MUST", "page and screen messages cause no call that writes.", _TYPES),
    ("TYP-02", "MUST", "group and alias messages cause no call that writes.", _TYPES),
    # --- the integrations object ---
    ("INT-01", "MUST", "A message that says nothing of integrations, or nothing of All, is sent.",
     _INTEGRATIONS),
    ("INT-02", "MUST", "A message with All: false is not sent.", _INTEGRATIONS),
    ("INT-03", "MUST", "A message with AutopilotHQ: false is not sent.",
     f'{DESTINATION}: "Refer to it as AutopilotHQ in the Integrations object"'),
    ("INT-04", "MUST", "A message with All: false and AutopilotHQ: true is sent.", _INTEGRATIONS),
    ("INT-05", "MUST", "An object for AutopilotHQ, an empty one too, means that it is sent.",
     _INTEGRATIONS),
    ("INT-06", "MUST", "Other names, another letter case of this one too, change nothing.",
     _INTEGRATIONS),
    # --- the identifier rule ---
    ("IDR-01", "MUST", ("An identify with neither address nor user id is reported as the 400, its "
     "text among what is reported, and nothing is written."), _MISSING),
    ("IDR-02", "MUST", ("A track with neither address nor user id is reported as the 400, its text "
     "among what is reported, and nothing is written."), _MISSING),
    ("IDR-03", "MUST", "Blank text, white space and null count as missing identifiers.", _MISSING),
    ("IDR-04", "MUST", "An anonymous id alone identifies nobody.", _MISSING),
    ("IDR-05", "MUST", "An address alone suffices.", _MISSING),
    ("IDR-06", "MUST", "A user id alone suffices.", _MISSING),
    ("IDR-07", "MUST", "A number as user id is the same user as its text.",
     f"{SPEC}: ids are strings, and libraries also send numbers"),
    ("IDR-08", "MUST", "Without an address in the traits, that of context.traits identifies.",
     f"{SPEC}: context.traits"),
    ("IDR-09", "MUST", ("For a track the address in the properties goes before that of "
     "context.traits."), f"{SPEC}: context.traits"),
    ("IDR-10", "MUST", "A user id first, and later with an address, is one contact.", HELP),
    ("IDR-11", "MUST", "_NewEmail moves the contact to the new address; it stays the same one.",
     HELP),
    ("IDR-13", "MUST", ("For an identify the address in the traits goes before that of "
     "context.traits."), f"{SPEC}: context.traits", 2),
    ("IDR-14", "MUST", "_NewEmail in an event's properties moves the contact to the new address.",
     HELP, 2),
    ("IDR-15", "MUST", ("The anonymous id never chooses the contact of a message that has a user "
     "id or an address."), f"{SPEC}: people share devices", 2),
    ("IDR-16", "MUST", "A track with both identifiers joins them, as an identify does.", HELP, 2),
    ("IDR-17", "MUST", "User ids that look like numbers are told apart by each character.",
     f"{SPEC}: ids are strings", 2),
    ("IDR-12", "SHOULD", "An identifier of a wrong type counts as missing.", OURS),
    # --- identify: what arrives ---
    ("IDN-01", "MUST", "true and false arrive as booleans.", _TYPED),
    ("IDN-02", "MUST", "false, 0 and the empty text are not dropped.", _TYPED),
    ("IDN-03", "MUST", "null does not become a text or any other value.",
     f"{API}: absent fields are left alone"),
    ("IDN-04", "MUST", "Whole numbers arrive as numbers, exact within ±2^53.", _TYPED),
    ("IDN-05", "MUST", "Other numbers arrive as numbers, in 15 significant digits.", _TYPED),
    ("IDN-06", "MUST", ("Text arrives whole: long, of any language, with any punctuation, in any "
     "normal form."), _TYPED),
    ("IDN-07", "MUST", ("A trait arrives under its name, with its letter case, white space and "
     "punctuation."), f"{API}: the name of a custom field is its trait's"),
    ("IDN-08", "MUST", "Of many traits none is lost.", SPEC),
    ("IDN-09", "MUST", ("A date arrives: the same text in a string, the same instant in a field of "
     "type date."), _TYPED),
    ("IDN-10", "MUST", "firstName and lastName land in the fields FirstName and LastName.",
     f"{SPEC}: reserved traits"),
    ("IDN-11", "MUST", "first_name and last_name land there too.",
     f"{SPEC}: reserved traits, camelCase or snake_case"),
    ("IDN-12", "MUST", "A later identify changes what it names and leaves the rest.",
     f"{API}: updates merge"),
    ("IDN-13", "MUST", "Nothing of one user arrives at another.", SPEC),
    ("IDN-14", "MUST", "The same message twice changes no value.",
     f"{SPEC}: deliveries may be repeated"),
    ("IDN-15", "SHOULD", ("name arrives: its first word in FirstName and the rest in LastName, or "
     "all of it under its own name."), OURS),
    ("IDN-16", "SHOULD", "phone, title, website and company land in the fields of that name.",
     "open-source clients"),
    ("IDN-17", "SHOULD", ("The parts of address arrive, in the Mailing fields or under their own "
     "names."), OURS),
    ("IDN-18", "SHOULD", ("The parts of an object arrive, under both names with any separator, or "
     "as JSON text."), OURS),
    ("IDN-19", "SHOULD", "A null trait does not erase what is there.", OURS),
    ("IDN-20", "SHOULD", "Text arrives code point for code point.", OURS),
    ("IDN-21", "SHOULD", "Numbers arrive exactly.", OURS),
    ("IDN-22", "SHOULD", "A standard field that no message names stays empty.", OURS),
    ("IDN-23", "MUST", "An identify without traits makes the contact.", SPEC, 2),
    ("IDN-24", "SHOULD", "unsubscribed lands in the field of that name.", "open-source clients", 2),
    ("IDN-25", "MUST", ("A reserved trait, or one that is named as a field of Autopilot's, arrives "
     "in a field or under its name."), f"{SPEC}: reserved traits", 2),
    ("IDN-26", "SHOULD", "An array arrives, as JSON text or item by item.", OURS, 2),
    ("IDN-27", "MUST", ("A message that is older than the last one still brings what only it "
     "has."), f"{SPEC}: messages may arrive in any order", 2),
    # --- track ---
    ("TRK-01", "MUST", "An event enters its journey, and no other, once.",
     f"{DESTINATION}, Track"),
    ("TRK-02", "MUST", "The letter case of an event's name counts.",
     f"{SPEC}: an event is named by its exact text"),
    ("TRK-03", "MUST", ("The event's properties arrive, with their values and types; null ones may "
     "be left out."),
     f"{DESTINATION}, Track: the example's properties"),
    ("TRK-04", "SHOULD", "The same event again is another entry.", OURS),
    ("TRK-05", "MUST", "An event with an address enters the contact of that address.",
     f"{DESTINATION}, Track"),
    ("TRK-06", "MUST", "An event with a user id alone enters the contact of that user id.",
     f"{DESTINATION}, Track"),
    ("TRK-07", "MUST", "An event may come before any identify.", HELP),
    ("TRK-08", "MUST", "Addresses with + / % ? # & ' and letters of any language can enter.",
     f"{API}: addresses in paths are percent-encoded"),
    ("TRK-09", "MUST", "identify and track in either order end the same.", HELP),
    ("TRK-10", "SHOULD", ("An event has no other properties than those that were sent, the address "
     "apart."), OURS),
    ("TRK-11", "SHOULD", "A null property arrives.", OURS),
    ("TRK-12", "SHOULD", "The texts and numbers of an event's properties arrive exactly.", OURS),
    ("TRK-13", "MUST", ("An event that no journey is for enters the default one, be its name a "
     "word of a programming language or another in white space only."),
     f"{SPEC}: an event is named by its exact text", 2),
    ("TRK-14", "SHOULD", ("An event leaves the fields of its contact, also where its properties "
     "have the names of fields."), OURS, 2),
    # --- delivery ---
    ("RET-01", "MUST", ("What a 5xx refused is not reported as delivered, unless it ended "
     "delivered."), _RETRIES),
    ("RET-02", "MUST", ("What a 429 refused is not reported as delivered, unless it ended "
     "delivered."), _RETRIES),
    ("RET-03", "MUST", ("What a dropped connection lost is not reported as delivered, unless it "
     "ended delivered."), _RETRIES),
    ("RET-04", "MUST", ("Another 4xx is final: it is reported, and the same call is not made "
     "again."), _RETRIES),
    ("RET-05", "MUST", "A track whose first attempt was refused does not enter twice.", _RETRIES),
    ("RET-06", "MUST", ("An event whose journey is not there is reported, and enters no other."),
     _RETRIES, 2),
    ("RET-07", "MUST", ("A contact that Autopilot refused is not reported as delivered when a "
     "part of it was left out to have it accepted."), _RETRIES, 2),
    # --- sequences ---
    ("SEQ-01", "MUST", ("After any sequence of messages each person is one contact, with the "
     "values and the events of their own messages."), _NOTHING_ELSE, 2),
    # --- nothing else: what is asked after every message of every other clause ---
    ("ELS-01", "MUST", "A message overwrites or erases no value that it does not name.",
     _NOTHING_ELSE, 2),
    ("ELS-02", "MUST", "Nobody is unsubscribed or resubscribed by a message that does not say so.",
     _NOTHING_ELSE, 2),
    ("ELS-03", "MUST", ("No contact appears, gets another identifier, is merged or deleted by a "
     "message that does not say so."), _NOTHING_ELSE, 2),
    ("ELS-04", "MUST", ("Nobody enters or leaves a journey or a list by a message that does not "
     "say so."), _NOTHING_ELSE, 2),
    ("ELS-05", "MUST", "Nothing is written to a contact that the message does not identify.",
     _NOTHING_ELSE, 2),
    ("ELS-06", "SHOULD", "Nothing is added to a field that the message does not name.", OURS, 2),
    # --- Engage: audiences and computed traits ---
    ("ENG-01", "MUST", "The property of an audience arrives under its key, letter for letter.",
     f'{_ENGAGE}: "order_completed_last_30days: true"'),
    ("ENG-02", "MUST", "Entering arrives as true, leaving as false, as often as it happens.",
     f'{_ENGAGE}: "with a true/false value to indicate membership"'),
    ("ENG-03", "MUST", ("Leaving an audience changes its property; the contact, its other fields, "
     "lists and journeys stay."), f'{_ENGAGE}: "Engage sets that value to false"'),
    ("ENG-04", "MUST", "The audiences of one user do not touch one another.",
     f'{_ENGAGE}: "The property name is the snake_cased version of the audience name"'),
    ("ENG-05", "MUST", "A message of Engage obeys the integrations object, as every message does.",
     _INTEGRATIONS),
    ("ENG-06", "MUST", ("A message of Engage with an anonymous id alone is reported as the 400, "
     "its text among what is reported, and nothing is written."), _MISSING),
    ("ENG-07", "MUST", "Computed traits arrive with their values and types, falsy ones too.",
     f'{_ENGAGE}: "You can send computed traits … as a user property"'),
    ("ENG-08", "MUST", ("After any changes and syncs a user's property is the membership at the "
     "last sync, and who never was a member has none."),
     f'{_ENGAGE}: "updates for users whose membership has changed since the last sync"'),
    ("ENG-09", "MUST", ("Audience Entered, Audience Exited and Trait Computed are events like any "
     "other."), _COMPUTED),
    ("ENG-10", "SHOULD", "The texts and numbers of computed traits arrive exactly.", OURS),
)  # fmt: skip

EVERYWHERE = tuple(name for name in CLAUSES if name.startswith("ELS-"))
"""Clauses that are asked after every message, whatever clause a test is about."""
