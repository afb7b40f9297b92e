"""The pytest file of a recording: it makes the calls on a new fake, and expects what came of them.

It uses nothing but public names, and is code as one writes it by hand: to be read and changed.
"""

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote

from msgspec import UNSET

from mock_autopilot.export.contact_names import NAME
from mock_autopilot.export.python_text import Arguments, Code, PythonText
from mock_autopilot.export.recording import MADE_BY_THE_ACCOUNT
from mock_autopilot.export.replay import SAFE_IN_PATH, Replayed, ReplayedCall

Json = dict[str, Any]

_CALL = '''

def call(autopilot: MockAutopilot, method: str, path: str, body: Any = None) -> requests.Response:
    """Make one call of the API."""
    return requests.request(
        method,
        autopilot.base_url.removesuffix("/v1/") + path,
        headers={"autopilotapikey": autopilot.api_key},
        json=body,
        timeout=10,
    )


def sent(contact: dict[str, Any]) -> dict[str, Any]:
    """Return what was sent of a contact: the account makes the rest, in part anew in each run."""
    custom = {
        f"{field['fieldType']}--{field['kind'].replace(' ', '--')}": field["value"]
        for field in contact.get("custom_fields", [])
    }
    fields = {name: value for name, value in contact.items() if name not in MADE_BY_THE_ACCOUNT}
    return {**fields, "custom": custom} if custom else fields
'''
_ENTRIES = '''

def entries(journey: dict[str, Any]) -> list[tuple[str, Any, bool]]:
    """Return who entered a journey with which properties, and whether they have left it since."""
    return [
        (entry["contact_id"], entry["properties"], entry["ejected_at"] is not None)
        for entry in journey["entries"]
    ]
'''
_MADE = "\n".join(
    ["", "MADE_BY_THE_ACCOUNT = {", *(f'    "{name}",' for name in MADE_BY_THE_ACCOUNT), "}", ""]
)
_BODY = 8
"""Columns by which the test's statements are indented."""


def pytest_source(replayed: Replayed, source: str) -> str:
    """Return the text of the pytest file; `source` says where the calls are from."""
    calls, journeys = replayed.calls, _journeys(replayed.end)
    used = _names_in([[one.call.path, one.call.body] for one in calls], replayed.end)
    variables = set[str]()
    python = PythonText(variables)
    parts = [*_head(replayed, source, python), _CALL]
    if journeys:
        parts.append(_ENTRIES)
    parts.append(f"\n\n{_decorator(replayed)}def test_recorded_calls() -> None:\n")
    parts.append(f"    with MockAutopilot({_options(replayed)}) as autopilot:\n")
    for one in calls:
        parts.append(_call_lines(one, python))
        for name, path in _made(one):
            if name in used:
                parts.append(f"{' ' * _BODY}{name} = answer.json(){path}\n")
                variables.add(name)
        parts.append("\n")
    parts += [f"{line}\n" for line in _expectations(replayed.end, journeys, python)]
    return "".join(parts)


def _head(replayed: Replayed, source: str, python: PythonText) -> Iterator[str]:
    recording = replayed.recording
    yield f'"""The calls that an account received, made again.\n\n{source}.\n'
    if recording.left_out:
        yield "\nLeft out:\n\n"
        yield from (f"* {_in_docstring(reason)}\n" for _, reason in recording.left_out)
    yield '"""\n\nfrom typing import Any\n\n'
    yield "import pytest\n" if replayed.seed_warnings else ""
    yield "import requests\n\nfrom mock_autopilot import MockAutopilot\n"
    yield _MADE
    if recording.start:
        yield f"{python.write(0, 'STATE: dict[str, Any] = ', recording.start)}\n"


def _in_docstring(reason: str) -> str:
    """Return a reason as it can stand in a docstring, a little shortened if it is long."""
    text = reason.encode("ascii", "backslashreplace").decode().replace("\\", "/").replace('"', "'")
    return text if len(text) <= 96 else f"{text[:93]}..."


def _decorator(replayed: Replayed) -> str:
    if not replayed.seed_warnings:
        return ""
    return '@pytest.mark.filterwarnings("ignore::mock_autopilot.SeedWarning")\n'


def _options(replayed: Replayed) -> str:
    recording = replayed.recording
    return ", ".join(
        option
        for option, given in (
            ("strict=True", recording.strict),
            ("auto_journeys=False", not recording.auto_journeys),
            ("seed=STATE", bool(recording.start)),
        )
        if given
    )


def _call_lines(one: ReplayedCall, python: PythonText) -> str:
    path = quote(one.call.path, safe=SAFE_IN_PATH)
    body = () if one.call.body is UNSET else (one.call.body,)
    arguments = Arguments((Code("autopilot"), one.call.method, path, *body))
    made = python.write(_BODY, "answer = call", arguments)
    return f"{made}\n{' ' * _BODY}assert answer.status_code == {one.call.status}\n"


def _expectations(end: Json, journeys: Json, python: PythonText) -> Iterator[str]:
    yield " " * _BODY + "state = autopilot.state"
    before = 'assert [sent(contact) for contact in state["contacts"]] == '
    yield python.write(_BODY, before, end["contacts"])
    if journeys:
        by_trigger = 'journeys = {one["trigger_id"]: entries(one) for one in state["journeys"]}'
        yield " " * _BODY + by_trigger
    for trigger_id, entered in journeys.items():
        before = f"assert journeys[{python.text(trigger_id)}] == "
        yield python.write(_BODY, before, entered)


def _journeys(end: Json) -> dict[str, list[tuple[Any, ...]]]:
    return {
        trigger_id: [
            (entry["contact"], entry["properties"], entry.get("ejected", False))
            for entry in entered
        ]
        for trigger_id, entered in end["journeys"].items()
    }


def _made(one: ReplayedCall) -> Iterator[tuple[str, str]]:
    """Yield the name of each contact that a call created, and where the answer has its id."""
    many = one.answer.get("contact_ids") if isinstance(one.answer, dict) else None
    for name in one.call.changed["created"]:
        yield name, f'["contact_ids"][{many.index(name)}]' if many else '["contact_id"]'


def _names_in(*values: Any) -> set[str]:
    """Return the contacts' names that stand in the texts of JSON values."""
    return set(NAME.findall(repr(values)))
