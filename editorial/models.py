from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone
from django.utils.text import Truncator

from editorial.passages import DECLARED
from territories.history import HistoricalRecords
from territories.markdown import LINE_HELP, RenderedField, plain

AT_ONCE = 3  # notices above a page


class PassageQuerySet(models.QuerySet):
    def written(self) -> dict[str, str]:
        """What staff wrote, by key."""
        return dict(self.exclude(text="").values_list("key", "text"))

    def declare(self) -> int:
        """Give each declared passage the row it lacks; return how many. Touches no other row."""
        known = set(self.values_list("key", flat=True))
        missing = [key for key in DECLARED if key not in known]
        for key in missing:
            self.get_or_create(key=key)
        return len(missing)


class Passage(models.Model):
    """Words of a page, rewritten by staff; without text, the page says what the site declares."""

    key = models.CharField("repère", max_length=40, unique=True, editable=False)
    text = models.TextField("texte", blank=True)

    objects = PassageQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "texte d’une page"
        verbose_name_plural = "textes des pages"
        ordering = ["pk"]

    def __str__(self):
        return self.declared.told if self.declared else self.key

    @property
    def declared(self):
        """What the site says of this passage; None when its pages no longer show it."""
        return DECLARED.get(self.key)


class NoticeQuerySet(models.QuerySet):
    def shown(self, at: datetime | None = None):
        at = at or timezone.now()
        return self.filter(starts_at__lte=at, ends_at__gt=at)

    def coming(self, at: datetime | None = None):
        return self.filter(starts_at__gt=at or timezone.now())

    def over(self, at: datetime | None = None):
        return self.filter(ends_at__lte=at or timezone.now())

    def by_weight(self):
        """The gravest first, then the newest: the order of the page."""
        places = [When(level=level, then=Value(place)) for place, level in enumerate(Notice.GRAVE)]
        return self.order_by(Case(*places), F("starts_at").desc(), "-pk")


class Notice(models.Model):
    """A message above every page between two moments: an opening, a closing, an incident.

    Whether it shows is computed at each reading, never stored.
    """

    class Level(models.TextChoices):
        INFO = "info", "information"
        WARNING = "warning", "attention"
        ALERT = "alert", "alerte"

    GRAVE = (Level.ALERT, Level.WARNING, Level.INFO)

    level = models.CharField("niveau", max_length=7, choices=Level, default=Level.INFO)
    text = models.CharField(
        "texte", max_length=300, help_text=f"En une ou deux phrases. {LINE_HELP}"
    )
    text_html = RenderedField("text", is_line=True)
    starts_at = models.DateTimeField("paraît le")
    ends_at = models.DateTimeField(
        "disparaît le", help_text="Obligatoire\u00a0: une annonce oubliée n’informe plus personne."
    )
    link_label = models.CharField(
        "texte du lien",
        max_length=80,
        blank=True,
        help_text="Ce que l’on trouve au bout, par exemple «\u00a0Lire l’appel\u00a0».",
    )
    link_url = models.URLField(
        "adresse du lien", blank=True, validators=[URLValidator(schemes=["http", "https"])]
    )

    objects = NoticeQuerySet.as_manager()
    history = HistoricalRecords(excluded_fields=["text_html"])

    class Meta:
        verbose_name = "annonce"
        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_at__gt=F("starts_at")),
                name="notice_ends_after_it_starts",
                violation_error_message="Une annonce disparaît après avoir paru.",
            ),
            models.CheckConstraint(
                condition=Q(link_url="") | ~Q(link_label=""),
                name="notice_link_has_words",
                violation_error_message="Dites ce que l’on trouve au bout du lien.",
            ),
        ]

    def __str__(self):
        return Truncator(plain(self.text_html) or self.text).chars(80)

    def clean(self):
        """The same as the constraints, said beside the field to mend."""
        errors = {}
        if self.starts_at and self.ends_at and self.ends_at <= self.starts_at:
            errors["ends_at"] = "Choisissez une fin qui vient après le début."
        elif self._state.adding and self.ends_at and self.ends_at <= timezone.now():
            errors["ends_at"] = "Choisissez une fin à venir\u00a0: celle-ci est passée."
        if self.link_url and not self.link_label:
            errors["link_label"] = "Dites ce que l’on trouve au bout du lien."
        if self.link_label and not self.link_url:
            errors["link_url"] = "Indiquez l’adresse du lien, ou effacez son texte."
        if errors:
            raise ValidationError(errors)

    def is_shown(self, at: datetime) -> bool:
        return self.starts_at <= at < self.ends_at
