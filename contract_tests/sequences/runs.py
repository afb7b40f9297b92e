"""Runs of the state machine: some fixed sequences first, then those that Hypothesis generates."""

from typing import Any

from hypothesis import settings

from contract_tests.harness import Harness
from contract_tests.machines import run_machine
from contract_tests.sequences.state_machine import SequenceMachine
from contract_tests.strategies import KNOWN_FIELDS

STEPS = 12
"""Steps of a generated sequence."""


def run_sequences(harness: Harness, own: settings | None = None, number: int | None = None) -> None:
    """Run a forwarder through fixed and generated sequences.

    `own` are Hypothesis's settings and `number` a seed, those of the run by default. There are half
    as many sequences as examples, since each has many messages. Raises `Broken`.
    """
    own = own or settings()
    run_machine(lambda: SequenceMachine(harness), FIXED, own, STEPS, number)


def one_after_the_other(machine: SequenceMachine) -> None:
    """Send an identify of two people from one device, the second says less."""
    machine.begin(["both", "both"])
    said = {"firstName": "Ada", "plan": "gold", "logins": 3}
    machine.identify(0, "both", said, "a1", refused=False)
    machine.identify(1, "both", {"is_admin": True}, "a1", refused=False)
    machine.identify(0, "user_id", {"is_admin": False}, "a1", refused=False)
    machine.track(1, "email", "Signed Up", {}, "a1", refused=False)


def after_an_edit(machine: SequenceMachine) -> None:
    """Send messages of somebody whom others have unsubscribed, edited and put on a list."""
    machine.begin(["both"])
    machine.identify(0, "both", {"plan": "gold"}, None, refused=False)
    machine.edit_at_autopilot(0, {"Company": "Acme", "LastName": "King", "Status": "lead"})
    machine.edit_at_autopilot(0, {"custom": {"string--note": "called"}})
    machine.put_on_a_list_at_autopilot(0)
    machine.unsubscribe_at_autopilot(0)
    machine.track(0, "user_id", "Step Activated", {"total": 0}, None, refused=False)
    machine.identify(0, "email", {"logins": 3}, None, refused=False)
    machine.enter_or_leave_an_audience(0, "user_id", "vip", member=True)
    machine.enter_or_leave_an_audience(0, "email", "vip", member=False)


def found_by_each_identifier(machine: SequenceMachine) -> None:
    """Somebody gains an address, changes it, and is named by each identifier in turn."""
    machine.begin(["user_id", "both"])
    machine.identify(0, "user_id", {"plan": "gold"}, None, refused=False)
    machine.identify(1, "both", {"plan": "free"}, None, refused=False)
    machine.gain_an_identifier(0, None, {"logins": 3})
    machine.track(0, "email", "Order Completed", {"total": 12.5}, None, refused=True)
    machine.change_the_address(0)
    machine.identify(0, "email", {"score": 0.5}, None, refused=False)
    machine.identify(0, "user_id", {"is_admin": True}, None, refused=True)
    machine.track(0, "email", "Step Activated", {}, None, refused=False)


def there_and_back(machine: SequenceMachine) -> None:
    """Send a value, another, and the first again; and an event twice, with other properties."""
    machine.begin(["user_id", "email"])
    for plan in ("gold", "free", "gold"):
        for who in (0, 1):
            machine.identify(who, "both", {"plan": plan, "logins": 3}, None, refused=False)
            machine.track(who, "both", "Signed Up", {"coupon": "X"}, None, refused=False)
            machine.track(who, "both", "Order Completed", {"total": 0}, None, refused=False)
            machine.deliver_late(who, 2)


def somebody_who_is_known_well(machine: SequenceMachine) -> None:
    """Name one part of an address, or something like a field, of who has a value in each field."""
    machine.begin(["both"])
    machine.identify(0, "both", {"plan": "gold"}, None, refused=False)
    for unsubscribed in (False, True):
        machine.edit_at_autopilot(0, {**KNOWN_FIELDS, "unsubscribed": unsubscribed})
        machine.edit_at_autopilot(0, {"custom": {"string--note": "called"}})
        for traits in LIKE_FIELDS:
            machine.identify(0, "both", traits, None, refused=False)
        machine.track(0, "both", "Signed Up", {"title": "Red shirt"}, None, refused=False)


#: Traits that name one part of what there is, or that sound like fields which they are not.
LIKE_FIELDS: tuple[dict[str, Any], ...] = (
    {"address": {"city": "Bonn"}},
    {"address": {"street": "Elm 1"}},
    {"company": {"name": "Acme"}},
    {"newsletter": False, "marketing_emails": False},
    {"newsletter": True, "email_verified": False, "active": False},
    {"source": "web", "state_of_mind": "calm", "phone_model": "x", "title_page": "y"},
)
#: Where forwarders have been seen to go wrong: every run tries these.
FIXED = (
    one_after_the_other,
    after_an_edit,
    found_by_each_identifier,
    there_and_back,
    somebody_who_is_known_well,
)
