"""`AutopilotTestCase`, run by unittest and by pytest."""

import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from tests.installed import Done
from tests.plugin.conftest import CALLS, Run

HEAD = """
from unittest import IsolatedAsyncioTestCase, expectedFailure, skip

from calls import call, upsert
from mock_autopilot import AutopilotTestCase
"""
PASSING = """
class TestIt(AutopilotTestCase):
    autopilot_options = {"strict": True, "journeys": ["Welcome"], "id_seed": 7}

    def setUp(self):
        super().setUp()
        self.addCleanup(upsert, self.autopilot, "cleanup@example.com")

    def test_one(self):
        self.assertEqual(len(self.autopilot.contacts), 0)
        self.assertEqual(upsert(self.autopilot, "ada@example.com").status_code, 200)
        self.assertEqual(upsert(self.autopilot, "a@example.com", Titel="x").status_code, 400)
        self.assertIn("Welcome", self.autopilot.journeys)

    test_two = test_one

    @expectedFailure
    def test_expected(self):
        self.assertIn("ada@example.com", self.autopilot.contacts)

    @skip("not now")
    def test_skipped(self):
        pass

class TestAsync(AutopilotTestCase, IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        upsert(self.autopilot, "ada@example.com")

    async def test_it(self):
        self.assertIn("ada@example.com", self.autopilot.contacts)
"""
FAILING = """
class TestIt(AutopilotTestCase):
    def test_failure(self):
        call(self.autopilot, "POST", "contact", {"contact": {"FirstName": "Bob"}})
        self.fail("itself")

    def test_error(self):
        upsert(self.autopilot, "ada@example.com")
        raise LookupError

    def test_parts(self):
        for part in "ab":
            with self.subTest(part):
                upsert(self.autopilot, f"{part}@example.com")
                self.assertEqual(part, "a")

    def test_defect(self):
        self.autopilot._account.faults.pending = None
        call(self.autopilot, "GET", "contacts")
"""
LATE = """
before = []

class TestIt(AutopilotTestCase):
    def test_one(self):
        for account in before:
            call(account, "GET", "contacts")
        before[:] = [self.autopilot]

    test_two = test_one
"""


def run_unittest(folder: Path, source: str) -> Done:
    (folder / "calls.py").write_text(CALLS)
    (folder / "test_it.py").write_text(HEAD + dedent(source))
    command = [sys.executable, "-W", "default", "-m", "unittest", "-v"]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=60, check=False
    )


def test_each_test_has_an_account_of_its_own(tmp_path: Path) -> None:
    done = run_unittest(tmp_path, PASSING)
    assert done.returncode == 0, done.stderr
    assert "Ran 5 tests" in done.stderr
    assert "OK (skipped=1, expected failures=1)" in done.stderr
    assert "Autopilot calls" not in done.stderr
    assert "Warning" not in done.stderr


def test_with_pytest_too(run: Run) -> None:
    run(HEAD + PASSING).assert_outcomes(passed=3, xfailed=1, skipped=1)


def test_failures_show_the_calls(tmp_path: Path) -> None:
    done = run_unittest(tmp_path, FAILING)
    assert done.returncode == 1
    assert "FAILED (failures=2, errors=2)" in done.stderr
    defect, error, failure, parts = done.stderr.split("=" * 70)[1:]
    assert "itself\nAutopilot calls: 1 call, 1 rejected:\n#3 POST /v1/contact: 400 Mis" in failure
    assert "LookupError\nAutopilot calls: 1 call:\n#2 " in error
    assert "Autopilot calls: 2 calls:" in parts
    assert "TypeError: 'NoneType' object is not callable" in defect
    assert "if not account.faults.pending():" in defect
    assert "The call was GET /v1/contacts." in defect


def test_failures_show_the_calls_with_pytest_too(run: Run) -> None:
    done = run(HEAD + FAILING)
    assert done.parseoutcomes()["failed"] >= 3
    done.stdout.fnmatch_lines(
        ["E * LookupError", "E * Autopilot calls: 1 call:", "E * #2 POST /v1/contact: 200"],
        consecutive=True,
    )


@pytest.mark.parametrize("runner", ["unittest", "pytest"])
def test_late_calls_are_a_warning(runner: str, tmp_path: Path, run: Run) -> None:
    if runner == "pytest":
        shown = run(HEAD + LATE, "-W", "default").stdout.str()
    else:
        shown = run_unittest(tmp_path, LATE).stderr
    assert (
        "LateCallWarning: GET /v1/contacts came after the end of test_it.TestIt.test_one" in shown
    )


FORGOTTEN = """
class TestSetUp(AutopilotTestCase):
    def setUp(self):
        pass

    def test_it(self):
        self.autopilot


class TestSetUpClass(AutopilotTestCase):
    @classmethod
    def setUpClass(cls):
        pass

    def test_it(self):
        self.autopilot
"""


def test_a_set_up_that_forgets_that_of_the_base_class_is_told(tmp_path: Path) -> None:
    shown = run_unittest(tmp_path, FORGOTTEN).stderr
    for text in (
        "TestSetUp has no autopilot: its setUp must call super().setUp()",
        "TestSetUpClass has no autopilot_server: its setUpClass must call super().setUpClass()",
    ):
        assert f"AttributeError: {text}" in shown
