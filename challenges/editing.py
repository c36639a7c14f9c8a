"""Acts on the texts of a challenge. Each is atomic, locks the challenge and knows no request.

Texts of a published challenge change by a proposal, which the label's team decides; those of the
others at once. Whoever edits says what they started from: ``base``.
"""

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.text import slugify

from challenges.models import Challenge, Milestone, Objective, Proposal, ProposedChange
from challenges.sheet import MILESTONES, edited_texts, promise_of, texts_of
from outbox.actions import enqueue_template
from territories.editing import check, fill
from territories.history import because
from territories.models import Organisation, Territory
from territories.models.former import standing_key

State, Decision = Proposal.State, ProposedChange.Decision
OBJECTIVE = ProposedChange.OBJECTIVE

# From which states of publication each act starts, and to which one it leads.
TRANSITIONS = {
    "submit": ([Challenge.Publication.DRAFT], Challenge.Publication.SUBMITTED),
    "take_back": ([Challenge.Publication.SUBMITTED], Challenge.Publication.DRAFT),
    "publish": ([Challenge.Publication.SUBMITTED], Challenge.Publication.PUBLISHED),
    "send_back": ([Challenge.Publication.SUBMITTED], Challenge.Publication.DRAFT),
}
# What history says of each.
REASONS = {
    "submit": "Soumis à l’équipe du label",
    "take_back": "Repris par le territoire",
    "publish": "Relu et publié",
    "send_back": "Renvoyé au territoire",
}
ACCEPTED = "Proposition acceptée"


class EditingError(ValidationError):
    """The act is not possible, or not any more; the message, in French, says why."""


def lock(challenge):
    return Challenge.objects.select_for_update().get(pk=challenge.pk)


def open_proposal(challenge):
    return challenge.proposals.open().first()


# By the territory.


@transaction.atomic
def create(*, territory, values, by, demonstration=None) -> Challenge:
    """A new challenge of a territory, as a draft; ``values`` are the texts of its sheet."""
    Territory.objects.select_for_update().get(pk=territory.pk)
    last = territory.challenges.aggregate(last=Max("number"))["last"] or 0
    challenge = Challenge(
        territory=territory,
        number=last + 1,
        slug=free_slug(Challenge, values["title"]),
        demonstration=demonstration,
    )
    challenge._change_reason = "Création"
    write_texts(challenge, values)
    return challenge


@transaction.atomic
def save_texts(*, challenge, base, values, by):
    """Change the texts of a challenge, or propose to. ``Conflict`` if they are not ``base`` now.

    Returns whether anything was to change.
    """
    challenge = lock(challenge)
    proposal = open_proposal(challenge)
    current = edited_texts(challenge, proposal)
    if not check(current=current, base=base, values=values):
        return False
    if challenge.publication != Challenge.Publication.PUBLISHED:
        write_texts(challenge, values)
        return True
    published = texts_of(challenge)
    proposal = proposal or Proposal(challenge=challenge)
    resubmit(proposal, by)
    for name, value in values.items():
        if value == published[name]:
            proposal.changes.filter(field=name).delete()
        else:
            change(proposal, before=published[name], after=value, field=name)
    drop_if_empty(proposal)
    return True


@transaction.atomic
def save_objective(*, challenge, base, values, by, objective=None, pending=None):
    """Change an objective of a challenge, or propose to; likewise.

    Without ``objective``, a new one; ``pending`` is the change that already proposes it.
    """
    challenge = lock(challenge)
    proposal = open_proposal(challenge)
    current = edited_promise(objective, pending)
    if not check(current=current, base=base, values=values):
        return False
    if challenge.publication != Challenge.Publication.PUBLISHED:
        write_objective(challenge, objective, values)
        return True
    proposal = proposal or Proposal(challenge=challenge)
    resubmit(proposal, by)
    before = promise_of(objective) if objective else None
    if values == before:
        proposal.changes.filter(objective=objective).delete()
    elif pending:
        pending.after = values
        pending.before = before
        pending.decision = Decision.PENDING
        pending.save()
    else:
        change(proposal, before=before, after=values, field=OBJECTIVE, objective=objective)
    drop_if_empty(proposal)
    return True


def edited_promise(objective, pending):
    """What an editor of an objective starts from; nothing for a new one."""
    if pending:
        pending.refresh_from_db()
        return pending.after
    return promise_of(objective) if objective else {}


