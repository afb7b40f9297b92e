"""Each file that mutation leaves out names the tests that would see it break."""

import ast
import tomllib
from pathlib import Path

from tests.mutation.survivors import ROOT

EXEMPT: dict[str, list[str]] = tomllib.loads(
    Path(__file__).with_name("exempt.toml").read_text("utf-8")
)


def test_the_files_are_those_that_mutation_leaves_out() -> None:
    options = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["mutmut"]
    patterns = [list(ROOT.glob(pattern)) for pattern in options["do_not_mutate"]]
    assert all(patterns), "a pattern that fits no file"
    left_out = {path.relative_to(ROOT).as_posix() for paths in patterns for path in paths}
    python = {name for name in left_out if name.endswith(".py")}
    assert {name for name in python if ast.parse((ROOT / name).read_text()).body[1:]} == set(EXEMPT)


def test_the_tests_are_there() -> None:
    assert all(EXEMPT.values())
    named = {test for tests in EXEMPT.values() for test in tests}
    assert sorted(test for test in named if not is_there(test)) == []


def is_there(test: str) -> bool:
    """Say whether a test's id, as pytest writes it, is that of a file, a class or a test."""
    file, *names = test.split("::")
    if not (ROOT / file).is_file():
        return False
    node: ast.AST = ast.parse((ROOT / file).read_text("utf-8"))
    for name in names:
        inner = {getattr(one, "name", ""): one for one in getattr(node, "body", ())}
        if name not in inner:
            return False
        node = inner[name]
    return True
