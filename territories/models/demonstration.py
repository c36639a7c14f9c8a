from django.db import models


class Demonstration(models.Model):
    """A batch of fictional rows: each points here, so that deleting it removes them all.

    While one exists, every page says so.
    """

    loaded_at = models.DateTimeField("chargée le", auto_now_add=True)

    class Meta:
        verbose_name = "jeu de démonstration"
        verbose_name_plural = "jeux de démonstration"

    def __str__(self):
        return f"Démonstration chargée le {self.loaded_at:%d/%m/%Y}"


def demonstration_key():
    """The key that marks a row as fictional; empty on every real one."""
    return models.ForeignKey(
        "territories.Demonstration",
        models.CASCADE,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name="donnée de démonstration",
    )
