from django.contrib import admin
from django.core.exceptions import ValidationError
from django.forms import ModelForm

from territories import actions
from territories.admin.tracked import TrackedAdmin
from territories.models import Coordinator, Invitation


class ActiveFilter(admin.SimpleListFilter):
    title = "droits"
    parameter_name = "droits"

    def lookups(self, request, model_admin):
        return [("en-cours", "en cours"), ("termines", "terminés")]

    def queryset(self, request, queryset):
        active = Coordinator.objects.active().values("pk")
        if self.value() == "en-cours":
            return queryset.filter(pk__in=active)
        if self.value() == "termines":
            return queryset.exclude(pk__in=active)
        return queryset


@admin.register(Coordinator)
class CoordinatorAdmin(TrackedAdmin):
    """Who writes for which territory. A right is ended by its date, never deleted."""

    list_display = ["user", "territory", "role", "since", "until"]
    list_filter = [ActiveFilter, "role"]
    list_select_related = ["user", "territory"]
    search_fields = ["user__email", "user__name", "territory__name"]
    autocomplete_fields = ["user", "territory"]

    def has_delete_permission(self, request, obj=None):
        return False


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
        "invited_by",
        "sent_at",
        "expires_at",
        "asked_again_at",
        "answer",
    ]
    list_select_related = ["territory", "invited_by"]
    list_filter = ["role"]
    search_fields = ["email", "territory__name"]
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
