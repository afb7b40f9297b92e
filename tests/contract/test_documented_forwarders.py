"""The forwarders that docs/contract.md shows: they pass, and take unusual input as they should."""

import importlib.util
import json
import os
import shlex
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from contract_tests.clauses import CLAUSES
from contract_tests.fake import DEFAULT_TRIGGER, JOURNEYS
from contract_tests.in_process import FactoryTarget
from contract_tests.protocol import MISSING_IDENTIFIERS, Settings, Target
from contract_tests.targets import CommandTarget, environment
from contract_tests.url_target import UrlTarget
from mock_autopilot import AccountView
from tests.contract.running import FORWARDERS, Done, contract, node_server

Json = dict[str, Any]
ADA = "ada@example.com"
CONTEXT = {"context": {"traits": {"email": ADA}}}


def factory_target(settings: Settings) -> Target:
    spec = importlib.util.spec_from_file_location("documented", FORWARDERS / "factory.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return FactoryTarget(module.factory, settings)


NODE = pytest.param(
    "server", marks=pytest.mark.skipif(not shutil.which("node"), reason="node is not on the PATH")
)


@pytest.fixture(params=["factory", "command", NODE])
def target(request: pytest.FixtureRequest, account: AccountView) -> Iterator[Target]:
    where = {"base_url": account.base_url, "api_key": account.api_key}
    settings = {**where, "journeys": JOURNEYS, "default_trigger": DEFAULT_TRIGGER}
    if request.param == "factory":
        yield factory_target(settings)
    elif request.param == "command":
        command = CommandTarget(f"{sys.executable} {FORWARDERS / 'command.py'}", settings)
        yield command
        command.close()
    else:
        with node_server(environment(settings)) as url:
            yield UrlTarget(url)


def identify(user: Any, /, *, context: bool = False, **traits: Any) -> Json:
    message = {"type": "identify", "userId": user, "traits": traits}
    return {**message, **CONTEXT} if context else message


def track(user: Any, /, *, context: bool = False, **properties: Any) -> Json:
    message = {"type": "track", "userId": user, "event": "E", "properties": properties}
    return {**message, **CONTEXT} if context else message


BLANK: list[Any] = [None, "", " ", "\t\n"]
WRONG: list[Any] = [5, 0, True, False, [], [ADA], {}, {"value": ADA}]


def test_what_cannot_be_an_address_hides_no_other(target: Target, account: AccountView) -> None:
    for email in (*BLANK, *WRONG):
        for message in (
            identify(None, context=True, email=email),
            track(None, context=True, email=email),
        ):
            result = target.deliver(message)
            assert result.delivered, (message, result)
            assert [one.email for one in account.contacts.values()] == [ADA]


def test_what_identifies_nobody_is_refused(target: Target, account: AccountView) -> None:
    users = [user for user in (*BLANK, *WRONG) if user not in (5, 0) or isinstance(user, bool)]
    for user, email in [*((user, None) for user in users), *((None, one) for one in WRONG)]:
        for message in (identify(user, email=email), track(user, email=email)):
            result = target.deliver(message)
            assert result.status == 400, message
            assert MISSING_IDENTIFIERS in result.message
    assert not account.contacts


def test_what_can_be_no_new_address_moves_nobody(target: Target, account: AccountView) -> None:
    for new in (*BLANK, *WRONG):
        for message in (
            identify("u1", email=ADA, _NewEmail=new),
            track("u1", email=ADA, _NewEmail=new),
        ):
            assert target.deliver(message).delivered, message
            assert [(one.email, one.user_id) for one in account.contacts.values()] == [(ADA, "u1")]


@pytest.mark.parametrize(("given", "written"), [(0, "0"), (7, "7"), (5.0, "5"), ("u1", "u1")])
def test_user_ids(target: Target, account: AccountView, given: Any, written: str) -> None:
    assert target.deliver(identify(given)).delivered
    assert [one.user_id for one in account.contacts.values()] == [written]


def test_a_name_that_is_no_text_becomes_a_custom_field(
    target: Target, account: AccountView
) -> None:
    assert target.deliver(identify("u1", firstName=5, lastName=True)).delivered
    assert account.contacts["u1"].custom == {"firstName": 5, "lastName": True}


@pytest.mark.parametrize(
    ("integrations", "sent"),
    [
        ({"AutopilotHQ": None}, True),
        ({"All": False, "AutopilotHQ": None}, False),
        ({"All": True, "AutopilotHQ": False}, False),
        ({"All": False, "AutopilotHQ": {}}, True),
        ({"All": None}, True),
        (None, True),
        ([], True),
    ],
)
def test_integrations(target: Target, account: AccountView, integrations: Any, sent: bool) -> None:
    assert target.deliver({**identify("u1"), "integrations": integrations}).delivered
    assert bool(account.contacts) is sent


def test_empty_arrays_count_as_empty_objects(target: Target, account: AccountView) -> None:
    empty: Json = {"traits": [], "properties": [], "context": [], "integrations": []}
    for kind in ("identify", "track"):
        assert target.deliver({"type": kind, "userId": "u1", "event": "E", **empty}).delivered
    assert len(account.contacts) == 1


# --- the suite ---


def passes(done: Done) -> None:
    assert "0 examples" not in done.stdout
    musts = [line for line in done.stdout.splitlines() if "  MUST    " in line]
    assert [line for line in musts if "passed" not in line] == []
    assert len(musts) == sum(clause.level == "MUST" for clause in CLAUSES.values()), done.stdout
    assert done.returncode == 0, done.stdout


def test_the_factory_passes_every_must() -> None:
    passes(contract(FORWARDERS, "--adapter", "factory:factory", "--examples", "5"))


def test_the_command_passes_every_must() -> None:
    command = sys.executable if os.name == "nt" else shlex.quote(sys.executable)
    passes(
        contract(FORWARDERS, "--adapter-command", f"{command} command.py", "--examples", "5"),
    )


@pytest.mark.skipif(not shutil.which("node"), reason="node is not on the PATH")
def test_the_server_passes_every_must(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    settings = environment(
        {
            "base_url": f"http://127.0.0.1:{port}/v1/",
            "api_key": "contract-key",
            "journeys": JOURNEYS,
            "default_trigger": DEFAULT_TRIGGER,
        }
    )
    assert json.loads(settings["AUTOPILOT_JOURNEYS"]) == JOURNEYS
    with node_server(settings) as url:
        own = ("--adapter-url", url, "--mock-port", str(port))
        passes(contract(tmp_path, *own, "--examples", "5"))
