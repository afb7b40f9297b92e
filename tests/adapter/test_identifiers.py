"""The identifiers of a message."""

from typing import Any

import pytest

from adapter import plan
from adapter.batches import batches
from tests.adapter.support import SETTINGS, contact, identify, noted, track

WORDS = ["null", "NULL", "undefined", "None", "NaN", "[object Object]", "[OBJECT OBJECT]", " null "]


def of(kind: str = "identify", **fields: Any) -> tuple[str | None, str | None, str | None]:
    who = plan({"type": kind, "event": "E", **fields}, SETTINGS).identifiers
    return who.email, who.user_id, who.anonymous_id


def test_an_identify_has_its_address_in_its_traits_else_in_the_contexts() -> None:
    context = {"traits": {"email": "context@example.com"}}
    assert of(traits={"email": "a@example.com"}, context=context)[0] == "a@example.com"
    assert of(traits={}, context=context)[0] == "context@example.com"
    assert of(properties={"email": "a@example.com"})[0] is None


def test_a_track_has_its_address_in_its_properties_else_in_the_contexts_traits() -> None:
    context = {"traits": {"email": "context@example.com"}}
    properties = {"email": "a@example.com"}
    assert of("track", properties=properties, context=context)[0] == "a@example.com"
    assert of("track", properties={"n": 1}, context=context)[0] == "context@example.com"
    assert of("track", traits=properties)[0] is None


@pytest.mark.parametrize("blank", ["", "  ", None, 7, True, [], {}, ["a@example.com"]])
def test_an_address_that_is_blank_or_no_text_is_missing(blank: object) -> None:
    assert of(traits={"email": blank})[0] is None
    assert of(traits={"email": blank, "Email": "b@example.com"})[0] == "b@example.com"
    context = {"traits": {"email": "c@example.com"}}
    assert of(traits={"email": blank}, context=context)[0] == "c@example.com"


@pytest.mark.parametrize("key", ["email", "Email", "EMAIL", "eMail", "e_mail"])
def test_any_spelling_of_email_will_do(key: str) -> None:
    assert of(traits={key: " a+b@example.com "})[0] == "a+b@example.com"


def test_the_exact_spelling_of_email_comes_first() -> None:
    assert of(traits={"Email": "b@example.com", "email": "a@example.com"})[0] == "a@example.com"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("u1", "u1"),
        (" u1 ", "u1"),
        (5, "5"),
        (5.0, "5"),
        (5.5, "5.5"),
        (0, "0"),
        ("0", "0"),
        ("", None),
        (" ", None),
        (None, None),
        (True, None),
        (False, None),
        ([], None),
        ({"id": 1}, None),
    ],
)
def test_ids_are_text_or_numbers(value: object, expected: str | None) -> None:
    assert of(userId=value)[1] == expected
    assert of(anonymousId=value)[2] == expected


def test_a_message_may_have_no_identifiers() -> None:
    assert of(traits=None, context=None) == (None, None, None)
    assert of("track", properties=None, context={"traits": None}) == (None, None, None)


@pytest.mark.parametrize("word", WORDS)
@pytest.mark.parametrize("make", [identify, track])
def test_a_placeholder_is_not_an_address(word: str, make: Any) -> None:
    message = make(email=word)
    planned = plan({**message, "userId": None}, SETTINGS)
    own = "properties" if message["type"] == "track" else "traits"
    assert contact(planned) == {}
    assert ("placeholder", f"{own}.email") in noted(planned)


@pytest.mark.parametrize("address", ["n/a", "ada", "ada.example.com", "-", "0", "(none)", "x" * 99])
def test_a_text_without_an_at_sign_is_no_address(address: str) -> None:
    planned = plan(identify(None, email=address), SETTINGS)
    assert contact(planned) == {}
    assert noted(planned) == [("placeholder", "traits.email")]


@pytest.mark.parametrize("word", WORDS)
def test_a_placeholder_is_no_user_id(word: str) -> None:
    planned = plan(identify(word, plan="pro"), SETTINGS)
    assert contact(planned) == {"custom": {"string--plan": "pro"}}
    assert noted(planned) == [("placeholder", "userId")]


@pytest.mark.parametrize("user_id", ["Nullis", "none2", "nan@example", "u undefined", "0", "-"])
def test_a_user_id_may_resemble_a_placeholder(user_id: str) -> None:
    planned = plan(identify(user_id), SETTINGS)
    assert contact(planned) == {"user_id": user_id}
    assert planned.notes == ()


@pytest.mark.parametrize(
    ("own", "note"),
    [
        ("n/a", "placeholder"),
        ("null", "placeholder"),
        ("", "blank-identifier"),
        (" ", "blank-identifier"),
        (5, "identifier-type"),
        (True, "identifier-type"),
        ([], "identifier-type"),
        (["b@example.com"], "identifier-type"),
        ("\ud800@a.b", None),
        (None, ""),
    ],
)
@pytest.mark.parametrize("make", [identify, track])
def test_an_invalid_address_does_not_hide_that_of_the_context(
    make: Any, own: object, note: str | None
) -> None:
    context = {"traits": {"email": "ada@example.com"}}
    planned = plan({**make(email=own), "userId": None, "context": context}, SETTINGS)
    path = "traits.email" if make is identify else "properties.email"
    assert contact(planned)["Email"] == "ada@example.com"
    if note != "":
        assert (note or "lone-surrogate", path) in noted(planned)


def test_an_invalid_address_does_not_hide_another_spelling() -> None:
    planned = plan(identify(None, email="n/a", EMAIL="ada@example.com"), SETTINGS)
    assert contact(planned) == {"Email": "ada@example.com"}
    assert noted(planned) == [("placeholder", "traits.email")]


