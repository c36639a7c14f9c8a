"""A fictional demonstration: what the portal looks like once territories use it.

Every row points to one ``Demonstration``; nobody and nothing in it is real but the names of the
label's territories.
"""

from datetime import date, timedelta

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from challenges.models import (
    Audience,
    Challenge,
    Milestone,
    Objective,
    ProgressReport,
    Reading,
    Theme,
)
from frenchimpact.seed import scenario
from frenchimpact.seed.typography import typeset
from territories.models import (
    Commitment,
    Demonstration,
    Instrument,
    Organisation,
    Pillar,
    Territory,
)


class DemonstrationError(Exception):
    """The demonstration cannot be loaded; the message, in French, says why."""


@transaction.atomic
def load_demonstration(today=None):
    """Create the whole demonstration, or nothing, and return counts by model.

    ``load_label`` comes first: ``DemonstrationError`` says what it lacks.
    """
    today = today or timezone.localdate()
    real = {
        slug: _needed(Challenge, "le défi", slug)
        for slug in (scenario.HOMES, scenario.HOUSES, scenario.WORKERS)
    }
    territories = {
        slug: _needed(Territory, "le territoire", slug)
        for slug in (scenario.LEDONIEN, scenario.EST_ENSEMBLE, scenario.CLERMONT, scenario.MAYOTTE)
    }
    demonstration = Demonstration.objects.create()
    carrier = Organisation.objects.create(
        demonstration=demonstration,
        name="Association de démonstration",
        slug="association-de-demonstration",
        category=Organisation.Category.ASSOCIATION,
        description="Acteur fictif, qui porte les défis de la démonstration",
    )
    challenges = real | _create_challenges(demonstration, territories, carrier)
    objectives = _create_objectives(demonstration, challenges, today)
    for slug, challenge in real.items():
        objectives[slug] = challenge.objectives.first()
        if objectives[slug] is None:
            raise _missing("l’objectif du défi", slug)
    _create_readings(demonstration, objectives, today)
    for slug, days, mood, text in scenario.REPORTS:
        ProgressReport.objects.create(
            demonstration=demonstration,
            challenge=challenges[slug],
            on=today - timedelta(days),
            mood=mood,
            text=typeset(text),
        )
    _create_commitments(demonstration, territories, challenges, today)
    return {Milestone: len(scenario.MILESTONES)} | {
        model: model.objects.filter(demonstration=demonstration).count()
        for model in (Reading, ProgressReport, Objective, Challenge, Commitment, Organisation)
    }


def _missing(kind, slug):
    return DemonstrationError(
        typeset(f"Il manque {kind} « {slug} » : lancez d’abord manage.py load_label.")
    )


def _needed(model, kind, slug):
    row = model.objects.filter(slug=slug).first()
    if row is None:
        raise _missing(kind, slug)
    return row


def _create_challenges(demonstration, territories, carrier):
    created = {}
    for told in scenario.CHALLENGES:
        territory = territories[told["territory"]]
        last = territory.challenges.order_by("number").last()
        texts = {name: typeset(told.get(name, "")) for name in ("need", "answer", "plain_summary")}
        challenge = created[told["slug"]] = Challenge.objects.create(
            demonstration=demonstration,
            territory=territory,
            number=last.number + 1 if last else 1,
            title=typeset(told["title"]),
            slug=told["slug"],
            carrier=carrier,
            nature=told["nature"],
            stage=told["stage"],
            replicated_from=created.get(told.get("replicated_from")),
            publication="published",
            **texts,
        )
        # Only words the label has already: a new one would outlive the demonstration.
        challenge.themes.set(Theme.objects.filter(name__in=told["themes"]))
        challenge.audiences.set(Audience.objects.filter(name__in=told["audiences"]))
    return created


def _create_objectives(demonstration, challenges, today):
    created = {}
    for slug, kind, wording, told in scenario.OBJECTIVES:
        fields = dict(told)
        if "baseline_on" in fields:
            fields["baseline_on"] = today + timedelta(fields["baseline_on"])
        if "due" in fields:
            fields["due_on"] = date((today + timedelta(fields.pop("due"))).year, 12, 31)
            fields["due_precision"] = Objective.Precision.YEAR
        if "scope" in fields:
            fields["scope"] = typeset(fields["scope"])
        created[slug] = Objective.objects.create(
            demonstration=demonstration,
            challenge=challenges[slug],
            kind=kind,
            wording=typeset(wording),
            **fields,
        )
    for position, (wording, days) in enumerate(scenario.MILESTONES, 1):
        Milestone.objects.create(
            objective=created[scenario.DIGITAL],
            position=position,
            wording=typeset(wording),
            reached_on=days and today - timedelta(days),
        )
    return created


