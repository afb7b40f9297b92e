"""What is known of this package as it is installed: its version, and where its fixtures are."""

from importlib.metadata import PackageNotFoundError, version
from pathlib import Path


def installed_version() -> str:
    """Return the version, `unknown` where the package runs without its metadata (a copied tree)."""
    try:
        return version("mock-autopilot")
    except PackageNotFoundError:
        return "unknown"


def fixtures_path() -> Path:
    """Return the folder of the fixtures: inside this package in a wheel, else beside it."""
    here = Path(__file__).resolve().parent
    in_wheel = here / "_fixtures"
    return in_wheel if in_wheel.is_dir() else here.parent / "fixtures"
