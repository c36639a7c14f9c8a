from allauth.account.internal.flows.login import record_authentication
from allauth.account.views import confirm_login_code
from allauth.mfa.totp.views import activate_totp
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.models import Session
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from accounts.second_factor import has_second_factor


@require_safe
@login_required
def home(request):
    protected = has_second_factor(request.user)
    return render(request, "account/home.html", {"has_second_factor": protected})


@require_safe
def opening(request):
    """How an account is opened: nobody opens their own."""
    return render(request, "account/opening.html")


def code(request):
    """The page of the code, one guess at a time.

    A burst of guesses from one session would else each read « no guess yet » before the first is
    written. The row of the session is the lock, held until the transaction of the request ends.
    """
    key = request.session.session_key
    if request.method == "POST":
        Session.objects.select_for_update().filter(session_key=key).first()
        request.session = type(request.session)(key)
    response = confirm_login_code(request)
    if request.method == "POST" and request.session.modified:
        request.session.save()
        # Not again once the lock is gone, over another guess; a new key has its cookie to set.
        request.session.modified = request.session.session_key != key
    return response


def activate_second_factor(request):
    """Set up the second factor: the code that proves it works is also this session’s."""
    had_one = request.user.is_authenticated and has_second_factor(request.user)
    response = activate_totp(request)
    if request.method == "POST" and not had_one and has_second_factor(request.user):
        record_authentication(request, request.user, "mfa", type="totp", reauthenticated=True)
    return response


@require_POST
@login_required
def sign_out_everywhere(request):
    request.user.end_sessions()
    logout(request)
    return redirect("accounts:signed-out")


@require_safe
def signed_out(request):
    return render(request, "account/signed_out.html")
