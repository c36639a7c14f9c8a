from dataclasses import dataclass
from datetime import timedelta

from django.db import models
from django.db.models import FilteredRelation, Q
from django.urls import reverse
from django.utils import timezone

from territories.french import long_date
from territories.freshness import elapsed
from territories.history import HistoricalRecords
from territories.models.collective import Organisation
from territories.models.demonstration import demonstration_key
from territories.models.territory import Territory


@dataclass(frozen=True)
class SideSituation:
    """How many commitments of one side, under one axis, are done, under way, late or stopped.

    A joint commitment counts on both sides.
    """

    side: str
    done: int
    ongoing: int
    late: int
    stopped: int

    @classmethod
    def of(cls, side, situations):
        stopped = sum(situation in Commitment.STOPPED for situation in situations)
        done, late = situations.count("done"), situations.count("late")
        return cls(side, done, len(situations) - done - late - stopped, late, stopped)

    @property
    def total(self):
        return self.done + self.ongoing + self.late + self.stopped

    @property
    def done_or_ongoing(self):
        return self.done + self.ongoing


class PillarQuerySet(models.QuerySet):
    def plan_of(self, territory):
        """Every axis as a list, each with what ``situations`` reads, for one territory: one query.

        Counting in SQL would take eight conditions; a plan has a few dozen commitments at most.
        """
        owed = FilteredRelation("commitments", condition=Q(commitments__territory=territory.pk))
        rows = (
            self.annotate(owed=owed)
            .order_by("position")
            .values_list(
                *("pk", "position", "slug", "title", "short_title"),
                *("owed__side", "owed__state", "owed__due_on"),
            )
        )
        pillars = {}
        for pk, position, slug, title, short_title, side, state, due_on in rows:
            if pk not in pillars:
                pillars[pk] = Pillar(pk, position, slug, title, short_title)
                pillars[pk].plan_commitments = []
            if side:
                promise = Commitment(side=side, state=state, due_on=due_on)
                pillars[pk].plan_commitments.append(promise)
        return [*pillars.values()]


class Pillar(models.Model):
    """One of the six axes of every support plan, in the words of the founding document."""

    position = models.PositiveSmallIntegerField("rang", unique=True)
    slug = models.SlugField("adresse", unique=True)
    title = models.CharField("intitulé officiel", max_length=200)
    short_title = models.CharField("intitulé court", max_length=60)

    objects = PillarQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "axe"
        verbose_name_plural = "axes"
        ordering = ["position"]

    def __str__(self):
        return f"{self.position}. {self.short_title}"

    def get_absolute_url(self):
        return reverse("territories:pillar", args=[self.slug])

    @property
    def situations(self):
        """The State's side, then the territory's, counted over ``plan_commitments``."""
        return [
            SideSituation.of(side, [c.situation for c in self.plan_commitments if c.engages(side)])
            for side in Commitment.SIDES
        ]


class Measure(models.Model):
    """What an axis offers, word for word, and the organisations the wording names."""

    pillar = models.ForeignKey(Pillar, models.PROTECT, related_name="measures", verbose_name="axe")
    position = models.PositiveSmallIntegerField("rang")
    wording = models.TextField("énoncé officiel")
    organisations = models.ManyToManyField(
        Organisation, blank=True, related_name="measures", verbose_name="acteurs cités"
    )

    history = HistoricalRecords(m2m_fields=[organisations])

    class Meta:
        verbose_name = "mesure"
        ordering = ["pillar__position", "position"]
        constraints = [
            models.UniqueConstraint(
                "pillar",
                "position",
                name="measure_position_unique_in_pillar",
                violation_error_message="Une autre mesure de cet axe a déjà ce rang.",
            )
        ]

    def __str__(self):
        return self.wording[:80]


