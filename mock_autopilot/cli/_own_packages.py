"""Import `adapter` and `contract_tests` from where this package was installed."""

import sys
from importlib.machinery import PathFinder
from pathlib import Path

HOME = Path(__file__).resolve().parents[2]
"""The folder that holds our packages."""


def find_own_packages_first() -> None:
    """Search folders that hold other packages of these names after our own.

    Such a folder comes first on `sys.path` with `python -m` or `PYTHONPATH=.` in somebody's
    project. Where there is none, the order stays as it is.
    """
    others = [folder for folder in sys.path if Path(folder).resolve() != HOME and _shadows(folder)]
    if others:
        kept = [folder for folder in sys.path if folder not in others]
        sys.path[:] = [*kept, *([] if HOME in map(Path, kept) else [str(HOME)]), *others]


def _shadows(folder: str) -> bool:
    """Return whether a folder holds a module or a package of one of our names."""
    found = (PathFinder.find_spec(name, [folder]) for name in ("adapter", "contract_tests"))
    return any(spec is not None and spec.origin is not None for spec in found)
