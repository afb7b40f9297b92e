"""The contract suite for forwarders of Segment messages to Autopilot. It has no clauses yet."""
