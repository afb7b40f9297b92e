"""The fixtures in a project's tests: an account for each test, with options from several places."""

import pytest

from mock_autopilot.options import AccountOptions
from mock_autopilot.pytest_plugin import INI_TYPES
from tests.plugin.conftest import Run


def test_each_test_has_an_account_of_its_own(run: Run) -> None:
    done = run("""
        @pytest.mark.parametrize("number", range(3))
        def test_function(autopilot, number):
            assert not autopilot.contacts
            assert upsert(autopilot, "ada@example.com").status_code == 200
            assert len(autopilot.contacts) == len(autopilot.calls) == 1
            assert autopilot.name == f"test_it.py::test_function[{number}]"

        class TestClass:
            @pytest.fixture(autouse=True)
            def ada(self, autopilot):
                upsert(autopilot, "ada@example.com")

            def test_method(self, autopilot):
                assert [contact.email for contact in autopilot.contacts.values()] == [
                    "ada@example.com"
                ]

            def test_server(self, autopilot, autopilot_server):
                assert autopilot.base_url == autopilot_server.base_url
                assert not autopilot_server.contacts
                with autopilot_server.new_account() as other:
                    assert not other.contacts
    """)
    done.assert_outcomes(passed=5)


def test_async_tests(run: Run) -> None:
    done = run(
        """
        import asyncio

        async def test_async(autopilot):
            await asyncio.to_thread(upsert, autopilot, "ada@example.com")
            assert "ada@example.com" in autopilot.contacts

        async def test_intercepted(autopilot_intercept):
            import httpx
            url = "https://api2.autopilothq.com/v1/contacts"
            async with httpx.AsyncClient() as client:
                headers = {"autopilotapikey": autopilot_intercept.api_key}
                answer = await client.get(url, headers=headers)
            assert answer.json()["contacts"] == []
            assert len(autopilot_intercept.calls) == 1
        """,
        "-p",
        "no:anyio",
        elsewhere=True,
        conftest="""
        import asyncio
        import inspect

        def pytest_pyfunc_call(pyfuncitem):
            if inspect.iscoroutinefunction(pyfuncitem.obj):
                names = pyfuncitem._fixtureinfo.argnames
                asyncio.run(pyfuncitem.obj(**{n: pyfuncitem.funcargs[n] for n in names}))
                return True
        """,
    )
    done.assert_outcomes(passed=2)


def test_calls_are_intercepted(run: Run) -> None:
    done = run(
        """
        import requests

        URL = "https://api2.autopilothq.com/v1/contacts"

        @pytest.mark.autopilot(journeys=["Welcome"])
        def test_default(autopilot_intercept):
            assert call(autopilot_intercept, "GET", "contacts").status_code == 200
            assert autopilot_intercept.base_url in URL
            assert "Welcome" in autopilot_intercept.journeys

        def test_after():
            with pytest.raises(requests.RequestException):
                requests.get(URL.replace("https", "nothing"), timeout=5)

        class TestOther:
            @pytest.fixture
            def autopilot_intercept_options(self):
                return {"base_urls": ["http://autopilot.test/api/"]}

            @pytest.mark.autopilot(strict=True)
            def test_other(self, autopilot_intercept):
                answer = requests.get(
                    "http://autopilot.test/api/contacts",
                    headers={"autopilotapikey": autopilot_intercept.api_key},
                    timeout=5,
                )
                assert answer.status_code == 200
                answer = upsert(autopilot_intercept, "ada@example.com", Titel="x")
                assert answer.status_code == 400
        """,
        elsewhere=True,
    )
    done.assert_outcomes(passed=3)


def test_a_package_that_interception_needs_and_is_missing_is_named_in_one_line(run: Run) -> None:
    done = run(
        "def test_it(autopilot_intercept): pass",
        conftest="""
            import sys

            sys.modules.update({"responses": None, "httpx": None})  # as if not installed
        """,
        elsewhere=True,
    )
    done.assert_outcomes(errors=1)
    done.stdout.re_match_lines_random(["^intercept.. needs .*: pip install responses$"])
    done.stdout.no_fnmatch_line("*Traceback*")


def test_settings_are_environment_variables(run: Run) -> None:
    done = run("""
        import os

        NAMES = ("AUTOPILOT_API_KEY", "AUTOPILOT_BASE_URL", "MY_KEY", "MY_URL")

        def found():
            return {name: os.environ[name] for name in NAMES if name in os.environ}

        def test_names(autopilot_settings, autopilot):
            assert autopilot_settings is autopilot
            assert found() == {
                "AUTOPILOT_API_KEY": autopilot.api_key,
                "AUTOPILOT_BASE_URL": autopilot.base_url,
            }

        def test_without():
            assert not found()

        class TestOwnNames:
            @pytest.fixture
            def autopilot_environment(self):
                return {"api_key": "MY_KEY"}

            def test_names(self, autopilot_settings):
                assert found() == {"MY_KEY": autopilot_settings.api_key}
    """)
    done.assert_outcomes(passed=3)


