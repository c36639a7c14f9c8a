"""While staff see the space as somebody: that person’s pages, and nothing written."""

import logging
from urllib.parse import urlsplit

from django.core.exceptions import PermissionDenied
from django.db import connection
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from accounts.middleware import DOORS
from space.viewing import KEY, SIGNED_OUT, end, kept, why_over

SPACE = "/espace/"
READING = {"GET", "HEAD", "OPTIONS"}
logger = logging.getLogger(__name__)


def viewing(get_response):
    """Give the views of the space the person that staff see it as, and ``request.viewing``.

    Everywhere else staff stay themselves. Public pages, that know nobody, are left alone.
    """

    def middleware(request):
        request.viewing = None
        seen = kept(request) if request.path.startswith(DOORS) else None
        if seen is None:
            return get_response(request)
        if not request.path.startswith(SPACE):
            return until_signed_out(request, get_response, seen)
        if request.method == "POST" and request.path == reverse("space:stop-viewing"):
            return get_response(request)
        if why := why_over(seen):
            return over(request, seen, why)
        request.viewing = seen
        return as_seen(request, get_response) if request.method in READING else refused(request)

    return middleware


def as_seen(request, get_response):
    """The page as the person has it. Whoever signed in is themselves again right after."""
    staff, request.user = request.user, request.viewing.user
    try:
        with connection.execute_wrapper(refuse_writes):
            return get_response(request)
    finally:
        request.user = staff


def refuse_writes(execute, sql, params, many, context):
    """Let through what only reads: no page writes when it is asked for, and this one must not."""
    if not sql.lstrip("( \n").upper().startswith("SELECT"):
        logger.error("Écriture refusée pendant une consultation\u00a0: %s", sql[:60])
        raise PermissionDenied
    return execute(sql, params, many, context)


def refused(request):
    """403: nothing that is sent while looking is kept."""
    return render(
        request, "space/viewing_refused.html", {"way_back": came_from(request)}, status=403
    )


def came_from(request):
    """The page of the space that the form was on, or its first page."""
    referer = request.headers.get("Referer", "")
    is_ours = url_has_allowed_host_and_scheme(referer, {request.get_host()})
    path = urlsplit(referer).path if is_ours else ""
    return path if path.startswith(SPACE) else reverse("space:home")


def over(request, seen, why):
    """403, once: what was asked for or sent was meant for somebody else’s space."""
    del request.session[KEY]
    end(viewing=seen, why=why)
    return render(request, "space/viewing_over.html", {"seen": seen, "why": why}, status=403)


def until_signed_out(request, get_response, seen):
    response = get_response(request)
    if KEY not in request.session:
        end(viewing=seen, why=SIGNED_OUT)
    return response
