"""Health and metrics for machines, and the page for people while the database is away (MON-05, BAK-06)."""

import sys
from functools import cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse, HttpResponseNotFound, JsonResponse
from django.template.loader import render_to_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from django.views.defaults import server_error as django_server_error
from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4, generate_latest

from buhbot.acting import acts_for_itself
from buhbot.ops.collector import firm_registry
from buhbot.ops.metrics import process_registry
from buhbot.ops.state import current_state


def is_internal(request: HttpRequest) -> bool:
    """Whether the caller, and every proxy that passed the request on, is of INTERNAL_NETWORKS (SEC-12)."""
    return all(_is_of_our_networks(address) for address in _chain(request))


def client_address(request: HttpRequest) -> str | None:
    """Return the address that the caller has for our outermost proxy; None where there is none that can be read."""
    chain = [part for part in _chain(request) if _is_address(part)]
    outside = (address for address in reversed(chain) if not _is_of_our_networks(address))
    return next(outside, chain[0] if chain else None)


def _chain(request: HttpRequest) -> list[str]:
    """Return the addresses that the request came through, the nearest last.

    What is said by a header counts only where a proxy stands before us that writes it (BEHIND_PROXY).
    """
    forwarded = request.headers.get("X-Forwarded-For", "") if settings.BEHIND_PROXY else ""
    return [*(part.strip() for part in forwarded.split(",") if part), request.META.get("REMOTE_ADDR", "")]


def _is_address(text: str) -> bool:
    try:
        ip_address(text.strip())
    except ValueError:
        return False
    return True


def _is_of_our_networks(address: str) -> bool:
    try:
        found = ip_address(address)
    except ValueError:
        return address == ""  # a Unix socket has no address
    return any(found in network for network in _networks(*settings.INTERNAL_NETWORKS))


@cache
def _networks(*names: str) -> list[IPv4Network | IPv6Network]:
    return [ip_network(name) for name in names]


@acts_for_itself
@never_cache
@require_safe
def live(_request: HttpRequest) -> HttpResponse:
    """Say that this process answers; it asks nobody."""
    return JsonResponse({"status": "ok"})


@acts_for_itself
@never_cache
@require_safe
def ready(request: HttpRequest) -> HttpResponse:
    """Say whether requests can be served: 503 only without the database or with migrations missing (MON-05)."""
    state = current_state()
    content = state.as_dict() if is_internal(request) else {"status": state.status}
    return JsonResponse(content, status=200 if state.is_ready else 503)


@acts_for_itself
@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Show Prometheus what was counted and what waits; from outside there is no such page (SEC-12)."""
    if not is_internal(request):
        return HttpResponseNotFound()
    firm = generate_latest(firm_registry())  # first, so that its errors are counted in what follows
    return HttpResponse(generate_latest(process_registry()) + firm, content_type=CONTENT_TYPE_PLAIN_0_0_4)


def database_away(request: HttpRequest) -> HttpResponse:
    """Tell a person, or a machine, to come back in a moment (BAK-06)."""
    if request.accepts("text/html"):
        response: HttpResponse = HttpResponse(render_to_string("buhbot/database_away.html"), status=503)
    else:
        response = JsonResponse({"status": "unavailable", "problems": ["database"]}, status=503)
    response["Retry-After"] = "10"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer an error that no view caught: away is not broken (BAK-06)."""
    if isinstance(sys.exc_info()[1], OperationalError | InterfaceError):
        return database_away(request)
    return django_server_error(request)
