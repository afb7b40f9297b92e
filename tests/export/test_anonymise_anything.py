"""Whatever is sent: nothing personal is left, and the replay does the same."""

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import convert

from contract_tests.cases.calls import call_differences, run_calls
from contract_tests.cases.format import Case
from contract_tests.fake import Fake, open_fake
from tests.export.support import Received, run_here, texts

PEOPLE = ("Zaphod", "Trillian", "Fordprefect", "ÉomerÆ")
ADDRESSES = tuple(f"{name}.quux@magrathea.test" for name in PEOPLE)
USER_IDS = (*(f"uid-{name}" for name in PEOPLE), ADDRESSES[0], ADDRESSES[1].upper())
PRIVATE = (
    "zaphod",
    "trillian",
    "fordprefect",
    "éomer",
    "quux",
    "magrathea",
    "vogsphere",
    "42424242",
)


def spelled(text: str) -> st.SearchStrategy[str]:
    return st.sampled_from([text, text.upper(), text.lower(), f" {text}"])


addresses = st.sampled_from(ADDRESSES).flatmap(spelled)
user_ids = st.sampled_from(USER_IDS)
SCALARS = (None, True, 0, 1.5, 42424242, "42424242", "", "1", "2020-01-01")
values = st.one_of(
    st.sampled_from([*SCALARS, "vogsphere", "person_vogsphere"]),
    addresses,
    user_ids,
    st.lists(st.sampled_from(PEOPLE), max_size=2),
)
keys = st.sampled_from(
    ["string--Plan", "integer--Age", "date--Born", "Plan", f"float--{PEOPLE[0]}"]
)
sent_contacts = st.fixed_dictionaries(
    {},
    optional={
        "Email": addresses | st.sampled_from(["vogsphere", "", None]),
        "user_id": user_ids | st.just(42424242),
        "contact_id": st.sampled_from(["{0}", "{1}", "person_vogsphere"]),
        "_NewEmail": addresses,
        "FirstName": st.sampled_from(PEOPLE) | values,
        "unsubscribed": values,
        "custom": st.dictionaries(keys, values, max_size=3) | values,
        "Frist": values,
    },
)
who = st.one_of(addresses, st.sampled_from(["{0}", "{1}", "{2}", "vogsphere", "person_vogsphere"]))
triggers = st.sampled_from(["0001", "welcome", f"for {PEOPLE[1]}"])
properties = st.dictionaries(st.sampled_from(["a", *ADDRESSES]), values, max_size=2)
calls = st.one_of(
    st.tuples(
        st.just("POST"), st.just("/v1/contact"), st.fixed_dictionaries({"contact": sent_contacts})
    ),
    st.tuples(
        st.just("POST"),
        st.just("/v1/contacts"),
        st.fixed_dictionaries({"contacts": st.lists(sent_contacts, max_size=3)}),
    ),
    st.tuples(
        st.just("POST"),
        st.builds("/v1/trigger/{}/contact/{}".format, triggers, who),
        st.none() | st.fixed_dictionaries({"property": properties}),
    ),
    st.tuples(
        st.just("POST"),
        st.builds("/v1/trigger/{}/contact".format, triggers),
        st.fixed_dictionaries({"contact": sent_contacts, "property": properties}),
    ),
    st.tuples(
        st.sampled_from(["GET", "DELETE", "HEAD"]),
        st.builds("/v1/contact/{}".format, who),
        st.none(),
    ),
    st.tuples(st.just("POST"), st.builds("/v1/contact/{}/unsubscribe".format, who), st.none()),
    st.tuples(
        st.just("DELETE"),
        st.builds("/v1/journey/{}/contact/{}".format, triggers, who),
        st.none(),
    ),
    st.tuples(st.just("GET"), st.builds("/v1/{}/x".format, who), st.none()),
    st.tuples(st.just("POST"), st.just("/v1/contact"), values),
)

EVERYBODY = [
    {"Email": address, "FirstName": name, "Title": "x"}
    for name, address in zip(PEOPLE, ADDRESSES, strict=True)
]


@pytest.fixture(scope="module")
def fakes() -> Iterator[dict[bool, Fake]]:
    with (
        closing(open_fake(host="127.0.0.1", port=0, api_key="replay")) as lenient,
        closing(open_fake(host="127.0.0.1", port=0, api_key="replay", strict=True)) as strict,
    ):
        yield {False: lenient, True: strict}


def shape(case: dict[str, Any]) -> Any:
    """Return all of a case that is not a value: statuses, and who is where."""
    journeys = case["expect"]["journeys"].values()
    return (
        [(call["method"], call["status"]) for call in case["calls"]],
        [sorted(contact.keys() - {"custom"}) for contact in case["expect"]["contacts"]],
        [[(entry["contact"], entry.get("ejected")) for entry in entries] for entries in journeys],
    )


@given(st.lists(calls, min_size=1, max_size=12), st.booleans())
@settings(max_examples=40)
def test_nothing_personal_is_left_and_the_same_comes_of_it(
    fakes: dict[bool, Fake], sent: list[tuple[str, str, Any]], strict: bool
) -> None:
    received = Received(strict=strict)
    for method, path, body in sent:
        received.call(method, path, body)
    received.call("POST", "/v1/contacts", {"contacts": EVERYBODY})
    plain, anonymous = received.export(), received.export(anonymise=True)
    assert anonymous == received.export(anonymise=True)
    found = texts(anonymous).lower()
    assert [original for original in PRIVATE if original in found] == []
    assert shape(anonymous.case) == shape(plain.case)
    for export in (plain, anonymous):
        case = convert(export.case, Case)
        assert call_differences(case, *run_calls(case, fakes[strict])) == []


@given(st.lists(calls, min_size=1, max_size=12))
@settings(max_examples=8)
def test_the_pytest_file_of_whatever_was_sent_passes(sent: list[tuple[str, str, Any]]) -> None:
    received = Received()
    for method, path, body in sent:
        received.call(method, path, body)
    received.call("POST", "/v1/contacts", {"contacts": EVERYBODY})
    run_here(received.export().pytest_source)
    run_here(received.export(anonymise=True).pytest_source)
