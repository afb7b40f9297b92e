"""A project of somebody else's, whose tests use the fixtures."""

from collections.abc import Callable
from importlib import import_module
from textwrap import dedent

import pytest

# pytester forgets the modules that a run in this process is the first to import. There must not be
# two of these, so they are imported before; what interceptions need is not, so they run elsewhere.
for module in ("mock", "testing.pytest_accounts", "unittest_case"):
    import_module(f"mock_autopilot.{module}")

CALLS = '''
"""The code under test, more or less."""

import os

import requests


def call(account, method, path, body=None, key=None):
    return requests.request(
        method,
        account.base_url + path,
        json=body,
        headers={"autopilotapikey": key or account.api_key},
        timeout=20,
    )


def upsert(account, email, **fields):
    contact = {"Email": email, "FirstName": "A", **fields}
    return call(account, "POST", "contact", {"contact": contact})
'''
INI = """
[pytest]
addopts = --strict-markers --strict-config -p no:cacheprovider
filterwarnings = error
pythonpath = .
"""
Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester: pytest.Pytester) -> Run:
    """Run the tests of a module: `run(source, "-n", "2", ini="autopilot_strict = true")`."""

    def run(
        source: str, *arguments: str, ini: str = "", conftest: str = "", elsewhere: bool = False
    ) -> pytest.RunResult:
        pytester.makefile(".ini", pytest=INI + ini)
        pytester.makepyfile(calls=CALLS, test_it=_with_imports(source))
        if conftest:
            pytester.makeconftest(dedent(conftest))
        if elsewhere:
            return pytester.runpytest_subprocess(*arguments)
        return pytester.runpytest_inprocess(*arguments)

    return run


def _with_imports(source: str) -> str:
    return "import pytest\nfrom calls import call, upsert\n\n" + dedent(source)
