"""The version of this package."""

from importlib.metadata import PackageNotFoundError, version


def installed_version() -> str:
    """Return the version, `unknown` where the package runs without its metadata (a copied tree)."""
    try:
        return version("mock-autopilot")
    except PackageNotFoundError:
        return "unknown"
