"""What Segment Engage sends: the messages of audiences and computed traits, and their keys."""

from typing import Any, Literal

from hypothesis import strategies as st

from contract_tests.protocol import Message, Person
from contract_tests.strategies import DATES, FLOATS, TEXTS, WHOLE, identify, track, usual_name

Kind = Literal["audience", "trait"]

AUDIENCES = {
    "Order Completed Last 30days": "order_completed_last_30days",
    "VIP": "vip",
    "VIP Customers": "vip_customers",
    "Last7Days 2x": "last7days_2x",
    "Trial ends in 3 days": "trial_ends_in_3_days",
    "bigSpenders Q4": "big_spenders_q4",
    "Größe L": "größe_l",
}
"""Names of audiences, and the key that Engage makes of each: the name in snake_case."""

ODD_KEYS = [
    "customers_who_bought_more_than_3_times_in_the_last_90days_and_opened_an_email_this_week",
    "größe_l", "clientes_españa", "漢字", "trial_ends_in_3_days", "not_vip", "true",
    "last_7days_2x", "vip2", "2x_buyers", "x", "q4_2026_vip", "order_completed_last_30days",
]  # fmt: skip
_WORDS = st.text(st.sampled_from("abxz0379éß漢"), min_size=1, max_size=6)
#: Keys as snake_case makes them.
KEYS = st.one_of(
    st.sampled_from(ODD_KEYS),
    st.lists(_WORDS, min_size=1, max_size=4).map("_".join).filter(usual_name),
)
#: What a computed trait comes to.
COMPUTED: st.SearchStrategy[Any] = st.one_of(st.booleans(), WHOLE, FLOATS, TEXTS, DATES)
ODD_COMPUTED: list[Any] = [
    True, False, 0, 1, -5, 2**31, 0.5, -0.1, 1234.5678, 1e21,
    "", "0", "5", "1.50", "true", "None", "gold", "2026-02-14", "2026-02-14T12:02:49.123Z",
]  # fmt: skip

ON = {"All": False, "AutopilotHQ": True}
"""The integrations object of Engage: everything off but this destination."""


def membership(person: Person, key: str, member: bool) -> Message:
    """Make the identify of somebody who enters an audience, or leaves it."""
    return identify(person, {key: member}, sent_by_engage("audience", key))


def computed_trait(person: Person, key: str, value: Any) -> Message:
    """Make the identify of somebody whose computed trait has changed."""
    return identify(person, {key: value}, sent_by_engage("trait", key))


def audience_event(person: Person, key: str, member: bool) -> Message:
    """Make the track of somebody who enters an audience, or leaves it."""
    event = "Audience Entered" if member else "Audience Exited"
    return _event("audience", person, event, key, member)


def trait_event(person: Person, key: str, value: Any) -> Message:
    """Make the track of somebody whose computed trait has changed."""
    return _event("trait", person, "Trait Computed", key, value)


def sent_by_engage(kind: Kind, key: str) -> Message:
    """Make the parts by which a message of Engage can be recognised."""
    personas = {
        "computation_class": kind,
        "computation_id": f"{kind[:3]}_1sQRoMmuvVNgeGkhZ2QqBs2Dc6z",
        "computation_key": key,
        "namespace": "spa_9h4nWzBXqfzWbhVRnCrrWt",
        "space_id": "spa_9h4nWzBXqfzWbhVRnCrrWt",
    }
    return {"context": {"personas": personas}, "integrations": ON}


def _event(kind: Kind, person: Person, event: str, key: str, value: Any) -> Message:
    """Make a track; an address that identifies is in its context, as Engage has it."""
    message = track(Person(user_id=person.user_id), event, {f"{kind}_key": key, key: value})
    engage = sent_by_engage(kind, key)
    if person.email:
        engage["context"] = {"traits": {"email": person.email}, **engage["context"]}
    return {**message, **engage}
