"""The examples in the documents do what the documents say."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

import mock_autopilot
from adapter.engage.scenario import read_scenario
from mock_autopilot import MockAutopilot
from mock_autopilot.cli.contract import contract
from tests.document_shell import Shell, examples

ROOT = Path(__file__).parent.parent
DOCUMENTS = {
    "README.md": 8,
    "docs/curl.md": 6,
    "docs/engage.md": 3,
    "docs/node.md": 7,
    "docs/pytest.md": 10,
    "docs/python.md": 15,
    "docs/testing.md": 8,
    "docs/unittest.md": 5,
}
"""Documents whose examples are run, each with the number of them that there are at least."""


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "fixtures").symlink_to(ROOT / "fixtures")
    shell = Shell(tmp_path)
    yield shell
    shell.close()


@pytest.mark.parametrize(("name", "least"), DOCUMENTS.items())
def test_a_document_whose_examples_run(shell: Shell, name: str, least: int) -> None:
    found = examples(ROOT / name, shell)
    assert len(found) >= least
    for example in found:
        example.evaluate()


def test_the_space_in_the_document_can_be_read() -> None:
    document = (ROOT / "docs" / "engage.md").read_text("utf-8")
    (block,) = re.findall(r"^```json\n(.*?)^```$", document, re.MULTILINE | re.DOTALL)
    scenario = read_scenario(block)
    assert len(scenario.space.computations) == 7
    assert len(scenario.changes) == 5


@pytest.mark.parametrize("name", ["reference", "clauses", "notes", "options"])
def test_the_reference_is_what_the_code_says(name: str) -> None:
    path = ROOT / "docs" / "make_reference.py"
    spec = importlib.util.spec_from_file_location("make_reference", path)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    made = (ROOT / "docs" / f"{name}.md").read_text("utf-8")
    assert made == getattr(module, name)(), "run `make docs`"


def test_the_page_of_the_python_api_names_all_of_it() -> None:
    page = (ROOT / "docs" / "python.md").read_text("utf-8")
    for name in mock_autopilot.__all__:
        assert re.search(rf"`{name}\b", page), name
    for name in dir(MockAutopilot):
        assert name.startswith("_") or re.search(rf"`{name}\b", page), name


def test_the_forwarders_in_the_document_are_those_that_the_tests_run() -> None:
    blocks = re.findall(r"^```\w+\n(.*?)^```$", contract_document(), re.MULTILINE | re.DOTALL)
    folder = ROOT / "docs" / "forwarders"
    for file in ("factory.py", "server.mjs", "command.py"):
        assert (folder / file).read_text("utf-8") in blocks, f"{file} has changed"


def test_the_document_names_every_option_of_the_command() -> None:
    for option in command_options():
        assert f"`{option}" in contract_document(), option


def contract_document() -> str:
    return (ROOT / "docs" / "contract.md").read_text("utf-8")


def command_options() -> list[str]:
    return [one.opts[-1] for one in contract.params if isinstance(one, click.Option)]


def test_links_in_the_documents_lead_somewhere() -> None:
    for document in (ROOT / "README.md", *(ROOT / "docs").glob("*.md")):
        for path, anchor in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", document.read_text("utf-8")):
            target = document.parent / path if path else document
            assert target.exists(), f"{document.name}: {path}"
            assert not anchor or anchor in anchors(target), f"{document.name}: {path}#{anchor}"


def anchors(document: Path) -> set[str]:
    """Return the anchors of a document's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}
