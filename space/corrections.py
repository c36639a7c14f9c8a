"""The readings of a challenge as its team sees them, and the form that corrects one."""

from django import forms
from django.urls import reverse
from django.utils import timezone

from challenges.models import Objective, Reading
from challenges.progress import number, with_unit
from space.forms.fields import Day, Figure
from space.forms.once import OnceForm
from territories.french import long_date


class CorrectionForm(OnceForm):
    """Another value in the place of a reading, filled with what that one says."""

    value = Figure(label="Valeur mesurée")
    on = Day(label="Mesurée le")
    source = forms.CharField(label="Source", max_length=200)
    comment = forms.CharField(
        label="Raison de la correction",
        help_text="Publiée avec la nouvelle valeur, par exemple «\u00a0Faute de frappe\u00a0».",
        max_length=300,
    )

    def __init__(self, data=None, *, reading, initial=None):
        said = {"value": number(reading.value), "on": reading.on, "source": reading.source}
        super().__init__(data, initial=said | (initial or {}))
        self.reading = reading
        unit = reading.objective.unit
        self.fields["value"].label += f" ({unit})" if unit else ""

    def clean(self):
        cleaned = super().clean()
        as_it_was = all(
            name in cleaned and cleaned[name] == getattr(self.reading, name)
            for name in ["value", "on", "source"]
        )
        if as_it_was:
            self.add_error(
                None,
                "La valeur, le jour et la source sont les mêmes\u00a0: il n’y a rien à corriger.",
            )
        return cleaned

    def said(self):
        """What was typed, without the key."""
        return {name: self.cleaned_data[name] for name in ["value", "on", "source", "comment"]}


def objectives_of(challenge, names):
    """Its objectives that are measured, each with its ``rows``, latest first. Two queries."""
    objectives = challenge.objectives.exclude(kind=Objective.Kind.QUALITATIVE).order_by("position")
    readings = Reading.objects.filter(objective__challenge=challenge).select_related(
        "objective", "superseded_by"
    )
    rows = [
        row_of(reading, names, challenge.territory_id)
        for reading in readings.order_by("-on", "-pk")
    ]
    objectives = [*objectives]
    for objective in objectives:
        objective.rows = [row for row in rows if row["reading"].objective_id == objective.pk]
    return objectives


def row_of(reading, names, territory):
    """A reading in words, with those of what became of it."""
    after = getattr(reading, "superseded_by", None)
    if after and after.state == Reading.State.REJECTED:
        after = None
    return {
        "reading": reading,
        "value": with_unit(number(reading.value), reading.objective.unit),
        "declared": f"Déclaré {told(reading, names, territory)}",
        "state": reading.get_state_display() if reading.state != Reading.State.DECLARED else "",
        "corrected": f"Corrigé {told(after, names, territory)}" if after else "",
    }


def told(reading, names, territory):
    """« le 3 mars 2020 par Camille Roux », or the day alone."""
    on = long_date(timezone.localdate(reading.created_at))
    who = names.name(reading.by_id, territory)
    return f"le {on} par {who}" if who else f"le {on}"


def reading_address(coordinator, challenge, reading, name="reading"):
    return reverse(f"space:{name}", args=[coordinator.territory.slug, challenge.slug, reading.pk])
