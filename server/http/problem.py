"""Errors that the API answers with, as RFC 9457 problem documents.

::

    ApiError
     ├── BadRequest (400)          MalformedBody
     ├── Unauthorized (401)        WrongToken
     ├── Forbidden (403)           CsrfFailed, ForeignOrigin
     ├── NotFound (404)            NoSuchRoute
     ├── MethodNotAllowed (405)
     ├── Conflict (409)
     ├── PreconditionFailed (412)
     ├── TooLarge (413)
     ├── UnsupportedMedia (415)
     ├── Misdirected (421)
     ├── Invalid (422)             InvalidFields
     ├── TooManyAttempts (429)
     ├── InternalError (500)
     └── StoreUnavailable (503)

A room adds its own by deriving from the one with the right status and setting ``type`` and ``title``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from podium.server.models.common import FieldError, Problem

PROBLEM_TYPE = "application/problem+json"


class ApiError(Exception):
    """An error with an answer. ``type`` is the last part of the problem's stable URI, ``detail`` says what to do now.

    ``extra`` are further members of :class:`~podium.server.models.common.Problem`, ``headers`` go with the answer.
    """

    status: ClassVar[int] = 500
    type: ClassVar[str] = "error"
    title: ClassVar[str] = "Something went wrong"

    def __init__(self, detail: str, *, headers: Mapping[str, str] | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.headers = dict(headers or {})
        self.extra = extra

    def problem(self) -> Problem:
        """The document that is sent."""
        uri = f"/problems/{self.type}"
        return Problem(type=uri, title=self.title, status=self.status, detail=self.detail, **self.extra)


class BadRequest(ApiError):  # noqa: N818 - named like the problem
    status = 400
    type = "bad-request"
    title = "The request cannot be understood"


class MalformedBody(BadRequest):
    type = "malformed-body"
    title = "The body cannot be read"


class Unauthorized(ApiError):  # noqa: N818
    status = 401
    type = "unauthorized"
    title = "You are not signed in"

    def __init__(
        self, detail: str = "Open the link that `podium up` prints, or send its token as a bearer token."
    ) -> None:
        super().__init__(detail, headers={"WWW-Authenticate": 'Bearer realm="Podium"'})


class WrongToken(Unauthorized):
    type = "wrong-token"
    title = "The token is wrong"

    def __init__(
        self, detail: str = "Copy the whole link that `podium up` printed; its token is after `token=`."
    ) -> None:
        super().__init__(detail)


class Forbidden(ApiError):  # noqa: N818
    status = 403
    type = "forbidden"
    title = "This is not allowed"


class CsrfFailed(Forbidden):
    type = "csrf-failed"
    title = "The CSRF token is missing or wrong"

    def __init__(self) -> None:
        super().__init__("Send the token of GET /api/v1/session as X-CSRF-Token, or reload the page.")


class ForeignOrigin(Forbidden):
    type = "foreign-origin"
    title = "The request comes from another site"

    def __init__(self) -> None:
        super().__init__("Only Podium's own pages may send this request with the browser's cookie.")


class NotFound(ApiError):  # noqa: N818
    status = 404
    type = "not-found"
    title = "There is no such thing"


class NoSuchRoute(NotFound):
    type = "no-such-route"
    title = "There is nothing at this address"

    def __init__(self) -> None:
        super().__init__("The routes of the API are listed in /api/v1/openapi.json.")


class MethodNotAllowed(ApiError):  # noqa: N818
    status = 405
    type = "method-not-allowed"
    title = "This address does not take that method"

    def __init__(self, allowed: str) -> None:
        super().__init__(f"Use one of: {allowed}.", headers={"Allow": allowed})


class Conflict(ApiError):  # noqa: N818
    status = 409
    type = "conflict"
    title = "Something of that name exists already"


class PreconditionFailed(ApiError):  # noqa: N818
    status = 412
    type = "changed-meanwhile"
    title = "It was changed meanwhile"


class TooLarge(ApiError):  # noqa: N818
    status = 413
    type = "too-large"
    title = "The body is too large"


class UnsupportedMedia(ApiError):  # noqa: N818
    status = 415
    type = "unsupported-media-type"
    title = "The body has a type that this address does not take"


class Misdirected(ApiError):  # noqa: N818
    status = 421
    type = "foreign-host"
    title = "The request names another host"

    def __init__(self) -> None:
        super().__init__("Open Podium at the address that it printed, or add this host name to PODIUM_ALLOWED_HOSTS.")


class Invalid(ApiError):  # noqa: N818
    status = 422
    type = "invalid"
    title = "The request has a mistake"


class InvalidFields(Invalid):
    type = "invalid-fields"

    def __init__(self, errors: list[FieldError]) -> None:
        first = errors[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(f"{first.pointer or 'The body'}: {first.message}{more}.", errors=errors)


class TooManyAttempts(ApiError):  # noqa: N818
    status = 429
    type = "too-many-attempts"
    title = "Too many wrong tokens"


class InternalError(ApiError):
    type = "internal-error"
    title = "Podium made a mistake"


class StoreUnavailable(ApiError):  # noqa: N818
    status = 503
    type = "store-unavailable"
    title = "The store is not available"

    def __init__(self, detail: str, retry_after_s: int = 1) -> None:
        super().__init__(detail, headers={"Retry-After": str(retry_after_s)})
