"""The control calls, `/_mock`: what a test harness asks of the fake. They are not recorded."""

from mock_autopilot.control.guard import Guard
from mock_autopilot.control.views import blueprint

__all__ = ["Guard", "blueprint"]
