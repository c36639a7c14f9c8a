"""The pages of what went wrong, in the site's frame: what happened, and what to do next."""

import errno
import sys

from django.conf import settings
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.template.loader import render_to_string

from editorial import shown
from space.context_processors import viewing

# Disk full, quota reached, file larger than the system lets.
NO_ROOM = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


def error_page(request, status, **context):
    """Render ``errors/<status>.html`` without touching the database, which may be the culprit."""
    html = render_to_string(
        f"errors/{status}.html",
        {
            "site_url": settings.SITE_URL,
            "page_url": settings.SITE_URL,
            "state_brand": settings.STATE_BRAND,
            "is_preview": False,
            "passages": shown.at_hand().passages,
            "notices": [],
            "has_demonstration": False,
            "section": "",
            "status": status,
            **viewing(request),
            **context,
        },
    )
    return HttpResponse(html, status=status)


def bad_request(request, exception):
    return error_page(request, 400)


def permission_denied(request, exception):
    return error_page(request, 403, csrf=False)


def csrf_failure(request, reason=""):
    return error_page(request, 403, csrf=True)


def page_not_found(request, exception):
    return error_page(request, 404)


def too_many_requests(request):
    response = error_page(request, 429)
    response["Retry-After"] = "300"
    return response


def server_error(request):
    """500, or what is known of the cause: 503 without the database, 507 on a full disk."""
    error = sys.exc_info()[1]
    if isinstance(error, OSError) and error.errno in NO_ROOM:
        return error_page(request, 507)
    if isinstance(error, OperationalError | InterfaceError):
        response = error_page(request, 503)
        response["Retry-After"] = "5"
        return response
    return error_page(request, 500)
