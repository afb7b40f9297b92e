"""Every answer that is not a success: one catalogue of status, reason, message and evidence.

The body is `{"error": reason, "message": text}` (`doc`). A path or method without a route is
answered in the form `{"code": …, "message": …}`, as the one recorded 405 is (`observed`).
"""

from dataclasses import dataclass

from mock_autopilot.account.evidence import Evidence


@dataclass(frozen=True, slots=True)
class ErrorKind:
    """One entry of the catalogue; calling it returns the exception, its message filled in.

    `message` is a format string. `code` replaces `reason` in the body where the answer comes from
    the API's router.
    """

    id: str
    status: int
    reason: str
    message: str
    evidence: Evidence
    code: str | None = None

    def __call__(self, **details: object) -> "ApiError":
        """Return the exception to raise, its message filled in from `details`."""
        return ApiError(self, self.message.format(**details) if details else self.message)


class ApiError(Exception):
    """A call that the API rejects: `kind` says which rule, `message` says why and what to do.

    `status` and `reason` are the kind's, but for `HTTP_ERROR`.
    """

    def __init__(
        self, kind: ErrorKind, message: str, status: int | None = None, reason: str | None = None
    ) -> None:
        super().__init__(message)
        self.kind = kind
        self.message = message
        self.status = status or kind.status
        self.reason = reason or kind.reason

    def body(self) -> dict[str, str]:
        """Return the JSON body of the answer."""
        if self.kind.code:
            return {"code": self.kind.code, "message": self.message}
        return {"error": self.reason, "message": self.message}


# --- the key ---------------------------------------------------------------------------------
NO_KEY = ErrorKind(
    "no-key", 400, "Bad Request", "No autopilotapikey header provided.", Evidence.DOC
)
UNKNOWN_KEY = ErrorKind(
    "unknown-key", 401, "Unauthorized", "Provided autopilotapikey not valid.", Evidence.DOC
)

ACCOUNT_CLOSED = ErrorKind(
    "account-closed",
    401,
    "Unauthorized",
    "The account of this autopilotapikey was closed: {name}.",
    Evidence.OURS,
)

# --- routes ----------------------------------------------------------------------------------
METHOD_NOT_ALLOWED = ErrorKind(
    "method-not-allowed",
    405,
    "Method Not Allowed",
    "{method} is not allowed",
    Evidence.OBSERVED,
    code="MethodNotAllowedError",
)
NO_SUCH_PATH = ErrorKind(
    "no-such-path",
    404,
    "Not Found",
    "{path} does not exist (or this fake does not imitate it){hint}",
    Evidence.OURS,
    code="ResourceNotFound",
)

# --- the body --------------------------------------------------------------------------------
BODY_TOO_LARGE = ErrorKind(
    "body-too-large",
    413,
    "Payload Too Large",
    "The request body is larger than {limit} bytes.",
    Evidence.OURS,
)
UNKNOWN_ENCODING = ErrorKind(
    "unknown-encoding",
    415,
    "Unsupported Media Type",
    "The Content-Encoding {encoding!r} is unknown here; send the body as it is, or as gzip.",
    Evidence.OURS,
)
BAD_LENGTH = ErrorKind(
    "bad-length", 400, "Bad Request", "Content-Length is no number.", Evidence.OURS
)
INCOMPLETE_BODY = ErrorKind(
    "incomplete-body",
    400,
    "Bad Request",
    "The request body broke off after {size} bytes.",
    Evidence.OURS,
)
BAD_BODY = ErrorKind("bad-body", 400, "Bad Request", "{problem}", Evidence.OURS)
BAD_FIELD = ErrorKind("bad-field", 400, "Bad Request", "{field} {problem}", Evidence.OURS)
TOO_MANY_CONTACTS = ErrorKind(
    "too-many-contacts",
    400,
    "Bad Request",
    "contacts has {count} items; a bulk call takes {limit} at most.",
    Evidence.DOC,  # the limit; the words are ours
)
STRICT = ErrorKind("strict", 400, "Bad Request", "Refused by --strict: {problems}", Evidence.OURS)

