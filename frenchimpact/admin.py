from functools import wraps

from django.contrib import admin
from django.contrib.admin.apps import AdminConfig
from django.core.exceptions import BadRequest
from django.urls import path

ORDER = [
    "territories",
    "challenges",
    "manifesto",
    "editorial",
    "geography",
    "accounts",
    "auth",
    "outbox",
]
LONGEST_PARAMETER = 1000  # characters; SQLite refuses a search of more words than it nests


class PortalAdminSite(admin.AdminSite):
    site_header = "Le French Impact — administration du label"
    site_title = "Le French Impact"
    index_title = "Le label « Territoire French Impact »"
    enable_nav_sidebar = False  # lists need its width

    def admin_view(self, view, cacheable=False):
        """Answer 400 to an address that PostgreSQL (NUL) or SQLite (length) would choke on."""

        @wraps(view)
        def careful(request, *args, **kwargs):
            values = [value for _, values in request.GET.lists() for value in values]
            if any("\0" in value or len(value) > LONGEST_PARAMETER for value in values):
                raise BadRequest
            return view(request, *args, **kwargs)

        return super().admin_view(careful, cacheable)

    def get_urls(self):
        from accounts.journal import journal  # needs the models
        from guides.admin import team

        return [
            path("journal/", self.admin_view(journal), name="journal"),
            path("aide/", self.admin_view(team), name="guide"),
            *super().get_urls(),
        ]

    def has_permission(self, request):
        """Staff who gave their second factor: the middleware leads there, this one refuses."""
        from accounts.second_factor import passed_second_factor  # needs the models

        return super().has_permission(request) and passed_second_factor(request)

    def login(self, request, extra_context=None):
        """The one door of the site: a code by mail, then the second factor."""
        from allauth.account.decorators import secure_admin_login  # needs the models

        return secure_admin_login(super().login)(request, extra_context)

    def password_change(self, request, extra_context=None):
        """Django’s, which leaves no trace of whoever changes their own password."""
        from accounts.journal import note  # needs the models

        response = super().password_change(request, extra_context)
        if request.method == "POST" and response.status_code == 302:
            note(request.user, "Mot de passe modifié")
        return response

    def index(self, request, extra_context=None):
        """What waits, the figures and the last acts, before the lists."""
        from frenchimpact.dashboard import dashboard  # needs the models

        return super().index(request, dashboard(request) | (extra_context or {}))

    def get_app_list(self, request, app_label=None):
        """What staff work on first; the plumbing last."""
        places = {app: place for place, app in enumerate(ORDER)}
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: places.get(app["app_label"], len(places)))


class PortalAdminConfig(AdminConfig):
    default_site = "frenchimpact.admin.PortalAdminSite"

    def ready(self):
        super().ready()
        from allauth.account.models import EmailAddress
        from allauth.mfa.models import Authenticator
        from dsfr.models import DsfrConfig

        # We never read the first: a page of settings that set nothing would mislead. The address
        # of an account is its own field. An authenticator holds a secret.
        admin.site.unregister([DsfrConfig, EmailAddress, Authenticator])
