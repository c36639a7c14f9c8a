"""The sheet of a challenge: its texts, its objectives, their state, their history."""

from copy import copy

from django.contrib import messages
from django.http import JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from challenges import editing
from challenges.actions import change_stage
from challenges.models import Challenge, ProposedChange
from challenges.sheet import (
    changes_in_words,
    edited_texts,
    promise_of,
    texts_of_version,
)
from space import drafts
from space.access import coordinator_required
from space.forms import ChallengeForm, ObjectiveForm
from space.saving import filled_form, is_saving, saved
from space.versions import timeline, who_saved

KEPT = "Enregistré."
PROPOSED = "Proposé à l’équipe du label\u00a0: vous serez prévenu de sa décision."
UNCHANGED = "Rien n’a changé\u00a0: il n’y avait rien à enregistrer."


def editable(coordinator, slug):
    """A challenge of the territory that its team may still write."""
    challenges = coordinator.territory.challenges.exclude(
        publication=Challenge.Publication.ARCHIVED
    )
    found = get_object_or_404(challenges.select_related("carrier"), slug=slug)
    found.territory = coordinator.territory
    return found


def page_of(coordinator, challenge):
    return reverse("space:challenge", args=[coordinator.territory.slug, challenge.slug])


# Its texts.


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def challenge(request, coordinator, challenge):
    found = editable(coordinator, challenge)
    proposal = editing.open_proposal(found)
    current = edited_texts(found, proposal)

    def make(data, **options):
        options["territory"] = coordinator.territory
        return ChallengeForm(data, instance=copy(found), **options)

    form, conflict = filled_form(make, request, current), None
    if request.method == "GET" and "version" in request.GET:
        form = older_form(make, found.history, texts_of_version, request, current)
    if is_saving(request, form):
        changed, theirs = saved(request, form, lambda form: save_texts(found, form, request.user))
        if theirs is None:
            say_saved(request, found, changed)
            return redirect(page_of(coordinator, found))
        conflict = who_saved(found, *found.proposals.open(), territory=found.territory_id)
        form = form.merged(make, theirs)
    return render(
        request,
        "space/challenge.html",
        sheet_context(coordinator, found, form, proposal)
        | {"conflict": conflict, "preview": preview_of(request, form)},
        status=409 if conflict else 200,
    )


def preview_of(request, form):
    """The challenge as the form would have it, when that is what was asked for."""
    asked = request.POST.get("act") == "preview" and form.is_valid()
    return form.as_preview() if asked else None


def save_texts(challenge, form, user):
    return editing.save_texts(
        challenge=challenge,
        base=form.cleaned_data["base"],
        values=values_with_carrier(form),
        by=user,
    )


def values_with_carrier(form):
    """What the form says; a carrier it names becomes an organisation."""
    named = form.cleaned_data.get("carrier_name")
    if not named:
        return form.values
    carrier = editing.carrier_named(named, form.cleaned_data["carrier_category"])
    return form.values | {"carrier": carrier.pk}


def say_saved(request, challenge, changed):
    is_public = challenge.publication == Challenge.Publication.PUBLISHED
    done = PROPOSED if is_public else KEPT
    messages.success(request, done if changed else UNCHANGED)


def sheet_context(coordinator, challenge, form, proposal):
    latest = proposal or challenge.proposals.exclude(state="withdrawn").first()
    changes = latest.changes.select_related("objective") if latest else []
    return {
        "coordinator": coordinator,
        "challenge": challenge,
        "form": form,
        "proposal": latest,
        "changes": changes_in_words(changes),
        "objectives": challenge.objectives.order_by("position"),
        "stages": Challenge.Stage.choices,
    }


def older_form(make, history, values_of, request, current):
    """The form filled from an older version, what stands now beside each text that differs."""
    version = request.GET["version"]
    row = get_object_or_404(history, pk=int(version) if version.isdecimal() else 0)
    values = current | values_of(row)
    form = make(None, values=values, base=current)
    form.set_beside({name: current[name] for name in values if values[name] != current[name]})
    form.version = row
    return form


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def challenge_new(request, coordinator):
    def make(data, **options):
        return ChallengeForm(data, territory=coordinator.territory, **options)

    form = filled_form(make, request, {})
    if is_saving(request, form):
        if form.is_new(request.user):
            made = create(coordinator, form, request.user)
            drafts.forget(request.user, request.path)
        else:
            same = coordinator.territory.challenges.filter(title=form.cleaned_data["title"])
            made = same.latest("pk")
        messages.success(request, "Brouillon enregistré\u00a0: ajoutez ses objectifs.")
        return redirect(page_of(coordinator, made))
    context = {"coordinator": coordinator, "form": form, "challenge": None, "conflict": None}
    return render(
        request,
        "space/challenge.html",
        context | {"preview": preview_of(request, form)},
    )


def create(coordinator, form, user):
    return editing.create(
        territory=coordinator.territory,
        values=values_with_carrier(form),
        by=user,
        demonstration=coordinator.demonstration,
    )


