"""What surrounds each request: an id and a log line, who acts in the database, and the database's absence."""

import re
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any

import structlog
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.views.defaults import bad_request, page_not_found

from buhbot.acting import as_person, as_session, go_on_as_person
from buhbot.models import AuditEntry, User
from buhbot.ops.metrics import DATABASE_ERRORS
from buhbot.services.audit import Source, comes_from, record
from buhbot.views import client_address, database_away, is_internal, server_error

Handler = Callable[[HttpRequest], HttpResponseBase]

REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")
FORBIDDEN = 403
PLAIN_PAGES: dict[int, Callable[[HttpRequest], HttpResponse]] = {
    400: lambda request: bad_request(request, Http404()),
    404: lambda request: page_not_found(request, Http404()),
    500: server_error,
}
NUL = "%00"
PROBES = ("/health/", "/metrics", "/static/")

log = structlog.get_logger("buhbot.requests")


class PermissionsPolicyMiddleware:
    """Tells browsers what no page of ours needs: camera, place and the like (SEC-07)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class PlainQueryMiddleware:
    """Replaces what no text in Postgres can hold in the query of an address, as filters of lists stumble over it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        query = request.META.get("QUERY_STRING", "")
        if NUL in query:
            request.META["QUERY_STRING"] = query.replace(NUL, "%EF%BF%BD")
        return self.get_response(request)


class DebugPagesMiddleware:
    """Shows Django's pages for debugging to INTERNAL_NETWORKS only; anybody else gets the plain ones (SEC-12)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        plain = PLAIN_PAGES.get(response.status_code)
        if settings.DEBUG and plain and not is_internal(request):
            return plain(request)
        return response


class DatabaseAwayMiddleware:
    """Answers 503 with a plain page while Postgres cannot be reached (BAK-06).

    Errors outside of a view, such as at COMMIT, come to `views.server_error`, which answers the same.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        DATABASE_ERRORS.inc()
        log.warning("database_away", path=request.path, error=str(exception).splitlines()[0])
        return database_away(request)


class RequestIdMiddleware:
    """Gives each request an id, which every log line of it carries, and logs one line at its end (MON-06).

    The query string is left out: it may hold what a person searched for (SEC-09).
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        given = request.headers.get("X-Request-ID", "")
        request_id = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        started = time.perf_counter()
        with structlog.contextvars.bound_contextvars(request_id=request_id):
            response = self.get_response(request)
            write = log.debug if request.path.startswith(PROBES) else log.info
            write(
                "request",
                method=request.method,
                path=request.path,
                status=response.status_code,
                ms=round((time.perf_counter() - started) * 1000),
            )
        response["X-Request-ID"] = request_id
        return response


class RefusalMiddleware:
    """Writes down who was refused what, when the transaction of the request is over (ADM-10)."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if response.status_code == FORBIDDEN and _is_by_a_person(request):
            _note_refusal(request)
        return response


def _is_by_a_person(request: HttpRequest) -> bool:
    view = request.resolver_match.func if request.resolver_match else None
    return not getattr(view, "acts_for_itself", False) and isinstance(request.user, User)


def _note_refusal(request: HttpRequest) -> None:
    user = request.user
    if not isinstance(user, User) or connection.needs_rollback:  # within a transaction that is to fail
        return
    origin = comes_from(Source.ADMIN, address=client_address(request))
    with origin, as_person(user_id=user.pk, role=user.role):
        note = f"{request.method} {request.path}"
        record(AuditEntry.Kind.REFUSED, actor=user, note=note, now=timezone.now())


class ActingMiddleware:
    """Opens the transaction of a request and tells the database who acts (SEC-02).

    First it acts as the sign-in machinery, to find out who asks; then as that person, or on as nobody. Where the view
    fails, nothing that was written stays. Views marked `acts_for_itself`, and addresses without a view, get nothing.
    """

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        with ExitStack() as stack, comes_from(Source.ADMIN, address=client_address(request)):
            request.acting = stack  # type: ignore[attr-defined]
            response = self.get_response(request)
            if response.status_code >= 500:
                _roll_back()
        return response

    def process_view(
        self, request: HttpRequest, view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        if getattr(view, "acts_for_itself", False):
            return None
        stack: ExitStack = request.acting  # type: ignore[attr-defined]
        try:
            stack.enter_context(as_session())
            if isinstance(request.user, User):
                go_on_as_person(user_id=request.user.pk, role=request.user.role)
        except (OperationalError, InterfaceError):
            DATABASE_ERRORS.inc()
            return database_away(request)
        return None

    def process_exception(self, _request: HttpRequest, _exception: Exception) -> None:
        _roll_back()


def _roll_back() -> None:
    if connection.in_atomic_block:
        transaction.set_rollback(True)
