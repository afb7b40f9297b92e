"""A state that is given in Python: a mapping or a file, and warnings about it."""

import json
import warnings
from collections.abc import Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from mock_autopilot.account import errors, state
from mock_autopilot.account.call_warnings import Warnings


class SeedWarning(UserWarning):
    """Something about a seed looks wrong, and was taken all the same."""


def issue(found: Warnings, stacklevel: int) -> None:
    """Issue each as a `SeedWarning` at the line of the caller so many levels up."""
    for one in found:
        warnings.warn(f"seed: {one}", SeedWarning, stacklevel=stacklevel + 1)


def read_state(source: Mapping[str, Any] | str | Path, found: Warnings) -> dict[str, Any]:
    """Return a state from a mapping or a JSON file, with the checks of a call's body.

    `found` takes warnings about its text. Raises TypeError for anything else, OSError when the file
    cannot be read, `ApiError` when it is not JSON.
    """
    given: object = source
    if not isinstance(given, Mapping | str | PathLike):
        wanted = 'a mapping, as in {"contacts": […]}, or the path of a JSON file'
        raise TypeError(f"a seed must be {wanted}, got {type(given).__name__}: {given!r:.60}")
    if not isinstance(source, Mapping):
        return state.parse(Path(source).read_bytes(), found)
    try:
        return state.parse(json.dumps(source).encode(), found)
    except (TypeError, ValueError) as error:
        raise errors.BAD_BODY(problem=f"The state is no JSON: {error}.") from None
