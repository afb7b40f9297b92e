"""The command `engage`: what it prints, and how it ends."""

import socket
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from types import SimpleNamespace
from typing import Any

import pytest

from adapter import Destination
from mock_autopilot import AccountView, MockAutopilot
from tests.engage.commands import MODULE, engage, sent, target
from tests.engage.definitions import ADA, ada, at, definition

MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"
YESTERDAY = "2025-12-31T12:00:00Z"
BUYERS = {"name": "Buyers", "when": {"event": "Buy"}}
MEMBERS = [{"name": "VIP", "members": ["ada"]}]
SMALL = definition(
    days=1.5,
    profiles=[
        {**ADA, "emails": ["ada@example.com"]},
        {"user_ids": ["bob"]},
        {"anonymous_ids": ["x"]},
    ],
    audiences=[BUYERS],
    computed_traits=[
        {"key": "total", "last": {"event": "Buy", "property": "total"}, "form": "track"},
    ],
    changes=[
        {"at": YESTERDAY, "profile": "ada", "track": "Buy", "properties": {"total": 5}},
        {"at": at(10), "profile": "x", "track": "Buy"},
        {"at": at(30), "profile": "x", "gain": {"user_ids": ["eve"]}},
    ],
)

TIMELINE = f"""\
Space      spa_1: 3 profiles; buyers, total
Autopilot  {{base_url}}
Time       2026-01-01 00:00 to 2026-01-02 12:00 UTC

2026-01-01 06:54  sync
                  ada: buyers = true, delivered
                  ada@example.com: buyers = true, delivered
2026-01-01 07:08  sync
                  ada: Trait Computed, total = 5, delivered
                  ada@example.com: Trait Computed, total = 5, delivered
2026-01-01 10:00  x: Buy
2026-01-01 11:40  sync
                  anonymous x: buyers = true, rejected (400): {MISSING}
2026-01-02 06:00  x: gains eve
2026-01-02 06:08  sync
                  eve: buyers = true, delivered

At Autopilot, 2026-01-02 11:42
                  ada: buyers = true, entered trait_computed 1 time
                  ada@example.com: buyers = true, entered trait_computed 1 time
                  bob: no contact
                  anonymous x: no contact
                  eve: buyers = true

24 syncs, 6 messages: 5 delivered, 1 rejected
"""


def test_the_whole_timeline_of_a_small_space(tmp_path: Path, account: AccountView) -> None:
    result = engage(tmp_path, SMALL, *target(account))
    assert result.output == TIMELINE.format(base_url=account.base_url)
    assert result.exit_code == 1
    assert [contact.get("user_id", contact.get("Email")) for contact in sent(account)] == [
        *["ada", "ada@example.com"] * 2,
        "eve",
    ]
    assert len(account.journeys["trait_computed"].entries) == 2


def test_all_delivered_is_a_success(tmp_path: Path, account: AccountView) -> None:
    result = engage(tmp_path, definition(audiences=MEMBERS, days=1), *target(account))
    assert result.exit_code == 0
    assert account.contacts["ada"].custom == {"vip": True}


def test_without_a_base_url_it_has_an_account_of_its_own(tmp_path: Path) -> None:
    result = engage(tmp_path, definition(audiences=MEMBERS, days=1))
    assert result.exit_code == 0
    assert "\n                  ada: vip = true\n\n" in result.output


def test_nothing_to_compute_and_nobody(tmp_path: Path) -> None:
    result = engage(tmp_path, definition(profiles=[]))
    assert result.exit_code == 0
    assert result.output.startswith("Space      spa_1: 0 profiles; nothing\n")
    assert result.output.endswith("\n0 syncs, 0 messages\n")


def test_another_seed_has_other_times(tmp_path: Path, account: AccountView) -> None:
    options = ("--days", "0.5", *target(account))
    space = definition(audiences=MEMBERS, seed=1)
    outputs = [engage(tmp_path, space, "--seed", seed, *options).output for seed in ("1", "2", "2")]
    assert outputs[1] == outputs[2] != outputs[0]
    assert outputs[0] == engage(tmp_path, space, *options).output


