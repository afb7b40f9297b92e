"""Runs fixture cases: hands their messages to a forwarder, whichever it is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract_tests.cases.format import Case, CaseFault, CaseSettings
from contract_tests.fake import Fake
from contract_tests.protocol import Message, Result, Settings, SetupError, Target


@dataclass(frozen=True)
class Step:
    """A message, what the forwarder reported of it, and the calls that reached the account."""

    message: Message
    result: Result
    calls: list[dict[str, Any]]


def settings_for(case: Case, fake: Fake) -> Settings:
    """Return the settings that a case's forwarder is made with."""
    own = case.settings
    return {**fake.settings, "journeys": own.journeys, "default_trigger": own.default_trigger}


def run_case(case: Case, fake: Fake, target: Target) -> Iterator[Step]:
    """Empty the account, and deliver the messages one after the other.

    Raises:
        SetupError: the forwarder cannot be reached, or the account takes no such fault; or the
            case holds calls, see `calls.run_calls`.

    """
    if case.calls:
        raise SetupError(f"{case.id} holds calls of the API, and no messages for a forwarder")
    fake.reset()
    last = 0
    for number, message in enumerate(case.messages, start=1):
        for fault in case.faults:
            if fault.before == number:
                _set_fault(fault, fake)
        result = target.deliver(message)
        calls = fake.calls(after=last)
        last = calls[-1]["number"] if calls else last
        yield Step(message, result, calls)


def _set_fault(fault: CaseFault, fake: Fake) -> None:
    try:
        fake.fail(match=fault.match, respond=fault.respond, times=fault.times)
    except SetupError as error:
        raise SetupError(f"the fault before message {fault.before}: {error}") from None


def check_triggers(case: Case, settings: Settings) -> None:
    """Check that a forwarder that was started with these settings can run a case.

    Raises:
        SetupError: the case sends one of its events to another trigger.

    """
    started_with = CaseSettings(
        journeys=settings["journeys"], default_trigger=settings["default_trigger"]
    )
    for message in case.messages:
        if message.get("type") == "track":
            event = message.get("event")
            wanted, trigger = case.settings.trigger_of(event), started_with.trigger_of(event)
            if wanted != trigger:
                raise SetupError(
                    f"{case.id} expects {event!r} at trigger {wanted!r}, and the forwarder at the "
                    f"URL was started with {trigger!r}: start it with the case's triggers, and "
                    "name them with --trigger"
                )
