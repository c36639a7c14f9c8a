"""What the middleware of accounts promises: sessions that live on, staff with two factors."""

from urllib.parse import urlencode

from django.shortcuts import redirect
from django.urls import reverse

from accounts.second_factor import has_second_factor, passed_second_factor

DOORS = ("/admin/", "/compte/", "/espace/")  # the only addresses that know who one is
WAYS_OUT = ["account_logout", "accounts:sign-out-everywhere"]


def keep_session(get_response):
    """Push back the end of a session in use.

    SESSION_SAVE_EVERY_REQUEST would also set a cookie on public pages, that nobody could cache.
    """

    def middleware(request):
        response = get_response(request)
        if request.session.is_to_refresh:
            request.session.modified = True
        return response

    return middleware


def second_factor(get_response):
    """Lead staff to their second factor before anything else, to set it up or to give it."""

    def middleware(request):
        step = missing_step(request) if request.path.startswith(DOORS) else None
        if step and request.path not in map(reverse, [step, *WAYS_OUT]):
            return redirect(f"{reverse(step)}?{urlencode({'next': request.get_full_path()})}")
        return get_response(request)

    return middleware


def missing_step(request):
    """The page where a member of the team sets up or gives the second factor, when it is due."""
    user = request.user
    if not (user.is_authenticated and user.is_staff):
        return None
    if not has_second_factor(user):
        return "mfa_activate_totp"
    return None if passed_second_factor(request) else "mfa_reauthenticate"