# --- contacts and lists ----------------------------------------------------------------------
MISSING_IDENTIFIERS = ErrorKind(
    "missing-identifiers",
    400,
    "Bad Request",
    "Missing unique identifier traits. Either `email` or `user_id` traits must be provided",
    Evidence.SEED,
)
# In a bulk call the error names the item.
MISSING_IDENTIFIERS_AT = ErrorKind(
    "missing-identifiers", 400, "Bad Request", "{field}: {problem}", Evidence.OURS
)
NO_CONTACT = ErrorKind(
    "no-contact", 404, "Not Found", "Contact could not be found.", Evidence.OBSERVED
)
INVALID_CONTACT = ErrorKind(
    "invalid-contact",
    400,
    "Bad Request",
    "Invalid contact_id_or_email value provided.",
    Evidence.DOC,
)
NO_LIST = ErrorKind("no-list", 404, "Not Found", "List does not exist.", Evidence.OBSERVED)

# --- journeys --------------------------------------------------------------------------------
NO_TRIGGER = ErrorKind("no-trigger", 404, "Not Found", "Trigger could not be found.", Evidence.OURS)
NO_JOURNEY = ErrorKind(
    "no-journey",
    404,
    "Not Found",
    "Could not delete the contact from the journey as the journey could not be found.",
    Evidence.DOC,
)
NOT_ON_JOURNEY = ErrorKind(
    "not-on-journey",
    404,
    "Not Found",
    "Could not delete the contact from the journey as the contact was not on that journey.",
    Evidence.DOC,
)

# --- control calls ---------------------------------------------------------------------------
NO_CONTROL_TOKEN = ErrorKind(
    "no-control-token",
    401,
    "Unauthorized",
    "Control calls to this server need its control token: send the header "
    "Authorization: Bearer TOKEN. The server prints the token when it starts.",
    Evidence.OURS,
)
FOREIGN_HOST = ErrorKind(
    "foreign-host",
    403,
    "Forbidden",
    "Control calls must name this server by its IP address or as localhost, not as {host!r}.",
    Evidence.OURS,
)
FOREIGN_ORIGIN = ErrorKind(
    "foreign-origin",
    403,
    "Forbidden",
    "Control calls from a page of another origin ({origin}) are refused.",
    Evidence.OURS,
)
WHICH_ACCOUNT = ErrorKind(
    "which-account",
    400,
    "Bad Request",
    "This server has {count} accounts; say which one with the header autopilotapikey.",
    Evidence.OURS,
)
NO_ACCOUNT = ErrorKind(
    "no-account", 404, "Not Found", "No account has the key …{tail}.", Evidence.OURS
)
NOT_CLOSABLE = ErrorKind(
    "not-closable",
    409,
    "Conflict",
    "This account was there from the start, and stays; reset it instead.",
    Evidence.OURS,
)
TOO_MANY_WAITING = ErrorKind(
    "too-many-waiting",
    503,
    "Service Unavailable",
    "{most} verifications are waiting already, and the server's other threads are for calls. Try "
    "again, or let fewer of them wait at the same time.",
    Evidence.OURS,
)

CANNOT_EXPORT = ErrorKind(
    "cannot-export",
    409,
    "Conflict",
    "What was received cannot be exported: {problem}",
    Evidence.OURS,
)

# --- the fake itself -------------------------------------------------------------------------
DEFECT = ErrorKind(
    "defect",
    500,
    "Internal Server Error",
    "The fake failed: {problem}. This is a defect of mock-autopilot, not of your call; "
    "its log has the traceback.",
    Evidence.OURS,
)
HTTP_ERROR = ErrorKind(
    "http-error",
    500,
    "Internal Server Error",
    "The error of an application's own hook, or one of Flask's: with its status and description.",
    Evidence.OURS,
)
