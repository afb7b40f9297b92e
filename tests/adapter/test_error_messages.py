"""The texts of errors, which say the fix."""

import pickle
from typing import Any

import pytest

from adapter import InvalidMessage, InvalidSettings, Settings, plan
from adapter.json_values import shown
from tests.adapter.support import BASE, SETTINGS

MESSAGES: list[tuple[Any, str]] = [
    ({"type": "track"}, "event must be the event's name, a text that is not blank"),
    (
        {"type": "identify", "userId": "\ud800"},
        "userId contains a lone surrogate, which UTF-8 cannot encode: correct the text",
    ),
    (
        {"batch": []},
        "batch holds several messages: pass a batch body to deliver_many",
    ),
]


@pytest.mark.parametrize(("message", "words"), MESSAGES)
def test_what_is_wrong_with_a_message(message: Any, words: str) -> None:
    with pytest.raises(InvalidMessage) as caught:
        plan(message, SETTINGS)
    assert str(caught.value) == words


NO_BASE_URL = (
    "base_url is missing: start `mock-autopilot serve` and use the base URL that it prints, such "
    "as http://127.0.0.1:8025/v1/, or MockAutopilot().base_url in Python"
)
WRONG_SETTINGS: list[tuple[dict[str, Any], str]] = [
    ({"api_key": ""}, "api_key is missing: copy it from Autopilot's settings page"),
    ({"api_key": " a"}, "api_key has white space or a control character: copy it again"),
    ({"api_key": "€"}, "api_key has a character no HTTP header can carry: copy it again"),
    *(({"base_url": missing}, NO_BASE_URL) for missing in ("", " ", None)),
    ({"base_url": 5}, "base_url must be a URL as text: use one like http://127.0.0.1:8025/v1/"),
    (
        {"base_url": "ftp://host/"},
        "base_url is not an http or https URL: use one like http://127.0.0.1:8025/v1/",
    ),
    ({"journeys": ["E"]}, "journeys must map event names to trigger ids"),
    ({"journeys": {1: "1"}}, "journeys has the key 1: use an event's name"),
    ({"journeys": {"E": 1}}, "journeys['E'] must be a trigger id as text, such as '0001'"),
    (
        {"default_trigger": "a/b"},
        "default_trigger cannot stand in a path: use the id that Autopilot shows",
    ),
    (
        {"default_trigger": "\udfff"},
        "default_trigger cannot stand in a path: use the id that Autopilot shows",
    ),
]


@pytest.mark.parametrize(("settings", "words"), WRONG_SETTINGS)
def test_what_is_wrong_with_a_setting(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(InvalidSettings) as caught:
        Settings(**{"api_key": "key", "base_url": BASE, **settings})
    assert str(caught.value) == words


def test_a_trigger_id_may_contain_private_use_characters() -> None:
    assert Settings("key", BASE, default_trigger="\ue000").default_trigger == "\ue000"


def test_errors_can_be_pickled_with_their_field() -> None:
    there = pickle.loads(pickle.dumps(InvalidMessage("traits.a", "is wrong")))
    assert (str(there), there.field) == ("traits.a is wrong", "traits.a")
    assert there.args == ("traits.a", "is wrong")


@pytest.mark.parametrize(("length", "end"), [(58, "'"), (59, "…")])
def test_a_value_is_shown_in_sixty_characters(length: int, end: str) -> None:
    assert shown("x" * length) == f"'{'x' * min(length, 59)}{end}"
