"""A thin reference forwarder from Segment messages to Autopilot calls."""
