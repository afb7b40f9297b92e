"""Checks of what an account holds and received, and what they say when they fail."""
