"""The fixtures in a project's tests: an account for each test."""

import pytest

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


def test_ids_do_not_depend_on_the_tests_before(run: Run, pytester: pytest.Pytester) -> None:
    source = """
        @pytest.mark.parametrize("number", range(3))
        def test_ids(autopilot, autopilot_intercept, number):
            made = [
                upsert(one, "ada@example.com").json()["contact_id"]
                for one in (autopilot, autopilot_intercept)
            ]
            assert made[0] == made[1]
            assert autopilot.name == autopilot_intercept.name == f"test_it.py::test_ids[{number}]"
            print("made", number, autopilot.api_key, made[0])
    """
    passthrough = """
        import pytest

        @pytest.fixture
        def autopilot_intercept_options():
            return {"passthrough": "127.0.0.1"}
    """
    ini = "autopilot_id_seed = 7"
    done = run(source, "-s", ini=ini, conftest=passthrough, elsewhere=True)
    made = [line for line in done.outlines if "made" in line]
    assert len({line.split()[-1] for line in made}) == 3
    only = "test_it.py::test_ids[2]"
    alone = run(source, "-s", only, ini=ini, conftest=passthrough, elsewhere=True)
    (last,) = [line for line in alone.outlines if "made" in line]
    assert last.partition("made")[2] == made[2].partition("made")[2]


def test_a_program_that_imported_the_package_may_start_pytest(pytester: pytest.Pytester) -> None:
    start = pytester.makepyfile(
        start="import sys\nimport adapter\nimport mock_autopilot.mock\nimport pytest\n"
        "sys.exit(pytest.main(['-W', 'error', 'test_it.py']))\n",
        test_it="def test_it(autopilot): pass\n",
    )
    done = pytester.runpython(start)
    done.assert_outcomes(passed=1)
    done.stdout.no_fnmatch_line("*Warning*")