@pytest.mark.parametrize("user_id", ["ada@example.com", "Ada.K+x@sub.example.org", " a@b.c "])
@pytest.mark.parametrize("make", [identify, track])
def test_a_user_id_that_is_an_address_is_the_address_too(make: Any, user_id: str) -> None:
    planned = plan({**make(), "userId": user_id}, SETTINGS)
    same = user_id.strip()
    assert contact(planned) == {"Email": same, "user_id": same}
    assert ("user-id-is-address", "userId") in noted(planned)


def test_a_user_id_that_is_an_address_comes_after_every_other_address() -> None:
    context = {"traits": {"email": "b@example.com"}}
    for message in (
        identify("a@example.com", email="b@example.com"),
        {**identify("a@example.com", plan="pro"), "context": context},
    ):
        planned = plan(message, SETTINGS)
        assert contact(planned)["Email"] == "b@example.com"
        assert contact(planned)["user_id"] == "a@example.com"
        assert planned.notes == ()
    unusable = plan(identify("a@example.com", email="n/a"), SETTINGS)
    assert contact(unusable)["Email"] == "a@example.com"


@pytest.mark.parametrize("user_id", ["a@b", "a@@b.c", "a b@c.d", "@b.c", "a@.", "a@b.c d"])
def test_a_user_id_that_is_no_address_is_only_a_user_id(user_id: str) -> None:
    assert contact(plan(identify(user_id), SETTINGS)) == {"user_id": user_id}


@pytest.mark.parametrize("new", ["null", "n/a", " ", 5, True, ["b@example.com"]])
def test_an_invalid_new_address_counts_as_missing(new: object) -> None:
    planned = plan(identify(None, email="a@example.com", _NewEmail=new), SETTINGS)
    assert contact(planned) == {"Email": "a@example.com"}
    assert [path for _, path in noted(planned)] == ["traits._NewEmail"]
    planned = plan({**track(email="a@example.com", _NewEmail=new), "userId": None}, SETTINGS)
    assert contact(planned) == {"Email": "a@example.com"}
    assert "properties._NewEmail" in [path for _, path in noted(planned)]
    assert planned.calls[1].body["property"] == {"_NewEmail": new}


@pytest.mark.parametrize("name", ["userId", "anonymousId"])
@pytest.mark.parametrize(
    ("value", "note"),
    [
        (True, "identifier-type"),
        (["u"], "identifier-type"),
        ({"id": "u"}, "identifier-type"),
        ("", "blank-identifier"),
        (" ", "blank-identifier"),
        (" u ", "trimmed"),
        (7, "number-as-text"),
        (7.0, "number-as-text"),
        ("u", ""),
        (None, ""),
    ],
)
def test_an_id_that_is_missing_or_changed_is_noted(name: str, value: object, note: str) -> None:
    for message in (identify(None, email="a@e"), {**track(sku="1"), "userId": None}):
        planned = plan({**message, name: value}, SETTINGS)
        assert noted(planned) == ([(note, name)] if note else [])


@pytest.mark.parametrize(
    ("key", "value", "own"),
    [
        ("userId", "u1", "u1"),
        ("user_id", "u1", " u1 "),
        ("USERID", " u1", "u1"),
        ("userId", 5, "5"),
        ("userId", "5", 5),
        ("userId", "null", "null"),
    ],
)
def test_a_user_id_among_the_traits_that_repeats_the_messages_own_is_left_out(
    key: str, value: object, own: object
) -> None:
    planned = plan({"type": "identify", "userId": own, "traits": {key: value, "x": 1}}, SETTINGS)
    assert contact(planned)["custom"] == {"integer--x": 1}
    assert ("repeated-id", f"traits.{key}") in noted(planned)


def test_ids_repeated_in_the_contexts_traits_are_left_out_too() -> None:
    traits = {"userId": "u", "anonymous_id": "a1", "plan": "gold"}
    for message in (identify(), track()):
        message |= {"anonymousId": "a1", "context": {"traits": traits}}
        planned = plan(message, SETTINGS)
        assert contact(planned)["custom"] == {"string--plan": "gold"}
        assert [note for note in noted(planned) if note[0] == "repeated-id"] == [
            ("repeated-id", "context.traits.userId"),
            ("repeated-id", "context.traits.anonymous_id"),
        ]


@pytest.mark.parametrize("traits", [{"userId": "u2"}, {"anonymousId": "u"}, {"id": "u"}])
def test_an_id_that_differs_from_the_messages_own_is_a_custom_field(traits: dict[str, Any]) -> None:
    ((name, value),) = traits.items()
    assert contact(plan(identify(**traits), SETTINGS))["custom"] == {f"string--{name}": value}


def test_bulks_are_grouped_by_the_identifiers_that_are_sent() -> None:
    def of(*messages: dict[str, Any]) -> list[tuple[int, ...]]:
        return list(batches([plan(message, SETTINGS) for message in messages]))

    by_id, by_address = identify("ada@example.com"), identify(None, email="ADA@example.com")
    assert of(by_id, by_address) == [(0,), (1,)]
    assert of(by_address, identify("x"), by_id) == [(0, 1), (2,)]
    context = {"traits": {"email": "ada@example.com"}}
    in_context = {**identify(None, email="n/a"), "context": context}
    assert of(in_context, by_address) == [(0,), (1,)]
    # A placeholder is nobody, and so keeps nobody apart.
    assert of(identify("a", email="null"), identify("b", email="null")) == [(0, 1)]
    renamed = {**track(_NewEmail=" ada@example.com", email="b@example.com"), "userId": None}
    assert of(by_address, renamed) == [(0,), (1,)]
