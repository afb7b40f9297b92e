"""The suite as a pytest plugin: its options, its fixture, and the report at the end."""

import json
import os
import random
import sys
import traceback
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings

from contract_tests.clauses import EVERYWHERE, VERSION
from contract_tests.harness import Harness, TargetLost, open_harness
from contract_tests.hints import again
from contract_tests.junit import write_no_verdict
from contract_tests.options import (
    add_options,
    clause_or_group,
    clear_junit_report,
    clear_reports,
    forwarder_name,
    in_processes,
    known_failures,
)
from contract_tests.protocol import CANNOT_JUDGE, SetupError
from contract_tests.repeatable import MACHINES, broken_in, twice
from contract_tests.report import Verdicts, details
from contract_tests.report_files import run_of, write_reports
from contract_tests.terminal import holding
from contract_tests.text import printable

_NO_VERDICT = "cannot judge: "
_PROPERTY = "contract"
_KNOWN = pytest.StashKey[Mapping[str, str]]()
_HARNESS = pytest.StashKey[Harness]()
_ADDRESS = pytest.StashKey[str]()
_JUNIT = pytest.StashKey[str]()
"""The file of the JUnit report; pytest's own would have a test of each parameter."""


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the suite's options."""
    add_options(parser)


@pytest.hookimpl(tryfirst=True)
def pytest_cmdline_main(config: pytest.Config) -> int | None:
    """Start the fake and the forwarder before any test; end with the reason if they fail."""
    option = config.option
    worker = hasattr(config, "workerinput")
    if worker or option.help or option.version or option.collectonly:
        return None
    try:
        config.stash[_KNOWN] = known_failures(option.known_failures)
        option.clause = [clause_or_group(name) for name in option.clause or ()]
        clear_reports(option.report or ())
        if getattr(option, "xmlpath", None):
            clear_junit_report(option.xmlpath)
            config.stash[_JUNIT] = os.path.expandvars(Path(option.xmlpath).expanduser())
            option.xmlpath = None
        processes = in_processes(option)
        harness = open_harness(option)
    except SetupError as error:
        return _cannot_judge(config, str(error))
    except KeyboardInterrupt:
        return _cannot_judge(config, "it was interrupted")
    except Exception:  # noqa: BLE001  # status 1 would say that a clause is broken
        traceback.print_exc()
        return _cannot_judge(config, "an error that was not foreseen, see above")
    config.stash[_ADDRESS] = harness.settings["base_url"]
    if processes:
        config.stash[_ADDRESS] = "one for each process"
        harness.close()
    else:
        config.stash[_HARNESS] = harness
    return None


def _cannot_judge(config: pytest.Config, why: str) -> int:
    write_no_verdict(config.stash.get(_JUNIT, None), why)
    sys.stderr.write(f"cannot judge: {printable(why)}\n")
    return CANNOT_JUDGE


