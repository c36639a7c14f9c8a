"""A public page drawn for one person, as it would be if what they typed were saved."""

from contextvars import ContextVar
from io import BytesIO

from django.contrib.auth.models import AnonymousUser
from django.core.handlers.wsgi import WSGIRequest
from django.db.models import Model
from django.http import HttpResponse
from django.urls import resolve

# The row whose page is being drawn; None outside a preview. What is kept in memory for every
# visitor asks it first: a preview may neither read that nor write it.
under_preview: ContextVar[Model | None] = ContextVar("under_preview", default=None)


def page_of(request, row: Model, path: str) -> HttpResponse:
    """The page at this address as its own view gives it to a stranger, and told a preview."""
    environ = {name: value for name, value in request.META.items() if name != "HTTP_COOKIE"}
    asked = {"REQUEST_METHOD": "GET", "PATH_INFO": path, "QUERY_STRING": ""}
    empty = {"CONTENT_LENGTH": "0", "wsgi.input": BytesIO()}
    stranger = WSGIRequest(environ | asked | empty)
    stranger.user = AnonymousUser()
    match = resolve(path)
    token = under_preview.set(row)
    try:
        return match.func(stranger, *match.args, **match.kwargs)
    finally:
        under_preview.reset(token)
