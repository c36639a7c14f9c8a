from datetime import datetime, time, timedelta

from django.db import models
from django.db.models import (
    F,
    Q,
)
from django.utils import timezone
from django.utils.crypto import get_random_string

from territories.history import HistoricalRecords

# Without 0, O, 1, I, L, U: read aloud or copied by hand without mistake.
CODE_ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"


def ordinal(number):
    """The feminine ordinal: « 1re », « 2e »…"""
    return "1re" if number == 1 else f"{number}e"


class Publication(models.TextChoices):
    """Whether the public sees a sheet; nothing to do with the label or with lateness."""

    DRAFT = "draft", "brouillon"
    PUBLISHED = "published", "publié"
    ARCHIVED = "archived", "archivé"


def moment(at=None) -> datetime:
    """Now, to the second; or the moment given; or, of a day, its end."""
    if at is None:
        return timezone.now().replace(microsecond=0)
    if isinstance(at, datetime):
        return at
    return timezone.make_aware(datetime.combine(at + timedelta(days=1), time()))


def day_of(at=None):
    """The day, in France, of a time; of a day, itself."""
    if at is None or isinstance(at, datetime):
        return timezone.localdate(moment(at))
    return at


def granted(path="", at=None) -> Q:
    """What makes a designation no secret any more: its day has come, and its wave's embargo ended.

    ``path`` leads to it, such as « designations__ ». Asked at each request, so that nothing has to
    run at the moment of an announcement.
    """
    dated = Q(**{f"{path}granted_on": None}) | Q(**{f"{path}granted_on__lte": day_of(at)})
    announced = Q(**{f"{path}wave__has_embargo": False}) | Q(
        **{f"{path}wave__embargo_until__lte": moment(at)}
    )
    return dated & announced


class Wave(models.Model):
    """A round of the call: the territories whose label is announced together.

    Under embargo, the labels of the wave are unknown to the public until ``embargo_until``, and
    for as long as that is not chosen.
    """

    number = models.PositiveSmallIntegerField("numéro", unique=True)
    description = models.TextField("présentation", blank=True)
    opens_on = models.DateField("ouverte le", null=True, blank=True)
    closes_on = models.DateField("close le", null=True, blank=True)
    expected_by = models.DateField(
        "annonce prévue avant le", null=True, blank=True, help_text="Tant qu’elle n’a pas eu lieu."
    )
    announced_on = models.DateField("annoncée le", null=True, blank=True)
    has_embargo = models.BooleanField("sous embargo", default=False, editable=False)
    embargo_until = models.DateTimeField("embargo jusqu’au", null=True, editable=False)
    announcement_source = models.CharField("source de l’annonce", max_length=200, blank=True)
    announcement_url = models.URLField("adresse de la source", blank=True)

    history = HistoricalRecords()

    class Meta:
        verbose_name = "vague"
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(closes_on__isnull=True)
                | Q(opens_on__isnull=True)
                | Q(closes_on__gte=F("opens_on")),
                name="wave_closes_after_it_opens",
                violation_error_message="La vague ne peut se clore avant de s’ouvrir.",
            ),
            models.CheckConstraint(
                condition=Q(embargo_until__isnull=True) | Q(has_embargo=True),
                name="wave_embargo_ends_if_there_is_one",
            ),
        ]

    def __str__(self):
        return f"{self.ordinal} vague"

    @property
    def ordinal(self):
        """« 1re », « 2e »…"""
        return ordinal(self.number)

    def is_secret(self, at=None):
        """Whether its labels are hidden from the public."""
        opens = self.embargo_until
        return self.has_embargo and (opens is None or opens > moment(at))

    def is_announced(self, at=None):
        """Whether the public may read when it was announced, and where."""
        return bool(self.announced_on and self.announced_on <= day_of(at)) and not self.is_secret(
            at
        )


