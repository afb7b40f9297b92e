"""What a run shows: the calls of a test that failed, errors inside the fake, and late calls."""

import pytest

from tests.plugin.conftest import Run


class TestCallsOfAFailedTest:
    def test_rejected_and_doubtful_ones_come_first(self, run: Run) -> None:
        done = run("""
            def test_it(autopilot, autopilot_server):
                upsert(autopilot, "ada@example.com")
                call(autopilot, "POST", "contact", {"contact": {"FirstName": "Bob"}})
                upsert(autopilot, "bob@example.com", Titel="x")
                call(autopilot, "GET", "contacts", key="a-mistyped-key")
                call(autopilot, "GET", "triggers", key=autopilot_server.api_key)
                assert "bob@example.org" in autopilot.contacts
        """)
        done.assert_outcomes(failed=1)
        done.stdout.fnmatch_lines(
            [
                "*- Autopilot calls -*",
                "3 calls, 1 rejected, 1 with warnings:",
                "#2 POST /v1/contact: 400 Missing unique identifier traits. Either*",
                '    {"contact": {"FirstName": "Bob"}}',
                "#3 POST /v1/contact: 200",
                '    {"contact": {"Email": "bob@example.com", "FirstName": "A", "Titel": "x"}}',
                "    warning: contact.Titel: *did you mean Title*",
                "#1 POST /v1/contact: 200",
                '    {"contact": {"Email": "ada@example.com", "FirstName": "A"}}',
                "",
                "2 calls without a key, or with another one than mock-*:",
                "#4 GET /v1/contacts: 401 * (its key: a-…-key, 14 characters)",
                "#5 GET /v1/triggers: 200 (its key: …-key)",
                "*short test summary*",
            ],
            consecutive=True,
        )

    def test_a_test_without_calls_says_so(self, run: Run) -> None:
        done = run("""
            def test_before(autopilot):
                call(autopilot, "GET", "contacts", key="a-mistyped-key")

            def test_it(autopilot):
                assert autopilot.contacts
        """)
        done.assert_outcomes(passed=1, failed=1)
        done.stdout.fnmatch_lines("No call came.")
        done.stdout.no_fnmatch_line("*another one*")

    @pytest.mark.parametrize("fixture", ["autopilot", "autopilot_intercept"])
    def test_a_test_may_close_its_account(self, fixture: str, run: Run) -> None:
        done = run(
            f"""
            def test_it({fixture}):
                {fixture}.close()

            def test_failing({fixture}):
                {fixture}.close()
                assert False
            """,
            elsewhere=True,
        )
        done.assert_outcomes(passed=1, failed=1)
        closed = "The test closed its account, which forgot its calls."
        nothing = "No call came."
        done.stdout.fnmatch_lines([closed if fixture == "autopilot" else nothing])

    def test_a_test_that_passes_shows_nothing(self, run: Run) -> None:
        done = run(
            """
            def test_it(autopilot):
                call(autopilot, "GET", "contact/nobody@example.com")
            """,
            "-rA",
        )
        done.assert_outcomes(passed=1)
        done.stdout.no_fnmatch_line("*Autopilot calls*")

    @pytest.mark.parametrize("where", ["before", "after"])
    def test_other_fixtures_that_fail_show_them_too(self, where: str, run: Run) -> None:
        done = run(f"""
            @pytest.fixture
            def failing(autopilot):
                upsert(autopilot, "ada@example.com")
                assert "{where}" == "after"
                yield
                upsert(autopilot, "bob@example.com")
                assert False

            def test_it(failing):
                pass
        """)
        done.assert_outcomes(errors=1, passed=int(where == "after"))
        count = {"before": "1 call:", "after": "2 calls:"}[where]
        done.stdout.fnmatch_lines(["*- Autopilot calls -*", count])

    def test_those_that_were_intercepted(self, run: Run) -> None:
        done = run(
            """
            def test_it(autopilot_intercept):
                upsert(autopilot_intercept, "ada@example.com")
                call(autopilot_intercept, "GET", "contacts", key="a-mistyped-key")
                assert not autopilot_intercept.contacts
            """,
            elsewhere=True,
        )
        done.assert_outcomes(failed=1)
        done.stdout.fnmatch_lines(
            ["2 calls, 1 rejected:", "#2 GET /v1/contacts: 401*not sandbox-key)", "#1 *"]
        )

    def test_those_of_two_fixtures_are_told_apart(self, run: Run) -> None:
        done = run(
            """
            def test_it(autopilot, autopilot_intercept):
                upsert(autopilot_intercept, "ada@example.com")
                assert False
            """,
            elsewhere=True,
        )
        done.assert_outcomes(failed=1)
        done.stdout.fnmatch_lines(
            [
                "*- Autopilot calls of autopilot -*",
                "No call came.",
                "*- Autopilot calls of autopilot_intercept -*",
                "1 call:",
            ],
            consecutive=True,
        )

    def test_those_that_were_not_sent(self, run: Run) -> None:
        done = run(
            """
            import requests

            def test_it(autopilot_intercept):
                with pytest.raises(requests.ConnectionError):
                    requests.post("https://gateway.test/v1/contact", timeout=5)
                assert autopilot_intercept.contacts
            """,
            elsewhere=True,
        )
        done.assert_outcomes(failed=1)
        done.stdout.fnmatch_lines(
            [
                "*- Autopilot calls -*",
                "refused, not sent: POST https://gateway.test/v1/contact (host not intercepted)",
            ]
        )

    def test_many_long_calls_are_bounded(self, run: Run) -> None:
        done = run("""
            def test_it(autopilot):
                for number in range(60):
                    upsert(autopilot, f"{number}@example.com", FirstName="x" * 9_999)
                autopilot.fail_next(drop_connection=True)
                with pytest.raises(OSError):
                    call(autopilot, "DELETE", "contact/" + "y" * 5_000 + "@example.com")
                assert False
        """)
        done.assert_outcomes(failed=1)
        done.stdout.fnmatch_lines(
            [
                "61 calls, 1 rejected:",
                "#61 DELETE /v1/contact/yyy*yyy…",
                "(50 older ones like these are left out)",
                "#51 POST /v1/contact: 200",
                "    {*xxx…",
            ]
        )
        shown = done.stdout.str().partition("Autopilot calls")[2]
        assert len(shown) < 5_000


