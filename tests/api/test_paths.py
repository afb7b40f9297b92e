"""Paths and methods: addresses in a path, and what is no call of the API."""

from urllib.parse import quote, urljoin

import pytest
import requests

from mock_autopilot import AccountView, MockAutopilot
from tests.api.calls import ADA, Call, upsert


@pytest.mark.parametrize(
    "email",
    [
        "o'neil+a/b@example.com",
        "50%@x.com",
        "a?b#c&d@x.com",
        "//x//@y.z",
        "josé@exämple.com",
        "a b@c.d",
    ],
)
@pytest.mark.parametrize("safe", ["", "@+'&"])
def test_an_address_in_a_path_may_be_encoded_or_not(call: Call, email: str, safe: str) -> None:
    contact_id = upsert(call, Email=email, FirstName="Ada")
    path = f"contact/{quote(email, safe=safe)}"
    assert call("GET", path).json()["contact_id"] == contact_id
    assert call("POST", f"{path}/unsubscribe").status_code == 200
    assert call("DELETE", path).status_code == 200


def test_white_space_around_an_address_in_a_path_is_not_part_of_it(call: Call) -> None:
    upsert(call, **ADA)
    assert call("GET", "contact/%20ada@example.com%20").status_code == 200


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("PUT", "contact"),
        ("PATCH", "contact/a@b.c"),
        ("OPTIONS", "contacts"),
        ("GET", "contact/a@b.c/unsubscribe"),
        ("POST", "triggers"),
    ],
)
def test_a_method_that_a_path_does_not_have_is_405(call: Call, method: str, path: str) -> None:
    answer = call(method, path)
    assert answer.status_code == 405
    message = f"{method} is not allowed"
    assert answer.json() == {"code": "MethodNotAllowedError", "message": message}


def test_an_unknown_path_is_404(call: Call, account: AccountView) -> None:
    answer = call("GET", "lists/of/nothing")
    assert answer.status_code == 404
    assert "/v1/lists/of/nothing" in answer.json()["message"]
    assert account.calls[-1].route is None


@pytest.mark.parametrize(
    ("path", "hint"),
    [
        ("/contact", ". Is /v1/ missing from the base URL?"),
        ("/contact/ada@example.com", ". Is /v1/ missing from the base URL?"),
        ("/nothing", ""),
        ("/v1/nothing/", ""),
        ("/v1/contactsX/", ""),
        ("/v1/contacts//", ". It has a slash at its end; the call is /v1/contacts"),
        ("/v1//contacts", ". It has a slash that stands twice; the call is /v1/contacts"),
    ],
)
def test_a_path_that_is_nearly_right_is_told_so(
    server: MockAutopilot, path: str, hint: str
) -> None:
    answer = requests.get(urljoin(server.base_url, path), timeout=20)
    message = f"{path} does not exist (or this fake does not imitate it){hint}"
    assert (answer.status_code, answer.json()["message"]) == (404, message)
