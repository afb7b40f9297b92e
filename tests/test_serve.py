"""`mock-autopilot serve` as a user has it: a process, its signals, its options."""

import http.client
import json
import re
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import KEY, PATIENCE, Served, StartServe, eventually

CONTACT = {"contact": {"Email": "chris@example.com", "FirstName": "Chris"}}


def run(*options: str) -> subprocess.CompletedProcess[str]:
    """Run a `serve` that should end by itself."""
    return subprocess.run(
        [sys.executable, "-m", "mock_autopilot", "serve", *options],
        capture_output=True,
        text=True,
        timeout=10,
        check=False,
    )


def begin(*options: str) -> subprocess.Popen[str]:
    """Start a `serve` whose first line is to be read."""
    command = [sys.executable, "-m", "mock_autopilot", "serve", *options]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


def first_line(process: subprocess.Popen[str]) -> str:
    """Wait for the first line of its output: the address, or nothing when it has ended."""
    assert process.stdout
    return process.stdout.readline()


def one_error(result: subprocess.CompletedProcess[str]) -> str:
    """Give the one line that says why it did not start."""
    assert result.returncode in (1, 2)
    assert not result.stdout
    # A wrong option is told below click's two lines of usage.
    usage = r"Usage: .*\nTry .*\n\n" if result.returncode == 2 else ""
    found = re.fullmatch(rf"{usage}(Error: .+)\n", result.stderr)
    assert found, result.stderr
    return found[1]


@pytest.fixture
def sockets() -> Iterator[list[socket.socket]]:
    opened: list[socket.socket] = []
    yield opened
    for one in opened:
        one.close()


def stalled(served: Served, sockets: list[socket.socket], sent: str = "body") -> None:
    """Open a connection and stop in the middle of a request's head or body."""
    head = f"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\nautopilotapikey: {KEY}\r\n"
    body = 'Content-Length: 100\r\n\r\n{"contact": ' if sent == "body" else ""
    connection = socket.create_connection((served.host, served.port), timeout=PATIENCE)
    sockets.append(connection)
    connection.sendall((head + body).encode())


def is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class TestStart:
    def test_it_prints_where_it_is_and_the_key(self, served: Served) -> None:
        assert f"Autopilot API  http://127.0.0.1:{served.port}/v1/\n" in served.printed
        assert "API key        sandbox-key\n" in served.printed
        assert served.port_file.read_text() == f"{served.port}\n"
        assert not list(served.port_file.parent.glob("*.partial"))
        assert served.call("POST", "/v1/contact", CONTACT).status == 200

    def test_the_port_file_is_removed_at_the_end(self, start_serve: StartServe) -> None:
        served = start_serve()
        served.signal(signal.SIGTERM)
        assert served.ended() == 0
        assert not served.port_file.exists()

    def test_a_port_file_of_an_earlier_run_is_replaced(self, tmp_path: Path) -> None:
        port_file = tmp_path / "port"
        port_file.write_text("1\n")
        with begin("--port", "0", "--port-file", str(port_file)) as process:
            try:
                port = re.search(r":(\d+)/", first_line(process))
                assert port

                def renewed() -> bool:
                    return port_file.exists() and port_file.read_text() == f"{port[1]}\n"

                eventually(renewed, "the new port in the file")
            finally:
                process.terminate()

    def test_a_port_file_that_cannot_be_written_is_told(self, tmp_path: Path) -> None:
        result = run("--port", "0", "--port-file", str(tmp_path / "missing" / "port"))
        assert "missing" in one_error(result)

    def test_a_port_that_another_serve_has_is_told(self, served: Served) -> None:
        result = run("--port", str(served.port))
        assert one_error(result).startswith(
            f"Error: cannot listen on 127.0.0.1:{served.port}: it is in use."
        )
        assert result.returncode == 1
        assert served.call("GET", "/_mock/health").status == 200

    @pytest.mark.parametrize("shares", [False, True])
    def test_a_port_that_anybody_has_is_told(self, shares: bool) -> None:
        with socket.socket() as holder:
            if shares:
                holder.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
            holder.bind(("127.0.0.1", 0))
            holder.listen()
            port = holder.getsockname()[1]
            result = run("--port", str(port))
        assert f"127.0.0.1:{port}: it is in use." in one_error(result)
        assert result.returncode == 1

    def test_of_several_started_at_once_one_gets_the_port(self) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = str(probe.getsockname()[1])
        processes = [begin("--port", port) for _ in range(4)]
        try:
            begun = [bool(first_line(process)) for process in processes]
        finally:
            for process in processes:
                process.terminate()
            for process in processes:
                process.communicate(timeout=PATIENCE)
        assert begun.count(True) == 1

    @pytest.mark.parametrize("host", ["no such host", "host.invalid", "192.0.2.1"])
    def test_an_address_that_is_not_ours_is_told(self, host: str) -> None:
        assert f"cannot listen on {host}:0" in one_error(run("--host", host, "--port", "0"))

    def test_a_host_may_be_localhost(self, start_serve: StartServe) -> None:
        assert start_serve("--host", "localhost").call("GET", "/_mock/health").status == 200

    def test_ipv6(self, start_serve: StartServe) -> None:
        try:
            with socket.socket(socket.AF_INET6) as probe:
                probe.bind(("::1", 0))
        except OSError:
            pytest.skip("this machine has no ::1")
        served = start_serve("--host", "::1")
        assert f"Autopilot API  http://[::1]:{served.port}/v1/\n" in served.printed
        assert served.call("POST", "/v1/contact", CONTACT).status == 200
        assert served.call("GET", "/_mock/state").status == 200


