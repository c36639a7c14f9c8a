from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.utils import timezone
from django.utils.dateformat import format as format_date

from territories.french import long_date
from territories.history import HistoricalRecords
from territories.models import Territory
from territories.models.demonstration import demonstration_key


class ObjectiveQuerySet(models.QuerySet):
    def recently_measured(self):
        """Those of public challenges, last measured first, never measured last."""
        readings = Reading.objects.standing().filter(objective=OuterRef("pk")).order_by("-on")
        return (
            self.filter(
                challenge__publication="published",
                challenge__territory__in=Territory.objects.public(),
            )
            .annotate(read_on=Subquery(readings.values("on")[:1]))
            .order_by(F("read_on").desc(nulls_last=True), "challenge__territory__name", "pk")
        )


class Objective(models.Model):
    """What a challenge promises, in its carrier's words, typed so that progress can be computed.

    ``count``: reach a number (« 25 personnes d’ici 2021 »). ``rate``: a number each year (« une
    Maison par territoire par an »). ``zero``: bring a number down to nothing (« zéro sans toit »).
    ``qualitative``: milestones, one after the other. How each computes: ``challenges.progress``.
    """

    class Kind(models.TextChoices):
        COUNT = "count", "nombre à atteindre"
        RATE = "rate", "rythme annuel"
        ZERO = "zero", "retour à zéro"
        QUALITATIVE = "qualitative", "étapes à franchir"

    class Precision(models.TextChoices):
        YEAR = "year", "année"
        MONTH = "month", "mois"
        DAY = "day", "jour"

    challenge = models.ForeignKey(
        "challenges.Challenge", models.CASCADE, related_name="objectives", verbose_name="défi"
    )
    position = models.PositiveSmallIntegerField("rang", default=1)
    kind = models.CharField("sorte", max_length=11, choices=Kind)
    wording = models.CharField("énoncé", max_length=300, help_text="Dans les mots du porteur.")
    unit = models.CharField("unité", max_length=120, blank=True)
    scope = models.CharField(
        "périmètre compté", max_length=120, blank=True, help_text="Par exemple « par territoire »."
    )
    baseline = models.DecimalField(
        "valeur de départ", max_digits=14, decimal_places=2, null=True, blank=True
    )
    baseline_on = models.DateField("mesurée le", null=True, blank=True)
    target = models.DecimalField("cible", max_digits=14, decimal_places=2, null=True, blank=True)
    due_on = models.DateField(
        "échéance", null=True, blank=True, help_text="Le dernier jour de l’année ou du mois."
    )
    due_precision = models.CharField(
        "précision de l’échéance", max_length=5, choices=Precision, blank=True
    )
    demonstration = demonstration_key()

    objects = ObjectiveQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "objectif"
        ordering = ["challenge", "position"]
        constraints = [
            models.UniqueConstraint(
                "challenge",
                "position",
                name="objective_position_unique_in_challenge",
                violation_error_message="Un autre objectif de ce défi a déjà ce rang.",
            ),
            models.CheckConstraint(
                condition=Q(kind="qualitative", target__isnull=True)
                | (~Q(kind="qualitative") & Q(target__isnull=False)),
                name="objective_target_unless_qualitative",
                violation_error_message="Indiquez la cible, sauf pour un objectif par étapes.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="zero") | Q(target=0),
                name="objective_zero_aims_at_zero",
                violation_error_message="La cible d’un objectif « retour à zéro » est 0.",
            ),
            models.CheckConstraint(
                condition=~Q(kind="rate") | Q(target__gt=0),
                name="objective_rate_is_positive",
                violation_error_message="Le rythme annuel visé est supérieur à 0.",
            ),
            models.CheckConstraint(
                condition=Q(due_on__isnull=True, due_precision="")
                | (Q(due_on__isnull=False) & ~Q(due_precision="")),
                name="objective_due_date_has_precision",
                violation_error_message="Indiquez l’échéance et sa précision, ou aucune des deux.",
            ),
        ]

    def __str__(self):
        return self.wording

    @property
    def due_label(self):
        """« 2021 », « juin 2021 » or « 30 juin 2021 », as precise as it was said; or nothing."""
        if not self.due_on:
            return ""
        if self.due_precision == self.Precision.DAY:
            return long_date(self.due_on)
        return format_date(self.due_on, "F Y" if self.due_precision == "month" else "Y")


class Milestone(models.Model):
    """A step of a qualitative objective; reached when dated."""

    objective = models.ForeignKey(
        Objective, models.CASCADE, related_name="milestones", verbose_name="objectif"
    )
    position = models.PositiveSmallIntegerField("rang")
    wording = models.CharField("énoncé", max_length=200)
    reached_on = models.DateField("franchie le", null=True, blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "étape"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                "objective",
                "position",
                name="milestone_position_unique_in_objective",
                violation_error_message="Une autre étape de cet objectif a déjà ce rang.",
            )
        ]

    def __str__(self):
        return self.wording


class ReadingQuerySet(models.QuerySet):
    def standing(self):
        """Those that count: not rejected, and not corrected since by one that stands."""
        return self.filter(
            Q(superseded_by=None) | Q(superseded_by__state=Reading.State.REJECTED)
        ).exclude(state=Reading.State.REJECTED)

    def to_validate(self):
        """Those that count and that the label's team has not looked at."""
        return self.standing().filter(state=Reading.State.DECLARED)


class Reading(models.Model):
    """A measured value, with its date and source. Append-only: a correction supersedes."""

    class State(models.TextChoices):
        DECLARED = "declared", "déclaré"
        VALIDATED = "validated", "validé"
        REJECTED = "rejected", "rejeté"

    objective = models.ForeignKey(
        Objective, models.CASCADE, related_name="readings", verbose_name="objectif"
    )
    on = models.DateField(
        "date de la mesure",
        validators=[
            MaxValueValidator(
                timezone.localdate, "Indiquez une date passée ou celle d’aujourd’hui."
            )
        ],
    )
    value = models.DecimalField("valeur", max_digits=14, decimal_places=2)
    source = models.CharField("source", max_length=200)
    comment = models.CharField("commentaire", max_length=300, blank=True)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="déclaré par",
    )
    supersedes = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="superseded_by",
        verbose_name="corrige",
    )
    state = models.CharField("état", max_length=9, choices=State, default=State.DECLARED)
    created_at = models.DateTimeField("enregistré le", auto_now_add=True)
    demonstration = demonstration_key()

    objects = ReadingQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "relevé"
        ordering = ["on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(supersedes__isnull=True) | ~Q(supersedes=F("pk")),
                name="reading_does_not_supersede_itself",
                violation_error_message="Un relevé ne peut se corriger lui-même.",
            )
        ]
        indexes = [models.Index("objective", "on", name="reading_by_date")]

    def __str__(self):
        return f"{self.value.normalize():f} le {self.on:%d/%m/%Y}"

    @property
    def is_standing(self):
        """Whether it counts: see ``standing()``. Reads ``superseded_by``."""
        later = getattr(self, "superseded_by", None)
        return self.state != self.State.REJECTED and (
            later is None or later.state == self.State.REJECTED
        )

    def current(self):
        """What stands in its place: itself, or the last of its corrections; None once rejected.

        One query, whatever the number of corrections.
        """
        corrections = {
            reading.supersedes_id: reading
            for reading in Reading.objects.filter(objective=self.objective_id).exclude(
                Q(supersedes=None) | Q(state=self.State.REJECTED)
            )
        }
        reading = self
        while reading.pk in corrections:
            reading = corrections[reading.pk]
        return None if reading.state == self.State.REJECTED else reading
