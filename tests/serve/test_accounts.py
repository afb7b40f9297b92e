"""Accounts by API key in a `serve` process."""

from tests.conftest import Served, StartServe
from tests.serve.http_calls import CONTACT
from tests.serve.processes import one_error, run


def test_keys_are_accounts_that_cannot_see_each_other(start_serve: StartServe) -> None:
    served = start_serve("--api-key", "one-key", "--api-key", "other-key")
    assert {"API key        one-key\n", "API key        other-key\n"} <= {*served.printed}
    assert served.call("POST", "/v1/contact", CONTACT, key="one-key").status == 200
    who = "/v1/contact/chris@example.com"
    assert served.call("GET", who, key="one-key").status == 200
    assert served.call("GET", who, key="other-key").status == 404
    assert served.call("GET", who).status == 401  # the default key is none of them
    assert served.call("GET", "/_mock/state", key="other-key").body["contacts"] == []
    assert served.call("GET", "/_mock/calls", key="one-key").body["total"] == 2
    assert served.call("GET", "/_mock/state", key=None).status == 400


def test_an_unknown_key_is_401(served: Served) -> None:
    answer = served.call("GET", "/v1/contacts", key="nobodys")
    assert answer.status == 401
    assert answer.body == {
        "error": "Unauthorized",
        "message": "Provided autopilotapikey not valid.",
    }


def test_with_any_key_each_new_key_makes_an_account(start_serve: StartServe) -> None:
    served = start_serve("--any-key")
    assert served.call("POST", "/v1/contact", CONTACT, key="first").status == 200
    assert served.call("GET", "/v1/contacts", key="first").body["total_contacts"] == 1
    assert served.call("GET", "/v1/contacts", key="second").body["total_contacts"] == 0


def test_a_key_that_no_header_can_carry_is_an_error() -> None:
    assert "'schlüssel'" in one_error(run("--api-key", "schlüssel"))
