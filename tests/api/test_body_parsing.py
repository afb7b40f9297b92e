"""How the JSON of a request body is read: limits, repeated keys, the contacts that it names."""

import json

import pytest

from mock_autopilot import ApiError
from mock_autopilot.account.call_warnings import Warnings
from mock_autopilot.account.json_text import parse, parse_object
from mock_autopilot.account.validation import describe
from mock_autopilot.api.json_body import identifiers_in


def nested(levels: int) -> str:
    return '{"a": ' * (levels - 1) + "{}" + "}" * (levels - 1)


def test_a_body_may_have_32_levels_of_objects_or_arrays() -> None:
    parse_object(nested(32).encode(), Warnings())
    with pytest.raises(ApiError, match=r"a\.a\.a.*… is nested more than 32 levels deep\."):
        parse_object(nested(33).encode(), Warnings())
    parse(("[" * 32 + "]" * 32).encode(), Warnings())
    with pytest.raises(ApiError, match=r"\[0\]\[0\].*… is nested more than 32 levels deep\."):
        parse(("[" * 33 + "]" * 33).encode(), Warnings())
    parse(b"[" + b"[]," * 40 + b"{}]", Warnings())  # wide is not deep
    parse(b"[[]," + b"[" * 31 + b"]" * 31 + b"]", Warnings())


NO_VALUE = "The body is not JSON: Expecting value at line 1, column 1."
FORM = "It is a form; JSON is needed (with requests json=…, not data=…)."


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b" ", "The body is empty; a JSON object is needed."),
        (b"[]", "The body must be a JSON object, got an array."),
        (b"\xff", "The body is not UTF-8: invalid start byte at byte 0."),
        (b'{"a":\n }', "The body is not JSON: Expecting value at line 2, column 2."),
        (b"contact=Email&contact=Age", f"{NO_VALUE} {FORM}"),
        (b"contact%5BEmail%5D=ada%40example.com&x=", f"{NO_VALUE} {FORM}"),
        (b'--1\r\nContent-Disposition: form-data; name="a"\r\n\r\nx', f"{NO_VALUE} {FORM}"),
        (b"contact", NO_VALUE),
        (b"a = b", NO_VALUE),
        (b'{"a": NaN}', "The body is not JSON: NaN is no JSON number."),
        (b'{"a": [1, -1e400]}', "a[1] is a number too large to be stored."),
        (b'{"a": ' + b"9" * 5000 + b"}", "The body has a number of thousands of digits."),
        (b"[" * 100_000, "The body is nested more than 32 levels deep."),
        (
            b'{"a": "\\ud800", "b": [1]}',
            "a has half of a surrogate pair, which is no Unicode text.",
        ),
        (
            b'{"a": {"b": "\\uDfff"}}',
            "a.b has half of a surrogate pair, which is no Unicode text.",
        ),
        (
            b'{"a": {"\\ud800": 1}}',
            "a key of a has half of a surrogate pair, which is no Unicode text.",
        ),
    ],
)
def test_a_body_that_cannot_be_kept_is_refused_with_the_reason(raw: bytes, why: str) -> None:
    with pytest.raises(ApiError) as caught:
        parse_object(raw, Warnings(), name="The body")
    assert str(caught.value) == why


@pytest.mark.parametrize("raw", [b'{"a": "\\ud83d\\ude00"}', b'{"a": 1e308}', b'{"a": 1E+300}'])
def test_a_body_that_only_resembles_a_refused_one_is_accepted(raw: bytes) -> None:
    warnings = Warnings()
    assert parse_object(raw, warnings) == json.loads(raw)
    assert list(warnings) == []


def test_each_repetition_of_a_key_is_a_warning() -> None:
    warnings = Warnings()
    value = parse_object(b'{"a": 1, "b": {"c": 1, "c": 2}, "a": 3, "a": 4}', warnings)
    assert value == {"a": 4, "b": {"c": 2}}
    assert [warning.field for warning in warnings] == ["c", "a", "a"]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (None, "null"),
        (True, "true"),
        (5, "the number 5"),
        (1.5, "the number 1.5"),
        (-(10**15), "a number"),
        (10**15 - 1, "the number 999999999999999"),
        ("x" * 40, f"the string '{'x' * 40}'"),
        ("x" * 41, "a long string"),
        ([], "an array"),
        ({}, "an object"),
    ],
)
def test_how_messages_describe_a_value(value: object, said: str) -> None:
    assert describe(value) == said


@pytest.mark.parametrize(
    ("body", "identifiers"),
    [
        (b"", set()),
        (b"[" * 100_000, set()),
        (b"[1]", set()),
        (b'{"contacts": {"user_id": "u"}}', set()),
        (b'{"contact": "u", "contacts": [1, {"user_id": 5, "Email": null}]}', {"5"}),
        (
            b'{"contact": {"Email": " a@e ", "_NewEmail": "b@e", "contact_id": "p", "x": "y"}}',
            {"a@e", "b@e", "p"},
        ),
    ],
)
def test_identifiers_of_the_contacts_in_a_body(body: bytes, identifiers: set[str]) -> None:
    assert identifiers_in(body) == identifiers