class TestVersion:
    def test_health_and_the_command_say_the_same(self, served: Served) -> None:
        shown = served.call("GET", "/_mock/health").body["version"]
        assert version_line() == f"mock-autopilot, version {shown}\n"

    def test_without_the_packages_metadata_it_is_unknown(self) -> None:
        missing = "import importlib.metadata as m; m.Distribution.discover = lambda **_: iter(()); "
        assert version_line(missing) == "mock-autopilot, version unknown\n"


def version_line(first: str = "") -> str:
    """Give what `--version` prints, in a process that runs `first` before."""
    code = f"{first}from mock_autopilot.cli import main; main(['--version'])"
    command = [sys.executable, "-c", code]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=PATIENCE, check=True
    ).stdout


class TestEnd:
    @pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
    def test_a_signal_stops_it_whatever_its_clients_do(
        self, number: signal.Signals, start_serve: StartServe, sockets: list[socket.socket]
    ) -> None:
        served = start_serve()
        with closing(http.client.HTTPConnection(served.host, served.port)) as idle:
            idle.request("GET", "/_mock/health")
            idle.getresponse().read()
            stalled(served, sockets, "head")
            stalled(served, sockets, "body")
            assert served.call("GET", "/_mock/health").status == 200
            served.signal(number)
            status = served.ended()  # of the worker too
        assert status == 0
        assert served.errors == ""
        assert is_free(served.port)

    def test_ctrl_c_in_a_terminal_stops_it(self, start_serve: StartServe) -> None:
        served = start_serve()
        assert served.call("GET", "/_mock/health").status == 200
        served.signal(signal.SIGINT, group=True)
        assert served.ended() == 0
        assert served.errors == ""

    def test_a_closed_terminal_stops_it(self, start_serve: StartServe) -> None:
        served = start_serve()
        assert served.call("POST", "/v1/contact", CONTACT).status == 200
        served.signal(signal.SIGHUP)
        try:
            served.ended()
        except subprocess.TimeoutExpired:
            pytest.fail("SIGHUP has it go on (with a new worker, that knows nothing)")

    @pytest.mark.parametrize("busy", [False, True])
    def test_the_worker_goes_when_its_parent_is_killed(
        self, busy: bool, start_serve: StartServe, sockets: list[socket.socket]
    ) -> None:
        served = start_serve()
        assert served.call("GET", "/_mock/health").status == 200
        if busy:
            stalled(served, sockets)
        served.signal(signal.SIGKILL)
        try:
            assert served.ended() == -signal.SIGKILL
        except subprocess.TimeoutExpired:
            pytest.fail("the worker is still there after its parent was killed")
        assert is_free(served.port)


class TestAccounts:
    def test_keys_are_accounts_that_cannot_see_each_other(self, start_serve: StartServe) -> None:
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

    def test_an_unknown_key(self, served: Served) -> None:
        answer = served.call("GET", "/v1/contacts", key="nobodys")
        assert answer.status == 401
        assert answer.body == {
            "error": "Unauthorized",
            "message": "Provided autopilotapikey not valid.",
        }

    def test_any_key_makes_an_account(self, start_serve: StartServe) -> None:
        served = start_serve("--any-key")
        assert served.call("POST", "/v1/contact", CONTACT, key="first").status == 200
        assert served.call("GET", "/v1/contacts", key="first").body["total_contacts"] == 1
        assert served.call("GET", "/v1/contacts", key="second").body["total_contacts"] == 0

    def test_a_key_that_no_header_can_carry_is_told(self) -> None:
        assert "'schlüssel'" in one_error(run("--api-key", "schlüssel"))


