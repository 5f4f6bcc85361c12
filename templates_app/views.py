"""Downloads from local buckets by a signed link; S3 servers check theirs themselves (FIL-03)."""

from django.core import signing
from django.core.files.storage import storages
from django.http import FileResponse, Http404, HttpRequest, HttpResponseForbidden
from django.http.response import HttpResponseBase
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from buhbot.acting import acts_for_itself
from templates_app.storage_local import LocalBucket, read_link


@acts_for_itself
@require_safe
@never_cache
def download(request: HttpRequest) -> HttpResponseBase:
    """Give the file that the link names; a forged or old link is refused."""
    try:
        told = read_link(request.GET.get("token", ""))
    except signing.BadSignature:
        return HttpResponseForbidden()
    bucket = storages[told["bucket"]]
    if not isinstance(bucket, LocalBucket) or not bucket.exists(told["key"]):
        raise Http404
    response = FileResponse(
        bucket.open(told["key"]), as_attachment=True, filename=told["name"], content_type=told["type"]
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response
