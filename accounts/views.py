import logging
from functools import wraps

from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.account.utils import get_next_redirect_url
from allauth.account.views import LogoutView, RequestLoginCodeView, confirm_login_code
from allauth.core import ratelimit
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import generate_recovery_codes
from allauth.mfa.totp.views import activate_totp, deactivate_totp
from csp.decorators import csp_update
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.models import Session
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from accounts import proconnect
from accounts.journal import note
from accounts.models import User
from accounts.second_factor import has_second_factor

logger = logging.getLogger(__name__)
ATTEMPT, PROCONNECT_SESSION = "proconnect_attempt", "proconnect"
LOOKS_TOLD = 5


@require_safe
@login_required
def home(request):
    protected = has_second_factor(request.user)
    looks = request.user.viewings.all()[:LOOKS_TOLD]
    return render(request, "account/home.html", {"has_second_factor": protected, "looks": [*looks]})


@require_safe
def opening(request):
    """How an account is opened: nobody opens their own."""
    return render(request, "account/opening.html")


def sign_in(request):
    """The page of the door: a code by mail and, where it is set, ProConnect.

    Chromium applies ``form-action`` to where an answer leads too: ProConnect’s origin is let in.
    """
    offered = settings.PROCONNECT is not None
    view = RequestLoginCodeView.as_view(extra_context={"proconnect": offered})
    if offered:
        view = csp_update({"form-action": [proconnect.origin()]})(view)
    return view(request)


@require_http_methods(["GET", "POST"])
def to_proconnect(request):
    """Lead to ProConnect: the form opens an attempt, the page it redirects to leaves with it.

    Asking the provider its addresses may take seconds: never within the transaction of a POST.
    """
    if settings.PROCONNECT is None:
        raise Http404
    if request.user.is_authenticated:
        return redirect(get_adapter().get_login_redirect_url(request))
    if request.method == "POST":
        refused = ratelimit.consume_or_429(request, action="proconnect")
        if not refused:
            request.session[ATTEMPT] = proconnect.new_attempt(get_next_redirect_url(request))
        return refused or redirect("accounts:proconnect")
    if ATTEMPT not in request.session:
        return redirect("account_login")
    try:
        return redirect(proconnect.authorize_address(request.session[ATTEMPT]))
    except proconnect.ProConnectError as error:
        return refuse(request, error)


@require_GET
def from_proconnect(request):
    """Sign in who comes back from ProConnect with the address of an account."""
    if settings.PROCONNECT is None:
        raise Http404
    if request.user.is_authenticated:
        return redirect(get_adapter().get_login_redirect_url(request))
    attempt = take_attempt(request.session)
    try:
        identity = proconnect.identify(attempt, request.GET)
    except proconnect.Cancelled:
        messages.info(request, "Vous n’avez pas terminé avec ProConnect. Le code reste possible.")
        return redirect("account_login")
    except proconnect.ProConnectError as error:
        return refuse(request, error)
    user = User.objects.filter(email=identity.email, is_active=True).first()
    if user is None:
        way_out = proconnect.sign_out_address(identity.session)
        context = {"email": identity.email, "other_identity": way_out}
        return render(request, "account/proconnect_unknown.html", context, status=403)
    if identity.name and not user.name:
        User.objects.filter(pk=user.pk).update(name=identity.name)
    request.session[PROCONNECT_SESSION] = identity.session
    record_authentication(request, user, method="proconnect")
    return perform_login(request, Login(user=user, email=user.email, redirect_url=attempt["next"]))


def take_attempt(session):
    """What this browser left with; it serves once, even to two requests at a time."""
    attempt = session.pop(ATTEMPT, None)
    if attempt is None:
        return None
    try:
        session.save()
    except UpdateError:  # the other request has signed in meanwhile, under a new key
        attempt = None
    session.modified = False
    return attempt


def refuse(request, error):
    """The page of a ProConnect that failed: not our fault, not the person’s, and a way on."""
    logger.warning("ProConnect\u00a0: %s", error)
    return render(request, "account/proconnect_failed.html", status=403)


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


def told(view, words):
    """A view that changes somebody’s second factor, and then leaves a word of it in the journal."""

    @wraps(view)
    def telling(request):
        before = factors_of(request)
        response = view(request)
        if before is not None and factors_of(request) != before:
            note(request.user, words)
        return response

    return telling


def factors_of(request):
    """The secrets of who sends a form."""
    if request.method != "POST" or not request.user.is_authenticated:
        return None
    return [*Authenticator.objects.filter(user=request.user).order_by("pk").values("pk", "data")]


def activate_second_factor(request):
    """Set up the second factor: the code that proves it works is also this session’s."""
    had_one = request.user.is_authenticated and has_second_factor(request.user)
    response = told(activate_totp, "Second facteur enregistré")(request)
    if request.method == "POST" and not had_one and has_second_factor(request.user):
        record_authentication(request, request.user, "mfa", type="totp", reauthenticated=True)
    return response


def sign_out(request):
    """Leave this browser; and ProConnect, which would otherwise let the next person in."""
    session = request.session.get(PROCONNECT_SESSION)
    response = LogoutView.as_view()(request)
    if request.method == "POST" and session and response.url == reverse("accounts:signed-out"):
        return leave_proconnect(request, session) or response
    return response


@require_POST
@login_required
def sign_out_everywhere(request):
    session = request.session.get(PROCONNECT_SESSION)
    request.user.end_sessions()
    note(request.user, "Sessions fermées partout")
    logout(request)
    return leave_proconnect(request, session) or redirect("accounts:signed-out")


def leave_proconnect(request, session):
    """A page that goes on to the end of ProConnect’s session, if there is one.

    Not a redirection: ProConnect goes on to the origin of whoever identified the person, which the
    ``form-action`` of the page that sent the form could not name.
    """
    address = proconnect.sign_out_address(session)
    if not address:
        return None
    response = render(request, "account/proconnect_leaving.html", {"address": address})
    response["Refresh"] = f"0; url={address}"
    return response


deactivate_second_factor = told(deactivate_totp, "Second facteur retiré")
renew_recovery_codes = told(generate_recovery_codes, "Codes de secours renouvelés")


@require_safe
def signed_out(request):
    return render(request, "account/signed_out.html")
