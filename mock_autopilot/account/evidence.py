"""Where each imitated behaviour comes from: the tags that stand beside every rule."""

from enum import StrEnum


class Evidence(StrEnum):
    """What we know a behaviour of Autopilot from; `MEANINGS` says it in words."""

    DOC = "doc"
    CLIENT = "client"
    OBSERVED = "observed"
    HELP = "help"
    SEED = "seed"
    OURS = "ours"


MEANINGS = {
    Evidence.DOC: "in an API description that Autopilot published (an early, 2015 edition)",
    Evidence.CLIENT: "what several open-source clients send, or read out of the answers",
    Evidence.OBSERVED: "written down by somebody who called the live API",
    Evidence.HELP: "in Autopilot's help pages about its Segment integration",
    Evidence.SEED: "in Segment's page about its Autopilot destination",
    Evidence.OURS: "no evidence found: our choice",
}