@require_POST
@coordinator_required("can_write")
def challenge_act(request, coordinator, challenge):
    """Tell its stage, submit, take back or delete a draft, withdraw a proposal: as asked."""
    found = editable(coordinator, challenge)
    try:
        done = act_on(found, request.POST.get("act"), request.POST.get("stage"))
    except editing.EditingError as error:
        messages.error(request, error.message)
        return redirect(page_of(coordinator, found))
    messages.success(request, done)
    gone = found.pk is None
    return redirect("space:home" if gone else page_of(coordinator, found))


def act_on(challenge, act, stage=None):
    if act == "stage" and stage in Challenge.Stage:
        return f"Étape\u00a0: {change_stage(challenge=challenge, stage=stage).get_stage_display()}."
    if act == "submit":
        editing.submit(challenge=challenge)
        return "Soumis à l’équipe du label\u00a0: vous serez prévenu de sa réponse."
    if act == "take_back":
        editing.take_back(challenge=challenge)
        return "Le défi est de nouveau un brouillon."
    if act == "withdraw" and (proposal := editing.open_proposal(challenge)):
        editing.withdraw(proposal=proposal)
        return "La proposition est retirée\u00a0: la page publique ne change pas."
    if act == "discard":
        editing.discard(challenge=challenge)
        challenge.pk = None
        return "Le brouillon est supprimé."
    raise editing.EditingError("Cette action n’est plus possible\u00a0: la page a changé.")


# Its objectives.


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def objective(request, coordinator, challenge, pk):
    found = editable(coordinator, challenge)
    promised = get_object_or_404(found.objectives.prefetch_related("milestones"), pk=pk)
    proposal = editing.open_proposal(found)
    pending = proposal.changes.filter(objective=promised).first() if proposal else None
    return objective_page(request, coordinator, found, promised, pending)


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def objective_new(request, coordinator, challenge):
    return objective_page(request, coordinator, editable(coordinator, challenge))


@require_http_methods(["GET", "POST"])
@coordinator_required("can_write")
def objective_pending(request, coordinator, challenge, pk):
    """A new objective that the label's team has not read yet."""
    found = editable(coordinator, challenge)
    pending = get_object_or_404(
        ProposedChange.objects.filter(
            proposal__in=found.proposals.open(),
            field=ProposedChange.OBJECTIVE,
            objective=None,
        ),
        pk=pk,
    )
    return objective_page(request, coordinator, found, pending=pending)


def objective_page(request, coordinator, challenge, promised=None, pending=None):
    current = editing.edited_promise(promised, pending)

    def make(data, **options):
        return ObjectiveForm(data, challenge=challenge, **options)

    def save(form):
        return editing.save_objective(
            challenge=challenge,
            objective=promised,
            pending=pending,
            base=form.cleaned_data["base"],
            values=form.values,
            by=request.user,
        )

    if request.POST.get("act") == "remove":
        return removed(request, coordinator, challenge, promised, pending)
    form, conflict = filled_form(make, request, current), None
    if promised and request.method == "GET" and "version" in request.GET:
        form = older_form(make, promised.history, promise_of, request, current)
    if is_saving(request, form):
        changed, theirs = saved(request, form, save)
        if theirs is None:
            say_saved(request, challenge, changed)
            return redirect(page_of(coordinator, challenge))
        conflict = who_saved(
            challenge, *challenge.proposals.open(), territory=challenge.territory_id
        )
        form = form.merged(make, theirs)
    return render(
        request,
        "space/objective.html",
        {
            "coordinator": coordinator,
            "challenge": challenge,
            "form": form,
            "conflict": conflict,
            "is_pending": bool(pending),
            "objective": promised,
        },
        status=409 if conflict else 200,
    )


def removed(request, coordinator, challenge, promised, pending):
    try:
        editing.remove_objective(challenge=challenge, objective=promised, pending=pending)
    except editing.EditingError as error:
        messages.error(request, error.message)
    else:
        drafts.forget(request.user, request.path)
        messages.success(request, "C’est retiré.")
    return redirect(page_of(coordinator, challenge))


# What is being typed, and what was.


@require_POST
@coordinator_required("can_write")
def sheet_draft(request, coordinator, challenge=None, **_):
    """Keep what is being typed in any of these forms; answers the time it was kept at."""
    if challenge:
        editable(coordinator, challenge)
    draft = drafts.keep(request.user, request.path.removesuffix("brouillon/"), request.POST)
    return JsonResponse({"kept_at": f"{timezone.localtime(draft.saved_at):%H h %M}"})


@require_GET
@coordinator_required()
def history(request, coordinator, challenge):
    """Who changed what and when, in words; earlier versions lead back to the form."""
    found = editable(coordinator, challenge)
    return render(
        request,
        "space/history.html",
        {
            "coordinator": coordinator,
            "challenge": found,
            "versions": timeline(found),
        },
    )
