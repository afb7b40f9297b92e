"""Where the fixtures are: beside the packages in a checkout, inside this one in a wheel."""

from pathlib import Path


def fixtures_path() -> Path:
    """Return the folder that holds the fixtures."""
    here = Path(__file__).resolve().parent
    installed = here / "_fixtures"
    return installed if installed.is_dir() else here.parent / "fixtures"
