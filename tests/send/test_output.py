"""What `--output` writes."""

import json
from pathlib import Path

import pytest

from mock_autopilot import AccountView
from tests.send.support import MISSING, NULL, Send, event, lines, person


def test_a_line_a_message_in_their_order(send: Send) -> None:
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
        list(one) == ["place", "outcome", "status", "reason", "notes", "calls"] for one in written
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


def test_a_bulk_call_is_shown_with_the_messages_own_contact(send: Send) -> None:
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


def test_a_call_that_was_repeated_has_its_attempts(send: Send, account: AccountView) -> None:
    account.fail_next(503)
    send({"one.json": json.dumps(person(1))}, "--output", "out.jsonl")
    (call,) = json.loads(Path("out.jsonl").read_text())["calls"]
    assert [one["status"] for one in call["attempts"]] == [503, 200]


def test_to_standard_output_it_goes_alone(send: Send) -> None:
    result = send({"all.jsonl": lines(person(1), {"type": "page"})}, "--output", "-")
    assert [json.loads(line)["place"] for line in result.stdout.splitlines()] == [
        "all.jsonl:1",
        "all.jsonl:2",
    ]
    assert result.stderr.startswith("outcome ")


@pytest.mark.parametrize("output", [".", "missing/out.jsonl"])
def test_a_file_that_cannot_be_written_is_refused_before_anything_is_sent(
    output: str, send: Send, account: AccountView
) -> None:
    result = send({"one.json": json.dumps(person(1))}, "--output", output)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: --output {output} cannot be written: ")
    assert not account.calls


def test_an_input_file_is_not_overwritten(send: Send, account: AccountView) -> None:
    content = json.dumps(person(1))
    result = send({"one.json": content}, "--output", "./one.json")
    assert result.exit_code == 2
    assert "--output ./one.json is also an input: name another file." in result.output
    assert Path("one.json").read_text() == content
    assert not account.calls


def test_a_full_disk_ends_it(send: Send) -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    result = send({"one.json": json.dumps(person(1))}, "--output", "/dev/full")
    assert result.exit_code == 1
    assert "--output can no longer be written" in result.output
    assert "delivered          1         1" in result.output


def test_text_that_utf_8_cannot_carry_is_escaped(send: Send) -> None:
    row = '{"type": "identify", "userId": "u", "traits": {"caf\u00e9": "\\ud800", "x": null}}'
    result = send({"one.json": row}, "--output", "out.jsonl")
    assert result.exit_code == 0
    notes = json.loads(Path("out.jsonl").read_text("utf-8"))["notes"]
    assert [(note["id"], note["path"]) for note in notes] == [
        ("lone-surrogate", "traits.café"),
        ("null", "traits.x"),
    ]
