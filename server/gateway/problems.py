"""What a client of an app reads when the gateway has to answer in the app's place.

::

    ApiError
     ├── AmbiguousRequest (400)   the request can be read in two ways
     ├── MethodRefused (405)      CONNECT and TRACE
     ├── ExpectationFailed (417)  an ``Expect`` that nobody understands
     ├── NoSuchApp (404)          no app has this host name
     ├── BadAnswer (502)          the app gave no answer, or none that is HTTP
     ├── AppNotRunning (503)      nobody has pressed Run, or the app failed
     └── AppTooSlow (504)         no answer began in time
"""

from __future__ import annotations

import html

from tornado.httputil import HTTPHeaders

from podium.server.http.problem import PROBLEM_TYPE, ApiError, BadRequest, NotFound


class AmbiguousRequest(BadRequest):
    type = "ambiguous-request"
    title = "The request can be read in two ways"


class MethodRefused(ApiError):  # noqa: N818 - named like the problem
    status = 405
    type = "method-refused"
    title = "This method is not passed on to apps"


class ExpectationFailed(ApiError):  # noqa: N818
    status = 417
    type = "expectation-failed"
    title = "Only 100-continue can be expected"


class NoSuchApp(NotFound):
    type = "no-such-app"
    title = "No app has this host name"


class BadAnswer(ApiError):  # noqa: N818
    status = 502
    type = "no-answer"
    title = "The app gave no answer"


class AppNotRunning(ApiError):  # noqa: N818
    status = 503
    type = "app-not-running"
    title = "The app is not running"


class AppTooSlow(ApiError):  # noqa: N818
    status = 504
    type = "no-answer-in-time"
    title = "The app did not answer in time"


def render(error: ApiError, headers: HTTPHeaders, request_id: str) -> tuple[HTTPHeaders, bytes]:
    """Headers and body of the answer: a page when the client is a browser that navigates, a problem document else."""
    answer = HTTPHeaders({"X-Request-Id": request_id, "Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"})
    for name, value in error.headers.items():
        answer[name] = value
    if _prefers_html(headers):
        answer["Content-Type"] = "text/html; charset=utf-8"
        answer["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'"
        body = _page(error).encode()
    else:
        answer["Content-Type"] = PROBLEM_TYPE
        body = error.problem().model_dump_json(exclude_none=True).encode()
    answer["Content-Length"] = str(len(body))
    return answer, body


def _prefers_html(headers: HTTPHeaders) -> bool:
    accepted = [part.partition(";")[0].strip().lower() for part in headers.get("Accept", "").split(",")]
    if "text/html" not in accepted:
        return False
    problem_types = [accepted.index(kind) for kind in ("application/json", PROBLEM_TYPE) if kind in accepted]
    return all(accepted.index("text/html") < index for index in problem_types)


def _page(error: ApiError) -> str:
    return _PAGE.format(title=html.escape(error.title), detail=html.escape(error.detail), status=error.status)


_PAGE = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>
<style>
  :root {{ color-scheme: light dark; }}
  body {{ margin: 0; min-height: 100vh; display: grid; place-content: center; font: 16px/1.5 system-ui, sans-serif; }}
  main {{ max-width: 32rem; padding: 2rem; }}
  h1 {{ font-size: 1.25rem; font-weight: 600; margin: 0 0 .5rem; }}
  p {{ margin: 0; white-space: pre-wrap; }}
  small {{ display: block; margin-top: 1.5rem; opacity: .65; }}
</style>
</head>
<body><main><h1>{title}</h1><p>{detail}</p><small>{status} from Podium, not from the app</small></main></body>
</html>
"""
