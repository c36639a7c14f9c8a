from django.conf import settings
from django.core.validators import MaxValueValidator
from django.db import models
from django.utils import timezone

from territories.history import HistoricalRecords
from territories.markdown import MARKDOWN_HELP, RenderedField
from territories.models.demonstration import demonstration_key
from territories.pictures import Illustrated, described


class ProgressReport(Illustrated):
    """A « point d’étape »: where a challenge stands on a day, in a few words."""

    class Mood(models.TextChoices):
        MOVING = "moving", "avance"
        WATCH = "watch", "à surveiller"
        BLOCKED = "blocked", "bloqué"
        NOTHING_NEW = "nothing_new", "rien de nouveau"

    challenge = models.ForeignKey(
        "challenges.Challenge", models.CASCADE, related_name="reports", verbose_name="défi"
    )
    on = models.DateField(
        "date",
        validators=[
            MaxValueValidator(
                timezone.localdate, "Indiquez une date passée ou celle d’aujourd’hui."
            )
        ],
    )
    mood = models.CharField("situation", max_length=11, choices=Mood)
    text = models.TextField("texte", max_length=2000, blank=True, help_text=MARKDOWN_HELP)
    text_html = RenderedField("text")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="rédigé par",
    )
    created_at = models.DateTimeField("enregistré le", auto_now_add=True)
    demonstration = demonstration_key()

    history = HistoricalRecords(excluded_fields=["text_html"])

    class Meta:
        verbose_name = "point d’étape"
        verbose_name_plural = "points d’étape"
        ordering = ["-on", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(mood="nothing_new") | ~models.Q(text=""),
                name="report_has_text_unless_nothing_new",
                violation_error_message="Écrivez quelques mots, sauf s’il n’y a rien de nouveau.",
            ),
            described("report_image_described"),
        ]
        indexes = [models.Index("challenge", "on", name="report_by_date")]

    def __str__(self):
        return f"{self.get_mood_display()} — {self.on:%d/%m/%Y}"
