"""Replace what is personal in a recording; who is the same as whom stays.

Every text, number and date is replaced, equal ones by equal ones; addresses are equal without
regard to case, as they are for an account. What stays: true, false and null, blank texts, words
that programs send as a user id for nobody, the names of fields and keys, trigger and list ids, the
titles of journeys and lists (unless something that is replaced stands in one of these), and who is
called `person_1`, …. A value of the wrong kind for its field stays one. Pure.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import quote

from msgspec.structs import replace

from mock_autopilot.account.contact_body import PLACEHOLDERS
from mock_autopilot.account.errors import ApiError
from mock_autopilot.account.fields import FIELDS, Accepts, parse_custom_key, stored_value
from mock_autopilot.account.ids import CONTACT_PREFIX
from mock_autopilot.api.router import Router
from mock_autopilot.export.contact_names import NAME
from mock_autopilot.export.recording import RecordedCall, Recording
from mock_autopilot.export.substitutes import Substitutes

Json = dict[str, Any]

_IDENTIFIERS = ("Email", "_NewEmail", "user_id", "anonymous_id")
_WORDS_OF_PATHS = {
    "v1", "contact", "contacts", "custom_fields", "journey", "list", "lists",
    "trigger", "triggers", "unsubscribe",
}  # fmt: skip
_OF_BODIES = {"contact", "contacts", "property"}
"""Keys of bodies that the API takes."""
_LONG = 6
"""Characters from which on a text about a person is looked for inside the words of names too."""


def anonymised(recording: Recording) -> Recording:
    """Return the recording with other texts, numbers and dates; `end` is not known then."""
    return _Anonymiser(recording).recording()


class _Anonymiser:
    def __init__(self, recording: Recording) -> None:
        self._recording = recording
        self._substitutes = Substitutes()
        self._router = Router()
        self._names: dict[str, str] = {}
        """Names of keys, triggers and lists with their substitutes: most are their own."""
        self._replaced_names = 0
        self._personal: re.Pattern[str] | None = None
        """What must not stand in a name."""
        self._replace_all()  # for what is personal, which is not known before all is seen
        self._personal = _pattern(self._substitutes.personal)
        self._names.clear()
        self._replaced_names = 0

    def recording(self) -> Recording:
        start, calls = self._replace_all()
        return replace(self._recording, start=start, calls=calls, end=None)

    def _replace_all(self) -> tuple[Json, list[RecordedCall]]:
        # What identifies somebody comes first, so that it is recognised wherever it stands.
        self._register(self._recording.start)
        for call in self._recording.calls:
            self._register(call.body)
        calls = [
            replace(call, path=self._path(call), body=self._value(call.body))
            for call in self._recording.calls
        ]
        return self._state(self._recording.start), calls

    def _register(self, value: Any) -> None:
        match value:
            case dict():
                for name, inner in value.items():
                    if name in _IDENTIFIERS:
                        self._value(inner, name)
                    else:
                        self._register(inner)
            case list():
                for inner in value:
                    self._register(inner)

    # --- values ------------------------------------------------------------------------------

    def _value(self, value: Any, field: str = "") -> Any:
        """Return a value's substitute; `field` is the name of the field that has it."""
        match value:
            case bool() | None:
                return value
            case dict():
                return self._object(value)
            case list():
                return [self._value(inner, field) for inner in value]
            case str() | int() | float():
                return self._scalar(value, field)
            case _:  # no body at all
                return value

    def _object(self, value: Mapping[str, Any]) -> Json:
        return {
            self._key(key): self._custom(inner) if key == "custom" else self._value(inner, key)
            for key, inner in value.items()
        }

    def _custom(self, custom: Any) -> Any:
        if not isinstance(custom, dict):
            return self._value(custom)
        return {self._custom_key(key): self._value(value) for key, value in custom.items()}

    def _scalar(self, value: str | float, field: str) -> str | float:
        known = FIELDS.get(field)
        boolean = known is not None and known.accepts is Accepts.BOOLEAN
        if boolean and stored_value(value, Accepts.BOOLEAN) is not None:
            return value
        if not isinstance(value, str):
            return self._substitutes.number(value)
        if field == "contact_id":
            return self._contact_id(value)
        if field == "_autopilot_list":
            return self._name(value)
        if field in _IDENTIFIERS:
            if value.strip().lower() in PLACEHOLDERS:
                return value
            return self._substitutes.identifier(value, field)
        if NAME.fullmatch(value):
            return value
        return self._substitutes.text(value, field)

    def _contact_id(self, value: str) -> str:
        inner = value.strip()
        if not inner or NAME.fullmatch(inner):
            return value
        if "@" in inner:
            return self._substitutes.identifier(value, "Email")
        return value.replace(inner, self._substitutes.contact_id(inner))

    # --- names -------------------------------------------------------------------------------

    def _key(self, key: str) -> str:
        return key if key in FIELDS or key in _OF_BODIES else self._name(key)

    def _custom_key(self, key: str) -> str:
        parsed = parse_custom_key(key)
        name = self._name(parsed.kind)
        if name == parsed.kind:
            return key
        return f"{parsed.type}--{name}" if parsed.type else name

    def _name(self, name: str) -> str:
        """Return a name, or its substitute when something that is replaced stands in it."""
        if name not in self._names:
            says_who = "@" in name or (self._personal and self._personal.search(name.lower()))
            self._replaced_names += bool(says_who)
            self._names[name] = f"name-{self._replaced_names}" if says_who else name
        return self._names[name]

    # --- paths -------------------------------------------------------------------------------

    def _path(self, call: RecordedCall) -> str:
        matched = self._router.match(call.method, quote(call.path))
        if isinstance(matched, ApiError):
            return "/".join(
                part if part in _WORDS_OF_PATHS else self._in_path(part)
                for part in call.path.split("/")
            )
        route, parts = matched
        path = route.path
        for name, part in parts.items():
            is_contact = name in ("contact_id_or_email", "bookmark")
            substitute = self._in_path(part) if is_contact else self._name(part)
            path = path.replace(f"{{{name}}}", substitute)
        return path

    def _in_path(self, part: str) -> str:
        if part.startswith(CONTACT_PREFIX):
            return self._contact_id(part)
        return self._substitutes.identifier(part, "user_id")

    # --- the state ---------------------------------------------------------------------------

    def _state(self, state: Json) -> Json:
        lists = [
            {"list_id": self._name(one["list_id"]), "title": self._name(one["title"])}
            for one in state.get("lists", ())
        ]
        journeys = [
            {
                "trigger_id": self._name(one["trigger_id"]),
                "name": self._name(one["name"]),
                "entries": [self._entry(entry) for entry in one["entries"]],
            }
            for one in state.get("journeys", ())
        ]
        contacts = [self._contact(one) for one in state.get("contacts", ())]
        parts = {"contacts": contacts, "lists": lists, "journeys": journeys}
        return {name: part for name, part in parts.items() if part}

    def _entry(self, entry: Json) -> Json:
        return {
            name: self._contact_id(value) if name == "contact_id" else self._value(value)
            for name, value in entry.items()
        }

    def _contact(self, contact: Json) -> Json:
        found: Json = {}
        for name, value in contact.items():
            match name:
                case "api_originated" | "type":
                    found[name] = value
                case "lists":
                    found[name] = [self._name(one) for one in value]
                case "merged_contact_ids":
                    found[name] = [self._contact_id(one) for one in value]
                case "custom_fields":
                    found[name] = [
                        {**one, "kind": self._name(one["kind"]), "value": self._value(one["value"])}
                        for one in value
                    ]
                case _:
                    found[self._key(name)] = self._value(value, name)
        return found


def _pattern(personal: Iterable[str]) -> re.Pattern[str] | None:
    """Return what finds one of these texts in a name in small letters; a short one as a word."""
    found = sorted({text.lower() for text in personal}, key=len, reverse=True)
    long = [re.escape(text) for text in found if len(text) >= _LONG]
    short = [rf"(?<![^\W_]){re.escape(text)}(?![^\W_])" for text in found if len(text) < _LONG]
    return re.compile("|".join([*long, *short])) if found else None
