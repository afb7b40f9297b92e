"""Sequences of messages about several people: a state machine, and what must follow."""