@pytest.hookimpl(tryfirst=True)  # Hypothesis reads its seed in its own hook
def pytest_configure(config: pytest.Config) -> None:
    """Set Hypothesis up for the run, and register the collector of its verdicts."""
    config.addinivalue_line("markers", "clause(id): the clause that a test is about")
    if config.option.seed is None:
        worker = getattr(config, "workerinput", {})
        config.option.seed = worker.get("contract_seed", random.randrange(10**6))  # noqa: S311  # no secret
    config.option.hypothesis_seed = config.option.seed
    settings.register_profile(
        "contract",
        # Not the profile of the surroundings: that of a CI service would ignore the seed.
        settings.get_profile("default"),
        derandomize=False,
        max_examples=config.option.examples,
        database=None,
        deadline=None,
        report_multiple_bugs=False,
        print_blob=False,
        phases=[Phase.explicit, Phase.generate, Phase.target, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )
    settings.load_profile("contract")
    levels = ("MUST", "SHOULD") if config.option.level == "should" else ("MUST",)
    verdicts = Verdicts(config.stash.get(_KNOWN, {}), levels, config.option.contract)
    config.pluginmanager.register(VerdictCollector(config, verdicts), "contract-verdicts")


def pytest_unconfigure(config: pytest.Config) -> None:
    """Close the forwarder if no test used it."""
    if _HARNESS in config.stash:
        config.stash[_HARNESS].close()


@pytest.fixture(scope="session")
def harness(pytestconfig: pytest.Config) -> Iterator[Harness]:
    """Provide the fake and the forwarder, which have been found to reach one another."""
    if _HARNESS in pytestconfig.stash:
        made = pytestconfig.stash[_HARNESS]
        del pytestconfig.stash[_HARNESS]  # closed below
    else:
        try:
            made = open_harness(pytestconfig.option)
        except SetupError as error:
            raise TargetLost(str(error)) from None
    yield made
    made.close()


class VerdictCollector:
    """Collects the verdicts of a run, and reports them at its end."""

    def __init__(self, config: pytest.Config, verdicts: Verdicts) -> None:
        self._config = config
        self._verdicts = verdicts
        self._lost = ""
        self._others_failed = False
        self._complete = True
        self._unwritten: list[str] = []

    def pytest_sessionstart(self) -> None:
        """Print what is tested."""
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if not reporter or _ADDRESS not in self._config.stash:
            return
        option = self._config.option
        reporter.write_line(printable(f"target    {forwarder_name(option)}"))
        address = self._config.stash[_ADDRESS]
        reporter.write_line(f"fake      mock_autopilot.MockAutopilot, {address}")
        reporter.write_line(f"contract  version {option.contract} of {VERSION}")
        reporter.write_line(f"seed      {option.seed}, {option.examples} examples a test")
        if option.settle:
            reporter.write_line(f"settle    {option.settle:g} s: refusals cannot be reported")

    @pytest.hookimpl(optionalhook=True)  # of pytest-xdist
    def pytest_configure_node(self, node: Any) -> None:
        """Pass the run's seed to every worker."""
        node.workerinput["contract_seed"] = self._config.option.seed

    @pytest.hookimpl(trylast=True)
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        """Keep the tests of the clauses that were asked for."""
        if any(map(self._asked_for, EVERYWHERE)):
            return
        kept = [item for item in items if self._asked_for(_clause_of(item))]
        self._config.hook.pytest_deselected(items=[item for item in items if item not in kept])
        items[:] = kept

    def _asked_for(self, clause_id: str) -> bool:
        """Return whether a clause, or its group, is among those that were asked for."""
        clauses = self._config.option.clause
        return not clauses or clause_id in clauses or clause_id.partition("-")[0] in clauses

    @pytest.hookimpl(hookwrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Iterator[None]:
        """Put the clause and its counterexample on the test's report."""
        outcome: Any = yield
        report: pytest.TestReport = outcome.get_result()
        if not _clause_of(item) or (report.when != "call" and report.passed):
            return
        clause_id, found = _clause_of(item), dict[str, Any]()
        if call.excinfo:
            error = call.excinfo.value
            if isinstance(error, TargetLost):
                self._lost = f"{_NO_VERDICT}{printable(str(error))}"
                item.session.shouldfail = self._lost
                report.outcome = "skipped"
                report.longrepr = ("", 0, self._lost)
                return
            broken = broken_in(error)
            found = broken.counterexample if broken else _error(error)
            clause_id = broken.clause or clause_id if broken else clause_id
        judged = {clause_id: found if report.failed else None}
        fixtures: dict[str, Any] = getattr(item, "funcargs", {})
        if report.when == "call" and "harness" in fixtures:
            elsewhere = dict.fromkeys(EVERYWHERE) | fixtures["harness"].take_findings()
            judged = {**elsewhere, **judged}
        report.user_properties.append((_PROPERTY, json.dumps(judged)))

    @pytest.hookimpl(wrapper=True)
    def pytest_pyfunc_call(self, pyfuncitem: pytest.Function) -> Iterator[None]:
        """Run a test that fails again: the same messages may lead to something else."""
        if _clause_of(pyfuncitem) not in ("", *MACHINES):  # these look for it again themselves
            pyfuncitem.obj = twice(pyfuncitem.obj)
        return (yield)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add a verdict, from this process or a worker."""
        verdicts = [value for name, value in report.user_properties if name == _PROPERTY]
        self._others_failed |= report.failed and not verdicts
        for value in verdicts:
            for clause_id, found in json.loads(str(value)).items():
                if self._asked_for(clause_id):
                    self._verdicts.add(clause_id, report.nodeid, found)

    def pytest_report_teststatus(self, report: pytest.TestReport) -> tuple[str, str, str] | None:
        """Print a mark for each test and no more: the clauses are what counts."""
        mark = "F" if report.failed else "."
        return (report.outcome, mark, "") if report.when == "call" or report.failed else None

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self, session: pytest.Session, exitstatus: int) -> None:
        """Set the exit status from the verdicts, and write the reports."""
        if hasattr(self._config, "workerinput"):
            return
        if exitstatus not in (0, 1) or self._lost or not self._verdicts.judged():
            self._complete = False
            why = self._lost.removeprefix(_NO_VERDICT) or "nothing was judged"
            write_no_verdict(self._config.stash.get(_JUNIT, None), why)
            session.exitstatus = CANNOT_JUDGE
            return
        failed = self._others_failed or self._verdicts.verdict() == "failed"
        session.exitstatus = 1 if failed else 0
        option = self._config.option
        whole = self._verdicts.to_json(
            forwarder_name(option), run_of(option.seed, option.examples, option.settle)
        )
        junit_file = self._config.stash.get(_JUNIT, None)
        self._unwritten += write_reports(option.report or (), option.cases, junit_file, whole)

    def pytest_terminal_summary(self, terminalreporter: Any) -> None:
        """Print the report."""
        write = terminalreporter.write_line
        write("")
        rows = self._verdicts.judged()
        if not self._complete:
            if not (rows or self._lost):
                write("nothing was judged: no test ran")
            return
        option = self._config.option
        verbose = option.full or option.verbose > 0
        unexpected = self._verdicts.unexpected()
        for line, style in details(rows, failed=bool(unexpected), verbose=verbose):
            write(line, **({style: True} if style else {}))
        for line in self._verdicts.stale():
            write(printable(f"known failures: {line}"), yellow=True)
        write("")
        for line in holding(rows):
            write(line)
        colour = {"passed": "green", "failed": "red"}.get(self._verdicts.verdict(), "yellow")
        write(self._verdicts.sentence(), **{colour: True})
        if self._others_failed:
            write("failed: a test of the suite that is about no clause", red=True)
        for line in self._unwritten:
            write(printable(line), red=True)
        for line in again(option, unexpected):
            write(printable(line))

    def pytest_keyboard_interrupt(self, excinfo: pytest.ExceptionInfo[BaseException]) -> None:
        """Print that there is no verdict, unless pytest prints what ended the run itself."""
        reason = str(excinfo.value)
        if reason.startswith(_NO_VERDICT):  # pytest-xdist, of a worker that lost its forwarder
            self._lost = reason
        reporter = self._config.pluginmanager.get_plugin("terminalreporter")
        if not self._lost:
            self._lost = f"{_NO_VERDICT}it was interrupted"
            if reporter:
                reporter.write_line(f"\n{self._lost}")


def _error(error: BaseException) -> dict[str, Any]:
    return {"error": "".join(traceback.format_exception_only(error)).strip()}


def _clause_of(item: pytest.Item) -> str:
    marker = item.get_closest_marker("clause")
    return str(marker.args[0]) if marker else ""
