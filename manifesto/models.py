from django.db import models
from django.db.models import Q

from territories.history import HistoricalRecords


class Manifesto(models.Model):
    """A version of the manifesto; the one in force is the one read and signed."""

    number = models.PositiveSmallIntegerField("version", unique=True)
    published_on = models.DateField("publié le", null=True, blank=True)
    in_force = models.BooleanField("en vigueur", default=False)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "manifeste"
        ordering = ["-number"]
        constraints = [
            models.UniqueConstraint(
                "in_force",
                condition=Q(in_force=True),
                name="manifesto_one_in_force",
                violation_error_message="Une autre version du manifeste est déjà en vigueur.",
            )
        ]

    def __str__(self):
        return f"Manifeste, version {self.number}"


class Statement(models.Model):
    """One of the manifesto's statements: a sentence, and the paragraph that unfolds it."""

    manifesto = models.ForeignKey(
        Manifesto, models.CASCADE, related_name="statements", verbose_name="manifeste"
    )
    position = models.PositiveSmallIntegerField("rang")
    headline = models.CharField("phrase", max_length=200)
    paragraph = models.TextField("paragraphe", blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "affirmation"
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                "manifesto",
                "position",
                name="statement_position_unique_in_manifesto",
                violation_error_message="Une autre affirmation de ce manifeste a déjà ce rang.",
            )
        ]

    def __str__(self):
        return self.headline
