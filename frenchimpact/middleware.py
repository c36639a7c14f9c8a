"""The portal's own middleware, as functions: headers, what may be cached, what is atomic."""

from django.db import transaction
from django.utils.cache import patch_cache_control

PERMISSIONS = (
    "accelerometer=(), autoplay=(), camera=(), display-capture=(), "
    "encrypted-media=(), fullscreen=(self), geolocation=(), gyroscope=(), hid=(), "
    "idle-detection=(), local-fonts=(), magnetometer=(), microphone=(), midi=(), payment=(), "
    "picture-in-picture=(), publickey-credentials-get=(self), screen-wake-lock=(), serial=(), "
    "usb=(), xr-spatial-tracking=()"
)
SAFE_METHODS = {"GET", "HEAD", "OPTIONS", "TRACE"}
PUBLIC_SECONDS = 60


def security_headers(get_response):
    """Add the headers Django has no setting for.

    Static files, which come before the policy of pages, do without the one only pages obey.
    """

    def middleware(request):
        response = get_response(request)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if "Content-Security-Policy" in response:
            response.setdefault("Permissions-Policy", PERMISSIONS)
        return response

    return middleware


def cache_policy(get_response):
    """Let anyone cache a page that knew nobody; forbid it for every other one.

    A page is public when it was asked for safely, succeeded, set no cookie and never looked at
    the session: a personal page cannot be declared public by mistake.
    """

    def middleware(request):
        response = get_response(request)
        if response.has_header("Cache-Control"):
            return response
        personal = (
            request.method not in {"GET", "HEAD"}
            or response.status_code not in {200, 301, 304}
            or response.cookies
            or "Cookie" in response.get("Vary", "")
        )
        if personal:
            patch_cache_control(response, private=True, no_store=True)
        else:
            patch_cache_control(
                response, public=True, max_age=PUBLIC_SECONDS, stale_while_revalidate=600
            )
        return response

    return middleware


def atomic_writes(get_response):
    """One transaction a writing request, undone when the answer is an error.

    Django's ATOMIC_REQUESTS would also open one for each page read: on SQLite, where transactions
    are IMMEDIATE, readers would then wait for one another; on PostgreSQL it is two round trips.
    """

    def middleware(request):
        if request.method in SAFE_METHODS:
            return get_response(request)
        with transaction.atomic():
            response = get_response(request)
            if response.status_code >= 400:
                transaction.set_rollback(True)
            return response

    return middleware
