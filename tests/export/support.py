"""An account without a server that receives calls, and runs of what is exported."""

import json
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from msgspec import convert

from contract_tests.cases.calls import call_differences, run_calls
from contract_tests.cases.format import Case
from contract_tests.fake import open_fake
from mock_autopilot import Export
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.exchange import Answer, RequestHead
from mock_autopilot.export.case import export
from mock_autopilot.options import ServerOptions
from mock_autopilot.storage.memory import MemoryStorage


class Received:
    """An account, and calls to it; `{0}` in a call is the id of the first contact, and so on."""

    def __init__(self, seed: dict[str, Any] | None = None, **options: Any) -> None:
        self.accounts = Accounts(
            ServerOptions("the-secret-key", **options), storage=MemoryStorage(), seed=seed
        )
        (self.account,) = self.accounts
        self._dispatcher = Dispatcher(self.accounts)
        self.ids: list[str] = []

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        key: str = "the-secret-key",
        raw: bytes | None = None,
        encoding: str = "",
    ) -> Answer:
        if raw is None:
            raw = b"" if body is None else self._with_ids(json.dumps(body)).encode()
        sent = {"autopilotapikey": key, "content-length": str(len(raw))}
        sent |= {"content-encoding": encoding} if encoding else {}
        head = RequestHead(method, quote(self._with_ids(path)), "", sent)
        opened = self._dispatcher.open(head)
        answer = opened if isinstance(opened, Answer) else self._dispatcher.finish(head, raw)
        effects = self.account.journal.calls()[-1].effects if self.account.journal.calls() else None
        if effects:
            self.ids += [created.contact_id for created in effects.contacts_created]
        return answer

    def export(self, *, anonymise: bool = False) -> Export:
        return export(self.account, anonymise=anonymise)

    def _with_ids(self, text: str) -> str:
        def found(number: re.Match[str]) -> str:
            at = int(number[1])
            return self.ids[at] if at < len(self.ids) else f"person_{at}-none"

        return re.sub(r"\{(\d+)\}", found, text)


def texts(export: Export) -> str:
    """Return all that was exported as one text, as it is written to files."""
    return json.dumps(export.to_json(), ensure_ascii=False) + export.pytest_source


def run_here(source: str) -> None:
    """Run the test of an exported pytest file in this process; it raises what it finds."""
    names: dict[str, Any] = {}
    exec(compile(source, "test_recorded.py", "exec"), names)
    names["test_recorded_calls"]()


def replayed(case: dict[str, Any]) -> list[str]:
    """Run an exported case as `contract --case` does; return the differences."""
    read = convert(case, Case)
    own = read.account
    with closing(
        open_fake(
            host="127.0.0.1",
            port=0,
            api_key="replay",
            strict=own.strict,
            auto_journeys=own.auto_journeys,
        )
    ) as fake:
        return [str(one) for one in call_differences(read, *run_calls(read, fake))]


def run_pytest(folder: Path, source: str) -> str:
    """Run an exported pytest file as its reader would; return the report."""
    (folder / "test_recorded.py").write_text(source, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-W", "error", "-p", "no:cacheprovider"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout


def reformatted(folder: Path, source: str) -> str:
    """Return what ruff would format otherwise in a file; empty when nothing."""
    file = folder / "formatted.py"
    file.write_text(source, "utf-8")
    ruff = Path(sys.executable).with_name("ruff")
    done = subprocess.run(
        [ruff, "format", "--isolated", "--line-length", "100", "--diff", file],
        capture_output=True,
        text=True,
        check=False,
    )
    return done.stdout