def test_days_may_end_before_the_first_sync(tmp_path: Path, account: AccountView) -> None:
    result = engage(tmp_path, definition(audiences=MEMBERS), "--days", "0.1", *target(account))
    assert result.exit_code == 0
    assert "2026-01-01 00:00 to 2026-01-01 02:24 UTC" in result.output
    assert account.calls == []


def test_speed_spreads_the_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    waited: list[float] = []

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        now[0] += seconds

    monkeypatch.setattr(MODULE, "time", SimpleNamespace(monotonic=lambda: now[0], sleep=sleep))
    changes = [ada(hours, track="Buy") for hours in (1, 1, 3)]
    result = engage(tmp_path, definition(changes=changes), "--speed", "1800")
    assert result.exit_code == 0
    assert waited == [2, 0, 4]


def test_of_many_messages_some_are_shown_and_the_others_counted(
    tmp_path: Path, account: AccountView
) -> None:
    users = [f"u{number}" for number in range(22)]
    profiles = [{"user_ids": [user]} for user in users] + [{"anonymous_ids": ["x"]}]
    audiences = [{"name": "VIP", "members": [*users, "x"]}]
    space = definition(profiles=profiles, audiences=audiences, days=0.4)
    output = engage(tmp_path, space, *target(account)).output
    assert output.count(": vip = true, delivered\n") == 20
    assert "\n                  and 3 more: 2 delivered, 1 rejected\n" in output
    assert output.count(": vip = true\n") == 22
    assert len(account.contacts) == 22


@pytest.mark.parametrize(("one", "other", "shown"), [(5, 7, "7"), (1, True, "true")])
def test_a_value_overwritten_by_another_contact_is_reported(
    one: int, other: Any, shown: str, tmp_path: Path, account: AccountView
) -> None:
    with Destination(api_key=account.api_key, base_url=account.base_url) as destination:
        destination.deliver({"type": "identify", "userId": "ada", "traits": {"email": "b@c.de"}})
    space = definition(
        profiles=[ADA, {"emails": ["B@c.de"]}],
        computed_traits=[{"key": "total", "last": {"event": "Buy", "property": "total"}}],
        changes=[
            ada(1, track="Buy", properties={"total": one}),
            {"at": at(1), "profile": "B@c.de", "track": "Buy", "properties": {"total": other}},
        ],
        days=1,
    )
    result = engage(tmp_path, space, *target(account))
    assert result.exit_code == 1
    row = f"ada: total = {shown}; but total was delivered as {one}"
    assert f"\n                  {row}\n" in result.output
    assert f"\n                  B@c.de: total = {shown}\n" in result.output


@pytest.mark.parametrize(
    ("key", "value", "shown"),
    [
        ("name", "Ada Lovelace", 'name = "Ada Lovelace"'),
        ("phone", 5, 'phone = "5"'),
        ("company", {"name": "ACME"}, 'company = "ACME"'),
        ("basket", {"a": 1, "b": [2]}, 'basket.a = 1, basket.b = "[2]"'),
        ("basket", ["a"], 'basket = "[\\"a\\"]"'),
        ("lists", 7, "lists = 7"),
        ("number", 5.0, "number = 5"),
        ("number", 10**30, f"number = {10**30}"),
    ],
)
def test_values_that_autopilot_stores_in_another_form_are_no_difference(
    key: str, value: Any, shown: str, tmp_path: Path, account: AccountView
) -> None:
    space = definition(
        computed_traits=[{"key": key, "last": {"event": "Buy", "property": "p"}}],
        changes=[ada(1, track="Buy", properties={"p": value})],
        days=1,
    )
    result = engage(tmp_path, space, *target(account))
    assert result.exit_code == 0
    assert f"\n                  ada: {shown}\n" in result.output


def test_fields_of_every_contact_are_not_shown_as_sent(
    tmp_path: Path, account: AccountView
) -> None:
    traits = [{"key": key, "count": {"event": "Buy"}} for key in ("type", "lists", "created_at")]
    space = definition(audiences=MEMBERS, computed_traits=traits, days=0.5)
    output = engage(tmp_path, space, *target(account)).output
    assert "\n                  ada: vip = true\n" in output