@transaction.atomic
def remove_objective(*, challenge, objective=None, pending=None):
    """Take an objective out of a challenge nobody has read yet, or out of a proposal."""
    challenge = lock(challenge)
    if pending:
        proposal = pending.proposal
        pending.delete()
        drop_if_empty(proposal)
        return
    if challenge.publication == Challenge.Publication.PUBLISHED or objective.readings.exists():
        raise EditingError(
            "Cet objectif est public\u00a0: seule l’équipe du label peut le retirer."
        )
    objective.delete()


@transaction.atomic
def withdraw(*, proposal):
    """Ask nothing any more; what was asked stays in the history."""
    lock(proposal.challenge)
    proposal = Proposal.objects.open().filter(pk=proposal.pk).first()
    if proposal is None:
        raise EditingError("Cette proposition a déjà reçu une réponse.")
    proposal.state = State.WITHDRAWN
    proposal.save()


@transaction.atomic
def submit(*, challenge):
    """Hand a draft to the label's team. ``EditingError`` while its sheet lacks the main texts."""
    lacking = [name for name in ["besoin", "réponse"] if not getattr(challenge, READ[name])]
    if lacking:
        raise EditingError(
            "Avant de soumettre ce défi, complétez\u00a0: " + ", ".join(lacking) + "."
        )
    move(challenge, "submit", returned_because="")


READ = {"besoin": "need", "réponse": "answer"}


@transaction.atomic
def take_back(*, challenge):
    move(challenge, "take_back")


@transaction.atomic
def discard(*, challenge):
    """Delete a draft that never was public. Its history stays."""
    challenge = lock(challenge)
    if challenge.publication != Challenge.Publication.DRAFT or has_been_public(challenge):
        raise EditingError("Ce défi n’est pas, ou n’est plus, un simple brouillon.")
    challenge.delete()


def has_been_public(challenge):
    seen = [Challenge.Publication.PUBLISHED, Challenge.Publication.ARCHIVED]
    return challenge.history.filter(publication__in=seen).exists()


# By the label's team.


@transaction.atomic
def publish(*, challenge, by):
    """Make a submitted challenge public, and write to whoever submitted it."""
    author = submitted_by(challenge)
    challenge = move(challenge, "publish", returned_because="")
    tell("challenge_published", author, challenge, by=by)
    return challenge


@transaction.atomic
def send_back(*, challenge, reason, by):
    """Give a submitted challenge back to its territory, with what to change."""
    author = submitted_by(challenge)
    challenge = move(challenge, "send_back", returned_because=reason)
    tell("challenge_returned", author, challenge, by=by, reason=reason)
    return challenge


@transaction.atomic
def decide(*, proposal, decisions, by, reason=""):
    """Decide a proposal field by field, publish what is accepted, write to its author.

    ``decisions`` gives, by pk of change, a ``Decision``, the value to publish (for ``AMENDED``)
    and a reason. ``EditingError`` when it was decided meanwhile, or when what a change starts
    from is no longer what is published: nothing is written then.
    """
    challenge = lock(proposal.challenge)
    proposal = Proposal.objects.filter(pk=proposal.pk, state=State.SUBMITTED).first()
    if proposal is None:
        raise EditingError("Cette proposition n’attend plus de décision.")
    texts = {}
    for each in proposal.changes.select_related("objective"):
        each.decision, each.published, each.reason = decisions[each.pk]
        if each.decision == Decision.ACCEPTED and is_stale(each, challenge):
            raise EditingError(
                "Le texte publié a changé depuis la proposition\u00a0: relisez les deux."
            )
        if each.decision != Decision.REFUSED:
            value = each.published if each.decision == Decision.AMENDED else each.after
            if each.field == OBJECTIVE:
                with because(ACCEPTED):
                    each.objective = write_objective(challenge, each.objective, value)
            else:
                texts[each.field] = value
        each.save()
    if texts:
        with because(ACCEPTED):
            write_texts(challenge, texts)
    verdicts = {each.decision for each in proposal.changes.all()}
    if verdicts == {Decision.REFUSED}:
        proposal.state = State.REFUSED
    elif verdicts == {Decision.ACCEPTED}:
        proposal.state = State.ACCEPTED
    else:
        proposal.state = State.PARTLY
    proposal.reason = reason
    proposal.decided_at, proposal.decided_by = timezone.now(), by
    proposal.save()
    tell("proposal_decided", proposal.author, challenge, by=by, reason=reason, proposal=proposal)
    return proposal


