from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from territories.history import HistoricalRecords
from territories.models.demonstration import demonstration_key

INVITATION_DAYS = 14


class Role(models.TextChoices):
    """What a coordinator may do: all and the team; all but the team; read."""

    REFERENT = "referent", "référent"
    CONTRIBUTOR = "contributor", "contributeur"
    READER = "reader", "lecteur"


class CoordinatorQuerySet(models.QuerySet):
    def active(self, at=None):
        """Those whose rights run at a moment, now by default, and whose account is open."""
        at = at or timezone.now()
        return self.filter(
            Q(until__isnull=True) | Q(until__gt=at), since__lte=at, user__is_active=True
        )

    def referents(self):
        return self.filter(role=Role.REFERENT)

    def writing(self):
        return self.filter(role__in=[Role.REFERENT, Role.CONTRIBUTOR])


class Coordinator(models.Model):
    """Somebody's right to keep a territory's pages up to date, from a moment to another.

    What a coordinator of the demonstration writes is fictional too.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.PROTECT,
        related_name="coordinations",
        verbose_name="compte",
    )
    territory = models.ForeignKey(
        "territories.Territory",
        models.CASCADE,
        related_name="coordinators",
        verbose_name="territoire",
    )
    role = models.CharField("rôle", max_length=11, choices=Role, default=Role.CONTRIBUTOR)
    since = models.DateTimeField("depuis le", default=timezone.now)
    until = models.DateTimeField("jusqu’au", null=True, blank=True)
    demonstration = demonstration_key()

    objects = CoordinatorQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "coordinateur"
        ordering = ["territory__name", "-since"]
        constraints = [
            models.UniqueConstraint(
                "user",
                "territory",
                condition=Q(until=None),
                name="coordinator_once_in_a_territory",
                violation_error_message="Cette personne coordonne déjà ce territoire.",
            ),
            models.CheckConstraint(
                condition=Q(until=None) | Q(until__gte=F("since")),
                name="coordinator_leaves_after_joining",
                violation_error_message="La date de fin précède la date de début.",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_role_display()}"

    @property
    def is_active(self):
        """Whether it runs now: see ``active()``. Reads ``user``."""
        now = timezone.now()
        return self.user.is_active and self.since <= now and (not self.until or self.until > now)

    @property
    def can_write(self):
        return self.role in {Role.REFERENT, Role.CONTRIBUTOR}

    @property
    def can_manage_team(self):
        return self.role == Role.REFERENT


class InvitationQuerySet(models.QuerySet):
    def open(self):
        """Those nobody has answered nor withdrawn, expired or not."""
        return self.filter(answered_at=None, revoked_at=None)

    def sent_to(self, user):
        return self.filter(email__iexact=user.email)


def expiry():
    return timezone.now() + timedelta(days=INVITATION_DAYS)


class Invitation(models.Model):
    """An address asked to join a territory's team.

    It opens nothing by itself: whoever signs in by a code sent to that address finds it in the
    space, and accepts or declines it there.
    """

    territory = models.ForeignKey(
        "territories.Territory",
        models.CASCADE,
        related_name="invitations",
        verbose_name="territoire",
    )
    email = models.EmailField("adresse électronique")
    role = models.CharField("rôle", max_length=11, choices=Role, default=Role.CONTRIBUTOR)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="invité par",
    )
    sent_at = models.DateTimeField("envoyée le", default=timezone.now)
    expires_at = models.DateTimeField("expire le", default=expiry)
    answered_at = models.DateTimeField("réponse le", null=True, blank=True)
    is_accepted = models.BooleanField("acceptée", default=False)
    revoked_at = models.DateTimeField("retirée le", null=True, blank=True)
    asked_again_at = models.DateTimeField("demandée à nouveau le", null=True, blank=True)

    objects = InvitationQuerySet.as_manager()
    history = HistoricalRecords()

    class Meta:
        verbose_name = "invitation"
        ordering = ["-sent_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "territory",
                "email",
                condition=Q(answered_at=None, revoked_at=None),
                name="invitation_open_once",
                violation_error_message="Une invitation attend déjà à cette adresse.",
            ),
            models.CheckConstraint(
                condition=Q(answered_at=None) | Q(revoked_at=None),
                name="invitation_answered_or_revoked",
            ),
            models.CheckConstraint(
                condition=Q(is_accepted=False) | Q(answered_at__isnull=False),
                name="invitation_accepted_means_dated",
            ),
        ]

    def __str__(self):
        return f"{self.email}, {self.get_role_display()}"

    @property
    def has_expired(self):
        return self.expires_at <= timezone.now()

    @property
    def is_asked_today(self):
        """Whether the invited person already asked for another one today."""
        asked = self.asked_again_at
        return asked is not None and timezone.localdate(asked) == timezone.localdate()