def test_notes_are_shown(tmp_path: Path, account: AccountView) -> None:
    space = definition(
        computed_traits=[{"key": "basket", "last": {"event": "Buy", "property": "p"}}],
        changes=[ada(1, track="Buy", properties={"p": {}})],
        days=1,
    )
    output = engage(tmp_path, space, *target(account)).output
    assert "basket = {}, delivered; traits.basket is an empty object: it is left out\n" in output


def test_a_user_called_none_is_not_everybody_without_a_user_id(
    tmp_path: Path, account: AccountView
) -> None:
    profiles = [{"user_ids": ["None"]}, {"emails": ["ada@example.com"]}]
    audiences = [{"name": "VIP", "members": ["ada@example.com"]}]
    space = definition(profiles=profiles, audiences=audiences, days=1)
    output = engage(tmp_path, space, *target(account)).output
    assert "\n                  None: no contact\n" in output


def test_control_characters_are_escaped(tmp_path: Path, account: AccountView) -> None:
    changes = [ada(1, track="Buy\n2026\x1b[31m"), ada(2, gain={"anonymous_ids": ["żó\u202eł"]})]
    output = engage(tmp_path, definition(changes=changes), *target(account)).output
    assert "\n2026-01-01 01:00  ada: Buy\\n2026\\x1b[31m\n" in output
    assert "\n2026-01-01 02:00  ada: gains żó\\u202eł\n" in output


class TestWhereTo:
    def test_without_a_server_it_says_so_at_once(self, tmp_path: Path) -> None:
        with socket.socket() as nobody:  # bound, and does not listen
            nobody.bind(("127.0.0.1", 0))
            base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1/"
            result = engage(tmp_path, SMALL, "--base-url", base_url)
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: no server answers at {base_url}")
        assert result.output.count("\n") == 1

    def test_no_proxy_stands_before_this_machine(
        self, tmp_path: Path, account: AccountView, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)
        space = definition(audiences=MEMBERS, days=0.5)
        output = engage(tmp_path, space, *target(account)).output
        assert "\n                  ada: vip = true\n" in output

    def test_a_wrong_key_stops_it(self, tmp_path: Path, server: MockAutopilot) -> None:
        wrong = ("--base-url", server.base_url, "--api-key", "nobodys")
        result = engage(tmp_path, SMALL, *wrong)
        assert result.exit_code == 1
        assert "rejected (401): Provided autopilotapikey not valid.\n" in result.output
        assert "The state of the account cannot be shown: No account has the key" in result.stderr
        assert "Give the account's key by --api-key." in result.stderr
        assert result.output.endswith("\n1 sync, 1 message: 1 rejected\n")

    @pytest.mark.parametrize(
        ("state", "why"),
        [
            ((404, b"Not Found"), "answers 404, but not in JSON"),
            ((200, b"<html>"), "answers 200, but not in JSON"),
            ((200, b"[]"), "/_mock/state is not a fake's"),
            ((302, b""), "answers 302, but not in JSON"),
        ],
    )
    def test_a_server_that_is_not_a_fake_gets_the_messages_but_its_state_is_not_shown(
        self, state: tuple[int, bytes], why: str, tmp_path: Path
    ) -> None:
        space = definition(audiences=MEMBERS, days=1)
        with HTTPServer(("127.0.0.1", 0), answering(state)) as other:
            Thread(target=other.serve_forever, args=(0.01,), daemon=True).start()
            base_url = f"http://127.0.0.1:{other.server_address[1]}/v1"
            result = engage(tmp_path, space, "--base-url", base_url)
            other.shutdown()
        assert result.exit_code == 0
        assert result.stderr.startswith("\nThe state of the account cannot be shown: ")
        assert why in result.stderr
        assert result.output.endswith(": 1 delivered\n")


def answering(state: tuple[int, bytes]) -> Callable[..., BaseHTTPRequestHandler]:
    """Make a server that takes every contact, and answers this when it is asked for the state."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(200, b'{"contact_id": "person_1"}')

        def do_GET(self) -> None:
            self._answer(*state)

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass

    return Handler
