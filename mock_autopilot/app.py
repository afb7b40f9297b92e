"""The Flask application: the imitated API and the control calls over one set of accounts."""

import json
from typing import cast

from flask import Flask, Response, g, request
from flask.globals import request_ctx
from werkzeug.exceptions import HTTPException, MethodNotAllowed, NotFound
from werkzeug.routing import BaseConverter, Rule

from mock_autopilot.account import errors
from mock_autopilot.account.accounts import Accounts
from mock_autopilot.account.errors import ApiError
from mock_autopilot.account.similar import did_you_mean
from mock_autopilot.api import control, wsgi
from mock_autopilot.api.control_guard import Guard
from mock_autopilot.api.dispatch import Dispatcher
from mock_autopilot.api.router import path_hint
from mock_autopilot.api.wsgi import ApiRequest


class _Anything(BaseConverter):
    """The rest of a path, whatever is in it."""

    part_isolating = False
    regex = r"[\s\S]*"


def create_app(accounts: Accounts, guard: Guard | None = None) -> Flask:
    """Return the WSGI application that serves these accounts; `guard` checks control calls."""
    app = Flask(__name__, static_folder=None)
    app.request_class = ApiRequest
    # Paths are taken as they come: no redirection to a tidier one.
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = True
    app.url_map.converters["anything"] = _Anything
    dispatcher = Dispatcher(accounts)

    @app.endpoint("api")
    def api(**_: str) -> Response:
        return _answer(dispatcher)

    # The dispatcher knows the routes, and which methods they have.
    app.url_map.add(Rule("/v1<anything:rest>", endpoint="api"))
    app.register_blueprint(control.blueprint(accounts, guard or Guard()))

    @app.errorhandler(ApiError)
    def reject(rejection: ApiError) -> Response:
        return _json_error(rejection)

    @app.errorhandler(HTTPException)
    def refuse(error: HTTPException) -> Response:
        defect = getattr(error, "original_exception", None)
        if isinstance(defect, Exception):
            accounts.keep_defect(defect, request.method, request.path)
        if request.path.startswith("/_mock") or "answered" in g:
            return _json_error(_rejection(error))
        if error is request.routing_exception:  # a path outside /v1
            return _answer(dispatcher)
        return _answer(dispatcher, _rejection(error))

    return app


def _answer(dispatcher: Dispatcher, refusal: ApiError | None = None) -> Response:
    g.answered = True
    return wsgi.answer(dispatcher, cast(ApiRequest, request), refusal)


def _rejection(error: HTTPException) -> ApiError:
    """Return an error of Flask's, or of a user's own hook, in the API's form."""
    if error is request.routing_exception and isinstance(error, NotFound):
        paths = request_ctx.url_adapter
        hint = path_hint(paths, request.path) if paths else ""
        if paths and not hint:
            known = [rule.rule for rule in paths.map.iter_rules()]
            hint = did_you_mean(request.path, known)
        return errors.NO_SUCH_PATH(path=request.path, hint=hint)
    if isinstance(error, MethodNotAllowed):
        return errors.METHOD_NOT_ALLOWED(method=request.method)
    text = error.description or error.name
    return ApiError(errors.HTTP_ERROR, text, error.code or 500, error.name)


def _json_error(rejection: ApiError) -> Response:
    body = json.dumps(rejection.body())
    return Response(body, status=rejection.status, mimetype="application/json")