class Criterion(models.Model):
    """One of the criteria of the call, with where we read it: the document does not give them."""

    position = models.PositiveSmallIntegerField("rang", unique=True)
    wording = models.CharField("énoncé", max_length=300)
    source = models.CharField("source", max_length=200)
    source_url = models.URLField("adresse de la source")

    history = HistoricalRecords()

    class Meta:
        verbose_name = "critère"
        verbose_name_plural = "critères"
        ordering = ["position"]

    def __str__(self):
        return self.wording


class DesignationQuerySet(models.QuerySet):
    def granted(self, at=None):
        """Those that are no secret any more at a time, now by default, whatever became of them."""
        return self.filter(granted(at=at))

    def expired(self, at=None):
        """Active, but for its date of end, which has passed."""
        return self.filter(expires_on__lte=day_of(at), state=Designation.State.ACTIVE)

    def in_force(self, at=None):
        """Active and not expired at a time, now by default; of a day, on that day."""
        return self.granted(at).filter(
            Q(expires_on__isnull=True) | Q(expires_on__gt=day_of(at)),
            state=Designation.State.ACTIVE,
        )


def new_verification_code():
    """Ten unambiguous characters: 30^10 codes, not to be guessed."""
    return get_random_string(10, CODE_ALPHABET)


class Designation(models.Model):
    """The label, as a dated record of a territory. *Expired* is computed, never stored."""

    class State(models.TextChoices):
        ACTIVE = "active", "en vigueur"
        SUSPENDED = "suspended", "suspendu"
        WITHDRAWN = "withdrawn", "retiré"

    territory = models.ForeignKey(
        "territories.Territory",
        models.CASCADE,
        related_name="designations",
        verbose_name="territoire",
    )
    wave = models.ForeignKey(
        Wave, models.PROTECT, related_name="designations", verbose_name="vague"
    )
    granted_on = models.DateField(
        "accordé le", null=True, blank=True, help_text="Vide si aucun document ne le dit."
    )
    expires_on = models.DateField("expire le", null=True, blank=True)
    state = models.CharField("état", max_length=9, choices=State, default=State.ACTIVE)
    reason = models.TextField("motif", blank=True)
    code = models.CharField(
        "code de vérification",
        max_length=10,
        unique=True,
        default=new_verification_code,
        editable=False,
    )

    objects = DesignationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "labellisation"
        ordering = ["territory__name", "wave__number"]
        constraints = [
            models.UniqueConstraint(
                "territory",
                condition=Q(state="active"),
                name="designation_one_active_a_territory",
                violation_error_message="Ce territoire a déjà un label en vigueur.",
            ),
            models.CheckConstraint(
                condition=Q(state="active") | ~Q(reason=""),
                name="designation_reason_when_not_active",
                violation_error_message="Indiquez le motif de la suspension ou du retrait.",
            ),
            models.CheckConstraint(
                condition=Q(expires_on__isnull=True)
                | Q(granted_on__isnull=True)
                | Q(expires_on__gt=F("granted_on")),
                name="designation_expires_after_it_is_granted",
                violation_error_message="Le label ne peut expirer avant d’être accordé.",
            ),
        ]

    def __str__(self):
        return f"{self.territory} — {self.wave}"

    def status(self, at=None):
        """At a time, now by default: in_force, expired, secret, coming, suspended or withdrawn.

        Reads ``wave``.
        """
        day = day_of(at)
        if self.state != self.State.ACTIVE:
            return self.state
        if self.expires_on and self.expires_on <= day:
            return "expired"
        if self.wave.is_secret(at):
            return "secret"
        return "coming" if self.granted_on and self.granted_on > day else "in_force"

    def told(self, at=None):
        """Its status in words."""
        words = {
            "in_force": "En vigueur",
            "expired": "Expiré",
            "secret": "Secret jusqu’à l’annonce",
            "coming": "À venir",
        }
        return words.get(self.status(at)) or self.get_state_display().capitalize()
