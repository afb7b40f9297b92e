"""The suite as a pytest plugin: its options, its fixture, and the verdict at the end."""

import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from contract_tests.bench import Bench
from contract_tests.clauses import CLAUSES
from contract_tests.fake import DEFAULT_TRIGGER, JOURNEYS, Fake
from contract_tests.html import page
from contract_tests.protocol import CannotJudge
from contract_tests.report import Verdicts, terminal
from contract_tests.scene import Broken
from contract_tests.targets import open_target

EXAMPLES = 40
"""Examples of each test, unless --examples says otherwise."""
CANNOT_JUDGE = 2
_PROPERTY = "contract"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    group = parser.getgroup("contract", "certify a forwarder of Segment messages to Autopilot")
    add = group.addoption
    add("--adapter", metavar="MODULE:FACTORY", help="the forwarder: a factory in Python")
    add("--adapter-url", metavar="URL", help="the forwarder: takes each message as a POST")
    add("--adapter-command", metavar="CMD", help="the forwarder: a message a line on its input")
    add("--mock-host", default="127.0.0.1", help="where the fake listens")
    add("--mock-port", type=int, default=0, help="the fake's port; 0 takes a free one")
    add("--api-key", default="contract-key", help="the key of the fake's account")
    add("--trigger", action="append", metavar="EVENT=ID", help="an event's trigger; repeatable")
    add("--level", choices=["must", "should"], default="must", help="what has to hold to pass")
    add("--clause", action="append", metavar="ID", help="only this clause, or a group as in IDN")
    add("--examples", type=int, default=EXAMPLES, metavar="N", help="examples of each test")
    add("--seed", type=int, default=None, metavar="N", help="repeat the run that printed it")
    add("--known-failures", type=Path, metavar="FILE", help="lines of ID: reason")
    add("--report", type=Path, action="append", metavar="FILE", help="write it: .json or .html")


