"""A factory in a process of its own: what goes there and back."""

import re
from pathlib import Path
from typing import Any

import pytest

from contract_tests.protocol import Result, SetupError
from tests.contract.own_factory import MESSAGE, SETTINGS, Open, delivering

# --- answers ---


@pytest.mark.parametrize(
    ("answer", "result"),
    [
        ("None", Result(200)),
        ("{}", Result(200)),
        ("{'status': None}", Result(None)),
        ("{'status': 400, 'message': 'no\\u00eb \\ud800'}", Result(400, "no\u00eb \ud800")),
        ("{'status': __import__('http').HTTPStatus.ACCEPTED}", Result(202)),
        ("{'status': 201, 'response': object(), 5: 6}", Result(201)),
    ],
)
def test_answers(answer: str, result: Result, open_target: Open) -> None:
    assert open_target(delivering(f"return {answer}")).deliver(MESSAGE) == result


@pytest.mark.parametrize(
    "answer",
    ["'fine'", "5", "{'status': '200'}", "{'status': True}", "object", "{'status': {5}}"],
)
def test_what_is_no_answer(answer: str, open_target: Open) -> None:
    shown = re.escape(repr(eval(answer)))
    with pytest.raises(SetupError, match=f"^the forwarder answered {shown}; it must answer"):
        open_target(delivering(f"return {answer}")).deliver(MESSAGE)


@pytest.mark.parametrize(
    ("status", "expected"),
    [
        ("", None),
        ("error.status = 429", 429),
        ("error.status = '429'", None),
        ("error.status = True", None),
        ("error.status = {5}", None),
    ],
)
def test_an_exception_is_a_failed_delivery(status: str, expected: Any, open_target: Open) -> None:
    code = delivering("error = ValueError('no region')", status or "pass", "raise error")
    target = open_target(code)
    assert target.deliver(MESSAGE) == target.deliver(MESSAGE) == Result(expected, "no region")


RAISES = "raise RuntimeError('in a method')"
ODD = f"""
class OddValue:
    def __repr__(self): {RAISES}
class OddError(Exception):
    def __str__(self): {RAISES}
    @property
    def status(self): {RAISES}
def nested(depth):
    value = []
    for _ in range(depth):
        value = [value]
    return value
"""


@pytest.mark.parametrize(
    ("answer", "shown"),
    [
        ("nested(100_000)", "list"),
        ("{'status': nested(100_000)}", "dict"),
        ("10**5000", "int"),
        ("OddValue()", "OddValue"),
    ],
)
def test_an_answer_that_cannot_be_shown_is_named_by_its_type(
    answer: str, shown: str, open_target: Open
) -> None:
    target = open_target(ODD + delivering(f"return {answer}"))
    for _ in range(2):
        with pytest.raises(SetupError, match=f"^the forwarder answered {shown}; it must answer"):
            target.deliver(MESSAGE)


def test_an_exception_that_cannot_be_shown_is_named_by_its_type(open_target: Open) -> None:
    target = open_target(ODD + delivering("raise OddError"))
    assert target.deliver(MESSAGE) == target.deliver(MESSAGE) == Result(None, "OddError")


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("raise OddError\n", r": OddError: OddError \("),
        ("def factory(settings): return OddValue()\n", " returned OddValue, which is not callable"),
    ],
)
def test_a_factory_with_what_cannot_be_shown(code: str, reason: str, open_target: Open) -> None:
    with pytest.raises(SetupError, match=f"^--adapter own:factory{reason}"):
        open_target(ODD + code)


WRITES = (
    "import os\n"
    "def write(line):\n"
    "    for number in range(3, 20):\n"
    "        try:\n"
    "            os.write(number, line)\n"
    "        except OSError:\n"
    "            pass\n"
)
"""A module that writes to every file that its process has, the suite's pipe too."""


@pytest.mark.parametrize(
    "line", [b"{}\n", b"[]\n", b'{"raised": 5}\n', b"{\n", b"[" * 10**5 + b"\n"]
)
def test_a_line_that_is_no_response_is_shown(line: bytes, open_target: Open) -> None:
    target = open_target(WRITES + delivering(f"write({line!r})"))
    with pytest.raises(SetupError, match=r"^--adapter own:factory: its process wrote .*[\[{]"):
        target.deliver(MESSAGE)


def test_such_a_line_before_there_is_a_forwarder(open_target: Open) -> None:
    with pytest.raises(SetupError, match=r"its process wrote \[\], which is no response"):
        open_target(WRITES + "write(b'[]\\n')\n" + delivering("pass"))


