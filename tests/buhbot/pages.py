"""Views that do what the tests of the middleware need, under an address each."""

from django.db import OperationalError, connection
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.urls import include, path

from buhbot.acting import acts_for_itself
from buhbot.models import Preference

handler500 = "buhbot.views.server_error"


def who_acts(_request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user, current_setting('app.user_id', true)")
        role, person = cursor.fetchone()
    return JsonResponse({"role": role, "person": person})


def write(request: HttpRequest) -> HttpResponse:
    """Write something, then end as the query says."""
    Preference.objects.create(key=request.GET["end"], value=1)
    match request.GET["end"]:
        case "error":
            raise ZeroDivisionError
        case "not-found":
            raise Http404
        case "status-500":
            return HttpResponse(status=500)
        case "away":
            raise OperationalError("server closed the connection unexpectedly")
        case "away-at-commit":
            connection.connection.close()
    return HttpResponse()


@acts_for_itself
def forgetful(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(Preference.objects.count())


urlpatterns = [
    path("who", who_acts),
    path("write", write),
    path("forgetful", forgetful),
    path("", include("config.urls")),
]
