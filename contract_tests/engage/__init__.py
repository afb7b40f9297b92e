"""Engage: the messages it sends, when it owes them, and a state machine of both."""
