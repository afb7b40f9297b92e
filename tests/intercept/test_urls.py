"""Which URLs are whose: base URLs, and what passes through."""

import pytest

from mock_autopilot.interception.urls import BaseUrl, Passthrough, Url


@pytest.mark.parametrize(
    ("base_url", "url", "path"),
    [
        ("https://a.test/v1/", "https://a.test/v1/contact", "/v1/contact"),
        ("https://a.test/v1/", "https://a.test/other", "/other"),
        ("https://a.test/X", "https://a.test/X/contact", "/v1/contact"),
        ("https://a.test/proxy/v1", "https://a.test/proxy/v1/contact", "/v1/contact"),
        ("https://a.test/proxy/v1", "https://a.test/proxy", ""),
        ("https://a.test/proxy/v1", "https://a.test/other", None),
        ("https://a.test/proxy/v1", "https://a.test/proxying", None),
        ("https://a.test/v1/", "http://a.test/v1/contact", None),
        ("https://a.test:8080/v1/", "https://a.test/v1/contact", None),
    ],
)
def test_what_a_base_url_owns(base_url: str, url: str, path: str | None) -> None:
    base = BaseUrl.parse(base_url)
    assert base.api_path(Url.parse(url)) == path
    assert base.text == base_url.rstrip("/") + "/"


@pytest.mark.parametrize(
    ("wanted", "url", "named"),
    [
        (["localhost"], "http://localhost:8080/x", True),
        (["localhost:8080"], "http://localhost:8080/x", True),
        (["localhost:8080"], "http://localhost/x", False),
        (["[::1]"], "http://[::1]:8080/x", True),
        (["[::1]:8080"], "http://[::1]/x", False),
        (["https://a.test/one", "https://a.test/two", "b.test"], "https://a.test/two/x", True),
        (["https://a.test/one", "https://a.test/two", "b.test"], "http://b.test/", True),
        (["https://a.test/one"], "https://a.test/", False),
    ],
)
def test_what_passes_through(wanted: list[str], url: str, named: bool) -> None:
    assert Passthrough.parse(wanted).names(Url.parse(url)) is named


def test_a_host_that_is_none_is_shown_as_it_was_given() -> None:
    with pytest.raises(ValueError, match=r"passthrough's host is like .*, got 'a\.test:port'"):
        Passthrough.parse(["a.test:port"])
