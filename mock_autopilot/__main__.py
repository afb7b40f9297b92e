"""`python -m mock_autopilot`: the command line."""

import sys
from pathlib import Path

if __name__ == "__main__":
    # Python searches the current folder first, where anything may lie; a command needs nothing
    # of it, unless that is where this package is.
    if not sys.flags.safe_path and Path(sys.path[0]).resolve() != Path(__file__).parents[1]:
        del sys.path[0]

    from mock_autopilot.cli import main

    main(prog_name="mock-autopilot")