class TestSeed:
    def test_it_begins_with_the_seed_and_returns_to_it(
        self, start_serve: StartServe, tmp_path: Path
    ) -> None:
        seed = tmp_path / "seed.json"
        seed.write_text(
            json.dumps(
                {
                    "contacts": [{"Email": "chris@example.com", "FirstName": "Chris"}],
                    "journeys": [{"trigger_id": "0001", "name": "Welcome"}],
                }
            )
        )
        served = start_serve("--seed", str(seed))
        who = "/v1/contact/chris@example.com"
        assert served.call("GET", who).body["FirstName"] == "Chris"
        assert served.call("GET", "/v1/triggers").body["triggers"][0]["journey"] == "Welcome"
        assert served.call("DELETE", who).status == 200
        assert served.call("POST", "/_mock/reset").status == 200
        assert served.call("GET", who).status == 200

    def test_a_reset_brings_back_the_same_ids_and_times(
        self, start_serve: StartServe, tmp_path: Path
    ) -> None:
        seed = tmp_path / "seed.json"
        seed.write_text(json.dumps({"contacts": [CONTACT["contact"], {"user_id": "u1"}]}))
        keys = ("--api-key", "one-key", "--api-key", "other-key")
        served = start_serve("--seed", str(seed), "--journey", "Welcome", *keys)
        states = {}
        for key in ("one-key", "other-key"):
            states[key] = served.call("GET", "/_mock/state", key=key).body
            assert len(states[key]["contacts"]) == 2
            assert served.call("DELETE", "/v1/contact/chris@example.com", key=key).status == 200
            enter = "/v1/trigger/0001/contact"
            assert served.call("POST", enter, {"contact": {"user_id": "u2"}}, key=key).status == 200
        assert served.call("POST", "/_mock/reset", key="one-key").status == 200
        assert served.call("GET", "/_mock/state", key="one-key").body == states["one-key"]
        other = served.call("GET", "/_mock/state", key="other-key").body
        assert [contact["user_id"] for contact in other["contacts"]] == ["u1", "u2"]

    @pytest.mark.parametrize(
        ("contact", "field"),
        [
            ({"Email": "a@b.c", "Firstname": "A"}, "contacts[0].Firstname: "),
            ({"Email": "a"}, "contacts[0].Email: "),
            ({"user_id": "null"}, "contacts[0].user_id: "),
        ],
    )
    def test_what_looks_wrong_about_a_seed_is_told_once_and_refused_when_strict(
        self, contact: object, field: str, start_serve: StartServe, tmp_path: Path
    ) -> None:
        seed = tmp_path / "seed.json"
        seed.write_bytes(json.dumps({"contacts": [contact]}).encode("utf-16"))
        served = start_serve("--seed", str(seed))
        (line,) = served.errors.splitlines()
        assert str(seed) in line
        assert field in line
        assert served.call("GET", "/v1/contacts").body["total_contacts"] == 1
        assert served.call("POST", "/_mock/reset").status == 200
        assert served.errors.splitlines() == [line]
        error = one_error(run("--port", "0", "--strict", "--seed", str(seed)))
        assert str(seed) in error
        assert field in error

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("{oops", "is not JSON"),
            ("", "is empty"),
            ("[]", "got an array"),
            ('{"contact": []}', "contact is unknown"),
            ('{"contacts": [{"Email": "a@b.c"}, {"Email": 5}]}', "contacts[1].Email"),
            ('{"contacts": [{"FirstName": "Chris"}]}', "contacts[0]"),
        ],
    )
    def test_a_bad_seed_is_told(self, text: str, said: str, tmp_path: Path) -> None:
        seed = tmp_path / "seed.json"
        seed.write_text(text)
        error = one_error(run("--port", "0", "--seed", str(seed)))
        assert str(seed) in error
        assert said in error

    def test_a_missing_seed_is_told(self, tmp_path: Path) -> None:
        missing = tmp_path / "missing.json"
        assert f"'{missing}' does not exist" in one_error(run("--seed", str(missing)))


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    options = ("--strict", "--max-body", "300", "--no-auto-journeys", "--journey", "Trial")
    server = Served(
        *options,
        *("--journey", "Welcome=0042", "--control-token", "mellon"),
        folder=tmp_path_factory.mktemp("strict"),
        environment={
            "HTTP_PROXY": "http://proxy.invalid",
            "HTTP_X_SECRET": "hunter2",
            "CONTENT_TYPE": "text/secret",
        },
    )
    yield server
    server.close()


