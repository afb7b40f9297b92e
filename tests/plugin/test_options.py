"""The options of a test's fake: from the ini file, from fixtures and from markers."""

from typing import Any

import pytest

from mock_autopilot.options import AccountOptions
from mock_autopilot.pytest_plugin import INI_TYPES
from mock_autopilot.testing.pytest_options import intercept_options
from tests.plugin.conftest import Run


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

    def test_a_modules_options_are_not_those_of_the_next(
        self, run: Run, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            test_first="""
            import pytest

            @pytest.fixture(scope="session")
            def autopilot_options():
                return {"strict": True, "journeys": ["Welcome"], "clock": "2026-01-31"}

            def test_first(autopilot):
                assert autopilot.clock().isoformat() == "2026-01-31T00:00:00+00:00"
            """
        )
        done = run(
            """
            def test_it(autopilot):
                assert upsert(autopilot, "ada@example.com", Titel="x").status_code == 200
                assert not autopilot.journeys
                with pytest.raises(TypeError, match="cannot be moved"):
                    autopilot.clock
            """,
            "test_first.py",
            "test_it.py",
        )
        done.assert_outcomes(passed=2)

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
            ("autopilot_clock = now", "autopilot_clock in *pytest.ini: clock must be an ISO-8601*"),
            ("autopilot_seed = none.json", "autopilot_seed in *pytest.ini: *No such*none.json*"),
            ("autopilot_seed = test_it.py", "autopilot_seed in *pytest.ini: *JSON*"),
            ("autopilot_journeys = =7", "autopilot_journeys in *: '=7' has no name*"),
        ],
    )
    def test_a_wrong_ini_file(self, ini: str, why: str, run: Run) -> None:
        source = "def test_it(autopilot): pass\ndef test_intercepted(autopilot_intercept): pass"
        done = run(source, ini=ini, elsewhere=True)
        done.assert_outcomes(errors=2)
        wrong = f"*wrong options for the Autopilot fake: {why}"
        done.stdout.fnmatch_lines([wrong, "*ERROR at*test_intercepted*", wrong])
        assert "Traceback" not in done.stdout.str()

    @pytest.mark.parametrize(
        ("returned", "why"),
        [
            ('{"apikey": "x"}', "has no option 'apikey'; did you mean api_key?"),
            ("['strict']", "must return a dict, got ['strict']"),
        ],
    )
    def test_a_fixture_that_returns_wrong_ones(self, returned: str, why: str, run: Run) -> None:
        done = run(
            "def test_it(autopilot): pass\ndef test_intercepted(autopilot_intercept): pass",
            conftest=f"""
                import pytest

                @pytest.fixture(scope="session")
                def autopilot_options():
                    return {returned}
            """,
            elsewhere=True,
        )
        done.assert_outcomes(errors=2)
        wrong = f"wrong options for the Autopilot fake: the fixture autopilot_options {why}"
        first, second = done.stdout.str().split("test_intercepted _")
        assert wrong in first
        assert wrong in second
        assert "Traceback" not in first + second

    def test_those_of_servers_only_are_for_both(self, run: Run) -> None:
        done = run(
            "def test_it(autopilot, autopilot_intercept): assert autopilot_intercept.calls == []",
            conftest="""
                import pytest

                @pytest.fixture(scope="session")
                def autopilot_options():
                    return {"host": "127.0.0.1", "port": 0, "control_token": "x"}
            """,
            elsewhere=True,
        )
        done.assert_outcomes(passed=1)

    def test_one_of_the_server_in_a_module_that_is_not_the_first(
        self, run: Run, pytester: pytest.Pytester
    ) -> None:
        pytester.makepyfile(
            test_second="""
                import pytest

                @pytest.fixture(scope="session")
                def autopilot_options():
                    return {"max_body": 10}

                def test_intercepted(autopilot_intercept): pass

                def test_served(autopilot): pass
            """
        )
        done = run("def test_it(autopilot): pass", elsewhere=True)
        done.assert_outcomes(passed=2, errors=1)
        done.stdout.fnmatch_lines(["*returns max_body=10 for this test, but the one server*"])


FIXTURE = "the fixture autopilot_intercept_options"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        ({"base_url": "x"}, f"{FIXTURE} has no option 'base_url'; did you mean base_urls?"),
        ({"passthru": "x"}, f"{FIXTURE} has no option 'passthru'; did you mean passthrough?"),
        ({"xyz": "x"}, f"{FIXTURE} has no option 'xyz'; there are base_urls, passthrough"),
        ({"strict": True}, f"strict is not for {FIXTURE}: use autopilot_options"),
        ({"base_urls": 5}, f"base_urls of {FIXTURE} must be a URL, or a list of URLs, got 5"),
        ("https://a.b/v1/", f"{FIXTURE} must return a dict, got 'https://a.b/v1/'"),
    ],
)
def test_wrong_intercept_options(given: Any, why: str) -> None:
    with pytest.raises(TypeError) as caught:
        intercept_options(given)
    assert str(caught.value) == why


def test_intercept_options() -> None:
    url = "https://a.b/v1/"
    assert intercept_options({}) == ((), ())
    assert intercept_options({"base_urls": url}) == ((url,), ())
    assert intercept_options({"base_urls": [url, "x"], "passthrough": True}) == ((url, "x"), True)


@pytest.mark.parametrize(
    ("names", "why"),
    [
        ({"url": "U"}, "the fixture autopilot_environment has no option 'url'; there are api"),
        ({"base-url": "U"}, "autopilot_environment has no option 'base-url'; did you mean base_u"),
        ({"api_key": None}, "api_key of the fixture autopilot_environment must be the name of"),
        (None, "the fixture autopilot_environment must return a dict, got None"),
    ],
)
def test_a_wrong_environment(names: Any, why: str, run: Run) -> None:
    done = run(f"""
        @pytest.fixture
        def autopilot_environment():
            return {names!r}

        def test_it(autopilot_settings):
            pass
    """)
    done.assert_outcomes(errors=1)
    assert why in done.stdout.str()
    assert "Traceback" not in done.stdout.str()


def test_the_ini_options_are_those_of_an_account() -> None:
    assert [*INI_TYPES] == sorted(AccountOptions.__annotations__)
