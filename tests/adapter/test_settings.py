import copy
import dataclasses
import json
import pickle
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from adapter import Destination, InvalidSettings, Settings
from tests.adapter.support import BASE


def test_the_key_and_the_base_url_are_all_that_is_required() -> None:
    settings = Settings("key", BASE)
    assert settings.journeys == {}
    assert settings.default_trigger is None


@pytest.mark.parametrize("key", ["", "  ", None, 7, "a\nb", "key\n", " key", "a\x7fb", "clé€"])
def test_a_key_that_is_missing_or_no_header_value_is_refused(key: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^api_key ") as caught:
        Settings(key, BASE)
    assert caught.value.field == "api_key"


@pytest.mark.parametrize("url", ["http://localhost:8080/v1", "http://localhost:8080/v1//"])
def test_the_base_url_ends_in_one_slash(url: str) -> None:
    assert Settings("key", url).base_url == "http://localhost:8080/v1/"


@pytest.mark.parametrize(
    "url",
    [
        5,
        "localhost:8080",
        "ftp://host/",
        "http://",
        "http://host:99999/",
        "http://[/",
        "http://me:secret@host/",
        "http://host/?a=1",
    ],
)
def test_a_base_url_that_is_not_http_is_refused(url: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^base_url "):
        Settings("key", url)


@pytest.mark.parametrize(
    "journeys", [{"E": ""}, {"E": " "}, {"E": 1}, {"": "1"}, {1: "1"}, {"E": ".."}, ["E"]]
)
def test_journeys_map_event_names_to_trigger_ids(journeys: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^journeys"):
        Settings("key", BASE, journeys=journeys)


@pytest.mark.parametrize("trigger", ["", " ", 1, ".", "\ud800"])
def test_the_default_trigger_is_a_trigger_id(trigger: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^default_trigger "):
        Settings("key", BASE, default_trigger=trigger)


def test_the_key_is_not_in_the_repr_but_for_its_end() -> None:
    assert "0123456789abcdef" not in repr(Settings("0123456789abcdef", BASE))
    assert "…cdef" in repr(Settings("0123456789abcdef", BASE))
    assert "short" not in repr(Settings("short", BASE))


def test_a_later_change_of_the_callers_journeys_changes_nothing() -> None:
    journeys = {"E": "0001"}
    settings = Settings("key", BASE, journeys=journeys)
    journeys["E"] = "0002"
    assert settings.journeys == {"E": "0001"}


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda one: pickle.loads(pickle.dumps(one))]
)
@pytest.mark.parametrize("journeys", [{}, {"E": "0001"}, MappingProxyType({"E": "0001"})])
def test_settings_can_be_copied_and_go_to_another_process(
    copied: Callable[[Settings], Settings], journeys: Any
) -> None:
    settings = Settings("key", BASE, journeys, "0002")
    assert copied(settings) == settings
    assert hash(copied(settings)) == hash(settings)


def test_settings_can_be_taken_apart_and_put_together() -> None:
    settings = Settings("key", BASE, {"E": "0001"})
    parts = dataclasses.asdict(settings)
    assert json.loads(json.dumps(parts)) == {
        "api_key": "key",
        "base_url": BASE,
        "journeys": {"E": "0001"},
        "default_trigger": None,
    }
    assert Settings(**parts) == settings
    assert dataclasses.replace(settings, default_trigger="2").journeys == {"E": "0001"}


def test_there_is_no_base_url_that_is_not_said() -> None:
    for make in (lambda: Settings("key"), lambda: Destination(api_key="key")):
        with pytest.raises(InvalidSettings, match=r"^base_url is missing: start `mock-autopilot s"):
            make()