class TestOptions:
    def test_by_the_ini_file(self, run: Run, pytester: pytest.Pytester) -> None:
        (pytester.path / "seed.json").write_text('{"contacts": [{"Email": "ada@example.com"}]}')
        done = run(
            """
            def test_it(autopilot, autopilot_server):
                assert upsert(autopilot, "bob@example.com", Titel="x").status_code == 400
                assert "ada@example.com" in autopilot.contacts
                names = {one.trigger_id: one.name for one in autopilot.journeys.values()}
                assert names == {"0007": "Welcome", "0001": "Bye"}
                entry = call(autopilot, "POST", "trigger/0009/contact/ada@example.com")
                assert entry.status_code == 404
                assert autopilot.calls[0].time.isoformat() == "2026-01-31T09:00:00+00:00"
                assert autopilot.contacts["ada@example.com"].contact_id.startswith("person_E2B2")
                assert len(autopilot.calls) == 2
            """,
            ini="""
autopilot_strict = true
autopilot_seed = seed.json
autopilot_auto_journeys = false
autopilot_journeys =
    Welcome=0007
    Bye
autopilot_clock = 2026-01-31T09:00:00Z
autopilot_id_seed = 7
autopilot_journal_size = 2
            """,
        )
        done.assert_outcomes(passed=1)

    def test_by_a_fixture_and_markers(self, run: Run) -> None:
        done = run(
            """
            @pytest.fixture(scope="session")
            def autopilot_options():
                return {"api_key": "mine", "journeys": ["Welcome"], "clock": "2026-01-31"}

            def status(autopilot):
                return upsert(autopilot, "ada@example.com", Titel="x").status_code

            def test_fixture(autopilot, autopilot_server):
                assert autopilot_server.api_key == "mine"
                for fake in (autopilot, autopilot_server):
                    assert [one.name for one in fake.journeys.values()] == ["Welcome"]
                assert status(autopilot) == 400
                autopilot.clock.tick(60)

            def test_clock_is_not_the_one_of_the_test_before(autopilot):
                assert autopilot.clock().isoformat() == "2026-01-31T00:00:00+00:00"

            @pytest.mark.autopilot(strict=False, journeys=())
            class TestMarked:
                def test_class(self, autopilot):
                    assert not autopilot.journeys
                    assert status(autopilot) == 200

                @pytest.mark.autopilot(strict=True, seed={"contacts": [{"user_id": "u"}]})
                def test_function(self, autopilot):
                    assert not autopilot.journeys
                    assert "u" in autopilot.contacts
                    assert status(autopilot) == 400
            """,
            ini="autopilot_strict = true",
        )
        done.assert_outcomes(passed=4)

    @pytest.mark.parametrize(
        ("marker", "why"),
        [
            ("strickt=True", "an account has no option 'strickt'; did you mean strict?"),
            ("True", "the marker takes options by name, as in @pytest.mark.autopilot(strict=True)"),
            (
                "journeys='Welcome'",
                'journeys must be a list, as in journeys=["Trial", ("Welcome", "0001")]',
            ),
            ("seed={'contact': []}", "contact"),
        ],
    )
    def test_a_wrong_marker(self, marker: str, why: str, run: Run) -> None:
        done = run(f"""
            @pytest.mark.autopilot({marker})
            def test_it(autopilot):
                pass
        """)
        done.assert_outcomes(errors=1)
        shown = done.stdout.str()
        assert f"wrong options for the Autopilot fake: {why}" in shown
        assert "Traceback" not in shown
        assert "another exception" not in shown

    @pytest.mark.parametrize(
        ("ini", "why"),
        [
            ("autopilot_id_seed = x", "autopilot_id_seed in *pytest.ini: invalid literal*'x'"),
            ("autopilot_strict = x", "autopilot_strict in *pytest.ini: *truth value*'x'*"),
            ("autopilot_clock = x", "*clock must be an ISO-8601 date, or date and time*"),
            ("autopilot_seed = none.json", "*No such file*none.json*"),
            ("autopilot_journeys = =7", "autopilot_journeys in *: '=7' has no name*"),
        ],
    )
    def test_a_wrong_ini_file(self, ini: str, why: str, run: Run) -> None:
        done = run("def test_it(autopilot): pass", ini=ini)
        done.assert_outcomes(errors=1)
        done.stdout.fnmatch_lines(f"*wrong options for the Autopilot fake: {why}")


def test_ids_do_not_depend_on_the_tests_before(run: Run, pytester: pytest.Pytester) -> None:
    source = """
        @pytest.mark.parametrize("number", range(3))
        def test_ids(autopilot, number):
            made = upsert(autopilot, "ada@example.com").json()
            print("made", number, autopilot.api_key, made["contact_id"])
    """
    ini = "autopilot_id_seed = 7"
    done = run(source, "-s", ini=ini)
    made = [line for line in done.outlines if "made" in line]
    assert len(made) == 3
    alone = run(source, "-s", "test_it.py::test_ids[2]", ini=ini)
    (last,) = [line for line in alone.outlines if "made" in line]
    assert last.partition("made")[2] == made[2].partition("made")[2]


def test_the_ini_options_are_those_of_an_account() -> None:
    assert [*INI_TYPES] == sorted(AccountOptions.__annotations__)


def test_a_program_that_imported_the_package_may_start_pytest(pytester: pytest.Pytester) -> None:
    start = pytester.makepyfile(
        start="import sys\nimport adapter\nimport mock_autopilot.mock\nimport pytest\n"
        "sys.exit(pytest.main(['-W', 'error', 'test_it.py']))\n",
        test_it="def test_it(autopilot): pass\n",
    )
    done = pytester.runpython(start)
    done.assert_outcomes(passed=1)
    done.stdout.no_fnmatch_line("*Warning*")