@transaction.atomic
def return_proposal(*, proposal, reason, by):
    """Ask the territory to look at its proposal again."""
    challenge = lock(proposal.challenge)
    proposal = Proposal.objects.filter(pk=proposal.pk, state=State.SUBMITTED).first()
    if proposal is None:
        raise EditingError("Cette proposition n’attend plus de décision.")
    proposal.state, proposal.reason = State.RETURNED, reason
    proposal.save()
    tell("proposal_decided", proposal.author, challenge, by=by, reason=reason, proposal=proposal)
    return proposal


def is_stale(change, challenge):
    """Whether what a change starts from is no longer what is published."""
    if change.field == OBJECTIVE:
        return change.objective is not None and promise_of(change.objective) != change.before
    return texts_of(challenge)[change.field] != change.before


# How they write.


def move(challenge, act, **fields):
    """Take one of the ``TRANSITIONS``; history keeps who and when."""
    before, after = TRANSITIONS[act]
    challenge = lock(challenge)
    if challenge.publication not in before:
        raise EditingError(
            f"Ce défi est maintenant «\u00a0{challenge.get_publication_display()}\u00a0»."
        )
    challenge.publication = after
    for name, value in fields.items():
        setattr(challenge, name, value)
    told = [REASONS[act], fields.get("returned_because")]
    with because("\u00a0: ".join(filter(None, told))):
        challenge.save()
    return challenge


def submitted_by(challenge):
    """Who submitted a challenge last, or nobody known."""
    row = (
        challenge.history.filter(publication=Challenge.Publication.SUBMITTED)
        .select_related("history_user")
        .order_by("-history_date", "-history_id")
        .first()
    )
    return row.history_user if row else None


def write_texts(challenge, values):
    if values.get("carrier"):
        values = values | {"carrier": standing_key(values["carrier"])}
    fill(challenge, values)
    challenge.save()
    for name in ["themes", "audiences"]:
        if name in values:
            getattr(challenge, name).set(values[name])


def write_objective(challenge, objective, values):
    if objective is None:
        last = challenge.objectives.aggregate(last=Max("position"))["last"] or 0
        objective = Objective(
            challenge=challenge, position=last + 1, demonstration=challenge.demonstration
        )
    fill(objective, values)
    objective.save()
    write_milestones(objective, values.get(MILESTONES, "").splitlines())
    return objective


def write_milestones(objective, wordings):
    """The steps ahead, as listed; those already reached stay where they were."""
    reached = [m for m in objective.milestones.all() if m.reached_on]
    kept = {m.wording for m in reached}
    wordings = [wording.strip() for wording in wordings if wording.strip()]
    objective.milestones.filter(reached_on=None).delete()
    position = max((m.position for m in reached), default=0)
    for wording in wordings:
        if wording not in kept:
            position += 1
            Milestone.objects.create(objective=objective, position=position, wording=wording)


def resubmit(proposal, by):
    proposal.author = by
    proposal.state = State.SUBMITTED
    proposal.submitted_at = timezone.now()
    proposal.save()


def change(proposal, *, before, after, field, objective=None):
    row = None
    if field != OBJECTIVE or objective is not None:
        row = proposal.changes.filter(field=field, objective=objective).first()
    row = row or ProposedChange(proposal=proposal, field=field, objective=objective)
    row.before, row.after, row.decision = before, after, Decision.PENDING
    row.picture = after if field == "image" else ""
    row.save()


def drop_if_empty(proposal):
    """A proposal that asks nothing any more is withdrawn."""
    if not proposal.changes.exists():
        proposal.state = State.WITHDRAWN
        proposal.save()


def free_slug(model, words):
    """An address nobody has: « habiter », « habiter-2 »…"""
    root = slugify(words)[:70] or "defi"
    taken = set(model.objects.filter(slug__startswith=root).values_list("slug", flat=True))
    slug, n = root, 1
    while slug in taken:
        n += 1
        slug = f"{root}-{n}"
    return slug


def carrier_named(name, category):
    """The organisation of that name, or a new one; the public sees it with its challenge."""
    found = Organisation.objects.filter(name__iexact=name).first()
    return found or Organisation.objects.create(
        name=name, category=category, slug=free_slug(Organisation, name)
    )


def tell(template, to, challenge, **context):
    if to is None or not to.is_active:
        return
    address = f"{settings.SITE_URL}/espace/{challenge.territory.slug}/defis/{challenge.slug}/"
    enqueue_template(
        f"emails/{template}",
        to=to.email,
        context={"challenge": challenge, "address": address} | context,
    )
