"""The application under WSGI: bodies of any length, headers, the bytes of an answer."""

import json
from io import BytesIO
from typing import Any

import pytest
from flask import abort, request
from werkzeug.test import EnvironBuilder, TestResponse, run_wsgi_app

from tests.api.calls import ADA, Fake

# --- in ---------------------------------------------------------------------------------------

EMPTY_CONTACT = b'{"contact":{}}'


def post(fake: Fake, body: bytes, **environ: Any) -> TestResponse:
    """Send a body whose length only `environ` tells."""
    environ = {"wsgi.input": BytesIO(body), "CONTENT_LENGTH": "", **environ}
    return fake.call("POST", "contact", environ_overrides=environ)


def message(answer: TestResponse) -> str:
    assert answer.json
    return str(answer.json["message"])


def test_a_body_without_a_length_is_read_to_its_end_and_to_the_limit() -> None:
    fake = Fake(max_body=len(EMPTY_CONTACT))
    terminated = {"wsgi.input_terminated": True}
    assert message(post(fake, EMPTY_CONTACT, **terminated)).startswith("Missing unique identifier")
    assert fake.last.request_body == EMPTY_CONTACT
    refused = post(fake, EMPTY_CONTACT + b" " * 9, **terminated)
    assert refused.status_code == 413
    assert fake.last.request_body == EMPTY_CONTACT + b" "
    assert fake.last.request_size == len(EMPTY_CONTACT) + 9


def test_without_a_length_or_an_end_there_is_no_body() -> None:
    fake = Fake()
    assert message(post(fake, EMPTY_CONTACT)).startswith("The request body is empty")
    assert (fake.last.request_body, fake.last.request_size) == (b"", 0)


def test_a_length_that_is_no_number_is_refused() -> None:
    fake = Fake()
    refused = post(fake, EMPTY_CONTACT, CONTENT_LENGTH="x")
    assert (refused.status_code, message(refused)) == (400, "Content-Length is no number.")
    assert (fake.last.request_body, fake.last.request_size) == (b"", 0)


def test_a_truncated_body_is_refused() -> None:
    fake = Fake()
    refused = post(fake, EMPTY_CONTACT, CONTENT_LENGTH="99")
    assert refused.status_code == 400
    assert message(refused) == "The request body broke off after 14 bytes."
    assert fake.last.request_size == 14


def test_headers_are_recorded_without_their_secrets() -> None:
    fake = Fake()
    secrets = {"Authorization": "Bearer 12345678", "Cookie": "session=12345678"}
    fake.call("GET", "contacts", headers={"X-Some-Header": "a", **secrets})
    recorded = fake.last.headers
    assert recorded["x-some-header"] == "a"
    assert recorded["authorization"] == recorded["cookie"] == "…5678"


def test_a_path_that_is_not_utf_8_is_recorded_with_replacement_characters() -> None:
    fake = Fake()
    fake.call("GET", "", environ_overrides={"PATH_INFO": "/v1/contact/\xffa"})
    assert fake.last.path == "/v1/contact/\ufffda"


def test_the_environ_may_lack_a_query_string() -> None:
    fake = Fake()
    environ = EnvironBuilder("/v1/contacts").get_environ()
    environ["HTTP_AUTOPILOTAPIKEY"] = "key"
    del environ["QUERY_STRING"]
    _, status, _ = run_wsgi_app(fake.app, environ)
    assert status == "200 OK"
    assert fake.last.query == ""


def test_a_body_with_too_large_a_content_length_is_not_read() -> None:
    fake = Fake(max_body=10)
    refused = fake.call("POST", "contact", {"contact": "x" * 600_000})
    assert refused.status_code == 413
    assert refused.json
    assert refused.json["message"] == "The request body is larger than 10 bytes."
    assert fake.last.request_size == len(json.dumps({"contact": "x" * 600_000}))
    assert fake.last.request_body == b""


# --- out --------------------------------------------------------------------------------------


def test_an_answer_is_compact_json_with_unescaped_characters() -> None:
    fake = Fake()
    assert fake.call("GET", "contacts").data == b'{"contacts":[],"total_contacts":0}'
    assert "'é'".encode() in fake.call("POST", "contact", {"contact": "é"}).data


def test_an_answer_may_have_no_body() -> None:
    fake = Fake()
    fake.call("POST", "trigger/0001/contact", {"contact": ADA})
    answer = fake.call("DELETE", "journey/0001/contact/ada@example.com")
    assert (answer.status_code, answer.data) == (204, b"")
    assert "Content-Type" not in answer.headers
    assert fake.last.response_size == 0


