"""The contract suite for forwarders of Segment messages to Autopilot."""