BREAK = """
@pytest.fixture(autouse=True)
def broken(monkeypatch):
    from mock_autopilot.recording.faults import Faults

    monkeypatch.setattr(Faults, "pending", None)
"""


class TestErrorsInsideTheFake:
    def test_the_test_fails_with_the_fakes_traceback(self, run: Run) -> None:
        done = run(f"""{BREAK}
def test_passes_else(broken, autopilot):
    assert call(autopilot, "GET", "contacts").status_code == 500

def test_fails_itself(broken, autopilot):
    assert call(autopilot, "GET", "contacts").status_code == 200
        """)
        done.assert_outcomes(failed=2)
        first, second = done.stdout.str().split("_ test_fails_itself _")
        for shown in (first, second):
            assert "if not account.faults.pending():" in shown
            assert "TypeError: 'NoneType' object is not callable" in shown
            assert "This is a defect of mock-autopilot. The call was GET /v1/contacts." in shown
            assert "#" in shown.partition("- Autopilot calls -")[2]
        assert "assert 500 == 200" in second
        assert "- Error inside the Autopilot fake -" in second
        own = first.partition("- Captured log")[0]
        assert ">           self._trigger_fault(call, account, params)" in own
        assert "pytest_accounts.py" not in own

    def test_one_that_comes_after_the_test_is_an_error(self, run: Run) -> None:
        done = run(f"""{BREAK}
@pytest.fixture
def late(broken, autopilot):
    yield
    call(autopilot, "GET", "contacts")

def test_it(late):
    pass

def test_other(autopilot):
    pass
        """)
        done.assert_outcomes(passed=2, errors=1)
        done.stdout.fnmatch_lines(
            [
                "*ERROR at teardown of test_it*",
                "*if not account.faults.pending():",
                "E   *TypeError: 'NoneType' object is not callable",
            ]
        )


FLUSH = """
import atexit

before = []

@pytest.mark.parametrize("number", range(4))
def test_flush(autopilot, number):
    upsert(autopilot, "ada@example.com")
    assert len(autopilot.calls) == 1
    for account in before:
        call(account, "GET", "contacts")
    assert len(autopilot.calls) == 1
    before[:] = [autopilot]
"""


class TestLateCalls:
    def test_they_are_told_with_the_tests_name(self, run: Run) -> None:
        done = run(FLUSH)
        done.assert_outcomes(passed=4)
        done.stdout.fnmatch_lines(
            [
                "*= Autopilot calls that came after their test's end =*",
                "test_it.py::test_flush[[]0[]]: 1 late: GET /v1/contacts (1x)",
                "test_it.py::test_flush[[]1[]]: *",
                "test_it.py::test_flush[[]2[]]: *",
            ],
            consecutive=True,
        )

    def test_those_of_xdist_workers_too(self, run: Run) -> None:
        done = run(FLUSH, "-n", "2", "--dist", "loadfile")
        done.assert_outcomes(passed=4)
        done.stdout.fnmatch_lines(
            ["*came after their test's end*", "*::test_flush[[]2[]]: 1 late: GET*"]
        )

    def test_only_so_many_are_shown(self, run: Run) -> None:
        done = run(FLUSH.replace("range(4)", "range(24)"))
        done.assert_outcomes(passed=24)
        done.stdout.fnmatch_lines(["*::test_flush[[]19[]]*", "and 3 more tests"], consecutive=True)

    def test_without_any_nothing_is_shown(self, run: Run) -> None:
        run("def test_it(autopilot): pass").stdout.no_fnmatch_line("*Autopilot*")


def test_two_hundred_tests_on_four_workers_share_nothing(run: Run) -> None:
    done = run(
        """
        @pytest.mark.parametrize("number", range(200))
        def test_it(autopilot, number):
            for step in range(3):
                upsert(autopilot, f"{number}-{step}@example.com")
                emails = {contact.email for contact in autopilot.contacts.values()}
                assert emails == {f"{number}-{one}@example.com" for one in range(step + 1)}
            assert len(autopilot.calls) == 3
        """,
        "-n",
        "4",
    )
    done.assert_outcomes(passed=200)
