from django.contrib import admin, messages
from django.db import transaction
from django.utils import timezone
from django.utils.timesince import timesince

from outbox import actions
from outbox.models import Message

HIDDEN = "Confidentiel\u00a0: seule la personne qui le reçoit peut le lire."
ERASED = "Effacé\u00a0: le message a servi, ou ne servira plus."


class StoppedFilter(admin.SimpleListFilter):
    title = "suite à donner"
    parameter_name = "a_traiter"

    def lookups(self, request, model_admin):
        return [("oui", "en échec ou à vérifier")]

    def queryset(self, request, queryset):
        return queryset.troubled() if self.value() == "oui" else queryset


@admin.register(Message)
class MessageAdmin(admin.ModelAdmin):
    """The queue, to read; what stopped can be sent again or given up."""

    list_display = ["subject", "to", "state", "age", "attempts", "error"]
    list_filter = [StoppedFilter, "state", "secret", "created_on"]
    search_fields = ["to__folded", "subject__folded", "key"]
    search_help_text = "Destinataire, objet ou clé."
    show_full_result_count = False
    actions = ["retry", "drop"]
    fields = [
        "subject",
        "to",
        "body",
        "state",
        "error",
        "attempts",
        "created_on",
        "not_before",
        "not_after",
        "claimed_until",
        "sent_on",
        "key",
    ]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        """A key must outlive its message, or the same one would be sent again."""
        return False

    def has_handle_permission(self, request):
        return request.user.has_perm("outbox.change_message")

    @admin.display(description="âge", ordering="created_on")
    def age(self, message):
        return timesince(message.created_on, timezone.now(), depth=1)

    @admin.display(description="texte")
    def body(self, message):
        if not message.is_readable:
            return HIDDEN
        return ERASED if message.is_erased else message.text

    @admin.action(description="Réessayer", permissions=["handle"])
    def retry(self, request, queryset):
        self.report(request, queryset, actions.retry, "{} remis dans la file")

    @admin.action(description="Abandonner", permissions=["handle"])
    def drop(self, request, queryset):
        self.report(request, queryset, actions.drop, "{} abandonné{}")

    def report(self, request, queryset, act, done):
        """Do it, and say to how many it was done and how many it left alone."""
        states = dict(queryset.values_list("pk", "state"))
        with transaction.atomic():
            changed = act(queryset)
            for message in Message.objects.filter(pk__in=states):
                if message.state != states[message.pk]:
                    self.log_change(request, message, message.get_state_display().capitalize())
        plural = "s" if changed > 1 else ""
        said = done.format(f"{changed or 'Aucun'} message{plural}", plural) + "."
        if left := len(states) - changed:
            said += f" Laissés tels quels, d’après leur état ou leur texte effacé\u00a0: {left}."
        self.message_user(request, said, messages.SUCCESS if changed else messages.WARNING)
