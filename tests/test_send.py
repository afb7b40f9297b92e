"""The command `send`."""

import codecs
import gzip
import json
import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.cli import main

NULL = "is null: it is left out, since null must not erase"
MISSING = "Missing unique identifier traits. Either `email` or `user_id` traits must be provided"

Send = Callable[..., Result]


def person(number: int, **traits: Any) -> dict[str, Any]:
    email = f"person{number}@example.com"
    return {
        "type": "identify",
        "userId": f"user-{number}",
        "traits": {"email": email, "firstName": "Chris", **traits},
    }


def event(number: int, name: str = "Song Played") -> dict[str, Any]:
    return {"type": "track", "userId": f"user-{number}", "event": name, "properties": {"n": 1}}


def lines(*messages: Any) -> str:
    return "".join(f"{m if isinstance(m, str) else json.dumps(m)}\n" for m in messages)


def table(result: Result) -> list[str]:
    """Give the table of outcomes: the lines before the first reason."""
    return result.output.split("\n\n")[0].splitlines()


@pytest.fixture
def send(account: AccountView, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Send:
    """Run `send` in an empty folder: `send({"a.json": "{…}"}, "--default-trigger", "1")`."""
    monkeypatch.chdir(tmp_path)

    def send(
        files: dict[str, str | bytes],
        *options: str,
        names: list[str] | None = None,
        key: str | None = None,
        base_url: str | None = None,
        stdin: str | bytes | None = None,
    ) -> Result:
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            (tmp_path / name).write_bytes(raw)
        target = ["--base-url", base_url or account.base_url]
        target += ["--api-key", key or account.api_key]
        arguments = ["send", *target, *options, *(list(files) if names is None else names)]
        return CliRunner().invoke(main, arguments, input=stdin, catch_exceptions=False)

    return send


class TestWhatFilesHold:
    @pytest.mark.parametrize("indent", [None, 2])
    def test_one_object(self, indent: int | None, send: Send, account: AccountView) -> None:
        result = send({"one.json": json.dumps(person(1), indent=indent)})
        assert result.exit_code == 0
        assert result.output.split() == ["outcome", "identify", "total", "delivered", "1", "1"]
        assert account.contacts["person1@example.com"]["FirstName"] == "Chris"

    @pytest.mark.parametrize("indent", [None, 2])
    def test_an_array(self, indent: int | None, send: Send, account: AccountView) -> None:
        messages = [person(1), event(1), person(2)]
        result = send({"all.json": json.dumps(messages, indent=indent)})
        assert result.exit_code == 0
        assert [line.split() for line in table(result)] == [
            ["outcome", "identify", "track", "total"],
            ["delivered", "2", "1", "3"],
        ]
        assert len(account.contacts) == 2
        assert len(account.journeys["song_played"].entries) == 1

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\n\n \n"])
    def test_one_a_line(self, end: str, send: Send, account: AccountView) -> None:
        content = end.join(json.dumps(person(number)) for number in range(5))
        result = send({"all.jsonl": content})
        assert result.exit_code == 0
        assert len(account.contacts) == 5

    def test_gzip(self, send: Send, account: AccountView) -> None:
        first, second = lines(person(1), person(2)), lines(person(3))
        packed = gzip.compress(first.encode()) + gzip.compress(second.encode())
        result = send({"all.jsonl.gz": packed})
        assert result.exit_code == 0
        assert len(account.contacts) == 3

    def test_gzip_that_breaks_off(self, send: Send, account: AccountView) -> None:
        packed = gzip.compress(lines(person(1), person(2)).encode())
        result = send({"cut.gz": packed[:-12]})
        assert result.exit_code == 1
        assert "cut.gz" in result.output
        assert "cannot be read" in result.output
        assert len(account.contacts) <= 2

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_standard_input(
        self, pack: Callable[[bytes], bytes], send: Send, account: AccountView
    ) -> None:
        content = lines(person(1), {"type": "identify", "traits": {}}, person(2))
        result = send({}, names=["-"], stdin=pack(content.encode()))
        assert result.exit_code == 1
        assert "  stdin:2\n" in result.output
        assert len(account.contacts) == 2

    def test_standard_input_is_read_once(self, send: Send, account: AccountView) -> None:
        result = send({}, names=["-", "-"], stdin=lines(person(1)))
        assert result.exit_code == 0
        assert len(account.calls) == 1

    def test_several_files(self, send: Send, account: AccountView) -> None:
        files: dict[str, str | bytes] = {
            "one.json": json.dumps(person(1), indent=2),
            "two.jsonl": lines(person(2), event(2)),
        }
        result = send(files, names=["one.json", "-", "two.jsonl"], stdin=lines(person(3)))
        assert result.exit_code == 0
        assert table(result)[1].split() == ["delivered", "3", "1", "4"]
        emails = [contact.email for contact in account.contacts.values()]
        assert emails == [f"person{number}@example.com" for number in (1, 3, 2)]

    @pytest.mark.parametrize("content", ["", "\n \n", "[]"])
    def test_nothing(self, content: str, send: Send, account: AccountView) -> None:
        result = send({"empty.json": content})
        assert (result.exit_code, result.output) == (0, "No messages.\n")
        assert not account.calls

    @pytest.mark.parametrize("name", ["one.json", "all.jsonl"])
    def test_a_byte_order_mark(self, name: str, send: Send, account: AccountView) -> None:
        content = lines(person(1, lastName="Żółć"), person(2))[: None if "l" in name[-1] else -1]
        result = send({name: codecs.BOM_UTF8 + content.encode()})
        assert result.exit_code == 0
        assert account.contacts["person1@example.com"]["LastName"] == "Żółć"

    def test_line_separators_in_a_text_end_no_line(self, send: Send, account: AccountView) -> None:
        message = json.dumps(person(1, lastName="a\u2028b\u0085c"), ensure_ascii=False)
        result = send({"all.jsonl": lines(message, person(2))})
        assert result.exit_code == 0
        assert account.contacts["person1@example.com"]["LastName"] == "a\u2028b\u0085c"

    def test_many(self, send: Send, account: AccountView) -> None:
        messages = [person(number % 700) for number in range(1200)]
        result = send({"many.jsonl": lines(*messages)})
        assert result.exit_code == 0
        assert table(result)[1].split() == ["delivered", "1200", "1200"]
        assert len(account.contacts) == 700
        assert len(account.calls) < 40  # in bulk, that is


class TestWhatIsWrong:
    @pytest.mark.parametrize("place", [1, 2, 3])
    def test_the_rest_of_the_lines_goes_on(
        self, place: int, send: Send, account: AccountView
    ) -> None:
        rows: list[Any] = [person(1), person(2)]
        rows.insert(place - 1, '{"type": "identify", ')
        result = send({"all.jsonl": lines(*rows)})
        assert result.exit_code == 1
        assert f"  all.jsonl:{place}\n" in result.output
        assert "is not JSON" in result.output
        assert len(account.contacts) == 2
        assert [line.split() for line in table(result)[1:]] == [
            ["delivered", "2", "0", "2"],
            ["rejected", "0", "1", "1"],
        ]

    def test_a_line_that_is_no_utf8_is_one_line(self, send: Send, account: AccountView) -> None:
        rows = [
            json.dumps(person(1)).encode(),
            b'{"userId": "\xe9"}',
            json.dumps(person(2)).encode(),
        ]
        result = send({"all.jsonl": b"\n".join(rows)})
        assert result.exit_code == 1
        assert "  all.jsonl:2\n" in result.output
        assert len(account.contacts) == 2

    @pytest.mark.parametrize(
        ("row", "said"),
        [
            ("5", "message must be an object, got a number"),
            ("null", "message must be an object, got null"),
            ('{"type": "nope"}', "type must be one of identify, track"),
            ('{"type": "track", "userId": "u"}', "event must be the event's name"),
            ('{"type": "identify", "traits": {"x": NaN}}', "traits.x is nan"),
            ("[" * 100_000, "is not JSON that can be read"),
        ],
    )
    def test_what_is_no_message(
        self, row: str, said: str, send: Send, account: AccountView
    ) -> None:
        result = send({"all.jsonl": lines(person(1), row, person(2))})
        assert result.exit_code == 1
        assert f"\n\nrejected: {said}" in result.output
        assert "  all.jsonl:2\n" in result.output
        assert len(account.contacts) == 2

    def test_an_item_of_an_array_is_named_by_its_index(self, send: Send) -> None:
        result = send({"all.json": json.dumps([person(1), 5])})
        assert result.exit_code == 1
        assert "  all.json[1]\n" in result.output

    def test_a_broken_document(self, send: Send, account: AccountView) -> None:
        result = send({"one.json": json.dumps(person(1), indent=2)[:-1]})
        assert result.exit_code == 1
        assert "is not JSON" in result.output
        assert "one.json" in result.output
        assert not account.calls

    def test_reasons_come_with_their_places(self, send: Send) -> None:
        nobody = {"type": "identify", "anonymousId": "a", "traits": {"x": 1}}
        away = {**person(1), "integrations": {"All": False}}
        result = send({"all.jsonl": lines(*[nobody] * 5, away, person(1))})
        assert result.exit_code == 1
        assert [line.split() for line in table(result)] == [
            ["outcome", "identify", "total"],
            ["delivered", "1", "1"],
            ["filtered", "1", "1"],
            ["rejected", "5", "5"],
        ]
        places = "all.jsonl:1, all.jsonl:2, all.jsonl:3 and 2 more"
        assert f"\n\nrejected (400): {MISSING}\n  {places}\n" in result.output
        assert "\n\nfiltered: integrations.All is false" in result.output
        assert result.output.endswith("  all.jsonl:6\n")

    def test_filtered_alone_is_no_failure(self, send: Send, account: AccountView) -> None:
        page = {"type": "page", "userId": "user-1"}
        result = send({"one.json": json.dumps(page)})
        assert result.exit_code == 0
        assert table(result)[1].split() == ["filtered", "1", "1"]
        assert not account.calls

    def test_what_could_not_be_carried_is_told(self, send: Send) -> None:
        odd = [person(1, phone={}), person(2), person(3, plan=None), person(4, plan=None)]
        result = send({"all.jsonl": lines(*odd)})
        assert result.exit_code == 0
        assert [line.split(maxsplit=2) for line in result.output.split("\n\n")[1].splitlines()] == [
            ["note", "times", "first"],
            ["null", "2", f"all.jsonl:3: traits.plan {NULL}"],
            ["empty-object", "1", "all.jsonl:1: traits.phone is an empty object: it is left out"],
        ]

    @pytest.mark.parametrize("name", ["missing.json", "."])
    def test_a_file_that_is_none(self, name: str, send: Send, account: AccountView) -> None:
        result = send({"one.json": json.dumps(person(1))}, names=["one.json", name])
        assert result.exit_code == 1
        assert result.output == f"Error: {name} is no file that can be read.\n"
        assert not account.calls  # told before anything is sent

    def test_no_file(self, send: Send) -> None:
        result = send({})
        assert result.exit_code == 2
        assert "Missing argument" in result.output


class TestWhereTo:
    def test_without_a_server_it_says_so_at_once(self, send: Send) -> None:
        with socket.socket() as nobody:  # bound, and does not listen
            nobody.bind(("127.0.0.1", 0))
            base_url = f"http://127.0.0.1:{nobody.getsockname()[1]}/v1/"
            result = send({"one.json": json.dumps(person(1))}, base_url=base_url)
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: no server answers at {base_url}")
        assert result.output.endswith("Start one with: mock-autopilot serve\n")
        assert result.output.count("\n") == 1

    def test_a_wrong_key(self, send: Send, server: MockAutopilot) -> None:
        result = send({"all.jsonl": lines(person(1), person(2))}, key="nobodys")
        assert result.exit_code == 1
        assert "\n\nrejected (401): Provided autopilotapikey not valid.\n" in result.output
        assert "  all.jsonl:1, all.jsonl:2\n" in result.output
        assert "person1@example.com" not in server.contacts

    @pytest.mark.parametrize(
        ("option", "value", "said"),
        [
            ("--base-url", "ftp://example.com", "base_url is not an http or https URL"),
            ("--api-key", " ", "api_key is missing"),
            ("--journey", "Song Played", "is not EVENT=TRIGGER_ID"),
            ("--journey", "=0001", "is not EVENT=TRIGGER_ID"),
            ("--journey", "Song Played=", "is not EVENT=TRIGGER_ID"),
            ("--default-trigger", "..", "default_trigger"),
        ],
    )
    def test_a_setting_that_cannot_work(
        self, option: str, value: str, said: str, send: Send, account: AccountView
    ) -> None:
        result = send({"one.json": json.dumps(person(1))}, option, value)
        assert result.exit_code == 2
        assert said in result.output
        assert not account.calls

    def test_events_enter_by_the_triggers_that_are_named(
        self, send: Send, account: AccountView
    ) -> None:
        messages = [event(1), event(1, "a=b"), event(1, "Other Thing"), event(1, "Song Played ")]
        options = ["--journey", "Song Played=0042", "--journey", "a=b=0043"]
        result = send({"all.jsonl": lines(*messages)}, *options)
        assert result.exit_code == 0
        assert {"0042", "0043", "other_thing"} <= {*account.journeys}

    def test_other_events_enter_by_the_default(self, send: Send, account: AccountView) -> None:
        options = ["--journey", "Song Played=0042", "--default-trigger", "0007"]
        result = send({"all.jsonl": lines(event(1), event(1, "X"), event(2, "Y"))}, *options)
        assert result.exit_code == 0
        assert {name: len(j.entries) for name, j in account.journeys.items()} == {
            "0042": 1,
            "0007": 2,
        }


class TestOutput:
    """What `--output` writes."""

    def test_a_line_a_message_in_their_order(self, send: Send, account: AccountView) -> None:
        nobody = {"type": "identify", "anonymousId": "a"}
        messages = [person(1, plan=None), event(1), "{", nobody, {"type": "page"}, person(2)]
        result = send({"all.jsonl": lines(*messages)}, "--output", "out.jsonl")
        assert result.exit_code == 1
        written = [json.loads(line) for line in Path("out.jsonl").read_bytes().splitlines()]
        assert [(one["place"], one["outcome"], one["status"]) for one in written] == [
            ("all.jsonl:1", "delivered", 200),
            ("all.jsonl:2", "delivered", 200),
            ("all.jsonl:3", "rejected", None),
            ("all.jsonl:4", "rejected", 400),
            ("all.jsonl:5", "filtered", None),
            ("all.jsonl:6", "delivered", 200),
        ]
        assert all(
            list(one) == ["place", "outcome", "status", "reason", "notes", "calls"]
            for one in written
        )
        assert written[0]["notes"] == [{"id": "null", "path": "traits.plan", "message": NULL}]
        assert written[2]["reason"].startswith("is not JSON")
        assert written[3]["reason"] == MISSING
        upsert, entry = written[1]["calls"]
        assert upsert["body"] == {"contact": {"user_id": "user-1"}}
        assert (entry["method"], entry["status"]) == ("POST", 200)
        assert entry["path"] == f"trigger/song_played/contact/{upsert['answer']['contact_id']}"
        assert entry["body"] == {"property": {"n": 1}}
        assert [attempt["status"] for attempt in entry["attempts"]] == [200]
        assert not written[4]["calls"]

    def test_of_a_bulk_call_there_is_the_messages_own_contact(self, send: Send) -> None:
        send({"all.jsonl": lines(*map(person, range(3)))}, "--output", "out.jsonl")
        written = [json.loads(line) for line in Path("out.jsonl").read_bytes().splitlines()]
        for number, one in enumerate(written):
            (call,) = one["calls"]
            assert call["bulk"] == {"position": number, "of": 3}
            (contact,) = call["body"]["contacts"]
            assert contact["user_id"] == f"user-{number}"
            assert len(call["answer"]["contact_ids"]) == 1
        ids = {one["calls"][0]["answer"]["contact_ids"][0] for one in written}
        assert len(ids) == 3

    def test_a_call_that_was_repeated_has_its_attempts(
        self, send: Send, account: AccountView
    ) -> None:
        account.fail_next(503)
        send({"one.json": json.dumps(person(1))}, "--output", "out.jsonl")
        (call,) = json.loads(Path("out.jsonl").read_text())["calls"]
        assert [one["status"] for one in call["attempts"]] == [503, 200]

    def test_to_standard_output_it_goes_alone(self, send: Send) -> None:
        result = send({"all.jsonl": lines(person(1), {"type": "page"})}, "--output", "-")
        assert [json.loads(line)["place"] for line in result.stdout.splitlines()] == [
            "all.jsonl:1",
            "all.jsonl:2",
        ]
        assert result.stderr.startswith("outcome ")

    @pytest.mark.parametrize("output", [".", "missing/out.jsonl"])
    def test_a_file_that_cannot_be_written_is_refused_before_anything_is_sent(
        self, output: str, send: Send, account: AccountView
    ) -> None:
        result = send({"one.json": json.dumps(person(1))}, "--output", output)
        assert result.exit_code == 1
        assert result.output.startswith(f"Error: --output {output} cannot be written: ")
        assert not account.calls

    def test_a_file_to_read_from_is_not_overwritten(self, send: Send, account: AccountView) -> None:
        content = json.dumps(person(1))
        result = send({"one.json": content}, "--output", "./one.json")
        assert result.exit_code == 2
        assert "--output ./one.json is a file to read from: name another." in result.output
        assert Path("one.json").read_text() == content
        assert not account.calls

    def test_a_disk_that_is_full_ends_it(self, send: Send) -> None:
        if not Path("/dev/full").exists():
            pytest.skip("there is no /dev/full here")
        result = send({"one.json": json.dumps(person(1))}, "--output", "/dev/full")
        assert result.exit_code == 1
        assert "--output cannot be written any further" in result.output
        assert "delivered          1         1" in result.output

    def test_text_that_utf_8_cannot_carry_is_escaped(
        self, send: Send, account: AccountView
    ) -> None:
        row = '{"type": "identify", "userId": "u", "traits": {"caf\u00e9": "\\ud800", "x": null}}'
        result = send({"one.json": row}, "--output", "out.jsonl")
        assert result.exit_code == 0
        notes = json.loads(Path("out.jsonl").read_text("utf-8"))["notes"]
        assert [(note["id"], note["path"]) for note in notes] == [
            ("half-character", "traits.café"),
            ("null", "traits.x"),
        ]
