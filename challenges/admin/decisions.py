"""What the label's team decides: the changes that territories propose, the challenges they submit.

A proposal has no form of its fields: its page shows each change, before and after, and asks for a
decision on each.
"""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Count
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path, reverse
from django.utils import timezone
from django.utils.html import format_html

from challenges import editing
from challenges.models import Challenge, Proposal, ProposedChange
from challenges.sheet import NAMED, changes_in_words, texts_of
from territories.admin.filters import given, of_territory
from territories.freshness import elapsed

Decision = ProposedChange.Decision


def can_amend(change):
    """A text may be retouched by whoever decides; a choice or an objective is taken or not."""
    return change.field not in {*NAMED, ProposedChange.OBJECTIVE, "nature", "image"}


class ChangeForm(forms.Form):
    """The decision on one change."""

    decision = forms.ChoiceField(
        label="Décision",
        choices=[
            (Decision.ACCEPTED, "Accepter"),
            (Decision.AMENDED, "Accepter en retouchant"),
            (Decision.REFUSED, "Refuser"),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": "Décidez de cette modification."},
    )
    published = forms.CharField(
        label="Texte à publier",
        required=False,
        widget=forms.Textarea(attrs={"rows": 6, "class": "vLargeTextField"}),
    )
    reason = forms.CharField(
        label="Motif (obligatoire pour un refus\u00a0; le territoire le lit)",
        required=False,
        max_length=500,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )

    def __init__(self, *args, change, is_stale, **options):
        super().__init__(*args, prefix=f"c{change.pk}", **options)
        self.change, self.is_stale = change, is_stale
        self.initial["published"] = change.after if can_amend(change) else ""
        barred = set()
        if not can_amend(change):
            barred.add(Decision.AMENDED)
            del self.fields["published"]
        if is_stale:
            barred.add(Decision.ACCEPTED)
        field = self.fields["decision"]
        field.choices = [choice for choice in field.choices if choice[0] not in barred]

    def clean_published(self):
        value = "\n".join(self.cleaned_data["published"].splitlines()).strip()
        if self.data.get(self.add_prefix("decision")) == Decision.AMENDED:
            # Refused here rather than by the database: an over-long title, a bad address.
            Challenge._meta.get_field(self.change.field).clean(value, None)
        return value

    def clean(self):
        cleaned = super().clean()
        if cleaned.get("decision") == Decision.REFUSED and not cleaned.get("reason"):
            self.add_error("reason", "Dites pourquoi\u00a0: le territoire lira ce motif.")
        return cleaned

    @property
    def verdict(self):
        decision = self.cleaned_data["decision"]
        is_amended = decision == Decision.AMENDED
        published = self.cleaned_data["published"] if is_amended else None
        return decision, published, self.cleaned_data["reason"]


class ReasonForm(forms.Form):
    """What is said to the territory with the decision."""

    reason = forms.CharField(
        label="Message au territoire",
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3, "class": "vLargeTextField"}),
    )

    def require(self):
        """A return without a word would leave the territory guessing."""
        if not self.cleaned_data.get("reason"):
            self.add_error("reason", "Dites au territoire ce que vous attendez de lui.")
            return False
        return True


