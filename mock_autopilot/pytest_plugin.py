"""Make `pytest --pyargs contract_tests` know the suite's options.

pytest loads this in every run on a machine that has the package installed, in everybody's project:
it imports nothing until the suite is asked for.
"""

from importlib.util import find_spec
from pathlib import Path

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Load the suite's plugin when the suite is among the arguments."""
    if "--pyargs" not in args:
        return  # a folder of that name is somebody else's
    if any(arg.partition("::")[0].partition(".")[0] == "contract_tests" for arg in args):
        spec = find_spec("contract_tests")
        ours = Path(__file__).resolve().parents[1] / "contract_tests"
        if spec and spec.origin and Path(spec.origin).resolve().parent == ours:
            early_config.pluginmanager.import_plugin("contract_tests.plugin")