def pytest_configure(config: pytest.Config) -> None:
    """Set Hypothesis up for the run, and make its judge."""
    config.addinivalue_line("markers", "clause(id): the clause that a test is about")
    if config.option.seed is None:
        worker = getattr(config, "workerinput", {})
        config.option.seed = worker.get("contract_seed", random.randrange(10**6))  # noqa: S311
    config.option.hypothesis_seed = config.option.seed
    settings.register_profile(
        "contract",
        max_examples=config.option.examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        print_blob=False,
        phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("contract")
    try:
        known = _known_failures(config.option.known_failures)
    except CannotJudge as error:
        pytest.exit(str(error), CANNOT_JUDGE)
    config.pluginmanager.register(Judge(config, Verdicts(known)), "contract-judge")


@pytest.fixture(scope="session")
def bench(pytestconfig: pytest.Config) -> Iterator[Bench]:
    """Start the fake, open the forwarder, and see that they reach one another."""
    option = pytestconfig.option
    try:
        fake = Fake(
            host=option.mock_host,
            port=option.mock_port,
            api_key=option.api_key,
            journeys=_journeys(option.trigger),
        )
        kinds = ("adapter", "adapter_url", "adapter_command")
        target = open_target({kind: getattr(option, kind) for kind in kinds}, fake.settings)
        made = Bench(fake, target)
        made.probe()
    except (CannotJudge, OSError) as error:
        pytest.exit(f"cannot judge: {error}", CANNOT_JUDGE)
    yield made
    made.close()


class Judge:
    """Collects the verdicts of a run, and says them at its end."""

    def __init__(self, config: pytest.Config, verdicts: Verdicts) -> None:
        self._config = config
        self._verdicts = verdicts

    def pytest_configure_node(self, node: Any) -> None:
        """Give every worker the run's seed."""
        node.workerinput["contract_seed"] = self._config.option.seed

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests of the clauses that were asked for."""
        wanted = self._config.option.clause
        for item in items:
            if self._config.option.adapter_url:  # one address, one account: one worker has it
                item.add_marker(pytest.mark.xdist_group("url"))
        if not wanted:
            return
        kept = [item for item in items if _clause_of(item).startswith(tuple(wanted))]
        self._config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Put the clause and its counterexample on the test's report."""
        outcome: Any = yield
        report: pytest.TestReport = outcome.get_result()
        if report.when != "call" and report.passed:
            return
        found: dict[str, Any] = {}
        if call.excinfo:
            error = call.excinfo.value
            found = error.counterexample if isinstance(error, Broken) else {"error": repr(error)}
        report.user_properties.append((_PROPERTY, json.dumps([_clause_of(item), found])))

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Take a verdict, from this process or a worker's."""
        for name, value in report.user_properties:
            if name == _PROPERTY:
                clause_id, found = json.loads(str(value))
                self._verdicts.add(clause_id, passed=report.passed, counterexample=found)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Say nothing of single tests: the clauses are what counts."""
        return (report.outcome, "", "") if report.when == "call" or report.failed else None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Turn the verdicts into the exit status, and write the reports."""
        if hasattr(self._config, "workerinput") or exitstatus == CANNOT_JUDGE:
            return
        if not self._verdicts.judged():
            session.exitstatus = CANNOT_JUDGE
            return
        levels = ("MUST", "SHOULD") if self._config.option.level == "should" else ("MUST",)
        passed = not self._verdicts.unexpected(levels)
        session.exitstatus = 0 if passed else 1
        whole = self._verdicts.to_json(self._target(), self._config.option.level, passed=passed)
        for file in self._config.option.report or ():
            html = file.suffix.lower() in (".html", ".htm")
            file.write_text(page(whole) if html else json.dumps(whole, indent=2), "utf-8")

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the report."""
        option = self._config.option
        write = terminalreporter.write_line
        write("")
        write(f"target    {self._target()}")
        write("fake      mock_autopilot.MockAutopilot, an account of its own")
        write(f"seed      {option.seed}, {option.examples} examples a test")
        write("")
        rows = self._verdicts.judged()
        if not rows:
            write("nothing was judged: no test ran. --clause takes ids and groups as in:")
            write("  " + " ".join(sorted({name.split("-")[0] for name in CLAUSES})))
            return
        for line, style in terminal(rows):
            write(line, **({style: True} if style else {}))
        for line in self._verdicts.stale():
            write(f"known failures: {line}", yellow=True)
        failed = [row["id"] for row in rows if row["status"] == "failed"]
        write("")
        write(f"{len(rows) - len(failed)} of {len(rows)} clauses hold" + _listed(failed))

    def _target(self) -> str:
        option = self._config.option
        return option.adapter or option.adapter_url or option.adapter_command or "none"


def _journeys(pairs: list[str] | None) -> dict[str, str]:
    """Read EVENT=ID pairs, beside the events that a run always has."""
    journeys = dict(JOURNEYS)
    for pair in pairs or ():
        event, _, trigger_id = pair.rpartition("=")
        if not event or not trigger_id or trigger_id == DEFAULT_TRIGGER:
            raise CannotJudge(f"--trigger {pair!r}: write EVENT=ID, not the default trigger")
        journeys[event] = trigger_id
    return journeys


def _listed(failed: list[str]) -> str:
    return f"; broken: {', '.join(failed)}" if failed else ""


def _clause_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("clause")
    return str(marker.args[0]) if marker else ""


def _known_failures(file: Path | None) -> dict[str, str]:
    """Read lines of `ID: reason`; blank lines and those that begin with # are left out."""
    if file is None:
        return {}
    try:
        lines = file.read_text("utf-8").splitlines()
    except OSError as error:
        raise CannotJudge(f"--known-failures {file}: {error.strerror}") from None
    known = {}
    for number, line in enumerate(lines, start=1):
        if line.strip() and not line.startswith("#"):
            clause_id, _, reason = line.partition(":")
            if not reason.strip():
                raise CannotJudge(f"{file}:{number} gives no reason; write it as ID: reason")
            known[clause_id.strip()] = reason.strip()
    return known
