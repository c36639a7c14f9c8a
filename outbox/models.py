import hashlib
from datetime import timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

# How long a refused message waits before each new try; after the last one it has failed.
BACK_OFF = [timedelta(minutes=m) for m in (1, 5, 30, 120, 720, 720)]
LEASE = timedelta(minutes=15)  # far more than delivering one message may take
LONGEST_ERROR = 500  # characters


class State(models.TextChoices):
    WAITING = "waiting", "en attente"
    SENDING = "sending", "en cours d’envoi"
    SENT = "sent", "envoyé"
    TO_CHECK = "to_check", "à vérifier"
    FAILED = "failed", "en échec"
    DROPPED = "dropped", "abandonné"


STOPPED = [State.TO_CHECK, State.FAILED, State.DROPPED]
FINISHED = [State.SENT, *STOPPED]


class MessageQuerySet(models.QuerySet):
    def due(self, at=None):
        """What may be sent at this moment, urgent first, then the oldest."""
        at = at or timezone.now()
        return self.filter(state=State.WAITING, not_before__lte=at).order_by(
            "-urgent", "not_before", "pk"
        )

    def patient(self):
        """What may wait for the next hour when too much was sent in this one."""
        return self.filter(urgent=False)

    def urgent(self):
        return self.filter(urgent=True)

    def outdated(self, at=None):
        """What waits and would now arrive too late to be of use."""
        return self.filter(state=State.WAITING, not_after__lt=at or timezone.now())

    def interrupted(self, at=None):
        """What a sender took and never came back from."""
        return self.filter(state=State.SENDING, claimed_until__lt=at or timezone.now())

    def troubled(self):
        """What stopped, and that somebody must send again or give up."""
        return self.filter(state__in=[State.FAILED, State.TO_CHECK])

    def sent_since(self, at):
        return self.filter(state=State.SENT, sent_on__gte=at)


class Message(models.Model):
    """One e-mail to one person, kept from the moment something causes it.

    A ``secret`` one holds what only its recipient may read, such as a sign-in code: nobody reads
    it in the administration of a site in service, and its text goes as soon as it is finished.
    """

    key = models.CharField(
        "clé",
        max_length=200,
        unique=True,
        help_text="Deux demandes de même clé font un seul envoi.",
    )
    to = models.EmailField("destinataire")
    subject = models.CharField("objet", max_length=255)
    text = models.TextField("texte", blank=True)
    html = models.TextField("texte mis en forme", blank=True)
    secret = models.BooleanField("confidentiel", default=False)
    urgent = models.BooleanField(
        "urgent", default=False, help_text="Passe devant, et au-delà de la limite horaire."
    )
    state = models.CharField("état", max_length=10, choices=State, default=State.WAITING)
    attempts = models.PositiveSmallIntegerField("essais", default=0)
    not_before = models.DateTimeField("pas avant", default=timezone.now)
    not_after = models.DateTimeField("inutile après", null=True, blank=True)
    claimed_until = models.DateTimeField("pris jusqu’à", null=True, blank=True)
    created_on = models.DateTimeField("demandé le", default=timezone.now)
    sent_on = models.DateTimeField("envoyé le", null=True, blank=True)
    error = models.CharField("dernière erreur", max_length=LONGEST_ERROR, blank=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = "message"
        ordering = ["-created_on", "-pk"]
        indexes = [
            models.Index(
                fields=["-urgent", "not_before", "id"],
                condition=Q(state="waiting"),
                name="message_waiting",
            ),
            models.Index(
                fields=["claimed_until"], condition=Q(state="sending"), name="message_sending"
            ),
            models.Index(fields=["sent_on"], condition=Q(state="sent"), name="message_sent"),
            models.Index(
                fields=["created_on"], condition=~Q(text="", html=""), name="message_with_text"
            ),
            models.Index(fields=["-created_on", "-id"], name="message_newest_first"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(state="sent", sent_on__isnull=False)
                | (~Q(state="sent") & Q(sent_on=None)),
                name="message_sent_has_a_date",
            ),
            models.CheckConstraint(
                condition=Q(state="sending", claimed_until__isnull=False)
                | (~Q(state="sending") & Q(claimed_until=None)),
                name="message_sending_has_a_lease",
            ),
        ]

    def __str__(self):
        return f"{self.subject} ({self.get_state_display()})"

    @property
    def is_readable(self):
        """Whether the team may read the text: never a secret, but on a developer’s machine."""
        return settings.DEBUG or not self.secret

    @property
    def is_erased(self):
        return not self.text and not self.html

    @property
    def message_id(self):
        """The same at each try, so that a mail server may recognise a copy; tells no number."""
        host = settings.SITE_URL.partition("://")[2].partition(":")[0]
        return f"<{hashlib.sha256(f'{self.pk} {self.key}'.encode()).hexdigest()[:32]}@{host}>"
