"""Which mistakes explain the failures of a run: each cause once, in one sentence."""

from contract_tests.causes.groups import Cause, causes_of

__all__ = ["Cause", "causes_of"]