def test_the_duration_of_a_call_is_recorded() -> None:
    fake = Fake()
    fake.call("GET", "contacts")
    assert 0 < fake.last.duration < 10


def test_a_defect_is_answered_with_its_exceptions_name_and_logged(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object) -> None:
        raise LookupError("a defect")

    monkeypatch.setattr("mock_autopilot.account.contacts.page", fail)
    answer = Fake().call("GET", "contacts/some-bookmark")
    assert answer.json
    assert answer.json["error"] == "Internal Server Error"
    assert answer.json["message"].startswith("The fake failed: LookupError. This is a defect of")
    (record,) = caplog.records
    assert record.getMessage() == "GET /v1/contacts/{bookmark} failed"
    assert record.exc_info


# --- hooks of the user ------------------------------------------------------------------------


def test_a_hook_can_refuse_a_call_with_any_status() -> None:
    for status in (403, 404, 418):
        fake = Fake()

        @fake.app.before_request
        def refuse(status: int = status) -> None:
            abort(status)

        assert fake.call("POST", "contact", {"contact": ADA}).status_code == status
        assert fake.account.transact(lambda stored: stored.count()) == 0
        assert (fake.last.status, fake.last.route) == (status, "/v1/contact")


def test_a_hook_can_read_the_body() -> None:
    fake = Fake()
    read = []
    fake.app.before_request(lambda: read.append(request.get_json()))
    assert fake.call("POST", "contact", {"contact": ADA}).status_code == 200
    assert read == [{"contact": ADA}]


def test_a_hook_that_fails_after_the_call_does_not_repeat_it() -> None:
    fake = Fake()
    fake.app.after_request(lambda _: abort(503))
    assert fake.call("POST", "contact", {"contact": ADA}).status_code == 500
    (recorded,) = fake.account.journal.calls()
    assert recorded.status == 200


# --- lengths that lie -------------------------------------------------------------------------


class Unread(BytesIO):
    """A connection without an end: reading more than its body would wait for ever."""

    def read(self, size: int | None = -1) -> bytes:
        assert size is not None
        assert 0 <= size <= len(self.getvalue()) - self.tell(), "this would hang"
        return super().read(size)


@pytest.mark.parametrize(
    ("length", "status"), [("x", 400), ("²", 400), ("14", 413), ("0" * 20 + "14", 413)]
)
def test_a_refused_body_is_not_read_past_its_end(length: str, status: int) -> None:
    fake = Fake(max_body=13)
    environ = {"wsgi.input": Unread(EMPTY_CONTACT), "CONTENT_LENGTH": length}
    refused = fake.call("POST", "contact", environ_overrides=environ)
    assert refused.status_code == status
    assert fake.last.route == "/v1/contact"


@pytest.mark.parametrize("length", ["0" * 18 + "9999999999", "9" * 5000])
def test_no_length_gets_past_the_limit(length: str) -> None:
    fake = Fake()
    assert post(fake, EMPTY_CONTACT, CONTENT_LENGTH=length).status_code == 413


def test_leading_zeros_of_a_length_mean_nothing() -> None:
    fake = Fake()
    refused = post(fake, EMPTY_CONTACT, CONTENT_LENGTH="0" * 5000 + "14")
    assert message(refused).startswith("Missing unique identifier")


# --- paths ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("uri", "mounted", "found"),
    [
        ("/v1/contact/a%2Fb@example.com", "", True),
        ("http://host/v1/contact/a%2Fb@example.com", "", True),
        ("/mounted/v1/contact/a%2Fb@example.com?x=1", "/mounted", True),
        ("/something/else", "", True),
        ("", "", True),
    ],
)
def test_the_path_as_sent_counts_where_the_server_tells_it(
    uri: str, mounted: str, found: bool
) -> None:
    fake = Fake({"contacts": [{"Email": "a/b@example.com"}]})
    environ = {
        "PATH_INFO": "/v1/contact/a/b@example.com",
        "SCRIPT_NAME": mounted,
        "RAW_URI": uri,
        "REQUEST_URI": uri,
    }
    answer = fake.call("GET", "", environ_overrides=environ)
    assert (answer.status_code == 200) is found
    assert fake.last.path == "/v1/contact/a/b@example.com"


def test_an_escaped_slash_is_no_slash_and_part_of_an_address_only() -> None:
    fake = Fake({"contacts": [{"Email": "x/unsubscribe@example.com"}]})
    assert fake.call("GET", "contact/x%2Funsubscribe@example.com").status_code == 200
    body = {"contact": ADA}
    assert fake.call("POST", "trigger/a%2Fb/contact", body).status_code == 404
