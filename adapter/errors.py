"""What can be wrong before anything is sent: a message, a setting, a name.

What goes wrong afterwards is not an exception but a `Delivery`, so that one bad answer never hides
what happened to the messages around it.
"""


class _InvalidError(ValueError):
    """A value that breaks a rule: the field it is in, and what to do about it."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.field} {self.problem}"


class InvalidMessage(_InvalidError):
    """A message that is not one: `field` is its path (`traits.score`), the text says the fix."""


class InvalidSettings(_InvalidError):
    """A setting that cannot work: `field` is the setting's name, the text says the fix."""


class InvalidSpace(_InvalidError):
    """An Engage space that cannot be: `field` says which part, the text says the fix."""


class InvalidName(ValueError):
    """A name with no letter or digit, of which no snake_case name can be made."""
