from typing import Any

import pytest

from adapter import InvalidSettings, Settings


def test_only_the_key_is_required() -> None:
    settings = Settings("key")
    assert settings.base_url == "https://api2.autopilothq.com/v1/"
    assert settings.journeys == {}
    assert settings.default_trigger is None


@pytest.mark.parametrize("key", ["", "  ", None, 7, "a\nb", "key\n", " key", "a\x7fb", "clé€"])
def test_a_key_that_is_missing_or_no_header_value_is_refused(key: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^api_key ") as caught:
        Settings(key)
    assert caught.value.field == "api_key"


@pytest.mark.parametrize("url", ["http://localhost:8080/v1", "http://localhost:8080/v1//"])
def test_the_base_url_ends_in_one_slash(url: str) -> None:
    assert Settings("key", url).base_url == "http://localhost:8080/v1/"


@pytest.mark.parametrize(
    "url",
    [
        "",
        "localhost:8080",
        "ftp://host/",
        "http://",
        "http://host:99999/",
        "http://[/",
        "http://me:secret@host/",
        "http://host/?a=1",
        None,
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
        Settings("key", journeys=journeys)


@pytest.mark.parametrize("trigger", ["", " ", 1, ".", "\ud800"])
def test_the_default_trigger_is_a_trigger_id(trigger: Any) -> None:
    with pytest.raises(InvalidSettings, match=r"^default_trigger "):
        Settings("key", default_trigger=trigger)


def test_the_key_is_not_in_the_repr_but_for_its_end() -> None:
    assert "0123456789abcdef" not in repr(Settings("0123456789abcdef"))
    assert "…cdef" in repr(Settings("0123456789abcdef"))
    assert "short" not in repr(Settings("short"))


def test_a_later_change_of_the_callers_journeys_changes_nothing() -> None:
    journeys = {"E": "0001"}
    settings = Settings("key", journeys=journeys)
    journeys["E"] = "0002"
    assert settings.journeys == {"E": "0001"}