class TestBehaviour:
    """One server with the options that change what calls are answered."""

    def test_journeys_are_the_ones_that_were_defined(self, strict: Served) -> None:
        triggers = strict.call("GET", "/v1/triggers").body["triggers"]
        assert {t["journey"]: t["trigger_id"] for t in triggers} == {
            "Trial": "0001",
            "Welcome": "0042",
        }
        assert strict.call("POST", "/v1/contact", CONTACT).status == 200
        enter = "/v1/trigger/{}/contact/chris@example.com"
        assert strict.call("POST", enter.format("0042")).status == 200
        answer = strict.call("POST", enter.format("unknown"))
        assert (answer.status, answer.body["message"]) == (404, "Trigger could not be found.")

    def test_a_doubtful_call_is_refused(self, strict: Served) -> None:
        answer = strict.call("POST", "/v1/contact", {"contact": {"Email": "a@b.c", "email": "x"}})
        assert answer.status == 400
        assert "contact.email" in answer.body["message"]
        assert strict.call("GET", "/v1/contact/a@b.c").status == 404

    def test_a_body_may_be_so_long_and_no_longer(self, strict: Served) -> None:
        def body(length: int) -> bytes:
            plain = b'{"contact":{"Email":"long@b.c","FirstName":"x"}}'
            return plain + b" " * (length - len(plain))

        assert strict.call("POST", "/v1/contact", body(300)).status == 200
        answer = strict.call("POST", "/v1/contact", body(301))
        assert (answer.status, "300 bytes" in answer.body["message"]) == (413, True)
        assert in_chunks(strict, body(300)).status == 200
        assert in_chunks(strict, body(301)).status == 413

    def test_control_calls_need_the_token(self, strict: Served) -> None:
        assert "Control token  mellon\n" in strict.printed
        assert strict.call("GET", "/_mock/state").status == 401
        assert strict.call("GET", "/_mock/state", headers=bearer("friend")).status == 401
        assert strict.call("GET", "/_mock/state", headers=bearer("mellon")).status == 200

    def test_the_servers_environment_is_in_no_record(self, strict: Served) -> None:
        strict.call("GET", "/v1/contacts")
        call = strict.call("GET", "/_mock/calls", headers=bearer("mellon")).body["calls"][-1]
        assert set(call["headers"]) == {"accept-encoding", "autopilotapikey", "host"}
        assert "secret" not in json.dumps(call)


def bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def in_chunks(served: Served, body: bytes) -> http.client.HTTPResponse:
    """Send a contact in two chunks."""
    with closing(http.client.HTTPConnection(served.host, served.port, timeout=PATIENCE)) as client:
        chunks = [body[:10], body[10:]]
        headers = {"autopilotapikey": KEY, "Transfer-Encoding": "chunked"}
        client.request("POST", "/v1/contact", iter(chunks), headers, encode_chunked=True)
        response = client.getresponse()
        response.read()
        return response


class TestControl:
    @pytest.mark.parametrize(
        "headers",
        [
            {"Host": "attacker.example"},
            {"Host": "attacker.example:8025"},
            {"Host": "localhost.attacker.example"},
            {"Origin": "http://attacker.example"},
            {"Origin": "null"},
        ],
    )
    def test_no_page_from_elsewhere_gets_in(self, headers: dict[str, str], served: Served) -> None:
        for method, path in (("GET", "/_mock/state"), ("POST", "/_mock/reset")):
            assert served.call(method, path, headers=headers).status == 403

    def test_this_machines_own_names_get_in(self, served: Served) -> None:
        host = f"localhost:{served.port}"
        own = {"Host": host, "Origin": f"http://{host}"}
        assert served.call("GET", "/_mock/health", headers=own).body["status"] == "ok"

    def test_from_afar_it_takes_a_token(self, start_serve: StartServe) -> None:
        served = start_serve("--host", "0.0.0.0")
        shown = re.search(r"^Control token  (\S{16,})$", "".join(served.printed), re.MULTILINE)
        assert shown
        assert served.call("GET", "/_mock/calls").status == 401
        assert served.call("GET", "/_mock/calls", headers=bearer("")).status == 401
        assert served.call("GET", "/_mock/calls", headers=bearer(shown[1])).status == 200
        foreign = {"Host": "autopilot.internal:8025", **bearer(shown[1])}
        assert served.call("GET", "/_mock/calls", headers=foreign).status == 200
        assert served.call("POST", "/v1/contact", CONTACT).status == 200


