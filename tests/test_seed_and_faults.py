"""Seeds and faults through both servers: what is told, and what becomes of a connection."""

import http.client
import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from mock_autopilot import MockAutopilot, SeedWarning, version
from tests.conftest import KEY, StartServe

SEED = {"contacts": [{"Email": "ada@example.com", "Firstname": "Ada"}]}
DOUBLED = '{"contacts": [{"Email": "ada@example.com", "Title": "a", "Title": "b"}]}'


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"])
def test_a_seed_may_be_in_any_encoding_that_says_so(tmp_path: Path, encoding: str) -> None:
    file = tmp_path / "seed.json"
    mark = b"\xff\xfe" if encoding == "utf-16-le" else b""
    file.write_bytes(mark + json.dumps({"contacts": [{"Email": "zoë@x.com"}]}).encode(encoding))
    with MockAutopilot(seed=file, strict=True) as autopilot:
        assert "zoë@x.com" in autopilot.contacts


@pytest.mark.parametrize(
    ("text", "said"), [(json.dumps(SEED), "did you mean FirstName"), (DOUBLED, "stands twice")]
)
def test_what_looks_wrong_about_a_seed_file_is_told(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "seed.json"
    file.write_text(text)
    with pytest.warns(SeedWarning, match=said) as told:
        MockAutopilot(seed=file).close()
    assert told[0].filename == __file__
    with pytest.raises(Exception, match="Refused by --strict"):
        MockAutopilot(seed=file, strict=True)


def test_serve_tells_what_looks_wrong_about_a_seed(start_serve: StartServe, tmp_path: Path) -> None:
    file = tmp_path / "seed.json"
    file.write_bytes(json.dumps(SEED).encode("utf-16"))
    served = start_serve("--seed", str(file))
    assert "contacts[0].Firstname: is no field of Autopilot's" in served.errors
    refused = subprocess.run(
        [sys.executable, "-m", "mock_autopilot", "serve", "--strict", "--seed", str(file)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert refused.returncode == 1
    assert "contacts[0].Firstname" in refused.stderr


def closes(host: str, port: int, key: str) -> tuple[int, str | None, bool]:
    """Return the status, the answer's Connection header, and whether the connection was closed."""
    connection = http.client.HTTPConnection(host, port, timeout=20)
    connection.request("GET", "/v1/contacts", headers={"autopilotapikey": key})
    answer = connection.getresponse()
    answer.read()
    said = (answer.status, answer.headers["Connection"], connection.sock is None)
    connection.close()
    return said


FAULT = {"respond": {"status": 503, "headers": {"Connection": "close", "Retry-After": "1"}}}


def test_a_fault_can_close_the_connection() -> None:
    with MockAutopilot() as autopilot:
        autopilot.fail_next(503, headers={"connection": "Close"})
        assert closes("127.0.0.1", autopilot.port, autopilot.api_key) == (503, "close", True)
        status, _, closed = closes("127.0.0.1", autopilot.port, autopilot.api_key)
        assert (status, closed) == (200, False)
        assert [call.status for call in autopilot.calls] == [503, 200]


def test_a_fault_can_close_the_connection_of_serve(start_serve: StartServe) -> None:
    served = start_serve()
    assert served.call("POST", "/_mock/faults", FAULT).status == 200
    assert closes(served.host, served.port, KEY) == (503, "close", True)
    assert closes(served.host, served.port, KEY)[0] == 200


def test_without_its_metadata_the_version_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(name: str) -> str:
        raise PackageNotFoundError(name)

    assert version.installed_version() != "unknown"
    monkeypatch.setattr(version, "version", missing)
    assert version.installed_version() == "unknown"
