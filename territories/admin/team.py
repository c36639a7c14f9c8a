from datetime import timedelta

from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm
from django.utils import timezone

from accounts.models import User
from territories import actions
from territories.admin.filters import chosen, given, of_territory
from territories.admin.tracked import TrackedAdmin
from territories.french import long_date
from territories.freshness import QUIET_DAYS
from territories.models import Coordinator, Invitation

ActiveFilter = chosen(
    "droits",
    "droits",
    {
        "en-cours": ("en cours", lambda rows: rows.active()),
        "termines": (
            "terminés",
            lambda rows: rows.exclude(pk__in=Coordinator.objects.active().values("pk")),
        ),
    },
)

VisitFilter = chosen(
    "connexion",
    "connexion",
    {
        "jamais": ("jamais connecté", lambda rows: rows.filter(user__last_login=None)),
        "ancienne": (
            f"pas depuis {QUIET_DAYS} jours",
            lambda rows: rows.filter(
                user__last_login__lt=timezone.now() - timedelta(days=QUIET_DAYS)
            ),
        ),
    },
)

AnswerFilter = chosen(
    "réponse",
    "reponse",
    {
        "attendue": (
            "attendue",
            lambda rows: rows.open().filter(expires_at__gt=timezone.now()),
        ),
        "expiree": ("expirée", lambda rows: rows.open().filter(expires_at__lte=timezone.now())),
        "demandee": (
            "expirée et redemandée",
            lambda rows: rows.open().exclude(asked_again_at=None),
        ),
        "acceptee": ("acceptée", lambda rows: rows.filter(is_accepted=True)),
        "declinee": (
            "déclinée",
            lambda rows: rows.filter(is_accepted=False, answered_at__isnull=False),
        ),
        "retiree": ("retirée", lambda rows: rows.filter(revoked_at__isnull=False)),
    },
)


@admin.register(Coordinator)
class CoordinatorAdmin(TrackedAdmin):
    """Who writes for which territory. A right is ended by its date, never deleted."""

    list_display = ["user", "territory", "role", "situation", "last_visit", "since", "until"]
    list_filter = [ActiveFilter, VisitFilter, "role", of_territory(), given("user", "compte", User)]
    list_select_related = ["user", "territory"]
    search_fields = ["user__email__folded", "user__name__folded", "territory__name__folded"]
    search_help_text = "Nom, adresse électronique ou territoire."
    autocomplete_fields = ["user", "territory"]

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="droits")
    def situation(self, coordinator):
        if coordinator.is_active:
            return "en cours"
        if not coordinator.user.is_active:
            return "compte fermé"
        return "à venir" if coordinator.since > timezone.now() else "terminés"

    @admin.display(description="dernière connexion", ordering="user__last_login")
    def last_visit(self, coordinator):
        visit = coordinator.user.last_login
        return long_date(timezone.localdate(visit)) if visit else "jamais connecté"


class InvitationForm(ModelForm):
    def clean(self):
        cleaned = super().clean()
        territory, email = cleaned.get("territory"), cleaned.get("email")
        if territory and email:
            active = Coordinator.objects.active().filter(territory=territory)
            if active.filter(user__email__iexact=email).exists():
                raise ValidationError(
                    {"email": "Cette personne fait déjà partie de l’équipe du territoire."}
                )
        return cleaned


@admin.register(Invitation)
class InvitationAdmin(TrackedAdmin):
    """Asking somebody to join a team: saving writes to them. Sent, it is only read or withdrawn."""

    form = InvitationForm
    list_display = [
        "email",
        "territory",
        "role",
        "answer",
        "invited_by",
        "sent_at",
        "expires_at",
        "asked_again_at",
    ]
    list_select_related = ["territory", "invited_by"]
    list_filter = [AnswerFilter, "role", of_territory()]
    search_fields = ["email__folded", "territory__name__folded"]
    date_hierarchy = "sent_at"
    autocomplete_fields = ["territory"]
    fields = ["territory", "email", "role"]
    actions = ["resend", "revoke"]

    def has_change_permission(self, request, obj=None):
        """A list to act on; no form for what was sent."""
        return obj is None and super().has_change_permission(request)

    def has_delete_permission(self, request, obj=None):
        return False

    def save_model(self, request, obj, form, change):
        form.touched = []  # the search tells nothing of it
        sent = actions.invite(
            territory=obj.territory, email=obj.email, role=obj.role, by=request.user
        )
        obj.pk, obj.email, obj.invited_by = sent.pk, sent.email, sent.invited_by

    @admin.display(description="réponse")
    def answer(self, invitation):
        if invitation.revoked_at:
            return "retirée"
        if invitation.answered_at:
            return "acceptée" if invitation.is_accepted else "déclinée"
        return "expirée" if invitation.has_expired else "attendue"

    @admin.action(description="Envoyer à nouveau", permissions=["change"])
    def resend(self, request, queryset):
        waiting = [*queryset.open()]
        for invitation in waiting:
            actions.resend(invitation=invitation, by=request.user)
        self.message_user(request, f"Invitations envoyées à nouveau\u00a0: {len(waiting)}.")

    @admin.action(description="Retirer", permissions=["change"])
    def revoke(self, request, queryset):
        waiting = [*queryset.open()]
        for invitation in waiting:
            actions.revoke(invitation=invitation)
        self.message_user(request, f"Invitations retirées\u00a0: {len(waiting)}.")