def _create_readings(demonstration, objectives, today):
    """The last reading of each series is declared, the others are validated."""
    series = {}
    for slug, (days, values) in scenario.QUARTERLY.items():
        last = today - timedelta(days)
        quarters = range(len(values) - 1, -1, -1)
        series[slug] = [
            (last - timedelta(91 * n), v) for n, v in zip(quarters, values, strict=True)
        ]
    for slug, (days, values, earlier) in scenario.YEARLY.items():
        last = today - timedelta(days)
        first_year = last.year - len(values) + 1
        past = {first_year + n: value for n, value in enumerate(values[:-1])}
        years = {year: value for year, value in earlier.items() if year < first_year} | past
        series[slug] = [(date(year, 12, 31), value) for year, value in years.items()]
        series[slug].append((last, values[-1]))
    for slug, earlier in scenario.EARLIER.items():
        first = series[slug][0][0]
        past = [(date(year, 12, 31), value) for year, value in earlier.items()]
        series[slug] = [(on, value) for on, value in past if on < first] + series[slug]

    def read(slug, on, value, **fields):
        return Reading.objects.create(
            demonstration=demonstration,
            objective=objectives[slug],
            on=on,
            value=value,
            source=scenario.SOURCE,
            **fields,
        )

    for slug, values in series.items():
        for on, value in values[:-1]:
            read(slug, on, value, state=Reading.State.VALIDATED)
        read(slug, *values[-1])

    on, value = series[scenario.CORRECTED][-2]
    mistaken = Reading.objects.get(
        demonstration=demonstration, objective=objectives[scenario.CORRECTED], on=on
    )
    corrected = typeset(scenario.CORRECTION)
    read(
        scenario.CORRECTED, on, value - 1, state="validated", supersedes=mistaken, comment=corrected
    )
    slug, days, value, why = scenario.REJECTED
    read(slug, today - timedelta(days), value, state="rejected", comment=typeset(why))


def _create_commitments(demonstration, territories, challenges, today):
    for territory, pillar, side, title, state, due, done, told in scenario.COMMITMENTS:
        instrument = told.get("instrument")
        commitment = Commitment.objects.create(
            demonstration=demonstration,
            territory=territories[territory],
            pillar=_needed(Pillar, "l’axe", pillar),
            side=side,
            title=typeset(title),
            state=state,
            due_on=today + timedelta(due),
            done_on=done and today - timedelta(done),
            instrument=instrument and _needed(Instrument, "le dispositif", instrument),
            blocked_by=typeset(told.get("blocked_by", "")),
            unblocked_by=typeset(told.get("unblocked_by", "")),
        )
        if "challenge" in told:
            _link(challenges[told["challenge"]], commitment)


def _link(challenge, commitment):
    """A real challenge keeps no history of what the demonstration puts beside it."""
    challenge.skip_history_when_saving = True
    challenge.commitments.add(commitment)
    del challenge.skip_history_when_saving


def worded(counts):
    """« 6 défis, 1 acteur »: what is there, model by model."""
    return ", ".join(
        f"{n} {model._meta.verbose_name_plural if n > 1 else model._meta.verbose_name}"
        for model, n in counts.items()
        if n
    )


def _ids(model, condition):
    """The rows that meet a condition today, or did in the past."""
    return {
        pk
        for queryset in (model.objects, model.history)
        for pk in queryset.filter(condition).values_list("id", flat=True)
    }


def _purge_history(model, condition):
    history = model.history.filter(condition)
    # What it says of many-to-many fields is kept apart, and would stay behind.
    for relation in model.history.model._meta.related_objects:
        relation.related_model.objects.filter(**{f"{relation.field.name}__in": history}).delete()
    history.delete()


@transaction.atomic
def remove_demonstration():
    """Delete every fictional row, what hangs on it and their history; return counts by model.

    A real reading that corrects a fictional one stays, without the link. ``ProtectedError`` if
    another real row depends on the demonstration: nothing is then removed.
    """
    fictional = Q(demonstration__isnull=False)
    of_challenge = fictional | Q(challenge_id__in=_ids(Challenge, fictional))
    of_objective = Q(objective_id__in=_ids(Objective, of_challenge))
    # Each before what it points to.
    conditions = {
        Reading: fictional | of_objective,
        ProgressReport: of_challenge,
        Milestone: of_objective,
        Objective: of_challenge,
        Challenge: fictional,
        Commitment: fictional,
        Organisation: fictional,
    }
    readings = _ids(Reading, conditions[Reading])
    for correction in Reading.objects.filter(supersedes__in=readings).exclude(pk__in=readings):
        correction.supersedes = None
        correction._change_reason = "Le relevé fictif corrigé est supprimé"
        correction.save()
    counts = {model: model.objects.filter(rows).count() for model, rows in conditions.items()}
    # A reading that corrects another protects it: the last corrections go first.
    while Reading.objects.filter(pk__in=readings, superseded_by=None).delete()[0]:
        pass
    linked = Challenge.history.model.commitments.model.objects
    linked.filter(commitment_id__in=_ids(Commitment, conditions[Commitment])).delete()
    for model, rows in conditions.items():
        model.objects.filter(rows).delete()
        _purge_history(model, rows)
    Demonstration.objects.all().delete()
    return counts
