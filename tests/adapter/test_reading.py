"""Reading messages from JSON, lines and files."""

import codecs
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from adapter.reading import InputMessage, read_messages

A = {"type": "identify", "userId": "a", "traits": {"city": "Zürich 漢"}}
B = {"type": "track", "userId": "b", "event": "E"}
C = {"type": "page"}
Place = tuple[str, Any]


def read(source: Any) -> list[Place]:
    return [(found.place, found.problem or found.message) for found in read_messages(source, "f")]


def text(*values: Any, end: str = "\n") -> str:
    return end.join(json.dumps(value, ensure_ascii=False) for value in values)


DOCUMENTS: list[tuple[str, list[Place]]] = [
    ("", []),
    ("\n \n", []),
    ("[]", []),
    ('{"batch": []}', []),
    (text(A), [("f:1", A)]),
    (json.dumps(A, indent=2), [("f", A)]),
    (text([A, B]), [("f[0]", A), ("f[1]", B)]),
    (json.dumps([A, B], indent=2), [("f[0]", A), ("f[1]", B)]),
    (text(A, B, C), [("f:1", A), ("f:2", B), ("f:3", C)]),
    (text(A, B, end="\r\n\r\n"), [("f:1", A), ("f:3", B)]),
    (text({"batch": [A, B]}), [("f:1[0]", A), ("f:1[1]", B)]),
    (json.dumps({"batch": [A, B]}, indent=1), [("f[0]", A), ("f[1]", B)]),
    (text(A, {"batch": [B, C]}), [("f:1", A), ("f:2[0]", B), ("f:2[1]", C)]),
    (text([A, {"batch": [B]}]), [("f[0]", A), ("f[1][0]", B)]),
    (text([A], [B, C]), [("f:1[0]", A), ("f:2[0]", B), ("f:2[1]", C)]),
    (text(A, 5, None, [6]), [("f:1", A), ("f:2", 5), ("f:3", None), ("f:4[0]", 6)]),
    (text({"batch": {"0": A}}), [("f:1", "batch must be a list of messages")]),
    (text({**A, "batch": [B]}), [("f:1", {**A, "batch": [B]})]),
]


def as_text(content: str) -> Any:
    return content


def as_bytes(content: str) -> Any:
    return content.encode()


def as_gzip(content: str) -> Any:
    half = len(content) // 2
    return gzip.compress(content[:half].encode()) + gzip.compress(content[half:].encode())


def as_file(content: str) -> Any:
    return io.BytesIO(content.encode())


def as_text_file(content: str) -> Any:
    return io.StringIO(content)


class OnlyRead:
    """A stream that has nothing but `read`."""

    def __init__(self, content: str) -> None:
        self._content = content

    def read(self) -> bytes:
        return self._content.encode()


def with_mark(mark: bytes, encoding: str) -> Callable[[str], bytes]:
    return lambda content: mark + content.encode(encoding)


MARKED: dict[str, Callable[[str], bytes]] = {
    "utf-8": with_mark(codecs.BOM_UTF8, "utf-8"),
    "utf-16-le": with_mark(codecs.BOM_UTF16_LE, "utf-16-le"),
    "utf-16-be": with_mark(codecs.BOM_UTF16_BE, "utf-16-be"),
    "utf-32-le": with_mark(codecs.BOM_UTF32_LE, "utf-32-le"),
    "utf-32-be": with_mark(codecs.BOM_UTF32_BE, "utf-32-be"),
    "gzip of utf-16": lambda content: gzip.compress(MARKED["utf-16-le"](content)),
}


@pytest.mark.parametrize(("content", "found"), DOCUMENTS)
@pytest.mark.parametrize("make", [as_text, as_bytes, as_gzip, as_file, as_text_file, OnlyRead])
def test_json_in_every_form(make: Callable[[str], Any], content: str, found: list[Place]) -> None:
    assert read(make(content)) == found


@pytest.mark.parametrize(("content", "found"), DOCUMENTS)
@pytest.mark.parametrize("encoding", MARKED)
def test_json_with_a_byte_order_mark(encoding: str, content: str, found: list[Place]) -> None:
    assert read(MARKED[encoding](content)) == found


def test_files_that_were_put_together_have_marks_in_their_midst() -> None:
    marked = MARKED["utf-8"]
    assert read(marked(text(A, end="") + "\n") + marked(text(B))) == [("f:1", A), ("f:2", B)]
    assert read("\ufeff" + text(A) + "\n\ufeff" + text(B)) == [("f:1", A), ("f:2", B)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        (A, [("f", A)]),
        ({"batch": [A, B]}, [("f[0]", A), ("f[1]", B)]),
        ([A, B], [("f[0]", A), ("f[1]", B)]),
        ((A, {"batch": [B, C]}, C), [("f[0]", A), ("f[1][0]", B), ("f[1][1]", C), ("f[2]", C)]),
        ([text(A), text(B).encode(), " \n", b""], [("f[0]", A), ("f[1]", B)]),
        ([[A, B], None], [("f[0][0]", A), ("f[0][1]", B), ("f[1]", None)]),
        ([], []),
        (None, [("f", None)]),
        (5, [("f", 5)]),
    ],
)
def test_python_objects(source: Any, found: list[Place]) -> None:
    assert read(source) == found
    if isinstance(source, list | tuple):
        assert read(iter(source)) == found