class Instrument(models.Model):
    """A fund, network, call or tool that a measure gives access to."""

    slug = models.SlugField("identifiant", unique=True)
    name = models.CharField("nom", max_length=120)
    nature = models.CharField("nature", max_length=80)
    purpose = models.CharField("à quoi il sert", max_length=300, blank=True)
    measure = models.ForeignKey(
        Measure, models.PROTECT, related_name="instruments", verbose_name="mesure"
    )
    provider = models.ForeignKey(
        Organisation,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="instruments",
        verbose_name="proposé par",
    )
    email = models.EmailField(
        "adresse du guichet",
        blank=True,
        help_text="Seulement une adresse de service que le document publie.",
    )

    history = HistoricalRecords()

    class Meta:
        verbose_name = "dispositif"
        ordering = ["measure__pillar__position", "pk"]

    def __str__(self):
        return self.name


class CommitmentQuerySet(models.QuerySet):
    def due(self, days, at=None):
        """Not finished though the due date has passed or comes within so many days."""
        at = at or timezone.localdate()
        return self.filter(due_on__lte=at + timedelta(days=days), state__in=Commitment.OPEN)

    def engaging(self, side):
        """Those that a side owes, alone or with the other: see ``engages()``."""
        return self.filter(side__in=[side, Commitment.Side.JOINT])

    def blocked(self):
        """Those of which something is said to block them."""
        return self.exclude(blocked_by="")

    def late(self, at=None):
        """Not finished though the due date has passed; today by default."""
        return self.filter(due_on__lt=at or timezone.localdate(), state__in=Commitment.OPEN)


class Commitment(models.Model):
    """Something the State, the territory or both undertook, under one axis of the plan.

    Two-sided on purpose: what the State owes is followed like what the territory owes.
    """

    class Side(models.TextChoices):
        STATE = "state", "l’État"
        TERRITORY = "territory", "le territoire"
        JOINT = "joint", "l’État et le territoire"

    class State(models.TextChoices):
        TO_START = "to_start", "à lancer"
        ONGOING = "ongoing", "en cours"
        DONE = "done", "fait"
        SUSPENDED = "suspended", "suspendu"
        ABANDONED = "abandoned", "abandonné"

    OPEN = (State.TO_START, State.ONGOING)
    STOPPED = (State.SUSPENDED, State.ABANDONED)
    SIDES = (Side.STATE, Side.TERRITORY)

    territory = models.ForeignKey(
        Territory, models.CASCADE, related_name="commitments", verbose_name="territoire"
    )
    pillar = models.ForeignKey(
        Pillar, models.PROTECT, related_name="commitments", verbose_name="axe"
    )
    title = models.CharField("intitulé", max_length=200)
    side = models.CharField("qui s’engage", max_length=9, choices=Side)
    instrument = models.ForeignKey(
        Instrument,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="commitments",
        verbose_name="dispositif",
    )
    due_on = models.DateField("échéance", null=True, blank=True)
    state = models.CharField("état", max_length=9, choices=State, default=State.TO_START)
    done_on = models.DateField("fait le", null=True, blank=True)
    blocked_by = models.CharField("ce qui bloque", max_length=300, blank=True)
    unblocked_by = models.CharField("ce qui débloquerait", max_length=300, blank=True)
    demonstration = demonstration_key()

    objects = CommitmentQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "engagement"
        ordering = ["pillar__position", "due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="done", done_on__isnull=False)
                | (~Q(state="done") & Q(done_on__isnull=True)),
                name="commitment_done_means_dated",
                violation_error_message="Un engagement est « fait » si, et seulement si, "
                "la date « fait le » est remplie.",
            )
        ]
        indexes = [models.Index("territory", "pillar", name="commitment_plan")]

    def __str__(self):
        return self.title

    @property
    def situation(self):
        """Where it stands today: « late » when open past its due date, else its state."""
        is_late = self.state in self.OPEN and self.due_on and self.due_on < timezone.localdate()
        return "late" if is_late else self.state

    @property
    def told(self):
        """Its situation in words: « En retard de 2 mois », « Fait le 3 mars 2020 »…"""
        if self.situation == "late":
            return f"En retard de {elapsed(self.due_on)}"
        if self.done_on:
            return f"Fait le {long_date(self.done_on)}"
        return self.get_state_display().capitalize()

    def engages(self, side):
        """Whether a side owes it; a joint commitment engages both."""
        return self.side in {side, self.Side.JOINT}
