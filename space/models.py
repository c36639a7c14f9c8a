from django.conf import settings
from django.db import models


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