def test_a_batchs_context_and_integrations_are_its_messages_too() -> None:
    body = {
        "batch": [A, {**B, "context": {"ip": "1"}, "integrations": {"All": True}}, 5],
        "context": {"ip": "2", "library": {"name": "x"}},
        "integrations": {"All": False, "AutopilotHQ": True},
        "sentAt": "2026-02-14T12:02:49Z",
        "writeKey": "k",
    }
    first, second, third = (found.message for found in read_messages(body))
    assert first == {**A, "context": body["context"], "integrations": body["integrations"]}
    assert second["context"] == {"ip": "1", "library": {"name": "x"}}
    assert second["integrations"] == {"All": True, "AutopilotHQ": True}
    assert third == 5
    assert "context" not in A


@pytest.mark.parametrize("shared", [None, {}, []])
@pytest.mark.parametrize("own", [None, {}, [], {"a": 1}])
def test_a_batch_that_shares_nothing_leaves_its_messages_as_they_are(
    shared: object, own: object
) -> None:
    message = {**A, "context": own}
    (found,) = read_messages({"batch": [message], "context": shared, "integrations": shared})
    assert found.message is message


def test_a_shared_context_that_is_none_is_said_of_each_message() -> None:
    (found,) = read_messages({"batch": [A], "context": 5})
    assert found.message["context"] == 5


@pytest.mark.parametrize(
    ("content", "place", "problem"),
    [
        (b'{"type"', "f", "is not JSON: "),
        (text(A).encode() + b'\n{"a": "\xe9"}', "f:2", "is not UTF-8: "),
        (text(A).encode() + b"\n{", "f:2", "is not JSON: "),
        (b"[" * 100_000, "f", "is not JSON that can be read: "),
        (text(A).encode() + b"\n1" + b"0" * 5000, "f:2", "is not JSON that can be read: "),
        (gzip.compress(b"x" * 9999, mtime=0)[:-12], "f", "cannot be read any further: "),
        (codecs.BOM_UTF16_LE + b"{", "f", "cannot be read any further: "),
        (b"\x1f\x8bnothing", "f", "cannot be read any further: "),
    ],
)
def test_what_cannot_be_read_is_one_place_with_its_problem(
    content: bytes, place: str, problem: str
) -> None:
    (found,) = [found for found in read_messages(content, "f") if found.problem]
    assert found.place == place
    assert found.problem.startswith(problem)


@pytest.mark.parametrize("text", ["oops  X", "oops \t", "\toops"])
@pytest.mark.parametrize("end", ["", "\n", "\r\n"])
def test_the_text_of_a_line_is_all_but_its_end(text: str, end: str) -> None:
    (found,) = read_messages([text + end])
    assert (found.message, "line 1" in found.problem) == (text, False)


def test_the_text_of_a_line_that_is_not_utf_8_is_shown_with_replacements() -> None:
    (found,) = read_messages([b'{"a": "\xe9"}'])
    assert found.message == '{"a": "\ufffd"}'
    assert found.problem == "is not UTF-8: invalid continuation byte at byte 7"


def test_an_error_in_a_document_of_several_lines_names_its_line() -> None:
    (found,) = read_messages('{"a": 1,\n "b" 2}', "f")
    assert found.problem == "is not JSON: Expecting ':' delimiter at line 2, column 6"


def test_a_carriage_return_alone_ends_no_line() -> None:
    content = text(A).replace(": ", ":\r", 1) + "\n" + text(B)
    assert read(content.encode()) == [("f:1", A), ("f:2", B)]
    assert read(MARKED["utf-16-le"](content)) == [("f:1", A), ("f:2", B)]


def test_a_line_that_is_no_json_keeps_its_text() -> None:
    assert [*read_messages(text(A) + "\n{oops", "f")][1] == InputMessage(
        "f:2",
        "{oops",
        "is not JSON: Expecting property name enclosed in double quotes at column 2",
    )


def test_half_a_character_does_not_end_a_file() -> None:
    half = '{"type": "identify", "traits": {"a": "\ud800"}}'
    assert read(half) == [("f:1", {"type": "identify", "traits": {"a": "\ud800"}})]
    wide = codecs.BOM_UTF16_LE + f"{half}\n{text(B)}".encode("utf-16-le", "surrogatepass")
    assert [place for place, _ in read(wide)] == ["f:1", "f:2"]


def test_a_file_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "m.jsonl"
    path.write_text(text(A, B), "utf-8")
    with path.open("rb") as stream:
        assert len(read(stream)) == 2
        assert not stream.closed


def test_a_byte_stream_is_read_as_its_messages_are_taken() -> None:
    stream = io.BytesIO(b"".join(f'{{"n": {n}}}\n'.encode() for n in range(100_000)))
    found = read_messages(stream)
    assert next(found).message == {"n": 0}
    assert stream.tell() < 100_000


def test_messages_come_as_they_are_read() -> None:
    def rows() -> Any:
        yield A
        raise ConnectionError

    found = read_messages(rows())
    assert next(found).message == A
    with pytest.raises(ConnectionError):
        next(found)
