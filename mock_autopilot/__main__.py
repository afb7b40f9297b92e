"""`python -m mock_autopilot`: the command line."""

from mock_autopilot.cli import main

if __name__ == "__main__":
    main(prog_name="mock-autopilot")