def test_it_gets_the_message_and_keeps_what_it_remembers(open_target: Open) -> None:
    target = open_target(
        "def factory(settings):\n"
        "    seen = []\n"
        "    def deliver(message):\n"
        "        seen.append(message)\n"
        "        return {'message': repr(seen)}\n"
        "    return deliver\n"
    )
    messages: list[Any] = [{"traits": {"a": [1.5, None, "\ud800", 2**70]}}, {"b": {}}]
    target.deliver(messages[0])
    assert target.deliver(messages[1]) == Result(200, repr(messages))


def test_its_settings_are_its_own(open_target: Open) -> None:
    code = "def factory(settings):\n    before = repr(settings)\n    settings['journeys'].clear()\n"
    code += "    settings.clear()\n    return lambda message: {'message': before}\n"
    before = repr(SETTINGS)
    for _ in range(2):
        assert open_target(code).deliver(MESSAGE).message == before
    assert repr(SETTINGS) == before


def test_its_input_and_output_are_not_the_suites(open_target: Open) -> None:
    target = open_target(
        delivering(
            "import os, subprocess, sys",
            "print('printed', flush=True)",
            "os.write(1, b'written')",
            "subprocess.run([sys.executable, '-c', 'print(input())'], stderr=-3)",
            "return {'message': repr(sys.stdin.read())}",
        )
    )
    assert target.deliver(MESSAGE) == target.deliver(MESSAGE) == Result(200, "''")


# --- no forwarder ---


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        ("x = 1\nraise ValueError('none')\n", ": ValueError: none ({}:2)"),
        ("def other(): pass\n", ": AttributeError: module 'own' has no attribute 'factory'"),
        ("factory = 5\n", ": factory is not callable"),
        ("\ndef factory(settings):\n    1 / 0\n", ": the factory raised ZeroDivisionError: "),
        ("\ndef factory(settings):\n    1 / 0\n", "division by zero ({}:3)"),
        ("def factory(settings): return 5\n", " returned 5, which is not callable"),
        (
            "import sys\nprint('no licence')\nsys.exit(3)\n",
            ": the factory ended its process: SystemExit: 3 ({}:3); the last that it wrote",
        ),
    ],
)
def test_what_makes_no_forwarder(code: str, reason: str, tmp_path: Path, open_target: Open) -> None:
    with pytest.raises(SetupError) as caught:
        open_target(code)
    message = str(caught.value)
    assert message.startswith("--adapter own:factory")
    assert reason.format(tmp_path / "own.py") in message


# --- what is asynchronous, and what is no function ---

ASYNC = """
import asyncio

async def factory(settings):
    await asyncio.sleep(0)
    return Forwarder()

class Forwarder:
    def __init__(self):
        self.lock = asyncio.Lock()  # of the one loop

    async def deliver(self, message):
        async with self.lock:
            await asyncio.sleep(0)
            if message["type"] == "track":
                raise asyncio.CancelledError("too late")
            return {"status": 202}
"""


def test_coroutines_are_run(open_target: Open) -> None:
    target = open_target(ASYNC)
    assert target.deliver(MESSAGE) == target.deliver(MESSAGE) == Result(202)
    assert target.deliver({**MESSAGE, "type": "track"}) == Result(None, "too late")
    assert target.deliver(MESSAGE) == Result(202)


def test_an_object_with_a_method_deliver(open_target: Open) -> None:
    code = "from types import SimpleNamespace as Made\ndef factory(settings):\n"
    code += "    return Made(deliver=lambda message: {'status': 201})\n"
    assert open_target(code).deliver(MESSAGE) == Result(201)


def test_an_object_without_one(open_target: Open) -> None:
    with pytest.raises(SetupError, match=r"returned 5, which is not callable and has no deliver"):
        open_target("def factory(settings):\n    return 5\n")


@pytest.mark.parametrize("status", [0, 3])
def test_a_forwarder_that_ends_its_process_is_told_with_the_place(
    status: int, open_target: Open
) -> None:
    target = open_target("import sys\n" + delivering(f"sys.exit({status})"))
    with pytest.raises(SetupError, match=rf": it ended its process: SystemExit: {status} \(.*own"):
        target.deliver(MESSAGE)
    with pytest.raises(SetupError, match=r"the factory ended its process: SystemExit: .*own\.py:4"):
        open_target(f"import sys\n\ndef factory(settings):\n    sys.exit({status})\n")


def test_no_proxy_stands_between_a_forwarder_and_the_fake(
    open_target: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "intranet.example")
    monkeypatch.delenv("no_proxy", raising=False)
    asked = delivering(
        "import os",
        "return {'message': os.environ['NO_PROXY'] + ' ' + os.environ['no_proxy']}",
    )
    direct = "intranet.example,127.0.0.1"
    assert open_target(asked).deliver(MESSAGE).message == f"{direct} {direct}"
