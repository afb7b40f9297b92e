"""Fixture cases: messages or calls of the API, and what must have come of them.

`format` is what a file has, `recorder` makes a case of a failing example, `runner` hands a case's
messages to any forwarder, `differences` compares what happened with what is expected, `calls` does
both for a case with calls.
"""
