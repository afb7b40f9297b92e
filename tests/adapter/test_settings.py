"""Settings: what is valid, and how they are copied."""

import copy
import dataclasses
import json
import pickle
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

import pytest

from adapter import (
    Destination,
    InvalidSettings,
    Settings,
)
from tests.adapter.support import (
    BASE,
)


def pickled(settings: Settings) -> Settings:
    copied: Settings = pickle.loads(pickle.dumps(settings))
    return copied


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


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, pickled])
@pytest.mark.parametrize("journeys", [{}, {"E": "0001"}, MappingProxyType({"E": "0001"})])
def test_settings_can_be_copied_and_pickled(
    copied: Callable[[Settings], Settings], journeys: Any
) -> None:
    settings = Settings("key", BASE, journeys, "0002")
    assert copied(settings) == settings
    assert hash(copied(settings)) == hash(settings)


@pytest.mark.parametrize(
    "change",
    [
        lambda journeys: journeys.__setitem__("E", "2"),
        lambda journeys: journeys.__delitem__("E"),
        lambda journeys: journeys.__ior__({"F": "2"}),
        lambda journeys: journeys.update(F="2"),
        lambda journeys: journeys.setdefault("F", "2"),
        lambda journeys: journeys.pop("E"),
        lambda journeys: journeys.popitem(),
        lambda journeys: journeys.clear(),
    ],
)
@pytest.mark.parametrize("made", [copy.copy, copy.deepcopy, pickled, dataclasses.replace])
def test_settings_cannot_be_changed(
    made: Callable[[Settings], Settings], change: Callable[[Any], object]
) -> None:
    settings = made(Settings("key", BASE, {"E": "0001"}))
    with pytest.raises(TypeError, match=r"^settings cannot be changed: make new ones"):
        change(settings.journeys)
    assert settings.journeys == {"E": "0001"}
    with pytest.raises(dataclasses.FrozenInstanceError):
        settings.api_key = "other"  # type: ignore[misc]


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_settings_can_be_pickled_with_every_protocol(protocol: int) -> None:
    settings = Settings("key", BASE, {"E": "0001"})
    assert pickle.loads(pickle.dumps(settings, protocol)) == settings


def test_settings_inside_other_objects_are_copied_with_them() -> None:
    settings = Settings("key", BASE, {"E": "0001"})

    @dataclasses.dataclass
    class Job:
        settings: Settings

    assert copy.deepcopy({"a": [settings]}) == {"a": [settings]}
    assert dataclasses.asdict(Job(settings))["settings"]["journeys"] == {"E": "0001"}


def test_settings_are_converted_to_a_dict_and_back() -> None:
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


def test_the_base_url_has_no_default() -> None:
    for make in (lambda: Settings("key"), lambda: Destination(api_key="key")):
        with pytest.raises(InvalidSettings, match=r"^base_url is missing: start `mock-autopilot s"):
            make()


@pytest.mark.parametrize("key", ["a b", "a~b", "a\xa0b", "a\xffb"])
def test_a_key_of_any_latin_1_text_will_do(key: str) -> None:
    assert Settings(key, BASE).api_key == key


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("  ", "is missing"),
        ("a\x1fb", "control character"),
        ("a\x7fb", "control character"),
        ("a\x9fb", "control character"),
        ("a\u0100b", "no HTTP header can carry"),
    ],
)
def test_the_error_says_what_is_wrong_with_a_key(key: str, why: str) -> None:
    with pytest.raises(InvalidSettings, match=why):
        Settings(key, BASE)


def test_settings_are_shown_without_the_key() -> None:
    settings = Settings("123456789", "http://host/", {"E": "1"}, "2")
    shown = "base_url='http://host/', journeys={'E': '1'}, default_trigger='2'"
    assert repr(settings) == f"Settings(api_key='…6789', {shown})"
    assert repr(Settings("12345678", BASE)).startswith("Settings(api_key='…', ")


def test_settings_are_hashable() -> None:
    settings = Settings("key", BASE, journeys={"E": "1"})
    assert {settings: 1}[Settings("key", BASE, journeys={"E": "1"})] == 1


def test_white_space_around_a_base_url_is_not_part_of_it() -> None:
    assert Settings("key", " http://host:1/X ").base_url == "http://host:1/X/"


@pytest.mark.parametrize("url", ["http://host:0/", "http://host/#a", "http://me@host/"])
def test_invalid_base_urls_are_refused_with_an_example(url: str) -> None:
    with pytest.raises(
        InvalidSettings, match=r"^base_url .*: use one like http://127\.0\.0\.1:8025/v1/$"
    ):
        Settings("key", url)


def test_the_name_of_an_event_in_journeys_is_not_blank() -> None:
    with pytest.raises(InvalidSettings, match="use an event's name"):
        Settings("key", BASE, journeys={" ": "1"})
