"""Where each imitated behaviour comes from: the tags that stand beside every rule."""

from enum import StrEnum


class Evidence(StrEnum):
    """What we know a behaviour of Autopilot from."""

    DOC = "doc"
    """In an API description that Autopilot published (an early, 2015 edition)."""
    CLIENT = "client"
    """What several independent open-source clients send, or read out of the answers."""
    OBSERVED = "observed"
    """Written down by somebody who called the live API."""
    HELP = "help"
    """In Autopilot's help pages about its Segment integration."""
    SEED = "seed"
    """In Segment's page about its Autopilot destination."""
    OURS = "ours"
    """No evidence found: our choice."""
