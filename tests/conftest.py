"""Servers: in this process, or the real `mock-autopilot serve`, which is always stopped."""

import http.client
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import Phase, settings

from mock_autopilot import AccountView, MockAutopilot
from mock_autopilot.storage.base import Storage
from mock_autopilot.storage.memory import MemoryStorage
from tests.installed import Installed, install
from tests.plain_storage import PlainStorage

pytest_plugins = ("pytester",)

# A slow machine is no failure: no example has a deadline.
settings.register_profile("tests", deadline=None)
settings.load_profile("tests")
# For `make mutants`: the same examples each time, and the first one that fails is enough.
settings.register_profile(
    "mutants", settings.get_profile("ci"), phases=[Phase.explicit, Phase.generate]
)

KEY = "sandbox-key"
PATIENCE = 20.0
"""Seconds after which what should have happened has not."""


def eventually(check: Callable[[], object], what: str, within: float = PATIENCE) -> None:
    """Wait until `check` returns a true value; fail with what was waited for if it does not."""
    deadline = time.monotonic() + within
    while not check():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(0.005)


def ask(account: AccountView, method: str, path: str, body: object = None) -> Any:
    """Make one call of the API to an account of this process, and return the answer's JSON."""
    headers = {"autopilotapikey": account.api_key}
    url = f"{account.base_url}{path}"
    response = requests.request(method, url, json=body, headers=headers, timeout=10)
    return response.json() if response.content else None


@dataclass(frozen=True)
class Answer:
    """The answer to a call."""

    status: int
    body: Any


class Served:
    """A `serve` process that is ready: its port, what it printed, and calls to it."""

    def __init__(self, *options: str, folder: Path, environment: Mapping[str, str] | None) -> None:
        self.port_file = folder / "port"
        self._errors = folder / "errors"
        self.host = options[options.index("--host") + 1] if "--host" in options else "127.0.0.1"
        port = () if "--port" in options else ("--port", "0")
        with self._errors.open("wb") as errors:
            self.process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "mock_autopilot",
                    "serve",
                    *port,
                    *options,
                    "--port-file",
                    str(self.port_file),
                ],
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, **(environment or {})},
                start_new_session=True,  # so that a signal to all of its group spares the tests
            )
        try:
            eventually(self._ready, "the port file")
            self.port = int(self.port_file.read_text())
            assert self.process.stdout
            self.printed = list(iter(self.process.stdout.readline, "Ctrl-C stops it.\n"))
        except BaseException:
            self.close()
            raise

    def _ready(self) -> bool:
        assert self.process.poll() is None, f"serve ended: {self.errors}"
        return self.port_file.exists()

    @property
    def base_url(self) -> str:
        return f"http://{self.host}:{self.port}/v1/"

    @property
    def errors(self) -> str:
        """Return what it has written to standard error."""
        return self._errors.read_text()

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str | None = KEY,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Make one call on a connection of its own; a body that is no bytes goes as JSON."""
        raw = body if isinstance(body, bytes | None) else json.dumps(body).encode()
        sent = {**({"autopilotapikey": key} if key else {}), **(headers or {})}
        connection = http.client.HTTPConnection(self.host, self.port, timeout=PATIENCE)
        try:
            connection.request(method, path, body=raw, headers=sent)
            response = connection.getresponse()
            text = response.read().decode()
        finally:
            connection.close()
        return Answer(response.status, json.loads(text) if text else None)

    def signal(self, number: signal.Signals, *, group: bool = False) -> None:
        """Send a signal to the process, or to all of its group as a terminal does."""
        (os.killpg if group else os.kill)(self.process.pid, number)

    def ended(self) -> int:
        """Wait until all of its processes are gone (each holds the output); return the status."""
        self.process.communicate(timeout=PATIENCE)
        return self.process.returncode

    def close(self) -> None:
        """Stop it, whatever state it is in."""
        try:
            self.process.terminate()
            self.ended()
        finally:
            if self.process.returncode is None:
                self.signal(signal.SIGKILL, group=True)
            assert self.process.stdout
            self.process.stdout.close()
            self.process.wait()


StartServe = Callable[..., Served]


STORAGES: dict[str, type[Storage]] = {"memory": MemoryStorage, "plain": PlainStorage}
if "MUTANT_UNDER_TEST" in os.environ:  # only the storage that is mutated
    del STORAGES["plain"]


@pytest.fixture(scope="module", params=[*STORAGES.values()], ids=[*STORAGES])
def storage(request: pytest.FixtureRequest) -> Iterator[None]:
    """Run the tests with each kind of storage behind the fakes of this process."""
    with pytest.MonkeyPatch.context() as patched:
        for user in ("mock_autopilot.in_process", "tests.api.calls"):
            patched.setattr(f"{user}.MemoryStorage", request.param)
        yield


@pytest.fixture(scope="module")
def server() -> Iterator[MockAutopilot]:
    """Start a server in this process for the tests of a module."""
    with MockAutopilot() as autopilot:
        yield autopilot


@pytest.fixture(scope="module")
def connection(server: MockAutopilot) -> Iterator[http.client.HTTPConnection]:
    """Open a connection to the server that stays open for a module's tests."""
    connection = http.client.HTTPConnection(urlsplit(server.base_url).netloc)
    yield connection
    connection.close()


@pytest.fixture
def account(server: MockAutopilot) -> AccountView:
    """Return a new account for a test."""
    return server.new_account()


@pytest.fixture
def start_serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartServe]:
    """Start servers, `start_serve("--strict")`, that are stopped when the test is over."""
    with ExitStack() as started:

        def start(*options: str, environment: Mapping[str, str] | None = None) -> Served:
            folder = tmp_path_factory.mktemp("serve")
            served = Served(*options, folder=folder, environment=environment)
            started.callback(served.close)
            return served

        yield start


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Start `serve` with defaults for the tests of a module that do not stop it."""
    server = Served(folder=tmp_path_factory.mktemp("served"), environment=None)
    yield server
    server.close()


@pytest.fixture(scope="session")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """An environment that has the wheel, the same for all processes of the run."""
    own = tmp_path_factory.getbasetemp()
    return install(own.parent if "PYTEST_XDIST_WORKER" in os.environ else own)
