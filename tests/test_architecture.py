"""Rules of the code base: who may import whom, how long a file may be, a test for each clause."""

import ast
from pathlib import Path

import pytest

from contract_tests.clauses import CLAUSES, EVERYWHERE

ROOT = Path(__file__).parent.parent
PACKAGES = ("mock_autopilot", "adapter", "contract_tests")


def modules(package: str) -> list[Path]:
    return sorted((ROOT / package).rglob("*.py"))


def imports(module: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module or ""} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def offenders(package: str, *forbidden: str, besides: str = "") -> list[str]:
    return [
        f"{module.relative_to(ROOT)} imports {name}"
        for module in modules(package)
        if not (besides and module.relative_to(ROOT).as_posix().startswith(besides))
        for name in sorted(imports(module))
        if any(name == other or name.startswith(f"{other}.") for other in forbidden)
    ]


def test_every_package_has_modules_to_check() -> None:
    assert all(modules(package) for package in PACKAGES)


def test_the_forwarder_does_not_import_the_fake() -> None:
    assert offenders("adapter", "mock_autopilot", "contract_tests") == []


def test_only_the_command_line_imports_the_forwarder() -> None:
    besides = "mock_autopilot/cli"
    assert offenders("mock_autopilot", "adapter", "contract_tests", besides=besides) == []
    assert offenders("mock_autopilot", "mock_autopilot.cli", besides=besides) == [
        "mock_autopilot/__main__.py imports mock_autopilot.cli",
        "mock_autopilot/__main__.py imports mock_autopilot.cli.main",
    ]


def test_only_the_client_of_the_forwarder_imports_an_http_library() -> None:
    assert offenders("adapter", "requests", "urllib3", besides="adapter/client.py") == []


HTTP = ("flask", "granian", "httpx", "requests", "responses", "waitress", "werkzeug")


@pytest.mark.parametrize("room", ["account", "recording", "storage"])
def test_the_domain_imports_neither_http_libraries_nor_the_api(room: str) -> None:
    assert offenders(f"mock_autopilot/{room}", *HTTP, "mock_autopilot.api") == []


def test_only_the_application_and_its_views_import_flask() -> None:
    assert {one.partition(" ")[0] for one in offenders("mock_autopilot", "flask")} == {
        "mock_autopilot/api/control.py",
        "mock_autopilot/api/control_guard.py",
        "mock_autopilot/api/wsgi.py",
        "mock_autopilot/app.py",
        "mock_autopilot/cli/serve.py",
    }


def test_client_libraries_are_imported_only_where_their_calls_are_intercepted() -> None:
    assert {
        one.partition(" ")[0]
        for one in offenders("mock_autopilot", "anyio", "httpx", "requests", "responses", "urllib3")
    } == {
        "mock_autopilot/cli/_client.py",
        "mock_autopilot/interception/httpx_client.py",
        "mock_autopilot/interception/intercept.py",
        "mock_autopilot/interception/requests_client.py",
    }


def test_no_file_has_more_than_300_lines() -> None:
    sizes = {
        module.relative_to(ROOT).as_posix(): len(module.read_text().splitlines())
        for package in PACKAGES
        for module in modules(package)
    }
    assert {name: size for name, size in sizes.items() if size > 300} == {}


def test_the_contract_suite_imports_no_forwarder_and_the_fake_in_one_file() -> None:
    assert offenders("contract_tests", "adapter") == []
    assert offenders("contract_tests", "mock_autopilot") == [
        "contract_tests/fake.py imports mock_autopilot",
        "contract_tests/fake.py imports mock_autopilot.ApiError",
        "contract_tests/fake.py imports mock_autopilot.MockAutopilot",
        "contract_tests/fake.py imports mock_autopilot.installation",
        "contract_tests/fake.py imports mock_autopilot.installation.installed_version",
    ]


def test_every_clause_has_a_test_and_every_test_one_clause() -> None:
    named = [
        [
            ast.literal_eval(mark.args[0])
            for mark in test.decorator_list
            if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "clause"
        ]
        for module in (ROOT / "contract_tests").glob("test_*.py")
        for test in ast.walk(ast.parse(module.read_text("utf-8")))
        if isinstance(test, ast.FunctionDef) and test.name.startswith("test")
    ]
    assert [clauses for clauses in named if len(clauses) != 1] == []
    assert {clause for (clause,) in named} == CLAUSES.keys() - set(EVERYWHERE)
