"""What the generated messages reach: nothing that matters is left to chance."""

from tests.contract.make_reach_table import TABLE, messages_of_a_run
from tests.contract.reach import features, reached


def test_a_run_of_few_examples_has_messages_with_every_feature() -> None:
    counts = reached(messages_of_a_run(10))
    assert [feature for feature in features() if not counts[feature]] == []


def test_the_table_has_every_feature() -> None:
    rows = TABLE.read_text("utf-8").splitlines()
    shown = [row.strip("| ").split(" | ")[0] for row in rows if row.startswith("| ")]
    assert shown[2:] == ["all", *features()], "run `make reach`"