@admin.register(Proposal)
class ProposalAdmin(admin.ModelAdmin):
    list_display = [
        "challenge",
        "territory",
        "state",
        "age",
        "change_count",
        "author",
        "submitted_at",
        "decided_by",
    ]
    list_filter = [
        "state",
        of_territory("challenge__territory"),
        given("challenge", "défi", Challenge),
    ]
    search_fields = [
        "challenge__title__folded",
        "challenge__territory__name__folded",
        "author__name__folded",
    ]
    search_help_text = "Défi, territoire ou qui propose."
    date_hierarchy = "submitted_at"
    show_full_result_count = False
    list_select_related = ["challenge__territory", "author", "decided_by"]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(change_count=Count("changes"))

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    @admin.display(description="territoire", ordering="challenge__territory__name")
    def territory(self, proposal):
        return proposal.challenge.territory

    @admin.display(description="attend depuis", ordering="submitted_at")
    def age(self, proposal):
        """Since when it waits for somebody; a decided one waits no more."""
        return elapsed(timezone.localdate(proposal.submitted_at)) if proposal.is_open else "—"

    @admin.display(description="modifications", ordering="change_count")
    def change_count(self, proposal):
        return proposal.change_count

    def change_view(self, request, object_id, form_url="", extra_context=None):
        """Before and after of each change, and what to decide of it."""
        proposal = get_object_or_404(
            Proposal.objects.select_related("challenge__territory", "author", "decided_by"),
            pk=object_id if object_id.isdecimal() else 0,
        )
        if not self.has_view_permission(request, proposal):
            raise PermissionDenied
        decides = proposal.state == Proposal.State.SUBMITTED and self.has_change_permission(
            request, proposal
        )
        if request.method == "POST" and not decides:
            if not self.has_change_permission(request, proposal):
                raise PermissionDenied
            messages.error(request, "Cette proposition n’attend plus de décision.")
            return redirect(request.path)
        changes = changes_in_words(proposal.changes.select_related("objective"))
        forms, reason = decision_forms(proposal, changes, request.POST or None)
        if request.method == "POST" and self.decided(request, proposal, forms, reason):
            return redirect("admin:challenges_proposal_changelist")
        context = self.admin_site.each_context(request) | {
            "title": f"Proposition\u00a0: {proposal.challenge}",
            "opts": self.opts,
            "proposal": proposal,
            "forms": forms,
            "reason": reason,
            "decides": decides,
        }
        return render(request, "admin/challenges/proposal.html", context)

    def decided(self, request, proposal, forms, reason):
        """Carry out what the button says; whether it is done."""
        returns = request.POST.get("act") == "return"
        if not reason.is_valid() or (returns and not reason.require()):
            return False
        if not returns and not all([form.is_valid() for form in forms]):
            return False
        text = reason.cleaned_data["reason"]
        try:
            if returns:
                editing.return_proposal(proposal=proposal, reason=text, by=request.user)
            else:
                verdicts = {form.change.pk: form.verdict for form in forms}
                proposal = editing.decide(
                    proposal=proposal, decisions=verdicts, by=request.user, reason=text
                )
        except editing.EditingError as error:
            reason.add_error(None, error)
            return False
        proposal.refresh_from_db()
        done = f"Proposition {proposal.get_state_display()}"
        self.log_change(request, proposal, done)
        messages.success(request, f"{done}\u00a0: {proposal.challenge}. Le territoire est prévenu.")
        return True


def decision_forms(proposal, changes, data):
    current = texts_of(proposal.challenge)
    forms = []
    for change in changes:
        if change.field == ProposedChange.OBJECTIVE:
            is_stale = editing.is_stale(change, proposal.challenge)
        else:
            is_stale = current[change.field] != change.before
        forms.append(ChangeForm(data, change=change, is_stale=is_stale))
    return forms, ReasonForm(data)


class SubmissionAdmin(admin.ModelAdmin):
    """Adds to the admin of challenges the page where a submitted one is published or sent back."""

    def get_urls(self):
        page = path(
            "<int:pk>/decider/",
            self.admin_site.admin_view(self.decide_view),
            name="challenges_challenge_decide",
        )
        return [page, *super().get_urls()]

    def decide_view(self, request, pk):
        challenge = get_object_or_404(
            Challenge.objects.select_related("territory", "carrier"), pk=pk
        )
        if not self.has_change_permission(request, challenge):
            raise PermissionDenied
        form = ReasonForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            done = self.publish_or_return(request, challenge, form)
            if done:
                return redirect("admin:challenges_challenge_changelist")
        context = self.admin_site.each_context(request) | {
            "title": f"Défi soumis\u00a0: {challenge}",
            "opts": self.opts,
            "challenge": challenge,
            "objectives": challenge.objectives.order_by("position"),
            "form": form,
        }
        return render(request, "admin/challenges/submission.html", context)

    def publish_or_return(self, request, challenge, form):
        reason = form.cleaned_data["reason"]
        try:
            if request.POST.get("act") == "publish":
                editing.publish(challenge=challenge, by=request.user)
                done = "Publié"
            elif form.require():
                editing.send_back(challenge=challenge, reason=reason, by=request.user)
                done = "Renvoyé à son territoire"
            else:
                return False
        except editing.EditingError as error:
            form.add_error(None, error)
            return False
        self.log_change(request, challenge, done)
        messages.success(request, f"{done}\u00a0: {challenge}. Le territoire est prévenu.")
        return True

    @admin.display(description="à décider")
    def decision(self, challenge):
        if challenge.publication != Challenge.Publication.SUBMITTED:
            return "rien"
        address = reverse("admin:challenges_challenge_decide", args=[challenge.pk])
        return format_html('<a href="{}">Relire et décider</a>', address)