class TestHttp:
    def test_a_client_that_stalls_does_not_stop_others(
        self, served: Served, sockets: list[socket.socket]
    ) -> None:
        stalled(served, sockets, "head")
        stalled(served, sockets, "body")
        answers = [served.call("POST", "/v1/contact", CONTACT).status for _ in range(20)]
        assert answers == [200] * 20

    def test_a_body_in_chunks(self, served: Served) -> None:
        body = json.dumps({"contact": {"Email": "chunks@example.com", "FirstName": "C"}})
        assert in_chunks(served, body.encode()).status == 200
        assert served.call("GET", "/v1/contact/chunks@example.com").status == 200

    def test_a_body_that_breaks_off_is_not_carried_out(self, served: Served) -> None:
        half = b'{"contact":{"Email":"half@example.com","FirstName":"H"}}'  # and no more comes
        with socket.create_connection((served.host, served.port), timeout=PATIENCE) as client:
            client.sendall(
                b"POST /v1/contact HTTP/1.1\r\nHost: localhost\r\nautopilotapikey: sandbox-key\r\n"
                b"Content-Length: 1000\r\n\r\n" + half
            )
            client.shutdown(socket.SHUT_WR)
            while client.recv(1000):
                pass
        assert served.call("GET", "/v1/contact/half@example.com").status == 404

    def test_calls_share_a_connection(self, served: Served) -> None:
        client = http.client.HTTPConnection(served.host, served.port, timeout=PATIENCE)
        with closing(client):
            client.connect()
            opened = client.sock
            for method, path in (
                ("GET", "/v1/contacts"),
                ("DELETE", "/v1/contact/n"),
                ("GET", "/"),
            ):
                client.request(method, path, headers={"autopilotapikey": KEY})
                client.getresponse().read()
                assert client.sock is opened

    def test_calls_at_the_same_time_lose_nothing(self, served: Served) -> None:
        key = served.call("POST", "/_mock/accounts").body["api_key"]

        def write(worker: int) -> None:
            for number in range(25):
                contact = {"Email": f"p{worker}.{number}@example.com", "FirstName": "P"}
                served.call("POST", "/v1/contact", {"contact": contact}, key=key)

        threads = [threading.Thread(target=write, args=(worker,)) for worker in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert served.call("GET", "/v1/contacts", key=key).body["total_contacts"] == 200
        record = served.call("GET", "/_mock/calls", key=key).body
        assert record["total"] == 201
        numbers = [call["number"] for call in record["calls"]]
        assert numbers == sorted(set(numbers))

    @pytest.mark.parametrize(
        "address",
        [
            *("a+b@example.com", "a/b@example.com", "a%b@example.com", "a%2Fb@example.com"),
            *("a?b@example.com", "a#b@example.com", "o'hara@example.com", "a&b@example.com"),
            *("a//b@example.com", "/a@example.com", "żółć@example.com", "a@例え.jp"),
            *("a b@example.com", "a;b=c@example.com", "../a@example.com", '"a@b"@example.com'),
        ],
    )
    def test_an_address_may_hold_anything(self, address: str, served: Served) -> None:
        answer = served.call("POST", "/v1/contact", {"contact": {"Email": address, "Title": "T"}})
        path = f"/v1/contact/{quote(address, safe='')}"
        found = served.call("GET", path)
        assert (found.status, found.body["Email"]) == (200, address)
        assert found.body["contact_id"] == answer.body["contact_id"]
        enter = f"/v1/trigger/0001/contact/{quote(address, safe='')}"
        assert served.call("POST", enter).status == 200
        assert served.call("POST", f"{path}/unsubscribe").status == 200
        last = served.call("GET", "/_mock/calls").body["calls"][-1]
        assert last["path"] == f"/v1/contact/{address}/unsubscribe"
        assert served.call("DELETE", path).status == 200
        assert served.call("GET", path).status == 404
