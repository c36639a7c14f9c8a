from datetime import timedelta

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import models
from django.utils import timezone

MINUTES = 10  # an act is undone within


class DeedQuerySet(models.QuerySet):
    def fresh(self, by):
        """Those of a person that may still be undone, last first."""
        since = timezone.now() - timedelta(minutes=MINUTES)
        return self.filter(by=by, at__gt=since, undoes=None, undone_by=None).order_by("-pk")


class Deed(models.Model):
    """An act of the label's team, once done: by whom, when, and every row of history it wrote.

    Append-only. The undoing of a deed is a deed too, and keeps what was answered to who undid.
    """

    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="deeds"
    )
    at = models.DateTimeField(default=timezone.now)
    name = models.CharField(max_length=40)
    about = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    told = models.CharField(max_length=200)
    undoes = models.OneToOneField("self", models.PROTECT, null=True, related_name="undone_by")
    answer = models.TextField(blank=True)

    objects = DeedQuerySet.as_manager()

    class Meta:
        verbose_name = "acte"
        default_permissions = ()
        indexes = [models.Index(fields=["by", "-at"], name="deed_by_person")]

    def __str__(self):
        return self.told

    @property
    def minutes_left(self):
        """Whole minutes, the one under way counted; 0 once it is too late."""
        left = self.at + timedelta(minutes=MINUTES) - timezone.now()
        return max(0, -(-left // timedelta(minutes=1)))


class Write(models.Model):
    """A row of history that a deed wrote."""

    deed = models.ForeignKey(Deed, models.CASCADE, related_name="writes")
    model = models.ForeignKey(ContentType, models.PROTECT, related_name="+")
    row = models.BigIntegerField()
    version = models.BigIntegerField()

    class Meta:
        verbose_name = "écriture d’un acte"
        default_permissions = ()

    def __str__(self):
        return f"{self.model} {self.row}"
