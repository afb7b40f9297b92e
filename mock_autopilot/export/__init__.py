"""What an account received as a fixture case, and as a pytest file that replays it.

`recording` is what can be made again of the record of calls, `replay` makes it again on an account
of its own and so makes sure that it can be, `anonymise` replaces what is personal, `case` and
`pytest_file` are the two forms. All of it is `ours`.
"""
