"""snake_case, custom keys and custom types."""

import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapter import InvalidName, snake_case
from adapter.naming import custom_key, custom_type, name_in_key, number_text


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Order Completed Last 30days", "order_completed_last_30days"),  # the seed's example
        ("Order Completed Last 30 Days", "order_completed_last_30_days"),
        ("Last 30days", "last_30days"),
        ("Last30Days", "last30days"),
        ("userSignedUp", "user_signed_up"),
        ("HTTPServer", "http_server"),
        ("ABc", "a_bc"),
        ("ABC", "abc"),
        ("already_snake_case", "already_snake_case"),
        ("  --Big   Spenders!! (EU) ", "big_spenders_eu"),
        ("__init__", "init"),
        ("Käufer Über 50", "käufer_über_50"),
        ("Cafe\u0301 Gäste", "café_gäste"),
        ("İstanbul", "istanbul"),
        ("aA\U0001d400", "a_aa"),  # a mathematical A
        ("\uff36\uff29\uff30 №①", "vip_no1"),  # full width
        ("ﬁneArt²", "fine_art2"),
        ("ǅungla Ǆ", "džungla_dž"),
        ("ΟΔΟΣ", "οδοσ"),
        ("Straße ẞ", "straße_ß"),
        ("Ქართული", "ქართული"),
        ("٣ أيام", "٣_أيام"),
        ("日本 VIP", "日本_vip"),
        ("7", "7"),
    ],
)
def test_snake_case(name: str, expected: str) -> None:
    assert snake_case(name) == expected


@pytest.mark.parametrize("name", ["", " ", "!!!", "_", "—"])
def test_a_name_with_no_letter_or_digit_has_no_snake_case(name: str) -> None:
    with pytest.raises(InvalidName, match="no letter or digit"):
        snake_case(name)


@given(st.text())
def test_snake_case_is_idempotent_and_has_only_lower_case_letters_digits_and_single_underscores(
    name: str,
) -> None:
    try:
        written = snake_case(name)
    except InvalidName:
        assert not any(c.isascii() and c.isalnum() for c in name)
        return
    assert snake_case(written) == written
    assert not any(unicodedata.category(char) in ("Lu", "Lt") for char in written)
    assert all(word.isalnum() for word in written.split("_"))


@given(st.text())
def test_snake_case_keeps_the_letters_and_digits_and_their_order(name: str) -> None:
    def kept(text: str) -> str:
        composed = unicodedata.normalize("NFKC", text)
        # Of one letter the lower case is two characters: 'İ', an i with a dot more.
        lower = unicodedata.normalize("NFKC", "".join(char.lower()[0] for char in composed))
        return "".join(char for char in lower if char.isalnum())

    if kept(name):
        assert snake_case(name).replace("_", "") == kept(name)


@given(st.text(alphabet=st.characters(codec="ascii")))
def test_snake_case_keeps_every_ascii_letter_and_digit(name: str) -> None:
    kept = "".join(re.findall("[a-z0-9]", name.lower()))
    if kept:
        assert snake_case(name).replace("_", "") == kept


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (True, "boolean"),
        (False, "boolean"),
        (0, "integer"),
        (-7, "integer"),
        (5.0, "integer"),
        (float(2**53), "integer"),
        (1e300, "float"),
        (2.5, "float"),
        ("", "string"),
        ("text", "string"),
        ("2016-02-14T12:02:49", "date"),
        ("2016-02-14", "date"),
        ("2016-02-14T12:02", "date"),
        ("2016-02-14T12:02:49.123Z", "date"),
        ("2016-02-14T12:02:49+02:00", "date"),
        ("2016-02-14T12:02:49-0800", "date"),
        ("2024-02-30", "string"),
        ("2024-13-01", "string"),
        ("20240101", "string"),
        ("2024-W01-1", "string"),
        ("2024-01", "string"),
        ("2024-01-01 10:00", "string"),
        ("2024-01-01T25:00:00", "string"),
        ("2024-01-01\n", "string"),
        ("\u0662\u0660\u0662\u0664-01-01", "string"),
        ("42", "string"),
        ("true", "string"),
    ],
)
def test_custom_types(value: bool | float | str, expected: str) -> None:
    assert custom_type(value) == expected


@given(st.datetimes().map(lambda d: d.isoformat()) | st.dates().map(lambda d: d.isoformat()))
def test_every_iso_date_and_date_time_is_a_date(text: str) -> None:
    assert custom_type(text) == "date"


def test_white_space_in_a_custom_key_is_two_hyphens() -> None:
    assert custom_key("string", "Test Field") == "string--Test--Field"
    assert custom_key("integer", "a  b\tc") == "integer--a----b--c"
    assert name_in_key("string--Test--Field") == "Test Field"


@pytest.mark.parametrize(
    ("number", "expected"), [(5, "5"), (5.0, "5"), (5.5, "5.5"), (-0.0, "0"), (2**60, str(2**60))]
)
def test_numbers_as_text(number: float, expected: str) -> None:
    assert number_text(number) == expected


def test_beyond_2_to_53_a_float_is_a_float() -> None:
    assert custom_type(float(2**53 + 2)) == "float"


def test_a_large_negative_number_is_a_float() -> None:
    assert custom_type(-1e300) == "float"
