"""A stateful fake of the Autopilot REST API."""
