"""The errors that are raised before anything is sent: a bad message, setting, name or space.

Whatever goes wrong later is reported in a `Delivery`, so that one bad answer does not hide what
happened to the other messages.
"""


class _InvalidError(ValueError):
    """A value that breaks a rule, with the field that it is in and the fix."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.field} {self.problem}"


class InvalidMessage(_InvalidError):
    """Not a Segment message: `field` is a path (`traits.score`), the text says the fix."""


class InvalidSettings(_InvalidError):
    """A setting that cannot work: `field` is its name, the text says the fix."""


class InvalidSpace(_InvalidError):
    """An Engage space that cannot work: `field` names the part, the text says the fix."""


class InvalidName(ValueError):
    """A name without letters or digits, which has no snake_case form."""
