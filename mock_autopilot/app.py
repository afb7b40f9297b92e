"""The Flask application: the imitated API and the control calls over one set of accounts."""

import json

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Rule

from mock_autopilot.account import errors
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.errors import ApiError
from mock_autopilot.api import control, wsgi
from mock_autopilot.api.control_guard import Guard
from mock_autopilot.api.dispatch import Dispatcher


class _Anything(BaseConverter):
    """The rest of a path, whatever is in it."""

    part_isolating = False
    regex = r"[\s\S]*"


def create_app(accounts: Accounts, guard: Guard | None = None) -> Flask:
    """Return the WSGI application that serves these accounts; `guard` checks control calls."""
    app = Flask(__name__, static_folder=None)
    # Paths are taken as they come: no redirection to a tidier one.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    app.url_map.converters["anything"] = _Anything
    dispatcher = Dispatcher(accounts)

    @app.endpoint("api")
    def api(**_: str) -> Response:
        return wsgi.answer(dispatcher, request.environ)

    # The dispatcher knows the routes, and which methods they have.
    app.url_map.add(Rule("/v1<anything:rest>", endpoint="api"))
    app.register_blueprint(control.blueprint(accounts, guard or Guard()))

    @app.errorhandler(ApiError)
    def reject(rejection: ApiError) -> Response:
        return _plain(rejection)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        absent = isinstance(error, NotFound)
        if request.path.startswith("/_mock"):
            return _plain(_rejection(error))
        return wsgi.answer(dispatcher, request.environ, None if absent else _rejection(error))

    return app


def _rejection(error: HTTPException) -> ApiError:
    """Return an error of Flask's, or of a user's own hook, in the API's form."""
    if isinstance(error, NotFound):
        return errors.NO_SUCH_PATH(path=request.path, hint="")
    if isinstance(error, MethodNotAllowed):
        return errors.METHOD_NOT_ALLOWED(method=request.method)
    return errors.of_http(error.code or 500, error.name, error.description)


def _plain(rejection: ApiError) -> Response:
    body = json.dumps(rejection.body())
    return Response(body, status=rejection.status, mimetype="application/json")
