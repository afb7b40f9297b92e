"""Makes `pytest --pyargs contract_tests` know the suite's options, and does nothing else.

pytest loads this in every run on a machine that has the package installed: it must be light, and
silent unless the suite was asked for.
"""

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config, args: list[str]) -> None:
    """Load the suite's plugin when its package is among the arguments."""
    if any(arg.partition(".")[0].partition("::")[0] == "contract_tests" for arg in args):
        early_config.pluginmanager.import_plugin("contract_tests.plugin")
