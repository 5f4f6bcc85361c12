"""Addresses of this room: downloads by a signed link."""

from django.urls import path

from templates_app.views import download

app_name = "files"
urlpatterns = [path("files/", download, name="download")]
