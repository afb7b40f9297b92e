"""The Flask application: the imitated API and the control calls over one set of accounts."""

import json
import re
from collections.abc import Callable

from flask import Flask, Response, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter

from mock_autopilot.account import errors
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.errors import ApiError, ErrorKind
from mock_autopilot.account.evidence import Evidence
from mock_autopilot.api import ROUTES, Route, control
from mock_autopilot.api.control_guard import Guard
from mock_autopilot.api.dispatch import Door


class AnyText(BaseConverter):
    """The rest of a path as it is: an address may hold slashes, at its begin and end too."""

    part_isolating = False
    regex = r"[\s\S]+?"


class ContactName(AnyText):
    """The same without what is another path, so that a method it does not have is told."""

    regex = r"(?![\s\S]*/unsubscribe\Z)[\s\S]+?"


def create_app(accounts: Accounts, guard: Guard | None = None) -> Flask:
    """Make the WSGI application that serves these accounts; `guard` watches the control calls."""
    app = Flask(__name__, static_folder=None)
    # Paths are taken as they come: no redirection to a tidier one.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    app.url_map.converters.update(any_text=AnyText, contact=ContactName)
    door = Door(accounts)
    for route in ROUTES:
        app.add_url_rule(
            route.rule,
            endpoint=f"{route.method} {route.rule}",
            view_func=_view(door, route),
            methods=[route.method],
            provide_automatic_options=False,
        )
    app.register_blueprint(control.blueprint(accounts, guard or Guard()))

    @app.errorhandler(ApiError)
    def reject(rejection: ApiError) -> Response:
        return _plain(rejection)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        rejection = _rejection(error)
        if request.path.startswith("/_mock"):
            return _plain(rejection)
        return door.refuse(request.environ, rejection)

    return app


def _view(door: Door, route: Route) -> Callable[..., Response]:
    def view(**params: str) -> Response:
        return door.call(request.environ, route, params)

    return view


def _rejection(error: HTTPException) -> ApiError:
    if isinstance(error, MethodNotAllowed):
        return errors.METHOD_NOT_ALLOWED(method=request.method)
    if isinstance(error, NotFound):
        adapter = request_ctx.url_adapter
        known = adapter and adapter.allowed_methods(f"/v1{request.path}")
        hint = ". Is /v1/ missing from the base URL?" if known else _slash_hint(request.path)
        return errors.NO_SUCH_PATH(path=request.path, hint=hint)
    status, name = error.code or 500, error.name
    return ErrorKind("http", status, name, error.description or name, Evidence.OURS)()


def _slash_hint(path: str) -> str:
    """Say which slash of a path is one too many, when without it there is such a call."""
    adapter = request_ctx.url_adapter
    tidy = re.sub("/{2,}", "/", path).rstrip("/")
    if tidy == path or not adapter or not list(adapter.allowed_methods(tidy)):
        return ""
    which = "at its end" if path.rstrip("/") == tidy else "that stands twice"
    return f". It has a slash {which}; the call is {tidy}"


def _plain(rejection: ApiError) -> Response:
    body = json.dumps(rejection.body())
    return Response(body, status=rejection.status, mimetype="application/json")
