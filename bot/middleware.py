"""The short way of updates past what only pages need: sessions, sign-in, transactions (PERF-01)."""

import time
from collections.abc import Callable

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django_prometheus.middleware import Metrics

from bot.views import webhook

VIEW = "telegram-webhook"


class WebhookMiddleware:
    """Answers what comes to the webhook, and counts posts as django-prometheus counts those to other views (MON-01)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response
        self.path = reverse(VIEW)
        self.metrics = Metrics.get_instance()

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if request.path != self.path:
            return self.get_response(request)
        started = time.perf_counter()
        response = webhook(request)
        response["Content-Length"] = len(response.content)  # as CommonMiddleware does, or it would be chunked
        if request.method == "POST":
            self._count(response.status_code, time.perf_counter() - started)
        return response

    def _count(self, status: int, seconds: float) -> None:
        self.metrics.requests_latency_by_view_method.labels(view=VIEW, method="POST").observe(seconds)
        self.metrics.responses_by_status_view_method.labels(
            status=str(status), view=VIEW, method="POST"
        ).inc()
