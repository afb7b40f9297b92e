"""The servers that carry the application."""
