from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone


class Receipt(models.Model):
    """That a form was received: each carries a key of its own, and is acted on once.

    A double click, or a page sent again after a cut, gets the same answer and writes nothing.
    """

    key = models.UUIDField("clé", primary_key=True, editable=False)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="compte"
    )
    received_at = models.DateTimeField("reçu le", auto_now_add=True)

    class Meta:
        verbose_name = "accusé de réception"
        verbose_name_plural = "accusés de réception"

    def __str__(self):
        return f"{self.key}"


class Draft(models.Model):
    """What somebody typed in a form and has not sent yet: as typed, valid or not.

    ``address`` is the path the form is sent to; ``fields`` a dict of names and values.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="compte"
    )
    address = models.CharField("formulaire", max_length=300)
    fields = models.JSONField("saisie", default=dict)
    saved_at = models.DateTimeField("enregistré le", auto_now=True)

    class Meta:
        verbose_name = "brouillon"
        constraints = [
            models.UniqueConstraint("user", "address", name="draft_one_a_form_for_each_user")
        ]

    def __str__(self):
        return f"{self.user}, {self.address}"


class Reminder(models.Model):
    """That somebody was reminded of one thing, in the mail of a day; it is not done again.

    The thing is what ``space.waiting`` says waits: an objective to measure, or a commitment.
    ``moment`` is 0 before its due date, 1 once it has passed, then one more each time; a thing
    that is given another due date starts again.
    """

    class Kind(models.TextChoices):
        MEASURE = "measure", "mesure"
        COMMITMENT = "commitment", "engagement"

    BEFORE, AFTER = 0, 1

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="compte"
    )
    kind = models.CharField("nature", max_length=10, choices=Kind)
    object_id = models.BigIntegerField("objet")
    due_on = models.DateField("échéance", null=True, blank=True)
    moment = models.PositiveSmallIntegerField("rang")
    sent_on = models.DateField("rappelé le")

    class Meta:
        verbose_name = "rappel"
        constraints = [
            models.UniqueConstraint(
                "user", "kind", "object_id", "due_on", "moment", name="reminder_once"
            ),
            # Databases take two empty dates for different ones.
            models.UniqueConstraint(
                "user",
                "kind",
                "object_id",
                "moment",
                condition=Q(due_on=None),
                name="reminder_once_without_due_date",
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.get_kind_display()} {self.object_id}"

    @property
    def thing(self):
        return self.kind, self.object_id, self.due_on


class Refusal(models.Model):
    """That somebody wants no reminder of a territory; of any, when none is named."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name="compte"
    )
    territory = models.ForeignKey(
        "territories.Territory",
        models.CASCADE,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="territoire",
    )

    class Meta:
        verbose_name = "refus de rappels"
        verbose_name_plural = "refus de rappels"
        constraints = [
            models.UniqueConstraint("user", "territory", name="refusal_once_for_a_territory"),
            models.UniqueConstraint(
                "user", condition=Q(territory=None), name="refusal_of_all_once"
            ),
        ]

    def __str__(self):
        return f"{self.user}, {self.territory or 'tout'}"


class ViewingQuerySet(models.QuerySet):
    def open(self):
        """Those nobody has ended yet, their time past or not."""
        return self.filter(ended_at=None)


class Viewing(models.Model):
    """That staff look at the space as somebody, for a reason, for a while: see ``space.viewing``.

    The person seen reads when and why. ``space.add_viewing`` is the right to open one.
    """

    viewer = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        related_name="+",
        verbose_name="qui regarde",
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.CASCADE,
        related_name="viewings",
        verbose_name="qui est vu",
    )
    reason = models.CharField(
        "motif",
        max_length=100,
        help_text="En une phrase, 100\u00a0caractères au plus. La personne le lira sur sa page "
        "«\u00a0Mon compte\u00a0».",
    )
    started_at = models.DateTimeField("commencée le", default=timezone.now)
    until = models.DateTimeField("jusqu’au")
    ended_at = models.DateTimeField("finie le", null=True, blank=True)

    objects = ViewingQuerySet.as_manager()

    class Meta:
        verbose_name = "consultation de l’espace"
        verbose_name_plural = "consultations de l’espace"
        default_permissions = ["add"]  # it is only opened, and ends by itself
        ordering = ["-started_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                "viewer", condition=Q(ended_at=None), name="viewing_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(until__gt=F("started_at")), name="viewing_ends_after_it_starts"
            ),
        ]

    def __str__(self):
        return f"{self.viewer or 'quelqu’un'}, comme {self.user}"
