from django.conf import settings
from django.db import models
from django.db.models import Q


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
