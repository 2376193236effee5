"""What can go wrong when an app is run or sent a request, as problem documents.

::

    ApiError
     ├── NotRunning (409)        a request, a console or an interrupt for an app that does not run
     ├── RunStopped (409)        Stop was pressed while the app started
     ├── KernelLimit (409)       as many apps run as may
     ├── CannotReplay (409)      what a replay needs was not kept
     ├── NotPromoted (409)       there is no deployment to send a request to
     ├── CheckFailed (422)       the code has mistakes: ``diagnostics``
     ├── EnvironmentFailed (422) what requirements.txt asks for cannot be had: ``diagnostics``
     ├── EnvironmentUnavailable (503)  it cannot be had at the moment
     ├── LoadFailed (422)        the code failed while it was loaded: ``frames``
     ├── KernelEnded (422)       the kernel ended while it loaded the code
     ├── KernelNotStarted (503)  no kernel could be started
     └── RunnerSilent (503)      the kernel lives, but does not answer
"""

from __future__ import annotations

from collections.abc import Sequence

from podium.kernels.environments import failure as environments
from podium.kernels.exits import KernelExit
from podium.runner.protocol import Failure
from podium.server.http.problem import ApiError, Conflict, Invalid
from podium.server.models.common import Diagnostic


class NotRunning(Conflict):
    type = "not-running"
    title = "The app is not running"

    def __init__(self, detail: str = "Press Run to start it.") -> None:
        super().__init__(detail)


class RunStopped(Conflict):
    type = "run-stopped"
    title = "The app was stopped while it started"

    def __init__(self) -> None:
        super().__init__("Press Run to start it again.")


class KernelLimit(Conflict):
    type = "kernel-limit"
    title = "Too many apps are running"

    def __init__(self, limit: int) -> None:
        super().__init__(f"At most {limit} run at the same time. Stop one, or raise PODIUM_MAX_KERNELS.", limit=limit)


class CannotReplay(Conflict):
    type = "cannot-replay"
    title = "This request cannot be sent again"


class NotPromoted(Conflict):
    type = "not-promoted"
    title = "This app has no deployment"

    def __init__(self) -> None:
        super().__init__("Send the request to the running app, with target dev.")


class CheckFailed(Invalid):
    type = "check-failed"
    title = "The code has mistakes"

    def __init__(self, diagnostics: list[Diagnostic]) -> None:
        first = diagnostics[0]
        more = f" There are {len(diagnostics) - 1} more." if len(diagnostics) > 1 else ""
        where = f"{first.path} line {first.range.start.line + 1}"
        super().__init__(
            f"{where}: {_sentence(first.message)}{more} Correct them and run again.", diagnostics=diagnostics
        )


class EnvironmentFailed(Invalid):
    type = "environment-failed"
    title = "The requirements cannot be met"

    def __init__(self, failure: environments.EnvironmentFailed, diagnostics: Sequence[Diagnostic]) -> None:
        super().__init__(str(failure), diagnostics=list(diagnostics))


class EnvironmentUnavailable(ApiError):  # noqa: N818 - named like the problem
    status = 503
    type = "environment-unavailable"
    title = "The requirements could not be installed now"

    def __init__(self, failure: environments.EnvironmentFailed) -> None:
        super().__init__(str(failure))


class LoadFailed(Invalid):
    type = "load-failed"
    title = "The code failed while it was loaded"

    def __init__(self, failure: Failure, serving: str | None) -> None:
        parts = [_sentence(failure.message), failure.hint]
        if serving is not None:
            parts.append("The version before goes on serving.")
        super().__init__(" ".join(part for part in parts if part), frames=list(failure.frames))


class KernelEnded(Invalid):
    type = "kernel-ended"
    title = "The kernel ended while it loaded the code"

    def __init__(self, exit: KernelExit) -> None:
        super().__init__(f"{exit.message} {exit.hint}")


class KernelNotStarted(ApiError):  # noqa: N818 - named like the problem
    status = 503
    type = "kernel-not-started"
    title = "The kernel could not be started"

    def __init__(self, exit: KernelExit) -> None:
        super().__init__(f"{exit.message} {exit.hint}")


class RunnerSilent(ApiError):  # noqa: N818 - named like the problem
    status = 503
    type = "runner-silent"
    title = "The kernel does not answer"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The kernel runs, but {reason}. Restart it, then run again.")


def _sentence(text: str) -> str:
    text = text.strip()
    return text if text.endswith((".", "?")) else f"{text}."
