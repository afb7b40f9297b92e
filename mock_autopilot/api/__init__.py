"""The imitated API, `/v1`: one module a resource, each a table of routes and what they do."""

from mock_autopilot.api import contacts, journeys
from mock_autopilot.api.routes import Route

ROUTES: tuple[Route, ...] = (*contacts.ROUTES, *journeys.ROUTES)
"""Every call that is imitated."""

__all__ = ["ROUTES", "Route"]
