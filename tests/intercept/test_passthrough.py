"""Calls to other hosts: refused with a clear error, or let through."""

from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
import requests

from mock_autopilot import MockAutopilot, intercept
from mock_autopilot.recording.refused_calls import MOST_KEPT
from tests.intercept.conftest import BASE_URL, Client


@pytest.fixture
def other(server: MockAutopilot) -> Iterator[str]:
    """Return the URL of another service, which answers on the network."""
    yield server.base_url.replace("/v1/", "/_mock/health")
    server.reset()


def test_a_call_to_another_host_is_refused_and_told_how_to_let_it_through(client: Client) -> None:
    with (
        intercept(BASE_URL, "http://localhost:9999/v1/") as autopilot,
        pytest.raises(client.refused) as caught,
    ):
        client("GET", "https://Example.com:443/path?query=secret")
    assert str(caught.value) == (
        "GET https://example.com/path was not sent: mock_autopilot.intercept() answers "
        "https://api2.autopilothq.com/v1/, http://localhost:9999/v1/ and lets nothing else "
        "through. To let it through: intercept(passthrough=['example.com']), or passthrough in the "
        "fixture autopilot_intercept_options"
    )
    assert caught.value.request is not None  # type: ignore[attr-defined]  # both libraries have it
    assert not autopilot.calls
    assert [str(call) for call in autopilot.refused_calls] == [
        "GET https://example.com/path (host not intercepted)"
    ]


def test_refused_calls_are_in_the_failures_of_assertions(client: Client) -> None:
    with intercept() as autopilot:
        for _ in range(3):
            with pytest.raises(client.refused):
                client.add("ada@example.com", "https://gateway.test/v1/")
        with pytest.raises(client.refused):
            client("GET", "http://api2.autopilothq.com/v1/contacts")
        with pytest.raises(AssertionError) as caught:
            autopilot.assert_contact("ada@example.com")
        assert str(caught.value).splitlines()[1:] == [
            "refused, not sent:",
            "  GET http://api2.autopilothq.com/v1/contacts (URL not intercepted)",
            "  POST https://gateway.test/v1/contact (host not intercepted) (3x)",
        ]
        autopilot.reset()
        assert not autopilot.refused_calls


def test_the_newest_refused_calls_are_kept() -> None:
    with intercept() as autopilot:
        for number in range(MOST_KEPT + 1):
            with pytest.raises(requests.ConnectionError):
                requests.get(f"https://example.com/{number}?secret", timeout=5)
        urls = [call.url for call in autopilot.refused_calls]
        assert len(urls) == MOST_KEPT
        assert (urls[0], urls[-1]) == ("https://example.com/1", f"https://example.com/{MOST_KEPT}")


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        (
            "http://api2.autopilothq.com/v1/x",
            "write https, or give it as a base URL: intercept('{}')",
        ),
        ("https://api.autopilothq.com/v1/x", "give it as a base URL: intercept('{}')"),
        ("http://autopilothq.com:81/v1/x", "give it as a base URL: intercept('{}')"),
        ("https://API.Autopilothq.com./v1/", "give it as a base URL: intercept('{}')"),
    ],
)
def test_a_call_to_another_host_of_autopilot_is_never_advised_to_be_let_through(
    url: str, advice: str
) -> None:
    with intercept(), pytest.raises(requests.ConnectionError) as caught:
        requests.get(url, timeout=5)
    base_url = f"{url.lower().partition('/v1/')[0]}/v1/"
    assert str(caught.value).endswith(
        f"nothing else through. This is Autopilot's own host: {advice.format(base_url)}, "
        "or base_urls in the fixture autopilot_intercept_options"
    )
    assert "passthrough" not in str(caught.value)


def test_a_host_that_only_ends_like_autopilots_is_any_other() -> None:
    with intercept(), pytest.raises(requests.ConnectionError, match="To let it through"):
        requests.get("https://notautopilothq.com/v1/contacts", timeout=5)


def test_the_named_hosts_and_urls_are_let_through(client: Client, other: str) -> None:
    address = urlsplit(other).netloc
    host = address.partition(":")[0]
    for passthrough in (host, [address], ("example.com", other), f"http://{address}/", True):
        with intercept(passthrough=passthrough) as autopilot:
            assert client("GET", other).status_code == 200
            assert client("GET").status_code == 405
            assert len(autopilot.calls) == 1


def test_another_port_scheme_or_path_is_not_let_through(client: Client, other: str) -> None:
    address = urlsplit(other).netloc
    host = address.partition(":")[0]
    named = (f"{host}:1", f"https://{address}/", f"http://{address}/other", "example.com")
    with intercept(passthrough=named), pytest.raises(client.refused, match="was not sent"):
        client("GET", other)


def test_what_is_let_through_may_be_below_a_base_url(client: Client, server: MockAutopilot) -> None:
    health = server.base_url.replace("/v1/", "/_mock/")
    with intercept(server.base_url, passthrough=health) as autopilot:
        assert client("GET", f"{health}health").status_code == 200
        assert client("GET", f"{server.base_url}contacts").status_code == 200
        assert len(autopilot.calls) == 1
    assert not server.calls


def test_a_thread_inside_no_interception_is_let_through_by_any(other: str) -> None:
    from tests.intercept.test_scopes import in_thread

    with intercept(), intercept("http://localhost:9999/", passthrough=True):
        assert in_thread(lambda: requests.get(other, timeout=20)).status_code == 200


@pytest.mark.parametrize("base_url", ["", "api.example.com", "ftp://x/", "http://", "http://a:b/"])
def test_a_wrong_base_url_is_refused(base_url: str) -> None:
    with pytest.raises(ValueError, match="base URL is like https://api2") as caught:
        intercept(base_url)
    assert str(caught.value).endswith(f"got {base_url!r}")


@pytest.mark.parametrize("base_url", ["http://a/?x=1", "http://a/#x"])
def test_a_base_url_has_no_query_and_no_fragment(base_url: str) -> None:
    with pytest.raises(ValueError, match="has no query and no fragment"):
        intercept(base_url)


@pytest.mark.parametrize(
    ("passthrough", "message"),
    [
        ("localhost/path", "passthrough's URL needs http:// or https://, got 'localhost/path'"),
        ("ftp://localhost/", "passthrough's URL is like"),
        (["localhost:x"], "passthrough's host is like"),
        ([""], "passthrough's host is like"),
    ],
)
def test_a_wrong_passthrough_is_refused(passthrough: str, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        intercept(passthrough=passthrough)
